// Keep-alive by Ping and Pong frames (§5.5.2, §5.5.3): a ping some time after the opening or the last pong, and the
// end of the connection when no pong follows. Any pong counts, solicited or not; data does not.

import type { Timer } from '../ports.ts';
import type { Heartbeat } from './options.ts';

/** Says when to ping and when to give up. Holds no timer of its own. */
export class KeepAlive {
  readonly #heartbeat: Heartbeat;
  readonly #timer: Timer;
  #isAwaitingPong = false;
  #pings = 0;

  constructor(heartbeat: Heartbeat, timer: Timer) {
    this.#heartbeat = heartbeat;
    this.#timer = timer;
    timer.set(heartbeat.interval);
  }

  get timeout(): number {
    return this.#heartbeat.timeout;
  }

  /** A pong came. */
  pong(): void {
    this.#isAwaitingPong = false;
    this.#timer.set(this.#heartbeat.interval);
  }

  /** Reading goes on after a pause: a pong that waited meanwhile has its full time again to be seen. */
  resumed(): void {
    if (this.#isAwaitingPong && this.#heartbeat.timeout > 0) this.#timer.set(this.#heartbeat.timeout);
  }

  /**
   * The timer ran out.
   *
   * @param isReading  whether pongs could have been seen: a reader that holds back the socket is no sign of a dead peer
   * @returns payload of the ping to send; `'lost'` when the peer did not answer; nothing when to wait on
   */
  expired(isReading: boolean): Uint8Array | 'lost' | undefined {
    const { interval, timeout } = this.#heartbeat;
    if (this.#isAwaitingPong && timeout > 0) {
      if (isReading) return 'lost';
      this.#timer.set(timeout);
      return undefined;
    }
    this.#isAwaitingPong = true;
    this.#timer.set(timeout > 0 ? timeout : interval);
    return this.#payload();
  }

  /** Eight bytes that differ from ping to ping. */
  #payload(): Uint8Array {
    const payload = new Uint8Array(8);
    const count = ++this.#pings;
    payload[4] = count >>> 24;
    payload[5] = count >>> 16;
    payload[6] = count >>> 8;
    payload[7] = count;
    return payload;
  }
}
