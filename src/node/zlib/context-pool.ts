// zlib contexts that many connections use: for messages that are compressed on their own, without the window of the one
// before. Between such messages a context holds nothing, so a few of them are enough for a process.

import type { DeflaterOptions } from '../../core/ports.ts';
import type { ZlibContext, ZlibContexts } from '../internals/zlib-context.ts';
import { zlibWindowBits } from './message-end.ts';

/** Inflating contexts that wait for the next message, of whichever connection. */
const SPARE_INFLATERS = 8;
/** The same of deflating ones, for each set of options. A context has 256 KiB by default. */
const SPARE_DEFLATERS = 2;

/** Which deflating contexts are alike. */
type Key = string;

export class ContextPool {
  readonly #contexts: ZlibContexts;
  /** Used by many at once: each of their calls begins and ends with nothing in it. */
  readonly #shared = new Map<Key, ZlibContext>();
  readonly #spareDeflaters = new Map<Key, ZlibContext[]>();
  readonly #spareInflaters: ZlibContext[] = [];

  constructor(contexts: ZlibContexts) {
    this.#contexts = contexts;
  }

  /** A context of the caller's own, who closes it. */
  openDeflater({ windowBits, level, memLevel }: DeflaterOptions): ZlibContext {
    return this.#contexts.deflate({ windowBits: zlibWindowBits(windowBits), level, memLevel });
  }

  /** As {@link openDeflater}. */
  openInflater(windowBits: number): ZlibContext {
    return this.#contexts.inflate(zlibWindowBits(windowBits));
  }

  /** The context for messages that are deflated in one call. A caller that leaves something in it must close it. */
  sharedDeflater(options: DeflaterOptions): ZlibContext {
    const key = keyOf(options);
    let context = this.#shared.get(key);
    if (context === undefined || context.isClosed) {
      context = this.openDeflater(options);
      this.#shared.set(key, context);
    }
    return context;
  }

  /** Lends a context for one message that is deflated in parts. */
  lendDeflater(options: DeflaterOptions): ZlibContext {
    return this.#spareDeflaters.get(keyOf(options))?.pop() ?? this.openDeflater(options);
  }

  /** Takes a context back at the end of its message, which was a full flush. */
  takeBackDeflater(context: ZlibContext, options: DeflaterOptions): void {
    const key = keyOf(options);
    const spare = this.#spareDeflaters.get(key) ?? [];
    if (spare.length === SPARE_DEFLATERS) {
      context.close();
      return;
    }
    spare.push(context);
    this.#spareDeflaters.set(key, spare);
  }

  /** Lends a context for one message, with the largest window: any message fits. */
  lendInflater(): ZlibContext {
    return this.#spareInflaters.pop() ?? this.openInflater(15);
  }

  /** Takes a context back that has been reset. */
  takeBackInflater(context: ZlibContext): void {
    if (this.#spareInflaters.length < SPARE_INFLATERS) this.#spareInflaters.push(context);
    else context.close();
  }
}

function keyOf({ windowBits, level, memLevel }: DeflaterOptions): Key {
  return `${zlibWindowBits(windowBits)} ${level} ${memLevel}`;
}
