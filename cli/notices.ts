// The lines on standard error about the command and its connection. Secrets are hidden.

import { Output, visible } from './output.ts';
import type { Secrets } from './secrets.ts';
import type { Sink } from './sink.ts';

export class Notices {
  readonly sink: Sink;
  readonly #output: Output;
  readonly #secrets: Secrets;

  constructor(sink: Sink, secrets: Secrets, environment: NodeJS.ProcessEnv = process.env) {
    this.sink = sink;
    this.#output = new Output(sink, environment);
    this.#secrets = secrets;
  }

  /** Prints an expected event. `text` may have several lines. */
  note(text: string): void {
    this.#output.line(this.#output.style('dim', this.#secrets.hide(text)));
  }

  /** Prints `error: …` for a failure after which the command goes on. */
  failed(text: string): void {
    this.#error('error:', text);
  }

  /** Prints `harmony-websocket: …` for a failure that ends the command. */
  ended(text: string): void {
    this.#error('harmony-websocket:', text);
  }

  #error(label: string, text: string): void {
    this.#output.line(`${this.#output.style('red', label)} ${visible(this.#secrets.hide(text))}`);
  }
}
