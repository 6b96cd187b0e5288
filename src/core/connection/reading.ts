// Whether we read from the transport. Two causes can stop that, independently of each other: the application (`pause()`,
// or a reader of messages that has fallen behind), and slowConsumer 'pause' while too much waits for the peer.

import type { Transport } from '../ports.ts';

export class Reading {
  readonly #transport: Transport;
  #isPaused = false;
  #isHeld = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Stopped by the application. */
  get isPaused(): boolean {
    return this.#isPaused;
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
    if (this.#isPaused || this.#isHeld) return false;
    this.#transport.resume();
    return true;
  }
}
