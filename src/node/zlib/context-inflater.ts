// Inflating by a zlib context, in steps of as much as the output can hold.

import { Buffer } from 'node:buffer';
import type { Inflater, InflaterOptions } from '../../core/ports.ts';
import { Flush, type ZlibContext } from '../internals/zlib-context.ts';
import type { ContextPool } from './context-pool.ts';
import { ENDS_WITHIN_BLOCK, TAIL, TAIL_AND_MORE } from './message-end.ts';

/** Room for output that must not come. */
const NO_OUTPUT = Buffer.alloc(1);

export class ContextInflater implements Inflater {
  hasMore = false;
  readonly output: Uint8Array;
  readonly #options: InflaterOptions;
  readonly #pool: ContextPool;
  #context: ZlibContext | undefined;
  #input: Uint8Array = TAIL;
  #at = 0;
  #end = 0;
  /** The message ends with what is in `#input`. */
  #isLast = false;
  /** Bytes that the current message has inflated to. */
  #size = 0;

  /** @param output  64 KiB that all deflaters and inflaters of the process share */
  constructor(options: InflaterOptions, pool: ContextPool, output: Uint8Array) {
    this.#options = options;
    this.#pool = pool;
    this.output = output;
  }

  write(bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    this.#input = bytes;
    this.#at = start;
    this.#end = end;
    this.#isLast = isLast;
    this.hasMore = true;
  }

  read(): number {
    if (!this.hasMore) return 0;
    const { keepsContext, windowBits, limit } = this.#options;
    this.#context ??= keepsContext ? this.#pool.openInflater(windowBits) : this.#pool.lendInflater();
    const context = this.#context;
    const { output } = this;
    for (;;) {
      // One byte more than the limit decides: nothing is inflated behind it, and no error is met there.
      const room = Math.min(output.length, limit - this.#size + 1);
      const size = context.write(this.#input, this.#at, this.#end, output, 0, room, Flush.sync);
      this.#at = this.#end - context.inputLeft;
      this.#size += size;
      if (this.#size > limit) throw new RangeError(`more than ${limit} bytes`);
      if (size < room) this.#goOn(context);
      if (size > 0 || !this.hasMore) return size;
    }
  }

  keepInput(): void {
    this.#input = Buffer.from(this.#input.subarray(this.#at, this.#end));
    this.#at = 0;
    this.#end = this.#input.length;
  }

  /** Output has room: so either the input is used up, or a final block has ended the stream before its end. */
  #goOn(context: ZlibContext): void {
    if (context.inputLeft > 0) {
      // RFC 7692 §7.2.3.4: blocks may follow a final one. zlib begins anew there, as the senders of such blocks do.
      context.reset();
      return;
    }
    this.hasMore = false;
    this.#input = TAIL; // the caller's memory is let go
    if (this.#isLast) this.#endMessage(context);
  }

  /**
   * Writes the tail (RFC 7692 §7.2.2), which completes the empty block that every message ends with. A message without
   * the beginning of that block (RFC 7692 §7.2.1) was cut off: zlib would wait for the rest, and take the next message
   * for it. This takes 0.2 µs.
   */
  #endMessage(context: ZlibContext): void {
    const size = context.write(TAIL_AND_MORE, 0, TAIL_AND_MORE.length, NO_OUTPUT, 0, 1, Flush.block);
    if (context.inputLeft === TAIL_AND_MORE.length) {
      // Nothing was used: a block has ended just before. A final one may lack the 00 that belongs behind it.
      context.write(TAIL, 0, 1, NO_OUTPUT, 0, 1, Flush.sync);
      if (context.inputLeft === 0) throw new Error(ENDS_WITHIN_BLOCK);
      context.reset();
    } else if (size > 0 || context.inputLeft !== 1) throw new Error(ENDS_WITHIN_BLOCK);
    this.#size = 0;
    if (this.#options.keepsContext) return;
    context.reset();
    this.#pool.takeBackInflater(context);
    this.#context = undefined;
  }

  close(): void {
    this.hasMore = false;
    this.#size = 0;
    // A context is not reused: it may be within a message, or hold the window of this connection.
    this.#context?.close();
    this.#context = undefined;
  }
}
