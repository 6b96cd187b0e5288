// What one process writes to the store, held back until the model lets it through: a process that dies takes the rest with it.

import type { Answer, SessionStore } from '../../../src/resume/protocol/store.ts';

export class SlowWrites {
  readonly store: SessionStore;
  /** Writes are held back. */
  isSlow: boolean;
  #held: (() => void)[] = [];
  #isDead = false;
  #died: () => void = () => {};
  readonly #death = new Promise<void>((resolve) => {
    this.#died = resolve;
  });

  constructor(inner: SessionStore, isSlow: boolean) {
    this.isSlow = isSlow;
    this.store = {
      // In order with what was written before.
      create: (...all) => this.#through(() => inner.create(...all), false),
      claim: (...all) => this.#through(() => inner.claim(...all), false),
      load: (...all) => inner.load(...all),
      since: (...all) => inner.since(...all),
      append: (...all) => this.#through(() => inner.append(...all)),
      trim: (...all) => this.#through(() => inner.trim(...all)),
      commit: (...all) => this.#through(() => inner.commit(...all)),
      confirm: (...all) => this.#through(() => inner.confirm(...all)),
      detach: (...all) => this.#through(() => inner.detach(...all)),
      release: (...all) => this.#through(() => inner.release(...all)),
      end: (...all) => this.#through(() => inner.end(...all)),
      // A process that dies while it is asked does not answer any more.
      onFenced: (node, fenced) =>
        inner.onFenced(node, (id, generation) => {
          const answer = fenced(id, generation);
          return answer instanceof Promise ? Promise.race([answer, this.#death]) : answer;
        }),
      close: () => inner.close(),
    };
  }

  /** The next `count` writes reach the store. */
  /** Whether nothing is held back. */
  get isIdle(): boolean {
    return this.#held.length === 0;
  }

  let(count: number): void {
    for (const write of this.#held.splice(0, count)) write();
  }

  die(): void {
    this.#isDead = true;
    this.#held = [];
    this.#died();
  }

  #through<Value>(write: () => Answer<Value>, isWrite = true): Answer<Value> {
    if (this.#isDead) return new Promise(() => {});
    if (!(this.isSlow && isWrite) && this.#held.length === 0) return write();
    return new Promise((resolve, reject) => {
      this.#held.push(() => {
        Promise.resolve(write()).then(resolve, reject);
      });
    });
  }
}
