// `util` of `@kit.ArkTS` and `@ohos.util`: the object with its members at run time, and the namespace of its types.

import type * as aspects from './aspect.ts';
import { Aspect } from './aspect.ts';
import type * as base64 from './base64.ts';
import { Base64, Base64Helper, Type } from './base64.ts';
import { format, printf } from './format.ts';
import {
  callbackWrapper,
  errnoToString,
  generateRandomBinaryUUID,
  generateRandomUUID,
  getErrorString,
  getHash,
  getMainThreadStackTrace,
  parseUUID,
  promiseWrapper,
  promisify,
} from './functions.ts';
import type * as caches from './lru-cache.ts';
import { LRUCache, LruBuffer } from './lru-cache.ts';
import type * as numbers from './rational-number.ts';
import { RationalNumber } from './rational-number.ts';
import type * as scopes from './scope.ts';
import { Scope, ScopeHelper } from './scope.ts';
import type * as decoding from './text-decoder.ts';
import { StringDecoder, TextDecoder } from './text-decoder.ts';
import type * as encoding from './text-encoder.ts';
import { TextEncoder } from './text-encoder.ts';
import type * as kinds from './types.ts';
import { types } from './types.ts';
import type * as machine from './virtual-machine.ts';
import { ArkTSVM, AutoFinalizerCleaner } from './virtual-machine.ts';

/** The module: formatting, encodings, Base64, UUIDs, caches and checks of types. */
const util = {
  /** Maintenance of the virtual machine. */
  ArkTSVM,
  /** Adds code to methods of classes. */
  Aspect,
  /** Tells objects when they are gone. */
  AutoFinalizerCleaner,
  /** The first form of `Base64Helper`. */
  Base64,
  /** Base64, in four variants. */
  Base64Helper,
  /** A cache with a bound. */
  LRUCache,
  /** The first form of `LRUCache`. */
  LruBuffer,
  /** A fraction. */
  RationalNumber,
  /** The first form of `ScopeHelper`. */
  Scope,
  /** A range. */
  ScopeHelper,
  /** Decodes bytes that come in parts. */
  StringDecoder,
  /** Decodes bytes as text. */
  TextDecoder,
  /** Encodes text as bytes. */
  TextEncoder,
  /** Variants of Base64 by name. */
  Type,
  callbackWrapper,
  errnoToString,
  format,
  generateRandomBinaryUUID,
  generateRandomUUID,
  getErrorString,
  getHash,
  getMainThreadStackTrace,
  parseUUID,
  printf,
  promiseWrapper,
  promisify,
  /** Checks of the kinds of built-in objects. */
  types,
};

declare namespace util {
  /** Maintenance of the virtual machine. */
  export type ArkTSVM = machine.ArkTSVM;
  /** Adds code to methods of classes. */
  export type Aspect = aspects.Aspect;
  /** An object that wants to be told when it is gone. */
  export type AutoFinalizer<T> = machine.AutoFinalizer<T>;
  /** Tells objects when they are gone. */
  export type AutoFinalizerCleaner<T> = machine.AutoFinalizerCleaner<T>;
  /** The first form of `Base64Helper`. */
  export type Base64 = base64.Base64;
  /** Base64, in four variants. */
  export type Base64Helper = base64.Base64Helper;
  /** Options of `decodeToString`. */
  export type DecodeToStringOptions = decoding.DecodeToStringOptions;
  /** Options of `decodeWithStream`. */
  export type DecodeWithStreamOptions = decoding.DecodeWithStreamOptions;
  /** What `encodeIntoUint8Array` did. */
  export type EncodeIntoUint8ArrayInfo = encoding.EncodeIntoUint8ArrayInfo;
  /** A heap. */
  export type HeapMemoryInfo = machine.HeapMemoryInfo;
  /** Percentages of the heaps' bounds. */
  export type HeapMemoryThreshold = machine.HeapMemoryThreshold;
  /** Options of the detection of objects that several threads use. */
  export type MultithreadingDetectionOptions = machine.MultithreadingDetectionOptions;
  /** A cache with a bound. */
  export type LRUCache<K, V> = caches.LRUCache<K, V>;
  /** The first form of `LRUCache`. */
  export type LruBuffer<K, V> = caches.LruBuffer<K, V>;
  /** A fraction. */
  export type RationalNumber = numbers.RationalNumber;
  /** The first form of `ScopeHelper`. */
  export type Scope = scopes.Scope;
  /** A value that can be a limit. */
  export type ScopeComparable = scopes.ScopeComparable;
  /** A range. */
  export type ScopeHelper = scopes.ScopeHelper;
  /** A limit of a range. */
  export type ScopeType = scopes.ScopeType;
  /** Decodes bytes that come in parts. */
  export type StringDecoder = decoding.StringDecoder;
  /** Decodes bytes as text. */
  export type TextDecoder = decoding.TextDecoder;
  /** Options of a `TextDecoder`. */
  export type TextDecoderOptions = decoding.TextDecoderOptions;
  /** Encodes text as bytes. */
  export type TextEncoder = encoding.TextEncoder;
  /** The number of a variant of Base64. */
  export type Type = base64.Type;
  /** Checks of the kinds of built-in objects. */
  export type types = kinds.types;

  /** The members of the enum as types. */
  export namespace Type {
    /** The usual alphabet. */
    export type BASIC = 0;
    /** The usual alphabet, in lines. */
    export type MIME = 1;
    /** The alphabet for URLs. */
    export type BASIC_URL_SAFE = 2;
    /** The alphabet for URLs, in lines. */
    export type MIME_URL_SAFE = 3;
  }
}

export { util, util as default };
