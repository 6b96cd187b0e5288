// DEFLATE by Node's zlib, synchronously, in one of two ways: by contexts (`ContextCompression`) where this runtime has
// them, otherwise by documented functions (`OneShotCompression`).

import type { Compression, Deflater, DeflaterOptions, Inflater, InflaterOptions } from '../../core/ports.ts';
import { findZlibContexts, type ZlibContexts } from '../internals/zlib-context.ts';
import { ContextDeflater } from './context-deflater.ts';
import { ContextInflater } from './context-inflater.ts';
import { ContextPool } from './context-pool.ts';
import { OneShotCompression } from './one-shot.ts';

const OUTPUT_SIZE = 64 * 1024;

/** Compression by native contexts. */
export class ContextCompression implements Compression {
  readonly canKeepContext = true;
  /** Shared by all of its deflaters and inflaters: what a call leaves in it is used before the next one. */
  // Not a Buffer: views of it are made for each message, and those of Buffers cost twice as much.
  readonly #output = new Uint8Array(OUTPUT_SIZE);
  readonly #pool: ContextPool;

  constructor(contexts: ZlibContexts) {
    this.#pool = new ContextPool(contexts);
  }

  deflater(options: DeflaterOptions): Deflater {
    return new ContextDeflater(options, this.#pool, this.#output);
  }

  inflater(options: InflaterOptions): Inflater {
    return new ContextInflater(options, this.#pool, this.#output);
  }
}

/** The better of the two ways that this runtime has. */
export function chooseCompression(contexts: ZlibContexts | undefined): Compression {
  return contexts === undefined ? new OneShotCompression() : new ContextCompression(contexts);
}

let chosen: Compression | undefined;

/** The compression of this process. It is made, and tried out, when it is first asked for. */
export function nodeCompression(): Compression {
  chosen ??= chooseCompression(findZlibContexts());
  return chosen;
}
