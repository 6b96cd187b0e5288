// What an application is told of one connection, in words and in order: `message "Hello"`, `message 01 02`, `ping 48 69`,
// `error 1002` (the code that was sent), `close 1000 "bye" clean`, `close 1006 for 1002`.

import type { CloseEvent } from '../../src/core/connection/close-event.ts';
import type { Connection } from '../../src/core/connection/connection.ts';
import type { ConnectionHandlers } from '../../src/core/connection/handlers.ts';
import { showData } from '../support/wire.ts';

export class Observed {
  readonly events: string[] = [];
  readonly closed: Promise<void>;
  readonly handlers: ConnectionHandlers<Connection>;
  #end: (() => void) | undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
    const tell = (what: string, data: string | Uint8Array) => this.events.push(`${what} ${showData(data)}`.trimEnd());
    this.handlers = {
      message: (_: Connection, data) => void tell('message', data),
      ping: (_: Connection, payload) => void tell('ping', payload),
      pong: (_: Connection, payload) => void tell('pong', payload),
      error: (_: Connection, error) => void this.events.push(`error ${error.closeCode ?? ''}`.trimEnd()),
      close: (_: Connection, event) => {
        this.events.push(`close ${ended(event)}`);
        this.#end?.();
      },
    };
  }
}

function ended({ code, reason, wasClean, error }: CloseEvent): string {
  const words = [String(code)];
  if (reason !== '') words.push(showData(reason));
  if (wasClean) words.push('clean');
  if (error?.closeCode !== undefined) words.push(`for ${error.closeCode}`);
  return words.join(' ');
}
