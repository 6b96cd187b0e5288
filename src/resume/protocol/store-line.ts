// Calls of one owner to a store, one after the other, each until it is answered: a store that fails or does not answer is asked
// again, and nothing that comes later overtakes. A store that answers at once is not waited for.

import type { Clock } from '../../core/ports.ts';
import type { Answer, Written } from './store.ts';
import { isLater } from './stored-state.ts';

/** Milliseconds before a call is made again: the first time, and at most. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;

/** How the store answers, for all sessions of a server: it is told of once, not by each of them. */
export class StoreWatch {
  /** Calls that failed or were not answered in time, since the beginning. */
  failures = 0;
  /** Sessions of which something waits for the store now. */
  waiting = 0;
  readonly #told: (error: unknown) => void;
  #isAway = false;

  /** @param told  is told of the first failure after the store has answered */
  constructor(told: (error: unknown) => void) {
    this.#told = told;
  }

  /** The last call has failed. */
  get isAway(): boolean {
    return this.#isAway;
  }

  failed(error: unknown): void {
    this.failures++;
    const isNews = !this.#isAway;
    this.#isAway = true;
    if (isNews) this.#told(error);
  }

  answered(): void {
    this.#isAway = false;
  }
}

/** Waits for an answer no longer than `timeout` milliseconds. @throws Error when they are over */
export function within<Value>(clock: Clock, timeout: number, answer: Answer<Value>): Answer<Value> {
  if (!isLater(answer)) return answer;
  return new Promise<Value>((resolve, reject) => {
    const expired = (): void => reject(new Error(`the store has not answered in ${timeout} ms`));
    const timer = clock.timer({ expired });
    timer.set(timeout);
    const clear = (): void => timer.clear();
    answer.then(resolve, reject).then(clear, clear);
  });
}

export class StoreLine {
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #watch: StoreWatch;
  #last: Promise<unknown> | undefined;

  /** @param timeout  milliseconds that one call may take */
  constructor(clock: Clock, timeout: number, watch: StoreWatch) {
    this.#clock = clock;
    this.#timeout = timeout;
    this.#watch = watch;
  }

  /**
   * Makes a call when those before it are answered. A call that fails is made again.
   *
   * @param make    the call; twice is as once
   * @param patience  milliseconds after which it is given up, counted from its first failure
   * @returns `undefined`: it was given up
   */
  call(make: () => Answer<Written>, patience: number): Answer<Written | undefined> {
    if (this.#last !== undefined) return this.#queue(this.#last.then(() => this.#repeat(make, patience, undefined)));
    const first = this.#attempt(make);
    return isLater(first) ? this.#queue(this.#repeat(make, patience, first)) : first;
  }

  #queue(running: Promise<Written | undefined>): Promise<Written | undefined> {
    this.#last = running;
    void running.then(() => {
      if (this.#last === running) this.#last = undefined;
    });
    return running;
  }

  #attempt(make: () => Answer<Written>): Answer<Written> {
    try {
      const answer = within(this.#clock, this.#timeout, make());
      if (!isLater(answer)) this.#watch.answered();
      return answer;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #repeat(
    make: () => Answer<Written>,
    patience: number,
    first: Promise<Written> | undefined,
  ): Promise<Written | undefined> {
    let attempt: Answer<Written> = first ?? this.#attempt(make);
    let deadline: number | undefined;
    let pause = FIRST_PAUSE;
    try {
      for (;;) {
        try {
          const answer = await attempt;
          this.#watch.answered();
          return answer;
        } catch (error) {
          this.#watch.failed(error);
          if (deadline === undefined) this.#watch.waiting++;
          deadline ??= this.#clock.now() + patience;
          if (this.#clock.now() + pause > deadline) return undefined;
        }
        await this.#pause(pause);
        pause = Math.min(LONGEST_PAUSE, 2 * pause);
        attempt = this.#attempt(make);
      }
    } finally {
      if (deadline !== undefined) this.#watch.waiting--;
    }
  }

  #pause(delay: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.timer({ expired: resolve }).set(delay);
    });
  }
}
