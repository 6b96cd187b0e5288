// A socket that is not read from waits for nothing in the event loop, so it does not keep the process alive. A paused
// connection is still open, and the program that paused it will go on. So a timer keeps the process alive in its place.

import { setInterval } from 'node:timers';

const LONGEST_DELAY = 2 ** 31 - 1;

/** For all sockets that are paused. Made for the first one. */
let keeper: NodeJS.Timeout | undefined;
let count = 0;

/** Lasts from the moment that a socket is not read from until it is read from again, or gone. */
export class Pause {
  #counts: boolean;

  /** @param isReferenced  whether the socket keeps the process alive while it is read from; `unref` stops that */
  constructor(isReferenced: boolean) {
    this.#counts = isReferenced;
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
