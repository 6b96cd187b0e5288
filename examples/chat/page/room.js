// One room, as this page knows it: which messages it has, in order, and whether one is missing. It knows nothing of the page and
// nothing of connections.

/** Milliseconds that a missing message may be on its way by another node. */
const PATIENCE = 300;
const KEPT = 500;

export class Room {
  /** Sorted. Those without a number are ours, and not with the server yet. */
  messages = [];
  members = new Map();
  unread = 0;
  /** All messages up to this number are here. */
  last = 0;
  /** Whether it knows where the room begins. */
  isKnown = false;
  #beyond = new Set();
  #ids = new Set();
  #timer;
  #ask;

  /** @param ask  called with a number: asks the server for what is after it */
  constructor(name, ask) {
    this.name = name;
    this.#ask = ask;
  }

  /**
   * A message has come.
   *
   * @returns whether it is new: a message may come twice, by the history and by itself, and under two numbers where it was sent again
   */
  take(message) {
    const { number, id } = message;
    if (number <= this.last || this.#beyond.has(number)) return false;
    this.#beyond.add(number);
    while (this.#beyond.delete(this.last + 1)) this.last++;
    if (this.#beyond.size > 0 && this.isKnown) this.#timer ??= setTimeout(() => this.#askAgain(), PATIENCE);
    const own = this.messages.findIndex((one) => one.id === id && one.number === undefined);
    if (own >= 0) this.messages.splice(own, 1);
    else if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const at = this.messages.findLastIndex((one) => one.number < number) + 1;
    this.messages.splice(at, 0, message);
    if (this.messages.length > KEPT) this.#ids.delete(this.messages.shift().id);
    return true;
  }

  /**
   * What the server has after the number that was asked for.
   *
   * @returns how many messages are gone for good: the history keeps only the last ones
   */
  catchUp({ history, first, last }) {
    // The room began anew: its history was in the memory of a process that is gone.
    if (last < this.last) this.last = 0;
    const gone = this.isKnown ? Math.max(0, first - 1 - this.last) : 0;
    this.last = Math.max(this.last, first - 1);
    for (const message of history) this.take(message);
    // It was all there is. What is still missing does not exist.
    this.last = Math.max(this.last, last);
    for (const number of this.#beyond) if (number <= this.last) this.#beyond.delete(number);
    while (this.#beyond.delete(this.last + 1)) this.last++;
    this.isKnown = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return gone;
  }

  #askAgain() {
    this.#timer = undefined;
    if (this.#beyond.size > 0) this.#ask(this.last);
  }
}
