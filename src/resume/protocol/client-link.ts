// One connection of a client's end, by identity: the end tells it from those that it has let go of.

import type { Link, LinkPort, Payload } from './ports.ts';

/** What a connection passes on. */
export interface LinkEvents {
  received(link: ClientLink, data: Payload): void;
  alive(link: ClientLink): void;
  closed(link: ClientLink, code: number, reason: string): void;
}

export class ClientLink implements Link {
  readonly port: LinkPort;
  readonly #events: LinkEvents;

  constructor(port: LinkPort, events: LinkEvents) {
    this.port = port;
    this.#events = events;
  }

  received(data: Payload): void {
    this.#events.received(this, data);
  }

  alive(): void {
    this.#events.alive(this);
  }

  closed(code: number, reason: string): void {
    this.#events.closed(this, code, reason);
  }
}
