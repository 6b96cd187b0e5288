// The time that a peer has for an answer: a Pong frame, a Close frame, or the end of TCP. It begins when the question has
// left us. It begins anew while the peer reads what is before the question, or sends what is before its answer. An
// occasional byte wins no time: the peer must read and send at SLOWEST or faster.

import type { SignsOfLife } from './activity-limits.ts';
import { isWaiting, SLOWEST } from './pace.ts';

/**
 * The system takes bytes in lumps, which say how much was read but not when. So a peer has twice the time that it needs
 * at SLOWEST.
 */
const TAKING = SLOWEST / 2;

type Outgoing = SignsOfLife['outgoing'];

/** A connection has one at a time. Times are those of its clock; `patience` is that of its pace, at that time. */
export class AnswerDeadline {
  readonly #timeout: number;
  /** Bytes per millisecond that have to arrive from the peer. */
  readonly #hearing: number;
  readonly #most: number;
  /** From when silence counts. */
  #since = 0;
  #until = 0;
  #taken = 0;
  /** At the last look, the peer had to make room by reading. */
  #isWaiting = false;
  /** The question has left when the system has taken this many bytes in all. */
  #leavesAt = 0;
  #hasLeft = false;
  /** Bytes that have arrived since `#since`, and when the last of them did. */
  #heard = 0;
  #heardAt = 0;
  #heardInAll = 0;

  /**
   * @param timeout  milliseconds
   * @param hearing  bytes per millisecond from the peer that count as a sign of life
   * @param most     bytes from the peer, in all, that count
   */
  constructor(timeout: number, hearing: number, most: number) {
    this.#timeout = timeout;
    this.#hearing = hearing;
    this.#most = most;
  }

  /** When time is up if nothing happens before. */
  get until(): number {
    return this.#until;
  }

  /** The question has been queued, after everything else. */
  asked(now: number, outgoing: Outgoing, patience: number): void {
    this.#leavesAt = outgoing.taken + outgoing.size;
    this.#hasLeft = outgoing.size === 0;
    this.#until = 0;
    this.restart(now, outgoing, patience);
  }

  /** Gives the full time again, from now on. */
  restart(now: number, outgoing: Outgoing, patience: number): void {
    this.#since = now;
    this.#heard = 0;
    this.#note(outgoing);
    this.#extend(patience);
  }

  /** The system has taken something: perhaps the question, or the last byte that waited. */
  taken(now: number, outgoing: Outgoing, patience: number): void {
    const leaves = !this.#hasLeft && outgoing.taken >= this.#leavesAt;
    const empties = this.#isWaiting && outgoing.size === 0;
    if (!leaves && !empties) return;
    this.#hasLeft ||= leaves;
    this.restart(now, outgoing, patience);
  }

  /** Bytes have arrived. */
  heard(size: number, now: number): void {
    this.#heardAt = now;
    this.#heard += size;
    this.#heardInAll += size;
  }

  /** Looks for signs of life since the last look. */
  look(now: number, outgoing: Outgoing, patience: number): void {
    const from = this.#since;
    if (this.#heard > 0 && this.#heard >= (now - from) * this.#hearing && this.#heardInAll <= this.#most) {
      this.#since = this.#heardAt;
      this.#heard = 0;
    }
    const size = this.#isWaiting ? outgoing.taken - this.#taken : 0;
    this.#note(outgoing);
    if (size > 0) this.#since = Math.min(now, this.#since + size / TAKING);
    if (this.#since > from) this.#extend(patience);
  }

  #note(outgoing: Outgoing): void {
    this.#taken = outgoing.taken;
    this.#isWaiting = isWaiting(outgoing);
  }

  #extend(patience: number): void {
    this.#until = Math.max(this.#until, this.#since + this.#timeout + patience);
  }
}
