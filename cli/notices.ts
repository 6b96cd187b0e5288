// What the command says about itself and about its connection, on standard error: one line each, without secrets.

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

  /** What goes as expected. May have several lines. */
  note(text: string): void {
    this.#output.line(this.#output.style('dim', this.#secrets.hide(text)));
  }

  /** `error: …`: something went wrong, and the command goes on. */
  failed(text: string): void {
    this.#error('error:', text);
  }

  /** `harmony-websocket: …`: the command ends with this. */
  ended(text: string): void {
    this.#error('harmony-websocket:', text);
  }

  #error(label: string, text: string): void {
    this.#output.line(`${this.#output.style('red', label)} ${visible(this.#secrets.hide(text))}`);
  }
}
