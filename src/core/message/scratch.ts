// Memory that large frames are copied to on their way into a transport that takes them at once. It is the same for all
// frames and connections of a host. The expensive part of a copy is its memory, which the garbage collector has to find
// again (on Node 24 and 26 every 64 MiB of it are a full collection), not the copying.

import type { Memory } from '../ports.ts';

/** There is one piece of memory for payloads of 64 KiB, one for 128 KiB … and one for 1 MiB: at most twice a frame. */
const SMALLEST = 64 * 1024;
const LARGEST = 1024 * 1024;
/** Beside these, for headers. */
const HEADER_ROOM = 64;
/** RFC 6455 §5.2: payload lengths of 16 and of 64 bits. */
const SHORT_HEADER = new Uint8Array(4);
const LONG_HEADER = new Uint8Array(10);

export class Scratch {
  readonly #memory: Memory;
  /** By size: that of the number n is for `SMALLEST << n` bytes. */
  readonly #pieces: (Uint8Array | undefined)[] = [];

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Memory for the header of a large frame that is not masked: 4 or 10 bytes. It keeps its content until the next call. */
  header(size: number): Uint8Array {
    return size === SHORT_HEADER.length ? SHORT_HEADER : LONG_HEADER;
  }

  /** Memory for `size` bytes, or for the first mebibyte of them. It keeps its content until the next call. */
  take(size: number): Uint8Array {
    const number = numberOf(size);
    this.#pieces[number] ??= this.#memory.allocate((SMALLEST << number) + HEADER_ROOM);
    return this.#pieces[number];
  }

  /** A transport still refers to what `take` gave for `size` bytes: nothing is written into it any more. */
  retire(size: number): void {
    this.#pieces[numberOf(size)] = undefined;
  }
}

function numberOf(size: number): number {
  const payload = Math.min(Math.max(size - HEADER_ROOM, SMALLEST), LARGEST);
  return 16 - Math.clz32(payload - 1);
}
