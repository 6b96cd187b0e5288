// A zlib context that is driven synchronously, below a stream of `node:zlib`. It keeps its window from message to message,
// stops wherever output is full, and spares a message the trip through the thread pool (about 50 µs).
//
// Node documents the streams, but not the handle below them, although npm's own client has relied on it for years. So
// `findZlibContexts` tries it out with real bytes, and finds nothing where it works in another way.

import { Buffer } from 'node:buffer';
import type { ZlibOptions } from 'node:zlib';
import { lateZlib } from '../late-modules.ts';
import { TAIL, TAIL_AND_MORE } from '../zlib/message-end.ts';

/** What a write may flush: zlib's own numbers, see its manual. */
export const Flush = { none: 0, sync: 2, full: 3, block: 5 } as const;
export type Flush = number;

/** What Node has below a stream of `node:zlib`. */
interface Handle {
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

interface Stream {
  _handle?: Handle | null;
  /** After a write: bytes of output that are free, bytes of input that were not used. */
  _writeState?: Uint32Array;
  reset(): void;
  close(): void;
}

export class ZlibContext {
  /** Bytes of the last input that were not used. */
  inputLeft = 0;
  isClosed = false;
  readonly #stream: Stream;
  readonly #handle: Handle;
  readonly #state: Uint32Array;
  #error: Error | undefined;

  /**
   * @param stream  of `node:zlib`; nothing else may use it
   * @throws Error where there is no such handle below it
   */
  constructor(stream: unknown) {
    const { _handle: handle, _writeState: state } = stream as Stream;
    if (typeof handle?.writeSync !== 'function' || state === undefined || state.length < 2) {
      (stream as Stream).close();
      throw new Error('this runtime has no synchronous zlib context');
    }
    this.#stream = stream as Stream;
    this.#handle = handle;
    this.#state = state;
    handle.onerror = (message, _, code) => {
      this.#error = new Error(`${message} (${code})`);
    };
  }

  /**
   * Writes `input[start, end)`, as far as the output has room: see {@link inputLeft}.
   *
   * @param output  receives bytes from `from` up to `until`
   * @returns number of bytes in `output`
   * @throws Error with zlib's own text and code. Nothing but `close` may be called after it.
   */
  write(
    input: Uint8Array,
    start: number,
    end: number,
    output: Uint8Array,
    from: number,
    until: number,
    flush: Flush,
  ): number {
    // Node aborts the process for a range that does not fit, and for a context that is closed.
    const fits =
      start >= 0 && start <= end && end <= input.length && from >= 0 && from < until && until <= output.length;
    if (!fits || this.isClosed) throw new Error('misuse of a zlib context');
    this.#handle.writeSync(flush, input, start, end - start, output, from, until - from);
    if (this.#error !== undefined) throw this.#error;
    this.inputLeft = this.#state[1] as number;
    return until - from - (this.#state[0] as number);
  }

  /** Forgets everything that was written. */
  reset(): void {
    this.#stream.reset();
  }

  /** Gives its memory back. Harmless when repeated. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#stream.close();
  }
}

/** The two functions of `node:zlib` that are used here. */
export interface ZlibStreams {
  createDeflateRaw(options: ZlibOptions): unknown;
  createInflateRaw(options: ZlibOptions): unknown;
}

export interface DeflateSettings {
  /** 9–15 */
  readonly windowBits: number;
  readonly level: number;
  readonly memLevel: number;
}

/** Makes contexts. */
export interface ZlibContexts {
  deflate(settings: DeflateSettings): ZlibContext;
  /** @param windowBits  9–15 */
  inflate(windowBits: number): ZlibContext;
}

/** The least that a stream may have for chunks of its own, which are not used here. */
const chunkSize = 64;

/**
 * Finds the contexts of this runtime, and tries them out.
 *
 * @returns `undefined` where they are missing, or do not do what is relied on
 */
export function findZlibContexts(streams: ZlibStreams = lateZlib()): ZlibContexts | undefined {
  const contexts: ZlibContexts = {
    deflate: (settings) => new ZlibContext(streams.createDeflateRaw({ ...settings, chunkSize })),
    inflate: (windowBits) => new ZlibContext(streams.createInflateRaw({ windowBits, chunkSize })),
  };
  const used: ZlibContext[] = [];
  try {
    const deflate = contexts.deflate({ windowBits: 15, level: 6, memLevel: 8 });
    used.push(deflate);
    const [inflate, broken, cut] = [contexts.inflate(15), contexts.inflate(15), contexts.inflate(15)] as const;
    used.push(inflate, broken, cut);
    return keepTheirWindow(deflate, inflate) && refuses(broken) && stopsWithinBlock(cut) ? contexts : undefined;
  } catch {
    return undefined;
  } finally {
    for (const context of used) context.close();
  }
}

/** RFC 7692 §7.2.3.1, §7.2.3.2: of two equal messages the second one refers back to the first. */
function keepTheirWindow(deflate: ZlibContext, inflate: ZlibContext): boolean {
  const message = Buffer.from('Hello');
  for (const expected of ['f248cdc9c90700', 'f200110000']) {
    // At first in two steps, as where output is full.
    const compressed = Buffer.alloc(32);
    const first = deflate.write(message, 0, message.length, compressed, 0, 3, Flush.sync);
    const left = deflate.inputLeft;
    const rest = deflate.write(message, message.length - left, message.length, compressed, 3, 32, Flush.sync);
    if (first !== 3 || compressed.toString('hex', 0, 3 + rest) !== `${expected}0000ffff`) return false;
    const output = Buffer.alloc(message.length + 1);
    const size = inflate.write(compressed, 0, 3 + rest - TAIL.length, output, 0, output.length, Flush.sync);
    if (inflate.inputLeft !== 0 || !message.equals(output.subarray(0, size))) return false;
    if (!endsBehindTail(inflate)) return false;
  }
  return true;
}

/** Whether the tail ends a block, and zlib leaves what is behind it. */
function endsBehindTail(inflate: ZlibContext): boolean {
  const size = inflate.write(TAIL_AND_MORE, 0, TAIL_AND_MORE.length, Buffer.alloc(1), 0, 1, Flush.block);
  return size === 0 && inflate.inputLeft === 1;
}

/** Whether it throws for the block type that does not exist. */
function refuses(inflate: ZlibContext): boolean {
  try {
    inflate.write(Buffer.of(0x07), 0, 1, Buffer.alloc(8), 0, 8, Flush.sync);
    return false;
  } catch {
    return true;
  }
}

/** Whether the first half of a block is told from a whole one, by the tail behind it. */
function stopsWithinBlock(inflate: ZlibContext): boolean {
  inflate.write(Buffer.of(0xf2, 0x48), 0, 2, Buffer.alloc(8), 0, 8, Flush.sync);
  try {
    return !endsBehindTail(inflate);
  } catch {
    return true;
  }
}
