// The cache as the application has it: `createHttpResponseCache()`. All such objects are about the one cache of the process.

import type { AsyncCallback, BusinessError } from '../host.ts';
import { httpError } from './errors.ts';
import { MAX_CACHE, responseCache } from './response-cache.ts';
import type { HttpResponseCache } from './types.ts';

/** What a successful call has for its error and its value. */
const NOTHING = undefined as never;

/** A handle on the cache. */
export class KitHttpResponseCache implements HttpResponseCache {
  /** @param cacheSize  bytes; absent or wrong: 10 MiB */
  constructor(cacheSize: unknown) {
    responseCache.start(typeof cacheSize === 'number' ? cacheSize >>> 0 : MAX_CACHE);
  }

  flush(callback: AsyncCallback<void>): void;
  flush(): Promise<void>;
  flush(callback?: unknown): Promise<void> | undefined {
    return answer('flush', callback, () => {});
  }

  delete(callback: AsyncCallback<void>): void;
  delete(): Promise<void>;
  delete(callback?: unknown): Promise<void> | undefined {
    return answer('delete', callback, () => responseCache.stop());
  }
}

/** Acts at once, and answers later. */
function answer(method: string, callback: unknown, act: () => void): Promise<void> | undefined {
  if (callback !== undefined && typeof callback !== 'function') {
    throw httpError('parameter', `${method} takes a callback, or nothing`);
  }
  act();
  if (callback === undefined) return Promise.resolve();
  const call = callback as (error: BusinessError, value: undefined) => void;
  queueMicrotask(() => call(NOTHING, undefined));
  return undefined;
}
