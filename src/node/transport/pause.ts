// A socket that is not read from, as the event loop sees it: one that waits for nothing, and keeps no process alive. A
// connection that is paused is open all the same, and the program that paused it means to go on. So something else keeps
// the process alive in its place.

import { setInterval } from 'node:timers';

const LONGEST_DELAY = 2 ** 31 - 1;

/** For all sockets that are paused. Made for the first one. */
let keeper: NodeJS.Timeout | undefined;
let count = 0;

/** From the moment that a socket is not read from until it is read from again, or gone. */
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
