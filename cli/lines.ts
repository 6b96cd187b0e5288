// Cuts piped input into lines. A line that is not UTF-8 is refused: replacement characters (U+FFFD) could not be told from
// those in the input.

import { isUtf8 } from 'node:buffer';

/** A line without its line end, or the problem with it. */
export type InputLine = { readonly text: string } | { readonly problem: string };

/** The largest line in bytes: about half of the longest JavaScript string in characters. */
const MAX_LINE = 256 * 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Lines end with LF or CR LF; the last one may have no end. */
export class LineSplitter {
  readonly #limit: number;
  #parts: Buffer[] = [];
  /** Bytes of the line so far, including those that were not kept. */
  #size = 0;
  #number = 1;
  /** The offset of the line in the input. */
  #offset = 0;

  /** @param limit  bytes from which a line is refused and no longer kept */
  constructor(limit = MAX_LINE) {
    this.#limit = limit;
  }

  /** Yields the lines that end in `chunk`. Do not change the chunk while iterating. */
  *push(chunk: Buffer): Generator<InputLine, void> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      this.#keep(chunk.subarray(start, end));
      start = end + 1;
      yield this.#take(1);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** Yields the last line, if it has no line end. */
  *end(): Generator<InputLine, void> {
    if (this.#size > 0) yield this.#take(0);
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#limit) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #take(endLength: number): InputLine {
    const size = this.#size;
    const [first] = this.#parts;
    const whole = this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
    const bytes = endLength > 0 && whole.at(-1) === CARRIAGE_RETURN ? whole.subarray(0, -1) : whole;
    const number = this.#number++;
    const offset = this.#offset;
    this.#offset += size + endLength;
    this.#parts = [];
    this.#size = 0;
    if (size > this.#limit) {
      return {
        problem: `line ${number} of the input has ${size} bytes; the limit is ${this.#limit} bytes: split the line`,
      };
    }
    if (isUtf8(bytes)) return { text: bytes.toString() };
    const at = firstInvalid(bytes);
    const byte = bytes[at]!.toString(16).padStart(2, '0');
    return {
      problem:
        `line ${number} of the input was not sent because it is not UTF-8: byte 0x${byte} at offset ${at} of the line, ` +
        `${offset + at} of the input; convert the input to UTF-8, or send binary data with --commands and /send-file`,
    };
  }
}

const REPLACEMENT = Buffer.from('\ufffd');

/** Where the first sequence begins that is not UTF-8. There must be one. */
function firstInvalid(bytes: Buffer): number {
  // Decoding puts U+FFFD there; but the line may contain that character itself.
  const text = bytes.toString();
  let offset = 0;
  for (let from = 0; ; ) {
    const at = text.indexOf('\ufffd', from);
    offset += Buffer.byteLength(text.slice(from, at));
    const found = bytes.subarray(offset, offset + REPLACEMENT.length);
    if (!found.equals(REPLACEMENT)) return offset;
    offset += REPLACEMENT.length;
    from = at + 1;
  }
}
