// UTF-8 as RFC 3629 and Unicode's table 3-7 define it, checked as the bytes come: a text message fails at the first
// byte after which it cannot become valid (§8.1), wherever frames and chunks were cut.

/**
 * Validates one text in any number of parts.
 *
 * A byte is refused when no valid text starts with the bytes before it and this byte: overlong forms, surrogates and
 * code points above U+10FFFF are found at their second byte, not at the end of the sequence.
 */
export class Utf8Validator {
  /** Continuation bytes that the current sequence still needs. */
  #needed = 0;
  /** Range of the next continuation byte; narrower than 80–BF only for the second byte of a sequence. */
  #lower = 0x80;
  #upper = 0xbf;

  /** Whether the text may end here: no sequence is cut. */
  get isComplete(): boolean {
    return this.#needed === 0;
  }

  /** Another validator in the same state. */
  copy(): Utf8Validator {
    const copy = new Utf8Validator();
    copy.#needed = this.#needed;
    copy.#lower = this.#lower;
    copy.#upper = this.#upper;
    return copy;
  }

  /** Starts a new text. */
  reset(): void {
    this.#needed = 0;
    this.#lower = 0x80;
    this.#upper = 0xbf;
  }

  /**
   * Takes the next part, `bytes[start, end)`.
   *
   * @returns index of the first byte that makes the text invalid, or -1. After an index the validator is of no use
   *          until `reset`.
   */
  validate(bytes: Uint8Array, start: number, end: number): number {
    let needed = this.#needed;
    let at = start;
    while (at < end) {
      const byte = bytes[at];
      if (needed > 0) {
        if (byte < this.#lower || byte > this.#upper) return at;
        this.#lower = 0x80;
        this.#upper = 0xbf;
        needed--;
      } else if (byte >= 0x80) {
        if (byte < 0xc2 || byte > 0xf4) return at; // 80–BF cannot start; C0, C1 are overlong; F5 and up are too large
        if (byte < 0xe0) needed = 1;
        else if (byte < 0xf0) {
          needed = 2;
          if (byte === 0xe0)
            this.#lower = 0xa0; // below: overlong
          else if (byte === 0xed) this.#upper = 0x9f; // above: surrogates
        } else {
          needed = 3;
          if (byte === 0xf0)
            this.#lower = 0x90; // below: overlong
          else if (byte === 0xf4) this.#upper = 0x8f; // above: beyond U+10FFFF
        }
      }
      at++;
    }
    this.#needed = needed;
    return -1;
  }
}

/**
 * Start of the sequence that is cut at `end`, or `end` when none is: the position up to which a part can be judged
 * by itself. Looks at three bytes at most.
 */
export function completeUntil(bytes: Uint8Array, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back++) {
    const byte = bytes[end - back];
    if (byte < 0x80) return end;
    if (byte >= 0xc0) {
      const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      return size > back ? end - back : end;
    }
  }
  return end;
}

/** Whether `bytes[start, end)` is ASCII. */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let bits = 0;
  for (let at = start; at < end; at++) bits |= bytes[at];
  return bits < 0x80;
}

/**
 * Longest prefix of `bytes` that has at most `limit` bytes and does not cut a sequence. `bytes` is valid UTF-8.
 *
 * @returns its length
 */
export function cutUtf8(bytes: Uint8Array, limit: number): number {
  if (bytes.length <= limit) return bytes.length;
  let end = limit;
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
  return end;
}
