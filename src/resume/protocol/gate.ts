// A connection of a session whose owner writes ahead: nothing leaves before the store has what it tells. Messages wait until they
// are in the log, an acknowledgement until the counts are; what follows waits behind them, since the order is part of what is
// told.

import type { LinkPort, Payload } from './ports.ts';

/** How far something has come: the last message to the client, and the last one of the client that was handled. */
export interface Position {
  readonly sent: number;
  readonly handled: number;
}

type Held =
  | { readonly kind: 'control'; readonly text: string; readonly sent: number; readonly handled: number }
  | { readonly kind: 'data'; readonly data: Payload; readonly attachment: unknown; readonly sent: number }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

export class Gate implements LinkPort {
  /** What it sends to. */
  readonly port: LinkPort;
  readonly #now: () => Position;
  readonly #wanted: () => void;
  #stored: Position;
  #held: Held[] = [];

  /**
   * @param now     how far the session has come when something is given to be sent
   * @param stored  how far the store has come
   * @param wanted  called when something waits
   */
  constructor(port: LinkPort, stored: Position, now: () => Position, wanted: () => void) {
    this.port = port;
    this.#stored = stored;
    this.#now = now;
    this.#wanted = wanted;
  }

  control(text: string): void {
    const { sent, handled } = this.#now();
    this.#give({ kind: 'control', text, sent, handled: text[1] === 'A' ? handled : 0 });
  }

  data(data: Payload, attachment: unknown): void {
    this.#give({ kind: 'data', data, attachment, sent: this.#now().sent });
  }

  close(code: number, reason: string): void {
    this.#give({ kind: 'close', code, reason });
  }

  abandon(): void {
    this.clear();
    this.port.abandon();
  }

  /** The store has come so far. */
  open(stored: Position): void {
    this.#stored = stored;
    for (let next = this.#held[0]; next !== undefined && this.#mayPass(next); next = this.#held[0]) {
      this.#held.shift();
      this.#send(next);
    }
  }

  /** The connection is gone: nothing that waits is sent any more. */
  clear(): void {
    this.#held = [];
  }

  /** Nothing that waits is sent any more; a connection that was to be closed is. */
  drop(): void {
    const held = this.#held;
    this.#held = [];
    for (const one of held) if (one.kind === 'close') this.#send(one);
  }

  #give(held: Held): void {
    if (this.#held.length === 0 && this.#mayPass(held)) {
      this.#send(held);
      return;
    }
    this.#held.push(held);
    this.#wanted();
  }

  #mayPass(held: Held): boolean {
    if (held.kind === 'close') return true;
    return held.sent <= this.#stored.sent && (held.kind === 'data' || held.handled <= this.#stored.handled);
  }

  #send(held: Held): void {
    if (held.kind === 'data') this.port.data(held.data, held.attachment);
    else if (held.kind === 'control') this.port.control(held.text);
    else this.port.close(held.code, held.reason);
  }
}
