// Keep-alive by Ping and Pong frames (§5.5.2, §5.5.3): a ping some time after the opening or the last pong, and the
// end of the connection when no pong follows. Any pong counts, solicited or not; data does not. Two things look like a
// silent peer and are none: a peer in the middle of a long frame, which its pong cannot interrupt (§5.4 lets control
// frames come between fragments, not within one), and a pause of this process, in which nobody could listen.

import type { Clock, Timer } from '../ports.ts';
import type { Heartbeat } from './options.ts';

/**
 * A deadline that comes this late, and after twice the time that it was to measure, has measured a standstill of this
 * process (a debugger, a suspended machine) and not the peer. Busy event loops are late by less. Milliseconds.
 */
const STANDSTILL = 1_000;

/** Says when to ping and when to give up. Holds no timer of its own. */
export class KeepAlive {
  readonly #heartbeat: Heartbeat;
  readonly #timer: Timer;
  readonly #clock: Clock;
  #isAwaitingPong = false;
  #pings = 0;
  /** When the timeout began to run. */
  #since = 0;
  /** Bytes of the frame that the peer was sending then; 0: of none. */
  #frameProgress = 0;
  /** A standstill has been made up for, since the last pong. */
  #wasForgiven = false;

  constructor(heartbeat: Heartbeat, timer: Timer, clock: Clock) {
    this.#heartbeat = heartbeat;
    this.#timer = timer;
    this.#clock = clock;
    timer.set(heartbeat.interval);
  }

  get timeout(): number {
    return this.#heartbeat.timeout;
  }

  /** A pong came. */
  pong(): void {
    this.#isAwaitingPong = false;
    this.#wasForgiven = false;
    this.#timer.set(this.#heartbeat.interval);
  }

  /** Reading goes on after a pause: a pong that waited meanwhile has its full time again to be seen. */
  resumed(): void {
    if (this.#isAwaitingPong && this.#heartbeat.timeout > 0) this.#wait(0);
  }

  /**
   * The timer ran out.
   *
   * @param isReading      whether pongs could have been seen: a reader that holds back the socket is no sign of a dead
   *                       peer
   * @param frameProgress  payload bytes received of the data frame that is coming in; 0: none is
   * @returns payload of the ping to send; `'lost'` when the peer did not answer; nothing when to wait on
   */
  expired(isReading: boolean, frameProgress: number): Uint8Array | 'lost' | undefined {
    const { interval, timeout } = this.#heartbeat;
    if (this.#isAwaitingPong && timeout > 0) {
      if (!isReading || (frameProgress > 0 && frameProgress !== this.#frameProgress)) {
        this.#wait(frameProgress);
        return undefined;
      }
      if (this.#wasForgiven || !this.#stoodStill()) return 'lost';
      this.#wasForgiven = true;
    }
    this.#isAwaitingPong = true;
    if (timeout > 0) this.#wait(frameProgress);
    else this.#timer.set(interval);
    return this.#payload();
  }

  #wait(frameProgress: number): void {
    this.#since = this.#clock.now();
    this.#frameProgress = frameProgress;
    this.#timer.set(this.#heartbeat.timeout);
  }

  #stoodStill(): boolean {
    const { timeout } = this.#heartbeat;
    return this.#clock.now() - this.#since > Math.max(2 * timeout, timeout + STANDSTILL);
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
