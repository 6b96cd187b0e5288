// Deflating by a zlib context: whole messages in one call each, or a message in parts.

import { Buffer } from 'node:buffer';
import type { Deflater, DeflaterOptions, PartEnd } from '../../core/ports.ts';
import { Flush, type ZlibContext } from '../internals/zlib-context.ts';
import type { ContextPool } from './context-pool.ts';
import { TAIL, withoutTail } from './message-end.ts';
import { PartDeflater } from './part-deflater.ts';

export class ContextDeflater implements Deflater {
  readonly output: Uint8Array;
  readonly #options: DeflaterOptions;
  readonly #pool: ContextPool;
  /** Its own where the context is kept, otherwise that of all connections with these options. */
  #context: ZlibContext;
  /** While a message is deflated in parts. */
  #parts: PartDeflater | undefined;

  /** @param output  64 KiB that all deflaters and inflaters of the process share */
  constructor(options: DeflaterOptions, pool: ContextPool, output: Uint8Array) {
    this.#options = options;
    this.#pool = pool;
    this.output = output;
    this.#context = this.#open();
  }

  #open(): ZlibContext {
    return this.#options.keepsContext
      ? this.#pool.openDeflater(this.#options)
      : this.#pool.sharedDeflater(this.#options);
  }

  deflate(bytes: Uint8Array, start: number, end: number): Uint8Array {
    if (this.#parts !== undefined) throw new Error('a message is being deflated in parts');
    // It was closed when memory was missing, by another connection where it is shared.
    if (this.#context.isClosed) this.#context = this.#open();
    const context = this.#context;
    try {
      return this.#deflate(context, bytes, start, end);
    } catch (error) {
      // Memory was missing, most likely. The rest of this message is still in the context, and would go out with the
      // next message, which may be another connection's.
      context.close();
      throw error;
    }
  }

  #deflate(context: ZlibContext, bytes: Uint8Array, start: number, end: number): Uint8Array {
    const { output } = this;
    const room = output.length;
    const flush = this.#lastFlush;
    let size = context.write(bytes, start, end, output, 0, room, flush);
    if (size < room) return output.subarray(0, size - TAIL.length);
    const pieces = [Buffer.from(output)];
    while (size === room) {
      size = context.write(bytes, end - context.inputLeft, end, output, 0, room, flush);
      pieces.push(Buffer.from(output.subarray(0, size)));
    }
    return withoutTail(Buffer.concat(pieces));
  }

  /** At the end of a message. A full flush forgets the window, for less than a reset before the next message. */
  get #lastFlush(): Flush {
    return this.#options.keepsContext ? Flush.sync : Flush.full;
  }

  write(bytes: Uint8Array, start: number, end: number, then: PartEnd): void {
    this.#parts ??= new PartDeflater(this.#contextForParts(), this.output);
    const flush = then === 'last' ? this.#lastFlush : then === 'flushed' ? Flush.sync : Flush.none;
    this.#parts.write(bytes, start, end, flush, then === 'last');
  }

  #contextForParts(): ZlibContext {
    if (!this.#options.keepsContext) return this.#pool.lendDeflater(this.#options);
    if (this.#context.isClosed) this.#context = this.#open();
    return this.#context;
  }

  get hasMore(): boolean {
    return this.#parts?.hasMore === true;
  }

  read(): number {
    const parts = this.#parts;
    if (parts === undefined) return 0;
    const size = parts.read();
    if (parts.isAtEnd) {
      this.#parts = undefined;
      if (!this.#options.keepsContext) this.#pool.takeBackDeflater(parts.context, this.#options);
    }
    return size;
  }

  close(): void {
    // Within a message: what it left in its context must not reach another one.
    this.#parts?.context.close();
    this.#parts = undefined;
    if (this.#options.keepsContext) this.#context.close();
  }
}
