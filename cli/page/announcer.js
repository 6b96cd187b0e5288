// Announces received messages to screen readers: the text of a single message, or the number of several. A live region is
// read aloud, and each change costs the browser time. So it changes seldom, and the log and the counters are not live.

/** Milliseconds between two announcements: about the time it takes to speak one. */
const INTERVAL = 3000;
/** Characters of a message that are read out. */
const MAX_CHARACTERS = 200;

export class Announcer {
  #region;
  #count = 0;
  #last = '';
  #timer;

  /** @param {HTMLElement} region  a visually hidden live region */
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
