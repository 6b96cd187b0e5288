// `allowSynchronousEvents: false`: one event of a WebSocket in a turn of the event loop, as in browsers.

import { setImmediate } from 'node:timers';

export class DeferredEvents {
  #waiting: (() => void)[] = [];
  #isBusy = false;

  /** Emits an event now if it is the first one of its turn, otherwise in a later one, in order. */
  add(event: () => void): void {
    if (this.#isBusy) {
      this.#waiting.push(event);
      return;
    }
    this.#isBusy = true;
    setImmediate(() => this.#next());
    event();
  }

  #next(): void {
    const event = this.#waiting.shift();
    if (event === undefined) {
      this.#isBusy = false;
      return;
    }
    setImmediate(() => this.#next());
    event();
  }
}
