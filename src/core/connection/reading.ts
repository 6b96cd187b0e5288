// Whether we read from the transport. Three causes can stop that, independently of each other: the application (`pause()`,
// or a reader of messages that has fallen behind), a message that is read in parts and whose reader has fallen behind, and
// slowConsumer 'pause' while too much waits for the peer.

import type { Transport } from '../ports.ts';

export class Reading {
  readonly #transport: Transport;
  #isPaused = false;
  #isHeld = false;
  #isFull = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Stopped by the application, or until it has read what it was given of a message. */
  get isPaused(): boolean {
    return this.#isPaused || this.#isFull;
  }

  /** Stopped until the peer has taken its queued messages. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  pause(): void {
    this.#isPaused = true;
    this.#transport.pause();
  }

  /** @returns whether reading goes on now */
  resume(): boolean {
    if (!this.#isPaused) return false;
    this.#isPaused = false;
    return this.#goOn();
  }

  /** The reader of a message in parts has fallen behind. */
  fill(): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#transport.pause();
  }

  /** @returns whether reading goes on now */
  makeRoom(): boolean {
    if (!this.#isFull) return false;
    this.#isFull = false;
    return this.#goOn();
  }

  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#transport.pause();
  }

  /** @returns whether reading goes on now */
  release(): boolean {
    if (!this.#isHeld) return false;
    this.#isHeld = false;
    return this.#goOn();
  }

  #goOn(): boolean {
    if (this.#isPaused || this.#isHeld || this.#isFull) return false;
    this.#transport.resume();
    return true;
  }
}
