// Deflating one message in parts by a zlib context.

import { Flush, type ZlibContext } from '../internals/zlib-context.ts';
import { TAIL } from './message-end.ts';

const NOTHING = new Uint8Array(0);

/** The state of one message, from its first part to its end. */
export class PartDeflater {
  readonly context: ZlibContext;
  hasMore = false;
  readonly #output: Uint8Array;
  #input: Uint8Array = NOTHING;
  #at = 0;
  #end = 0;
  #flush: Flush = Flush.none;
  #isLast = false;
  /** Bytes at the end of full output that may belong to the tail. They come out when more follows. */
  #held: Uint8Array = NOTHING;

  /** @param context  nothing else may use it until the message has ended */
  constructor(context: ZlibContext, output: Uint8Array) {
    this.context = context;
    this.#output = output;
  }

  /** Whether the message has ended and been read. */
  get isAtEnd(): boolean {
    return this.#isLast && !this.hasMore;
  }

  /** As of `Deflater`, with the flush that the context is told. */
  write(bytes: Uint8Array, start: number, end: number, flush: Flush, isLast: boolean): void {
    if (this.hasMore) throw new Error('the part before has not been read');
    this.#input = bytes;
    this.#at = start;
    this.#end = end;
    this.#flush = flush;
    this.#isLast = isLast;
    this.hasMore = true;
  }

  /** As of `Deflater`. */
  read(): number {
    if (!this.hasMore) return 0;
    try {
      return this.#read();
    } catch (error) {
      this.context.close();
      throw error;
    }
  }

  #read(): number {
    const { context } = this;
    const output = this.#output;
    const held = this.#held.length;
    output.set(this.#held, 0);
    this.#held = NOTHING;
    const size = held + context.write(this.#input, this.#at, this.#end, output, held, output.length, this.#flush);
    this.#at = this.#end - context.inputLeft;
    if (size === output.length) {
      if (!this.#isLast) return size;
      // More may follow, of which the tail may have its beginning here.
      this.#held = output.slice(size - TAIL.length);
      return size - TAIL.length;
    }
    this.hasMore = false;
    this.#input = NOTHING; // the caller's memory is let go
    if (!this.#isLast) return size;
    if (size > 0) return size - TAIL.length;
    // Behind a flush, zlib gives nothing for nothing. RFC 7692 §7.2.3.6: the empty block without its tail is one byte.
    output[0] = 0x00;
    return 1;
  }
}
