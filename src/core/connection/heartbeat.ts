// The settings of keep-alive; what is done with them is in keepalive.ts.

/** Keep-alive by Ping frames (RFC 6455 §5.5.2). Times in milliseconds. */
export interface Heartbeat {
  /** From the opening, or from the last pong, to the next ping. */
  readonly interval: number;
  /**
   * From when a ping has left, behind all that was sent before, to the end of the connection when no pong comes. 0: wait
   * for ever. A peer that reads what is before the ping at 16 KiB/s or more has the time that this takes; one that sends
   * (16 bytes a second), or is in the middle of a frame, which its pong cannot overtake, has this time again.
   */
  readonly timeout: number;
}

/** What clients and servers use unless they are told otherwise. */
export const defaultHeartbeat: Heartbeat = { interval: 30_000, timeout: 30_000 };
