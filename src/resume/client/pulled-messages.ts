// Messages of a session for `for await`: kept until they are asked for, and handled when the next one is. The server sends no
// more than the session's window, so that is what they can take.

import type { WebSocketError } from '../../core/errors.ts';

/** A message that a loop has got. */
export interface Pulled<Message> {
  readonly message: Message;
  /** To be called when the loop is done with it. */
  done(): void;
}

export class PulledMessages<Message> {
  readonly #waiting: Pulled<Message>[] = [];
  readonly #readers: { resolve(pulled: Pulled<Message> | undefined): void; reject(error: WebSocketError): void }[] = [];
  #end: { readonly error: WebSocketError | undefined } | undefined;

  /** @returns what resolves when a loop is done with it */
  add(message: Message): Promise<void> {
    return new Promise((resolve) => {
      const pulled: Pulled<Message> = { message, done: () => resolve() };
      const reader = this.#readers.shift();
      if (reader === undefined) this.#waiting.push(pulled);
      else reader.resolve(pulled);
    });
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
  next(): Promise<Pulled<Message> | undefined> {
    const pulled = this.#waiting.shift();
    if (pulled !== undefined) return Promise.resolve(pulled);
    if (this.#end !== undefined)
      return this.#end.error === undefined ? Promise.resolve(undefined) : Promise.reject(this.#end.error);
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
    });
  }
}
