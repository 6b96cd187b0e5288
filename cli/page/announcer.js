// What a screen reader says of messages: what came when there is one, how many when there are more. A live region is read
// aloud, and costs the browser time with each change; so it changes seldom, and the log and the counters are none.

/** Milliseconds between two announcements: about what it takes to say one. */
const INTERVAL = 3000;
/** Of a message that is read out. */
const MAX_CHARACTERS = 200;

export class Announcer {
  #region;
  #count = 0;
  #last = '';
  #timer;

  /** @param {HTMLElement} region  a live region that nobody sees */
  constructor(region) {
    this.#region = region;
  }

  received(data) {
    this.#count++;
    this.#last = data;
    if (this.#timer !== undefined) return;
    this.#announce();
    this.#timer = setTimeout(() => this.#elapsed(), INTERVAL);
  }

  #elapsed() {
    this.#timer = undefined;
    if (this.#count === 0) return;
    this.#announce();
    this.#timer = setTimeout(() => this.#elapsed(), INTERVAL);
  }

  #announce() {
    const data = this.#last;
    const one = typeof data === 'string' ? data.slice(0, MAX_CHARACTERS) : `binary, ${data.size} bytes`;
    this.#region.textContent = this.#count === 1 ? `received: ${one}` : `${this.#count} messages received`;
    this.#count = 0;
    this.#last = '';
  }
}
