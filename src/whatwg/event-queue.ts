// Events as tasks (HTML standard, "event loop"): one after another, in order, and before each the microtasks of the one
// before it have run. A chunk of the network may bring many messages in one call; a page would see them in tasks of their
// own.
//
// The next event waits for a microtask and then for a tick: microtasks that others have queued meanwhile run before that
// tick, however many there are.

export class EventQueue<Event> {
  readonly #fire: (event: Event) => void;
  #events: Event[] = [];
  #head = 0;
  /** Something was fired or queued in this turn. */
  #isBusy = false;
  #isFiring = false;

  constructor(fire: (event: Event) => void) {
    this.#fire = fire;
  }

  /** Whether further events wait. */
  get hasMore(): boolean {
    return this.#events.length > 0;
  }

  /** Whether no event waits and none is being fired. */
  get isIdle(): boolean {
    return !this.#isFiring && this.#events.length === 0;
  }

  /** Fires an event later in this turn. */
  queue(event: Event): void {
    this.#isBusy = true;
    if (this.#events.push(event) === 1) this.#schedule();
  }

  /**
   * Fires an event at once, if it is the first in this turn; otherwise later. Only for calls of the network, below which
   * there is no code of the application.
   */
  fire(event: Event): void {
    if (this.#isBusy) {
      this.queue(event);
      return;
    }
    this.#isBusy = true;
    queueMicrotask(this.#settle);
    this.#run(event);
  }

  #run(event: Event): void {
    this.#isFiring = true;
    try {
      this.#fire(event);
    } finally {
      this.#isFiring = false;
    }
  }

  readonly #settle = (): void => {
    if (this.#events.length === 0) this.#isBusy = false;
  };

  readonly #next = (): void => {
    const event = this.#events[this.#head] as Event;
    this.#events[this.#head++] = undefined as Event;
    if (this.#head === this.#events.length) {
      this.#events = [];
      this.#head = 0;
      queueMicrotask(this.#settle);
    } else {
      this.#schedule();
    }
    this.#run(event);
  };

  readonly #tick = (): void => process.nextTick(this.#next);

  #schedule(): void {
    queueMicrotask(this.#tick);
  }
}
