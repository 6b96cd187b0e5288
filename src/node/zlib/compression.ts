// DEFLATE by Node's zlib, synchronously. Two ways behind one port:
//
// - Contexts: the native context below a `zlib` stream, driven by its synchronous write. It keeps windows from message
//   to message, stops wherever output is full, and spares a message the trip through the thread pool (about 50 µs). It
//   is no documented interface (npm's own client has relied on it for years), so it is tried out before it is used.
// - One shot: `deflateRawSync` and `inflateRawSync`, documented. They know no context between messages, so that the
//   handshake agrees on none, in both directions.

import { Buffer, kMaxLength } from 'node:buffer';
import zlib from 'node:zlib';
import type { Compression, Deflater, DeflaterOptions, Inflater, InflaterOptions } from '../../core/ports.ts';

/** RFC 7692 §7.2.1: what a sender leaves out, and a receiver puts behind a message (§7.2.2). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);
const { Z_BLOCK, Z_FULL_FLUSH, Z_SYNC_FLUSH } = zlib.constants;
/** Shared by all contexts of the process: what a call leaves in it is used before the next one. */
const OUTPUT_SIZE = 64 * 1024;
/** Inflating contexts without a message that wait for the next one, of whichever connection. */
const SPARE_INFLATERS = 8;

/**
 * zlib has no raw window of 2^8. Its smallest, 2^9, deflates with distances of at most 2^9 - 262 = 250 bytes, which a
 * window of 2^8 holds, and inflates whatever a smaller one can: so 8 is kept although 9 is asked for.
 */
function zlibWindowBits(windowBits: number): number {
  return Math.max(windowBits, 9);
}

// ── Contexts ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is used below a stream of `zlib`. */
interface NativeContext {
  onerror: (message: string, number: number, code: string) => void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputSize: number,
    output: Uint8Array,
    outputOffset: number,
    outputSize: number,
  ): void;
}

interface NativeStream {
  _handle?: NativeContext | null;
  /** After a write: bytes of output not filled, bytes of input not used. */
  _writeState?: Uint32Array;
  reset(): void;
  close(): void;
}

/** One zlib context. */
class Context {
  /** Bytes of the last input that were not used. */
  inputLeft = 0;
  readonly #stream: NativeStream;
  readonly #handle: NativeContext;
  readonly #state: Uint32Array;
  #error: Error | undefined;
  isClosed = false;

  constructor(stream: NativeStream) {
    const { _handle: handle, _writeState: state } = stream;
    if (typeof handle?.writeSync !== 'function' || state === undefined || state.length < 2) {
      stream.close();
      throw new Error('no synchronous zlib context here');
    }
    this.#stream = stream;
    this.#handle = handle;
    this.#state = state;
    handle.onerror = (message, _, code) => {
      this.#error = new Error(`${message} (${code})`);
    };
  }

