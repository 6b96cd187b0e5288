// Keep-alive by Ping and Pong frames (RFC 6455 §5.5.2, §5.5.3): a ping some time after the opening or the last pong, and
// the end of the connection if no pong follows. Any pong counts, solicited or not. The time for it begins when the ping has
// left. A peer that reads what is before the ping, or sends, has more. Two cases only look like a silent peer: one in the
// middle of a long frame, which its pong cannot interrupt (RFC 6455 §5.4 allows control frames between fragments, not
// within one), and a pause of this process, in which nothing could be read.

import type { SignsOfLife } from './activity-limits.ts';
import { AnswerDeadline } from './answer-deadline.ts';

/**
 * A deadline that comes this late, and after more than twice its time, has measured a standstill of this process (a
 * debugger, a suspended machine) and not the peer. Busy event loops are late by less. Milliseconds.
 */
const STANDSTILL = 1_000;
/** Bytes per millisecond, 16 per second: a peer that sends that much is alive, even if it is too busy to answer. */
const HEARING = 16 / 1000;

/** What to do when no pong came in time: give up, ask again, or wait longer. */
export type Verdict = 'lost' | 'ping' | 'wait';

/**
 * The wait for a pong. It is made with the ping and dropped with the pong, so that idle connections have none.
 * `patience` is that of the connection's pace.
 */
export class PongWait {
  readonly #timeout: number;
  readonly #deadline: AnswerDeadline;
  /** When the ping was queued, and the bytes that the system has taken in all when it has taken the ping. */
  #askedAt = 0;
  #ends = 0;
  /** Bytes of the frame that the peer was sending at the last look; 0 between frames. */
  #frameProgress: number;
  /** Bytes that the system had taken in all at the last look. */
  #taken: number;
  /** The peer was asked again after a standstill. */
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

  /** A peer that answers has read this many of all bytes that were taken. */
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

  /** Bytes have arrived. */
  heard(size: number, now: number): void {
    this.#deadline.heard(size, now);
  }

  /** Reading goes on after a pause. A pong that waited meanwhile has the full time again to be read. */
  resumed(now: number, { outgoing }: SignsOfLife, patience: number): void {
    this.#frameProgress = 0;
    this.#deadline.restart(now, outgoing, patience);
  }

  /** The time is up. Unless the peer is lost, there is more. */
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
   * Whether silence of the peer means anything. It does not while the application has paused reading. While slowConsumer
   * 'pause' holds reading, the peer must make progress by taking its queued messages.
   */
  #couldSeePongs({ outgoing, reading }: SignsOfLife): boolean {
    const hasTaken = outgoing.taken > this.#taken;
    this.#taken = outgoing.taken;
    return !reading.isPaused && !(reading.isHeld && hasTaken);
  }
}

/** Eight bytes that differ from ping to ping. */
export function pingPayload(count: number): Uint8Array {
  const payload = new Uint8Array(8);
  payload[4] = count >>> 24;
  payload[5] = count >>> 16;
  payload[6] = count >>> 8;
  payload[7] = count;
  return payload;
}

/** Whether a pong answers the ping with the number `count`. */
export function answersPing(payload: Uint8Array, count: number): boolean {
  if (payload.length !== 8) return false;
  if ((payload[0] | payload[1] | payload[2] | payload[3]) !== 0) return false;
  const low = (payload[4] << 24) | (payload[5] << 16) | (payload[6] << 8) | payload[7];
  return low === (count | 0);
}
