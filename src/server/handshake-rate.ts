// How many handshakes a client has begun within the last minute. Each client has two counters, of the current and of the
// previous window; the previous one is weighted by how much of it lies within the minute. The number of counters is
// bounded, so that made-up addresses cannot fill the memory.

import type { Clock, Timer } from '../core/ports.ts';

/** Milliseconds. */
const WINDOW = 60_000;
/**
 * Clients that a window remembers, in about 6 MiB. Above, older counts are forgotten early: an attacker with so many
 * addresses stays below the bound of each, and is stopped by the bounds over all clients.
 */
const MAX_CLIENTS = 65_536;

export class HandshakeRate {
  readonly #clock: Clock;
  /** Forgets the last windows when no client comes any more. */
  readonly #timer: Timer;
  #isTimerSet = false;
  /** When the current window began. */
  #start = 0;
  #current = new Map<string, number>();
  #previous = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = clock.timer({ expired: () => this.#forget() });
  }

  /** How many clients are remembered; one counts twice if it is in both windows. */
  get size(): number {
    return this.#current.size + this.#previous.size;
  }

  /**
   * Counts a handshake unless it is one too many.
   *
   * @param limit  handshakes within a minute, finite
   * @returns 0 if it was counted, and otherwise the seconds after which another one will be
   */
  take(client: string, limit: number): number {
    const elapsed = this.#turn();
    const current = this.#current.get(client) ?? 0;
    const previous = this.#previous.get(client) ?? 0;
    if (current + previous * (1 - elapsed / WINDOW) + 1 > limit) return waitFor(limit, current, previous, elapsed);
    if (current === 0 && this.#current.size >= MAX_CLIENTS) {
      this.#previous = this.#current;
      this.#current = new Map();
      this.#start += elapsed;
    }
    this.#current.set(client, current + 1);
    if (!this.#isTimerSet) this.#wait();
    return 0;
  }

  /** Moves on to the window of now. @returns the milliseconds since it began */
  #turn(): number {
    const now = this.#clock.now();
    let elapsed = now - this.#start;
    if (elapsed >= 0 && elapsed < WINDOW) return elapsed;
    // Below 0: the clock was replaced.
    const isNext = elapsed >= WINDOW && elapsed < 2 * WINDOW;
    if (isNext || this.#previous.size > 0) this.#previous = isNext ? this.#current : new Map();
    if (this.#current.size > 0) this.#current = new Map();
    elapsed = isNext ? elapsed - WINDOW : 0;
    this.#start = now - elapsed;
    return elapsed;
  }

  #wait(): void {
    this.#isTimerSet = true;
    this.#timer.set(WINDOW);
  }

  #forget(): void {
    this.#isTimerSet = false;
    this.#turn();
    if (this.size > 0) this.#wait();
  }
}

/** Seconds until the weighted count leaves room for one more. */
function waitFor(limit: number, current: number, previous: number, elapsed: number): number {
  const room = limit - 1;
  if (room < 0) return WINDOW / 1000;
  const at =
    current <= room
      ? WINDOW * (1 - (room - current) / previous) // within this window, as the previous one loses its weight
      : WINDOW + WINDOW * (1 - room / current); // in the next, where this one is the previous
  return Math.max(1, Math.ceil((at - elapsed) / 1000));
}
