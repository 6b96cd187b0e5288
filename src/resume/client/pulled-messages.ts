// Messages of a session for `for await`: kept until they are asked for, and handled when the next one is. The server sends no
// more than the session's window, so that is what they can take.

import type { WebSocketError } from '../../core/errors.ts';
import type { Delivery } from '../protocol/ports.ts';

export class PulledMessages {
  readonly #waiting: Delivery[] = [];
  readonly #readers: { resolve(delivery: Delivery | undefined): void; reject(error: WebSocketError): void }[] = [];
  #end: { readonly error: WebSocketError | undefined } | undefined;

  add(delivery: Delivery): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#waiting.push(delivery);
    else reader.resolve(delivery);
  }

  /** Nothing follows. Messages that wait are still read. */
  end(error: WebSocketError | undefined): void {
    this.#end = { error };
    for (const { resolve, reject } of this.#readers.splice(0)) {
      if (error === undefined) resolve(undefined);
      else reject(error);
    }
  }

  /** @returns the next one; `undefined` at the end. @throws (rejects) what it has ended with */
  next(): Promise<Delivery | undefined> {
    const delivery = this.#waiting.shift();
    if (delivery !== undefined) return Promise.resolve(delivery);
    if (this.#end !== undefined)
      return this.#end.error === undefined ? Promise.resolve(undefined) : Promise.reject(this.#end.error);
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
    });
  }
}
