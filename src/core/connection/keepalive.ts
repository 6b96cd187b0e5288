// Keep-alive by Ping and Pong frames (§5.5.2, §5.5.3): a ping some time after the opening or the last pong, and the
// end of the connection when no pong follows. Any pong counts, solicited or not; data does not. Two things look like a
// silent peer and are none: a peer in the middle of a long frame, which its pong cannot interrupt (§5.4 lets control
// frames come between fragments, not within one), and a pause of this process, in which nobody could listen.

import type { SignsOfLife } from './life-budget.ts';

/**
 * A deadline that comes this late, and after twice the time that it was to measure, has measured a standstill of this
 * process (a debugger, a suspended machine) and not the peer. Busy event loops are late by less. Milliseconds.
 */
const STANDSTILL = 1_000;

/** What to do when a pong has not come in time: give up, ask again, or have patience. */
export type Verdict = 'lost' | 'ping' | 'wait';

/** A ping that has no pong yet. Made with the ping and dropped with the pong, so that idle connections have none. */
export class PongWait {
  readonly #timeout: number;
  /** When the timeout began to run. */
  #since: number;
  /** Bytes of the frame that the peer was sending then; 0: of none. */
  #frameProgress: number;
  /** Bytes that it had ever taken. */
  #taken: number;
  /** A standstill has been made up for. */
  #wasForgiven = false;

  /** @param timeout  milliseconds, from `now` on */
  constructor(timeout: number, now: number, { incoming, outgoing }: SignsOfLife) {
    this.#timeout = timeout;
    this.#since = now;
    this.#frameProgress = incoming.frameProgress;
    this.#taken = outgoing.taken;
  }

  /** Reading goes on after a pause: a pong that waited meanwhile has its full time again to be seen. */
  resumed(now: number): void {
    this.#since = now;
    this.#frameProgress = 0;
  }

  /** The time is up; unless the peer is lost, it runs again. */
  expired(now: number, signs: SignsOfLife): Verdict {
    const { frameProgress } = signs.incoming;
    const isMoving = frameProgress > 0 && frameProgress !== this.#frameProgress;
    const isWaiting = isMoving || !this.#couldSeePongs(signs);
    if (!isWaiting && (this.#wasForgiven || !this.#stoodStill(now))) return 'lost';
    this.#wasForgiven ||= !isWaiting;
    this.#since = now;
    this.#frameProgress = frameProgress;
    return isWaiting ? 'wait' : 'ping';
  }

  /**
   * Whether silence of the peer says anything. While the application does not read it does not; while slowConsumer
   * 'pause' does not, it is the peer who has to move, by taking what waits for it.
   */
  #couldSeePongs({ outgoing, reading }: SignsOfLife): boolean {
    const hasTaken = outgoing.taken !== this.#taken;
    this.#taken = outgoing.taken;
    return !reading.isPaused && !(reading.isHeld && hasTaken);
  }

  #stoodStill(now: number): boolean {
    return now - this.#since > Math.max(2 * this.#timeout, this.#timeout + STANDSTILL);
  }
}

/** Eight bytes that differ from ping to ping of a connection. */
export function pingPayload(count: number): Uint8Array {
  const payload = new Uint8Array(8);
  payload[4] = count >>> 24;
  payload[5] = count >>> 16;
  payload[6] = count >>> 8;
  payload[7] = count;
  return payload;
}
