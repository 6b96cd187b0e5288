// DEFLATE by `deflateRawSync` and `inflateRawSync`, which Node documents, where zlib's contexts cannot be driven. These know
// no context between calls: so the handshake agrees on none, in both directions.

import { Buffer, kMaxLength } from 'node:buffer';
import type { ZlibOptions } from 'node:zlib';
import type { Compression, Deflater, DeflaterOptions, Inflater, InflaterOptions, PartEnd } from '../../core/ports.ts';
import { Flush } from '../internals/zlib-context.ts';
import { lateZlib } from '../late-modules.ts';
import { ENDS_WITHIN_BLOCK, TAIL, withoutTail, zlibWindowBits } from './message-end.ts';

const OUTPUT_SIZE = 64 * 1024;
/** Parts of a message that may be kept back are deflated together from so many bytes on. */
const TOGETHER = 64 * 1024;
/** The tail, a final block, and a byte that is after the end where the tail has ended a block. */
const TAIL_AND_END = Buffer.of(...TAIL, 0x03, 0x00, 0x00);
const NOTHING = Buffer.alloc(0);
/** RFC 7692 §7.2.3.6: the empty block that ends a message, without the tail. */
const EMPTY_BLOCK = Buffer.of(0x00);

export class OneShotCompression implements Compression {
  readonly canKeepContext = false;
  readonly #output = Buffer.allocUnsafeSlow(OUTPUT_SIZE);

  deflater(options: DeflaterOptions): Deflater {
    return new OneShotDeflater(options, this.#output);
  }

  inflater(options: InflaterOptions): Inflater {
    return new OneShotInflater(options, this.#output);
  }
}

/**
 * Deflates each flushed part by itself: it does not refer to the parts before it, so that a message in many small parts
 * stays larger than by a context. Parts that are left open are collected, up to 64 KiB.
 */
class OneShotDeflater implements Deflater {
  readonly output: Uint8Array;
  readonly #options: ZlibOptions;
  /** Of parts that have been left open. */
  #parts: Uint8Array[] = [];
  #size = 0;
  #deflated: Uint8Array = NOTHING;
  #at = 0;

  constructor({ windowBits, level, memLevel }: DeflaterOptions, output: Uint8Array) {
    this.#options = { windowBits: zlibWindowBits(windowBits), level, memLevel, finishFlush: Flush.sync };
    this.output = output;
  }

  deflate(bytes: Uint8Array, start: number, end: number): Uint8Array {
    return withoutTail(lateZlib().deflateRawSync(bytes.subarray(start, end), this.#options));
  }

  write(bytes: Uint8Array, start: number, end: number, then: PartEnd): void {
    if (end > start) this.#parts.push(Buffer.from(bytes.subarray(start, end)));
    this.#size += end - start;
    if (then === 'open' && this.#size < TOGETHER) return;
    const parts = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#size = 0;
    this.#at = 0;
    if (parts.length > 0) this.#deflated = lateZlib().deflateRawSync(parts, this.#options);
    else if (then === 'last') this.#deflated = EMPTY_BLOCK;
    if (then === 'last' && parts.length > 0) this.#deflated = withoutTail(this.#deflated);
  }

  get hasMore(): boolean {
    return this.#at < this.#deflated.length;
  }

  read(): number {
    const size = Math.min(this.output.length, this.#deflated.length - this.#at);
    this.output.set(this.#deflated.subarray(this.#at, this.#at + size));
    this.#at += size;
    if (!this.hasMore) {
      this.#deflated = NOTHING;
      this.#at = 0;
    }
    return size;
  }

  close(): void {
    this.#parts = [];
    this.#size = 0;
    this.#deflated = NOTHING;
    this.#at = 0;
  }
}

class OneShotInflater implements Inflater {
  hasMore = false;
  readonly output: Uint8Array;
  readonly #limit: number;
  #parts: Uint8Array[] = [];
  #isWhole = false;
  #inflated: Uint8Array | undefined;
  #at = 0;

  constructor({ limit }: InflaterOptions, output: Uint8Array) {
    this.#limit = limit;
    this.output = output;
  }

  write(bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    if (end > start) this.#parts.push(Buffer.from(bytes.subarray(start, end)));
    this.#isWhole = isLast;
    this.hasMore = isLast;
  }

  read(): number {
    if (!this.#isWhole) return 0;
    this.#inflated ??= this.#inflate();
    const size = Math.min(this.output.length, this.#inflated.length - this.#at);
    this.output.set(this.#inflated.subarray(this.#at, this.#at + size));
    this.#at += size;
    if (this.#at === this.#inflated.length) {
      this.hasMore = false;
      this.#isWhole = false; // read: there is nothing more to ask for
      this.#inflated = undefined;
      this.#at = 0;
    }
    return size;
  }

  /** `write` has copied it. */
  keepInput(): void {}

  #inflate(): Uint8Array {
    const message = Buffer.concat(this.#parts);
    this.#parts = [];
    const { inflated } = inflateStreams(message, 0, this.#limit);
    if (!endsAsItShould(message, inflated.length)) throw new Error(ENDS_WITHIN_BLOCK);
    return inflated;
  }

  close(): void {
    this.#parts = [];
    this.#inflated = undefined;
    this.hasMore = false;
  }
}

/**
 * Whether a message that inflates to `size` bytes ends with the beginning of the block that the tail completes, or with
 * a final one. For that it is inflated once more, with the tail behind it: the documented functions have no other way to tell.
 */
function endsAsItShould(message: Buffer, size: number): boolean {
  try {
    const { left } = inflateStreams(Buffer.concat([message, TAIL_AND_END]), TAIL_AND_END.length, size);
    // Not all of the end is part of the stream: its last byte is not, nor what follows a final block.
    return left === 1 || left === TAIL_AND_END.length - TAIL.length || left === TAIL_AND_END.length;
  } catch {
    return false; // the tail did not end a block, or became data of a block that was cut off
  }
}

/** DEFLATE streams, each after the final block of the one before, until no more than `end` bytes are left. */
function inflateStreams(bytes: Buffer, end: number, limit: number): { inflated: Buffer; left: number } {
  let rest: Uint8Array = bytes;
  let room = limit;
  const pieces: Uint8Array[] = [];
  do {
    const { buffer, used } = inflateStream(rest, room);
    pieces.push(buffer);
    room -= buffer.length;
    rest = rest.subarray(used);
  } while (rest.length > end);
  return { inflated: Buffer.concat(pieces), left: rest.length };
}

/** One DEFLATE stream at the start of `bytes`. @throws RangeError when it has more than `limit` bytes */
function inflateStream(bytes: Uint8Array, limit: number): { buffer: Uint8Array; used: number } {
  // zlib takes no bound of 0, and none above the largest Buffer.
  const maxOutputLength = Math.min(Math.max(limit, 1), kMaxLength);
  const options = { finishFlush: Flush.sync, maxOutputLength, info: true };
  const { buffer, engine } = lateZlib().inflateRawSync(bytes, options) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  if (buffer.length > limit) throw new RangeError(`more than ${limit} bytes`);
  return { buffer, used: engine.bytesWritten };
}
