// Memory that large frames are copied to on their way into a transport that takes them at once. It is the same for all
// frames and connections of a host: what a copy costs is the memory for it, which the garbage collector has to find again
// (on Node 24 and 26 every 64 MiB of it are a full collection), and not the copying.

import type { Memory } from '../ports.ts';

/** Written at once. More is no faster, and a peer that does not read may keep so much. */
const LARGEST = 128 * 1024;
const STEP = 64 * 1024;

export class Scratch {
  readonly #memory: Memory;
  #bytes: Uint8Array | undefined;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Memory for `size` bytes, or for the first 128 KiB of them. It keeps its content until the next call. */
  take(size: number): Uint8Array {
    const wanted = Math.min(size, LARGEST);
    if (this.#bytes === undefined || this.#bytes.length < wanted) {
      this.#bytes = this.#memory.allocate(Math.ceil(wanted / STEP) * STEP);
    }
    return this.#bytes;
  }

  /** A transport still refers to it: nothing is written into it any more. */
  retire(): void {
    this.#bytes = undefined;
  }
}
