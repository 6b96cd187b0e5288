// Publishes at an even rate, from clients in turn.

import type { Client } from './client.ts';
import { now } from './moment.ts';

/** Milliseconds between two steps. */
const STEP = 10;

export interface LoadSettings {
  /** Publishes a second, of all clients. */
  readonly rate: number;
  /** Bytes of a message, in addition to its head. */
  readonly size: number;
}

export class Load {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    clients: readonly Client[],
    topicOf: (number: number, client: Client) => string,
    { rate, size }: LoadSettings,
  ) {
    const padding = 'x'.repeat(size);
    let number = 0;
    let last = now();
    let owed = 0;
    this.#timer = setInterval(() => {
      const moment = now();
      // A step that comes very late does not publish a second's messages at once.
      owed += (Math.min(moment - last, 200) * rate) / 1000;
      last = moment;
      for (; owed >= 1; owed--) {
        const client = clients[number % clients.length] as Client;
        client.publish(topicOf(number++, client), padding);
      }
    }, STEP);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
