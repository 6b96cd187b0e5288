// The time that a peer has for an answer: a Pong, a Close frame, the end of TCP. It begins when the question has left us,
// and begins anew as long as the peer shows that it reads what is before the question, or sends what is before its answer.
// A byte now and then wins no time: what it has to read and to send, it must do at SLOWEST at least.

import type { SignsOfLife } from './activity-limits.ts';
import { isWaiting, SLOWEST } from './pace.ts';

/**
 * Lumps: what a system has taken says how much was read, and not when. A peer is given twice the time that it needs at
 * SLOWEST.
 */
const TAKING = SLOWEST / 2;

type Outgoing = SignsOfLife['outgoing'];

/** One at a time for a connection. Times are those of its clock; `patience` is that of its pace, at that time. */
export class AnswerDeadline {
  readonly #timeout: number;
  /** Bytes in a millisecond that have to come of the peer. */
  readonly #hearing: number;
  readonly #most: number;
  /** From when on silence counts. */
  #since = 0;
  #until = 0;
  #taken = 0;
  /** When last looked at, it was for the peer to make room. */
  #isWaiting = false;
  /** The question is behind so many bytes that the system has to take. */
  #leavesAt = 0;
  #hasLeft = false;
  /** Bytes that have come since `#since`, and when the last ones did. */
  #heard = 0;
  #heardAt = 0;
  #heardInAll = 0;

  /**
   * @param timeout  milliseconds
   * @param hearing  bytes in a millisecond that have to come of the peer, to be signs of life
   * @param most     bytes of the peer, in all, that are
   */
  constructor(timeout: number, hearing: number, most: number) {
    this.#timeout = timeout;
    this.#hearing = hearing;
    this.#most = most;
  }

  /** When time is up, if nothing happens before. */
  get until(): number {
    return this.#until;
  }

  /** The question has been queued, behind everything else. */
  asked(now: number, outgoing: Outgoing, patience: number): void {
    this.#leavesAt = outgoing.taken + outgoing.size;
    this.#hasLeft = outgoing.size === 0;
    this.#until = 0;
    this.restart(now, outgoing, patience);
  }

  /** The full time, from now on. */
  restart(now: number, outgoing: Outgoing, patience: number): void {
    this.#since = now;
    this.#heard = 0;
    this.#note(outgoing);
    this.#extend(patience);
  }

  /** Something has been taken: has the question left, or the last byte that waited? */
  taken(now: number, outgoing: Outgoing, patience: number): void {
    const leaves = !this.#hasLeft && outgoing.taken >= this.#leavesAt;
    const empties = this.#isWaiting && outgoing.size === 0;
    if (!leaves && !empties) return;
    this.#hasLeft ||= leaves;
    this.restart(now, outgoing, patience);
  }

  /** Bytes have come. */
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
