// Collecting the parts of a message into one piece of memory. It grows only with the bytes received: a header that
// announces 2 GiB costs nothing, and a peer that sends single bytes costs no object for each.

import type { Memory } from './ports.ts';

/** Memory for a first part when the size of the rest is unknown. */
const FIRST_SIZE = 512;
/** Up to this much is taken for what is announced, before it has come. */
const ANNOUNCED_UP_TO = 64 * 1024;
/** What has come by so much may ask for all that is announced: each step that is spared is a copy of all before it. */
const CREDIT_FROM = 64 * 1024;
/** All of it, up to so many times as much as has come. Memory that nothing was written to costs addresses, not pages. */
const CREDIT = 16;
/** Below this, memory that is full becomes four times as large, from here on twice. */
const DOUBLE_FROM = 1024 * 1024;

/** Parts in order, one after another in one piece of memory that grows. */
export class ByteCollector {
  readonly #memory: Memory;
  #bytes: Uint8Array | undefined;
  #size = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Bytes collected. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a copy of `bytes[start, end)`.
   *
   * @param remaining  bytes that are announced to follow; 0 when unknown. Used to allocate no more than needed.
   */
  append(bytes: Uint8Array, start: number, end: number, remaining: number): void {
    if (start === end) return;
    const size = this.#size + end - start;
    let target = this.#bytes;
    if (target === undefined || target.length < size) target = this.#grow(size, remaining);
    target.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.#size);
    this.#size = size;
  }

  /** All parts as one, owned by the caller; the collector is empty again. */
  take(): Uint8Array {
    const bytes = this.#bytes ?? this.#memory.allocate(0);
    const size = this.#size;
    this.clear();
    if (size === bytes.length) return bytes;
    // What fills half of its memory may keep it; less would pin much for little.
    if (size * 2 >= bytes.length) return bytes.subarray(0, size);
    const whole = this.#memory.allocate(size);
    whole.set(bytes.subarray(0, size));
    return whole;
  }

  /** Frees its memory. */
  clear(): void {
    this.#bytes = undefined;
    this.#size = 0;
  }

  /** Memory for `size` bytes and some of what follows. */
  #grow(size: number, remaining: number): Uint8Array {
    const announced = remaining === 0 ? Infinity : size + remaining;
    const credit = size < CREDIT_FROM ? ANNOUNCED_UP_TO : size * CREDIT;
    const room = Math.max(size * (size < DOUBLE_FROM ? 4 : 2), FIRST_SIZE);
    const grown = this.#memory.allocate(announced <= credit ? announced : Math.min(room, announced));
    if (this.#bytes !== undefined) grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
    return grown;
  }
}
