// What one process writes to the store, held back until the model lets it through: a process that dies takes the rest with it.

import type { Answer, SessionStore, StoredPiece, Written } from '../../../src/resume/protocol/store.ts';

/** What the model wants to know of writes that have reached the store. */
export interface WriteWatcher {
  appended(id: string, pieces: readonly StoredPiece[]): void;
  committed(id: string, handled: number): void;
  ended(id: string): void;
}

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

  constructor(inner: SessionStore, isSlow: boolean, watcher: WriteWatcher) {
    this.isSlow = isSlow;
    const through = (write: () => Answer<Written>, written?: () => void): Answer<Written> =>
      this.#through(() => {
        const answer = write();
        const look = (value: Written): Written => {
          if (value === 'written') written?.();
          return value;
        };
        return answer instanceof Promise ? answer.then(look) : look(answer);
      });
    this.store = {
      // In order with what was written before.
      create: (...all) => this.#through(() => inner.create(...all), false),
      claim: (...all) => this.#through(() => inner.claim(...all), false),
      load: (...all) => inner.load(...all),
      since: (...all) => inner.since(...all),
      append: (id, generation, log, pieces) =>
        through(
          () => inner.append(id, generation, log, pieces),
          () => {
            if (log === 'outgoing') watcher.appended(id, pieces);
          },
        ),
      trim: (...all) => through(() => inner.trim(...all)),
      commit: (id, generation, progress) =>
        through(
          () => inner.commit(id, generation, progress),
          () => watcher.committed(id, progress.handled),
        ),
      confirm: (...all) => through(() => inner.confirm(...all)),
      detach: (...all) => through(() => inner.detach(...all)),
      release: (...all) => through(() => inner.release(...all)),
      end: (id, ...rest) =>
        through(
          () => inner.end(id, ...rest),
          () => watcher.ended(id),
        ),
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
