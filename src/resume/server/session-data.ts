// The value of the application's that goes with a session from process to process.

import { webSocketError } from '../../core/errors.ts';
import { Described } from '../../core/shown-value.ts';
import { nodeHost } from '../../node/environment.ts';

/** Bytes of its JSON. */
const MAX_SIZE = 16 * 1024;

export class SessionData {
  readonly #kept: { data: string };
  #value: unknown;

  /** @param kept  has its JSON, or an empty text for `undefined` */
  constructor(kept: { data: string }) {
    this.#kept = kept;
    this.#value = kept.data === '' ? undefined : JSON.parse(kept.data);
  }

  get value(): unknown {
    return this.#value;
  }

  /** @throws WebSocketError ERR_WS_OPTION for what JSON cannot write, and for more than 16 KiB */
  set value(value: unknown) {
    const json = write(value);
    const size = nodeHost.text.byteLength(json);
    if (size > MAX_SIZE) {
      const shown = new Described(`a value of ${size} bytes in JSON`);
      throw webSocketError('ERR_WS_OPTION', 'connection.session.data', shown, `at most ${MAX_SIZE} bytes in JSON`);
    }
    this.#kept.data = json;
    this.#value = value;
  }
}

function write(value: unknown): string {
  if (value === undefined) return '';
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    // A circle, or a BigInt.
  }
  if (json !== undefined) return json;
  throw webSocketError('ERR_WS_OPTION', 'connection.session.data', value, 'a value that JSON can write');
}
