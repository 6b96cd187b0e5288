// The settings of keep-alive. keepalive.ts acts on them.

/** Keep-alive by Ping frames (RFC 6455 §5.5.2). Times are in milliseconds. */
export interface Heartbeat {
  /** Time from the opening, or from the last pong, to the next ping. */
  readonly interval: number;
  /**
   * Time for a pong, after which TCP is cut without a Close frame. 0: wait forever.
   *
   * It begins when the ping has left, after everything that was sent before. A peer that reads what is before the ping at
   * 16 KiB/s or more has the time that this takes. The time begins anew while the peer sends 16 bytes per second, or is in
   * the middle of a frame, which its pong cannot overtake.
   */
  readonly timeout: number;
}

/** The keep-alive of clients and servers whose settings do not mention it. */
export const defaultHeartbeat: Heartbeat = { interval: 30_000, timeout: 30_000 };
