// Whether bytes that come in parts are UTF-8: the parts may be cut within a character.

import type { TextCodec } from '../ports.ts';
import { completeUntil, Utf8Validator } from '../utf8.ts';

/** Below this size the loop beats a native check. */
const NATIVE_FROM = 128;

export class TextCheck {
  readonly #text: TextCodec;
  readonly #validator = new Utf8Validator();

  constructor(text: TextCodec) {
    this.#text = text;
  }

  /** Whether the text may end here. */
  get isComplete(): boolean {
    return this.#validator.isComplete;
  }

  /** Takes the next part. @returns whether it can be the next part of a text */
  passes(bytes: Uint8Array): boolean {
    const end = bytes.length;
    const validator = this.#validator;
    let from = 0;
    if (end >= NATIVE_FROM) {
      for (; !validator.isComplete; from++) if (validator.validate(bytes, from, from + 1) >= 0) return false;
      const until = completeUntil(bytes, from, end);
      if (!this.#text.isUtf8(bytes, from, until)) return false;
      from = until;
    }
    return validator.validate(bytes, from, end) < 0;
  }
}