  /** @returns bytes written at the start of `output`, `room` at most */
  write(
    input: Uint8Array,
    start: number,
    end: number,
    output: Uint8Array,
    room = output.length,
    flush = Z_SYNC_FLUSH,
  ): number {
    // Down there a range that does not fit, or a context that is closed, ends the process.
    if (!(start >= 0 && start <= end && end <= input.length && room <= output.length) || this.isClosed)
      throw new Error('misuse of a context');
    this.#handle.writeSync(flush, input, start, end - start, output, 0, room);
    if (this.#error !== undefined) throw this.#error;
    this.inputLeft = this.#state[1] as number;
    return room - (this.#state[0] as number);
  }

  reset(): void {
    this.#stream.reset();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#stream.close();
  }
}

/** The least that a stream may have for chunks of its own, which are not used here. */
const chunkSize = 64;

function deflateContext({ windowBits, level, memLevel }: DeflaterOptions): Context {
  const options = { windowBits: zlibWindowBits(windowBits), level, memLevel, chunkSize };
  return new Context(zlib.createDeflateRaw(options) as unknown as NativeStream);
}

function inflateContext(windowBits: number): Context {
  const options = { windowBits: zlibWindowBits(windowBits), chunkSize };
  return new Context(zlib.createInflateRaw(options) as unknown as NativeStream);
}

/** Compression by native contexts. Throws in its constructor where the runtime's zlib does not do what is needed. */
export class ContextCompression implements Compression {
  readonly canKeepContext = true;
  // No Buffer: views of it are made for each message, and those of Buffers cost twice as much.
  readonly #output = new Uint8Array(OUTPUT_SIZE);
  /** For messages on their own: a call begins and ends with nothing in it, so one for each set of options will do. */
  readonly #sharedDeflaters = new Map<string, Context>();
  readonly #spareInflaters: Context[] = [];

  constructor() {
    this.#tryOut();
  }

  deflater(options: DeflaterOptions): Deflater {
    return new ContextDeflater(options, this, this.#output);
  }

  inflater(options: InflaterOptions): Inflater {
    return new ContextInflater(options, this, this.#output);
  }

  /** A context for these options: its own where it keeps one, otherwise that of all. */
  takeDeflater(options: DeflaterOptions): Context {
    if (options.keepsContext) return deflateContext(options);
    const key = `${zlibWindowBits(options.windowBits)} ${options.level} ${options.memLevel}`;
    let context = this.#sharedDeflaters.get(key);
    if (context === undefined || context.isClosed) {
      context = deflateContext(options);
      this.#sharedDeflaters.set(key, context);
    }
    return context;
  }

  /** A context for one message, with the largest window: any message fits. */
  takeInflater(): Context {
    return this.#spareInflaters.pop() ?? inflateContext(15);
  }

  /** @param isClean  it has been reset or not been used */
  giveBackInflater(context: Context, isClean: boolean): void {
    if (isClean && this.#spareInflaters.length < SPARE_INFLATERS) this.#spareInflaters.push(context);
    else context.close();
  }

  /** What this class counts on, once with real messages. */
  #tryOut(): void {
    const check = (isRight: boolean): void => {
      if (!isRight) throw new Error("this runtime's zlib contexts work in another way");
    };
    const message = Buffer.from('Hello');
    const limit = message.length;
    const deflater = this.deflater({ windowBits: 15, level: 6, memLevel: 8, keepsContext: true });
    const inflater = this.inflater({ windowBits: 15, keepsContext: true, limit });
    const broken = this.inflater({ windowBits: 15, keepsContext: true, limit });
    try {
      // RFC 7692 §7.2.3.1, §7.2.3.2: the second one refers back to the first.
      for (const expected of ['f248cdc9c90700', 'f200110000']) {
        const bytes = Buffer.from(deflater.deflate(message, 0, message.length));
        check(bytes.toString('hex') === expected);
        inflater.write(bytes, 0, bytes.length, true);
        check(inflater.read() === limit && !inflater.hasMore);
        check(message.equals(this.#output.subarray(0, limit)));
      }
      // The block type that does not exist; and the first half of a block.
      for (const bytes of [Buffer.of(0x07), Buffer.of(0xf2, 0x48)]) {
        broken.write(bytes, 0, bytes.length, true);
        let isRefused = false;
        try {
          broken.read();
        } catch {
          isRefused = true;
        }
        check(isRefused);
        broken.close();
      }
    } finally {
      for (const it of [deflater, inflater, broken]) it.close();
    }
  }
}

class ContextDeflater implements Deflater {
  readonly #options: DeflaterOptions;
  readonly #owner: ContextCompression;
  readonly #output: Uint8Array;
  #context: Context;

  constructor(options: DeflaterOptions, owner: ContextCompression, output: Uint8Array) {
    this.#options = options;
    this.#owner = owner;
    this.#output = output;
    this.#context = owner.takeDeflater(options);
  }

  deflate(bytes: Uint8Array, start: number, end: number): Uint8Array {
    // Another connection may have had to close the one of all.
    if (this.#context.isClosed) this.#context = this.#owner.takeDeflater(this.#options);
    const context = this.#context;
    try {
      return this.#deflate(context, bytes, start, end);
    } catch (error) {
      // No memory, mostly. The rest of this message is still in it, and would go out with the next one, whosever that is.
      context.close();
      throw error;
    }
  }

  #deflate(context: Context, bytes: Uint8Array, start: number, end: number): Uint8Array {
    const output = this.#output;
    // A full flush forgets the window with the message, for less than a reset before the next one.
    const flush = this.#options.keepsContext ? Z_SYNC_FLUSH : Z_FULL_FLUSH;
    let size = context.write(bytes, start, end, output, output.length, flush);
    if (size < output.length) return output.subarray(0, size - TAIL.length);
    const pieces = [Buffer.from(output)];
    while (size === output.length) {
      size = context.write(bytes, end - context.inputLeft, end, output, output.length, flush);
      pieces.push(Buffer.from(output.subarray(0, size)));
    }
    return withoutTail(Buffer.concat(pieces));
  }

  close(): void {
    if (this.#options.keepsContext) this.#context.close();
  }
}

function withoutTail(compressed: Uint8Array): Uint8Array {
  return compressed.subarray(0, compressed.length - TAIL.length);
}

/** The tail, and a byte that nobody reads: told to stop behind a block, zlib leaves it where the tail has ended one. */
const TAIL_AND_MORE = Buffer.of(...TAIL, 0x00);
/** Room for output that must not come. */
const NO_OUTPUT = Buffer.alloc(1);
const ENDS_WITHIN_BLOCK = 'it ends within a block';

class ContextInflater implements Inflater {
  hasMore = false;
  readonly output: Uint8Array;
  readonly #options: InflaterOptions;
  readonly #owner: ContextCompression;
  #context: Context | undefined;
  #input: Uint8Array = TAIL;
  #at = 0;
  #end = 0;
  /** The message ends with what is in `#input`. */
  #isLast = false;
  /** Bytes that the current message has inflated to. */
  #size = 0;

  constructor(options: InflaterOptions, owner: ContextCompression, output: Uint8Array) {
    this.#options = options;
    this.#owner = owner;
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
    this.#context ??= keepsContext ? inflateContext(windowBits) : this.#owner.takeInflater();
    const context = this.#context;
    const { output } = this;
    for (;;) {
      // No more than decides the matter: bytes behind the limit are not made, errors behind it not met.
      const room = Math.min(output.length, limit - this.#size + 1);
      const size = context.write(this.#input, this.#at, this.#end, output, room);
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

  /** Output has room, so what was written is used up, or a final block has ended the stream before its end. */
  #goOn(context: Context): void {
    if (context.inputLeft > 0) {
      // §7.2.3.4: blocks may follow a final one. zlib begins anew there, as its senders do.
      context.reset();
      return;
    }
    this.hasMore = false;
    this.#input = TAIL; // the caller's memory is let go
    if (this.#isLast) this.#endMessage(context);
  }

  /**
   * §7.2.2: the tail, which completes the empty block that every message ends with. Without that block (§7.2.1) the
   * message was cut off: zlib would wait for the rest, and take the next message for it. (Price: 0.2 µs.)
   */
  #endMessage(context: Context): void {
    const size = context.write(TAIL_AND_MORE, 0, TAIL_AND_MORE.length, NO_OUTPUT, 1, Z_BLOCK);
    if (context.inputLeft === TAIL_AND_MORE.length) {
      // Not begun: a block has ended just before. A final one is let pass without the 00 that belongs behind it.
      context.write(TAIL, 0, 1, NO_OUTPUT);
      if (context.inputLeft === 0) throw new Error(ENDS_WITHIN_BLOCK);
      context.reset();
    } else if (size > 0 || context.inputLeft !== 1) throw new Error(ENDS_WITHIN_BLOCK);
    this.#size = 0;
    if (this.#options.keepsContext) return;
    context.reset();
    this.#owner.giveBackInflater(context, true);
    this.#context = undefined;
  }

  close(): void {
    this.hasMore = false;
    this.#size = 0;
    if (this.#context === undefined) return;
    // Within a message: its state is of no use to another one.
    this.#owner.giveBackInflater(this.#context, false);
    this.#context = undefined;
  }
}

// ── One shot ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Compression by documented functions, for runtimes whose contexts cannot be driven. */
export class OneShotCompression implements Compression {
  readonly canKeepContext = false;
  readonly #output = Buffer.allocUnsafeSlow(OUTPUT_SIZE);

  deflater({ windowBits, level, memLevel }: DeflaterOptions): Deflater {
    const options = { windowBits: zlibWindowBits(windowBits), level, memLevel, finishFlush: Z_SYNC_FLUSH };
    return {
      deflate: (bytes, start, end) => withoutTail(zlib.deflateRawSync(bytes.subarray(start, end), options)),
      close() {},
    };
  }

  inflater(options: InflaterOptions): Inflater {
    return new OneShotInflater(options, this.#output);
  }
}

/** The tail, a final block, and a byte that is behind the end where the tail has ended a block. */
const TAIL_AND_END = Buffer.of(...TAIL, 0x03, 0x00, 0x00);

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
 * a final one. It is inflated once more for that, with what comes behind it: here zlib tells no other way.
 */
function endsAsItShould(message: Buffer, size: number): boolean {
  try {
    const { left } = inflateStreams(Buffer.concat([message, TAIL_AND_END]), TAIL_AND_END.length, size);
    // Not all of the end is part of the stream: its last byte is not, nor what follows a final block.
    return left === 1 || left === TAIL_AND_END.length - TAIL.length || left === TAIL_AND_END.length;
  } catch {
    return false; // the tail is no end of a block, or became more data of one that was cut off
  }
}

/** DEFLATE streams, each behind the final block of the one before, until no more than `end` bytes are left. */
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
  const options = { finishFlush: Z_SYNC_FLUSH, maxOutputLength, info: true };
  const { buffer, engine } = zlib.inflateRawSync(bytes, options) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  if (buffer.length > limit) throw new RangeError(`more than ${limit} bytes`);
  return { buffer, used: engine.bytesWritten };
}

// ── The choice ───────────────────────────────────────────────────────────────────────────────────────────────────

let chosen: Compression | undefined;

/** The compression of this process: by contexts where they work, else in one shot. Made when first asked for. */
export function nodeCompression(): Compression {
  chosen ??= choose();
  return chosen;
}

function choose(): Compression {
  try {
    return new ContextCompression();
  } catch {
    return new OneShotCompression();
  }
}
