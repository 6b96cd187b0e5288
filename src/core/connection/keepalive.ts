// Keep-alive by Ping and Pong frames (RFC 6455 §5.5.2, §5.5.3): a ping some time after the opening or the last pong,
// and the end of the connection when no pong follows. Any pong counts, solicited or not. The time for it begins when
// the ping has left, and a peer that reads what is before the ping, or sends at some length, has more. Two things look
// like a silent peer and are none: a peer in the middle of a long frame, which its pong cannot interrupt (RFC 6455 §5.4
// lets control frames come between fragments, not within one), and a pause of this process, in which nobody could
// listen.

import type { SignsOfLife } from './activity-limits.ts';
import { AnswerDeadline } from './answer-deadline.ts';

/**
 * A deadline that comes this late, and after twice the time that it was to measure, has measured a standstill of this
 * process (a debugger, a suspended machine) and not the peer. Busy event loops are late by less. Milliseconds.
 */
const STANDSTILL = 1_000;
/** Bytes in a millisecond, 16 a second: who sends that much is alive, though it be too busy to answer. */
const HEARING = 16 / 1000;

/** What to do when a pong has not come in time: give up, ask again, or have patience. */
export type Verdict = 'lost' | 'ping' | 'wait';

/**
 * A ping that has no pong yet. Made with the ping and dropped with the pong, so that idle connections have none.
 * `patience` is that of the connection's pace.
 */
export class PongWait {
  readonly #timeout: number;
  readonly #deadline: AnswerDeadline;
  /** When the ping was queued; and bytes taken before it and with it. */
  #askedAt = 0;
  #ends = 0;
  /** Bytes of the frame that the peer was sending at the last look; 0: of none. */
  #frameProgress: number;
  /** Bytes that it had ever taken. */
  #taken: number;
  /** A standstill has been made up for. */
  #wasForgiven = false;

  /** @param timeout  milliseconds */
  constructor(timeout: number, { incoming, outgoing }: SignsOfLife) {
    this.#timeout = timeout;
    this.#deadline = new AnswerDeadline(timeout, HEARING, Infinity);
    this.#frameProgress = incoming.frameProgress;
    this.#taken = outgoing.taken;
  }

  /** When to call `expired`. */
  get until(): number {
    return this.#deadline.until;
  }

  /** When the ping was queued. */
  get askedAt(): number {
    return this.#askedAt;
  }

  /** Who has answered it has read so many bytes of those ever taken. */
  get proves(): number {
    return this.#ends;
  }

  /** A ping has been queued. */
  asked(now: number, { outgoing }: SignsOfLife, patience: number): void {
    this.#askedAt = now;
    this.#ends = outgoing.taken + outgoing.size;
    this.#deadline.asked(now, outgoing, patience);
  }

  /** As {@link AnswerDeadline.taken}. */
  taken(now: number, { outgoing }: SignsOfLife, patience: number): void {
    this.#deadline.taken(now, outgoing, patience);
  }

  /** Bytes have come. */
  heard(size: number, now: number): void {
    this.#deadline.heard(size, now);
  }

  /** Reading goes on after a pause: a pong that waited meanwhile has its full time again to be seen. */
  resumed(now: number, { outgoing }: SignsOfLife, patience: number): void {
    this.#frameProgress = 0;
    this.#deadline.restart(now, outgoing, patience);
  }

  /** The time is up; unless the peer is lost, there is more. */
  expired(now: number, signs: SignsOfLife, patience: number): Verdict {
    const { frameProgress } = signs.incoming;
    const isMoving = frameProgress > 0 && frameProgress !== this.#frameProgress;
    this.#frameProgress = frameProgress;
    const until = this.#deadline.until;
    if (isMoving || !this.#couldSeePongs(signs)) this.#deadline.restart(now, signs.outgoing, patience);
    else this.#deadline.look(now, signs.outgoing, patience);
    if (this.#deadline.until > now) return 'wait';
    if (this.#wasForgiven || now - until <= Math.max(this.#timeout, STANDSTILL)) return 'lost';
    this.#wasForgiven = true;
    return 'ping';
  }

  /**
   * Whether silence of the peer says anything. While the application does not read it does not; while slowConsumer
   * 'pause' does not, it is the peer who has to move, by taking what waits for it.
   */
  #couldSeePongs({ outgoing, reading }: SignsOfLife): boolean {
    const hasTaken = outgoing.taken > this.#taken;
    this.#taken = outgoing.taken;
    return !reading.isPaused && !(reading.isHeld && hasTaken);
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

/** Whether a pong answers the ping with that number. */
export function answersPing(payload: Uint8Array, count: number): boolean {
  if (payload.length !== 8) return false;
  const expected = pingPayload(count);
  return expected.every((byte, at) => payload[at] === byte);
}
