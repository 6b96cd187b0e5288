// `ArkTSUtils` of `@kit.ArkTS` and `@arkts.utils`.

// biome-ignore-all lint/complexity/noBannedTypes: declared like this by the SDK

import { collections } from '../collections/index.ts';
import { json } from '../json/index.ts';
import type { lang } from '../lang/index.ts';
import { parameterError } from '../parameter-error.ts';
import { isSendable, isSendableClass, markSendable } from '../sendable.ts';
import type * as locking from './async-lock.ts';
import {
  AbortSignal,
  AsyncLock,
  AsyncLockInfo,
  AsyncLockMode,
  AsyncLockOptions,
  AsyncLockState,
} from './async-lock.ts';
import type * as conditions from './condition-variable.ts';
import { ConditionVariable } from './condition-variable.ts';
import type * as caching from './sendable-lru-cache.ts';
import { SendableLruCache } from './sendable-lru-cache.ts';

type Sendable = lang.ISendable;
type Reviver = (this: Sendable, key: string, value: Sendable | undefined | null) => Sendable | undefined | null;
type BigInts = 0 | 1 | 2;
type Returned = 0 | 1;

/** Options of `ASON.parse`. */
interface Options {
  /** Which integers become a `bigint`. */
  bigIntMode: BigInts;
  /** What objects become. */
  parseReturnType: Returned;
}

/** JSON of objects that can be passed to another thread. */
const ASON = {
  /** Which integers become a `bigint`, by name. */
  BigIntMode: json.BigIntMode,
  /** What objects become, by name. */
  ParseReturnType: {
    /** Objects. */
    OBJECT: 0,
    /** Maps of `collections`. */
    MAP: 1,
  } as const,

  /**
   * Parses JSON. Arrays become those of `collections`.
   *
   * @throws BusinessError 401 if the text is not JSON
   */
  parse(text: string, reviver?: Reviver, options?: Options): Sendable | null {
    try {
      const value = json.parse(text, reviver as Parameters<typeof json.parse>[1], options);
      return sendable(value, options?.parseReturnType === 1) as Sendable | null;
    } catch {
      throw parameterError('Invalid JSON string.');
    }
  },

  /**
   * Writes a value as JSON; maps as objects, sets as arrays, a `bigint` as a number.
   *
   * @throws BusinessError 401 if the value contains itself
   */
  stringify(value: Object | null | undefined): string {
    if (value === undefined || value === null) return String(value);
    return json.stringify(plain(value, []) as Object);
  },
};

/** The module: locks, JSON of objects that can be passed to another thread, a cache. */
const ArkTSUtils = {
  ASON,
  /** A cache with a bound. */
  SendableLruCache,
  /** Locks that are waited for by promises. */
  locks: { AbortSignal, AsyncLock, AsyncLockInfo, AsyncLockMode, AsyncLockOptions, AsyncLockState, ConditionVariable },

  /**
   * Whether a value can be passed to another thread by reference.
   *
   * Primitive values, `@Sendable` classes and their instances, containers of `collections` and locks can.
   */
  isSendable(value: Object | null | undefined): boolean {
    if (typeof value === 'function') return isSendableClass(value);
    return typeof value === 'object' && value !== null ? isSendable(value) : typeof value !== 'symbol';
  },
};

markSendable(AsyncLock, ConditionVariable);

declare namespace ArkTSUtils {
  /** A cache with a bound. */
  export type SendableLruCache<K, V> = caching.SendableLruCache<K, V>;

  /** Locks that are waited for by promises. */
  export namespace locks {
    /** Takes a request back. */
    export type AbortSignal<T> = locking.AbortSignal<T>;
    /** A lock. */
    export type AsyncLock = locking.AsyncLock;
    /** Runs while the lock is held. */
    export type AsyncLockCallback<T> = locking.AsyncLockCallback<T>;
    /** A request. */
    export type AsyncLockInfo = locking.AsyncLockInfo;
    /** The number of a mode. */
    export type AsyncLockMode = locking.AsyncLockMode;
    /** Options of a request. */
    export type AsyncLockOptions<T> = locking.AsyncLockOptions<T>;
    /** All requests of a lock. */
    export type AsyncLockState = locking.AsyncLockState;
    /** Waiting for a notification. */
    export type ConditionVariable = conditions.ConditionVariable;
  }

  /** JSON of objects that can be passed to another thread. */
  export namespace ASON {
    /** An object that can be passed to another thread. */
    export type ISendable = Sendable;
    /** Which integers become a `bigint`. */
    export type BigIntMode = BigInts;
    /** Options of `parse`. */
    export type ParseOptions = Options;
    /** What objects become. */
    export type ParseReturnType = Returned;
    /** Replaces each value. */
    export type Transformer = Reviver;
  }
}

export { ArkTSUtils, ArkTSUtils as default };

function sendable(value: unknown, asMap: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return sendableArray(value.map((item) => sendable(item, asMap)));
  const entries = Object.entries(value).map(([key, member]) => [key, sendable(member, asMap)] as const);
  return asMap ? new collections.Map(entries) : Object.fromEntries(entries);
}

function plain(value: unknown, around: readonly unknown[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (around.includes(value)) throw parameterError('The object circular Reference');
  const inside = [...around, value];
  if (isSet(value) || Array.isArray(value)) return [...value].map((item) => plain(item, inside));
  if (isMap(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item, inside)]));
  if ('toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, inside)]));
}

/** By what only a set has, in every realm; a page has no `node:util`. */
function isSet(value: object): value is Set<unknown> {
  return hasSize(Set.prototype, value);
}

function isMap(value: object): value is Map<unknown, unknown> {
  return hasSize(Map.prototype, value);
}

function hasSize(prototype: object, value: object): boolean {
  try {
    Reflect.get(prototype, 'size', value);
    return true;
  } catch {
    return false;
  }
}

function sendableArray(items: readonly unknown[]): unknown {
  const array = new collections.Array<unknown>();
  for (const item of items) array.push(item);
  return array;
}
