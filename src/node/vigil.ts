// The timers of this package do not keep the process alive, and neither does a socket that is not read from, nor an answer of
// the application that is awaited. Where a promise of ours must settle although nothing in the event loop waits for it, a
// timer keeps the process alive in its place: while a socket is paused, while `connect` waits for its caller, until a drain has ended.

import { setInterval } from 'node:timers';

const LONGEST_DELAY = 2 ** 31 - 1;

/** For all vigils. Made for the first one. */
let keeper: NodeJS.Timeout | undefined;
let count = 0;

/** Keeps the process alive from its making until `end`. */
export class Vigil {
  #counts: boolean;

  /** @param isWanted  `false`: nothing is kept, as for a socket that was told by `unref` to keep no process alive */
  constructor(isWanted: boolean) {
    this.#counts = isWanted;
    if (!this.#counts || count++ > 0) return;
    keeper ??= setInterval(() => {}, LONGEST_DELAY);
    keeper.ref();
  }

  /** Harmless when repeated. */
  end(): void {
    if (!this.#counts) return;
    this.#counts = false;
    if (--count === 0) keeper?.unref();
  }
}
