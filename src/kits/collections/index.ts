// `collections` of `@kit.ArkTS` and `@arkts.collections`. Typed arrays and ArrayBuffer are those of the language,
// which threads can share anyway.

// biome-ignore-all lint/suspicious/noShadowRestrictedNames: declared like this by the SDK

import type { lang } from '../lang/index.ts';
import type * as bits from './bit-vector.ts';
import { BitVector } from './bit-vector.ts';
import * as own from './containers.ts';
import { refuseCalls } from './guards.ts';

/** The module: containers that can be passed to another thread. */
const collections = {
  /** An array. */
  Array: refuseCalls(own.SendableArray, 'Array'),
  /** Bytes. */
  ArrayBuffer: globalThis.ArrayBuffer,
  /** Bits in a row. */
  BitVector,
  /** Floating point numbers of 4 bytes. */
  Float32Array: globalThis.Float32Array,
  /** Floating point numbers of 8 bytes. */
  Float64Array: globalThis.Float64Array,
  /** Integers of 2 bytes. */
  Int16Array: globalThis.Int16Array,
  /** Integers of 4 bytes. */
  Int32Array: globalThis.Int32Array,
  /** Integers of 1 byte. */
  Int8Array: globalThis.Int8Array,
  /** A map. */
  Map: refuseCalls(own.SendableMap, 'Map'),
  /** A set. */
  Set: refuseCalls(own.SendableSet, 'Set'),
  /** Integers of 2 bytes, from 0. */
  Uint16Array: globalThis.Uint16Array,
  /** Integers of 4 bytes, from 0. */
  Uint32Array: globalThis.Uint32Array,
  /** Integers of 1 byte, from 0. */
  Uint8Array: globalThis.Uint8Array,
  /** Integers of 1 byte, from 0; values below become 0, and values above become 255. */
  Uint8ClampedArray: globalThis.Uint8ClampedArray,
};

declare namespace collections {
  /** An array. */
  export type Array<T> = own.SendableArray<T>;
  /** Bytes. */
  export type ArrayBuffer = globalThis.ArrayBuffer;
  /** Bits in a row. */
  export type BitVector = bits.BitVector;
  /** An array that can be appended to another. */
  export interface ConcatArray<T> extends ISendable {
    /** The number of elements. */
    readonly length: number;
    /** Returns an element. */
    readonly [index: number]: T;
    /** Returns the elements as text. */
    join(separator?: string): string;
    /** Returns some of the elements. */
    slice(start?: number, end?: number): ConcatArray<T>;
  }
  /** Floating point numbers of 4 bytes. */
  export type Float32Array = globalThis.Float32Array;
  /** Floating point numbers of 8 bytes. */
  export type Float64Array = globalThis.Float64Array;
  /** An object that can be passed to another thread. */
  export type ISendable = lang.ISendable;
  /** Integers of 2 bytes. */
  export type Int16Array = globalThis.Int16Array;
  /** Integers of 4 bytes. */
  export type Int32Array = globalThis.Int32Array;
  /** Integers of 1 byte. */
  export type Int8Array = globalThis.Int8Array;
  /** A map. */
  export type Map<K, V> = own.SendableMap<K, V>;
  /** A set. */
  export type Set<T> = own.SendableSet<T>;
  /** Integers of 2 bytes, from 0. */
  export type Uint16Array = globalThis.Uint16Array;
  /** Integers of 4 bytes, from 0. */
  export type Uint32Array = globalThis.Uint32Array;
  /** Integers of 1 byte, from 0. */
  export type Uint8Array = globalThis.Uint8Array;
  /** Integers of 1 byte, from 0; values below become 0, and values above become 255. */
  export type Uint8ClampedArray = globalThis.Uint8ClampedArray;
}

export { collections, collections as default };
