// The types of `util` against the SDK's declaration, member by member.

import { util } from '../../../src/kits/util/index.ts';
import type { util as ofKit } from '../../../src/register/kits/arkts-kit.ts';
import type ofOhos from '../../../src/register/kits/ohos-util.ts';
import { same } from '../../type-tests/same.ts';

same<typeof ofKit, typeof util>(true);
same<typeof ofOhos, typeof util>(true);

// biome-ignore-start lint/complexity/noBannedTypes: declared like this by the SDK
same<typeof util.format, (format: string, ...args: Object[]) => string>(true);
same<typeof util.printf, (format: string, ...args: Object[]) => string>(true);
same<typeof util.errnoToString, (errno: number) => string>(true);
same<typeof util.getErrorString, (errno: number) => string>(true);
same<typeof util.callbackWrapper, (original: Function) => (err: Object, value: Object) => void>(true);
same<typeof util.promisify, (original: (err: Object, value: Object) => void) => Function>(true);
same<typeof util.promiseWrapper, (original: (err: Object, value: Object) => void) => Object>(true);
same<typeof util.generateRandomUUID, (entropyCache?: boolean) => string>(true);
same<typeof util.generateRandomBinaryUUID, (entropyCache?: boolean) => Uint8Array>(true);
same<typeof util.parseUUID, (uuid: string) => Uint8Array>(true);
same<typeof util.getHash, (object: object) => number>(true);
same<typeof util.getMainThreadStackTrace, () => string>(true);

/** The public members of a class. */
type Members<Class> = Pick<Class, keyof Class>;

interface TextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: false;
  decode(input: Uint8Array, options?: { stream?: false }): string;
  decodeWithStream(input: Uint8Array, options?: { stream?: boolean }): string;
  decodeToString(input: Uint8Array, options?: { stream?: boolean }): string;
}
same<Members<util.TextDecoder>, Members<TextDecoder>>(true);
same<
  typeof util.TextDecoder.create,
  (encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }) => util.TextDecoder
>(true);
same<
  ConstructorParameters<typeof util.TextDecoder>,
  [encoding?: string | undefined, options?: { fatal?: boolean; ignoreBOM?: boolean } | undefined]
>(true);
same<util.TextDecoderOptions, { fatal?: boolean; ignoreBOM?: boolean }>(true);
same<util.DecodeWithStreamOptions, { stream?: boolean }>(true);
same<util.DecodeToStringOptions, { stream?: boolean }>(true);

interface TextEncoder {
  readonly encoding: 'utf-8';
  encode(input?: string): Uint8Array;
  encodeInto(input?: string): Uint8Array;
  encodeInto(input: string, dest: Uint8Array): { read: number; written: number };
  encodeIntoUint8Array(input: string, dest: Uint8Array): { read: number; written: number };
}
same<Members<util.TextEncoder>, Members<TextEncoder>>(true);
same<typeof util.TextEncoder.create, (encoding?: string) => util.TextEncoder>(true);
same<ConstructorParameters<typeof util.TextEncoder>, [encoding?: string | undefined]>(true);
same<util.EncodeIntoUint8ArrayInfo, { read: number; written: number }>(true);

interface StringDecoder {
  write(chunk: string | Uint8Array): string;
  end(chunk?: string | Uint8Array): string;
}
same<Members<util.StringDecoder>, Members<StringDecoder>>(true);
same<ConstructorParameters<typeof util.StringDecoder>, [encoding?: string | undefined]>(true);

interface RationalNumber {
  compareTo(another: util.RationalNumber): number;
  compare(another: util.RationalNumber): number;
  equals(obj: Object): boolean;
  valueOf(): number;
  getDenominator(): number;
  getNumerator(): number;
  isFinite(): boolean;
  isNaN(): boolean;
  isZero(): boolean;
  toString(): string;
}
same<Members<util.RationalNumber>, Members<RationalNumber>>(true);
type OfTwo<Result> = (first: number, second: number) => Result;
same<typeof util.RationalNumber.parseRationalNumber, OfTwo<util.RationalNumber>>(true);
same<typeof util.RationalNumber.createRationalFromString, (rationalString: string) => util.RationalNumber>(true);
same<typeof util.RationalNumber.getCommonDivisor, OfTwo<number>>(true);
same<typeof util.RationalNumber.getCommonFactor, OfTwo<number>>(true);

interface Cache<K, V> {
  length: number;
  updateCapacity(newCapacity: number): void;
  toString(): string;
  getCapacity(): number;
  clear(): void;
  getCreateCount(): number;
  getMissCount(): number;
  getRemovalCount(): number;
  getMatchCount(): number;
  getPutCount(): number;
  isEmpty(): boolean;
  get(key: K): V | undefined;
  put(key: K, value: V): V;
  values(): V[];
  keys(): K[];
  remove(key: K): V | undefined;
  afterRemoval(isEvict: boolean, key: K, value: V, newValue: V): void;
  contains(key: K): boolean;
  createDefault(key: K): V;
  entries(): IterableIterator<[K, V]>;
  [Symbol.iterator](): IterableIterator<[K, V]>;
}
same<Members<util.LRUCache<string, number>>, Members<Cache<string, number>>>(true);
same<Members<util.LruBuffer<string, number>>, Members<Cache<string, number>>>(true);
same<ConstructorParameters<typeof util.LRUCache>, [capacity?: number | undefined]>(true);

interface Range<Own> {
  toString(): string;
  intersect(range: Own): Own;
  intersect(lowerObj: util.ScopeType, upperObj: util.ScopeType): Own;
  getUpper(): util.ScopeType;
  getLower(): util.ScopeType;
  expand(lowerObj: util.ScopeType, upperObj: util.ScopeType): Own;
  expand(range: Own): Own;
  expand(value: util.ScopeType): Own;
  contains(value: util.ScopeType): boolean;
  contains(range: Own): boolean;
  clamp(value: util.ScopeType): util.ScopeType;
}
same<Members<util.ScopeHelper>, Members<Range<util.ScopeHelper>>>(true);
same<Members<util.Scope>, Members<Range<util.Scope>>>(true);
same<util.ScopeType, util.ScopeComparable | number>(true);
same<util.ScopeComparable, { compareTo(other: util.ScopeComparable): boolean }>(true);

interface Base64Helper {
  encodeSync(src: Uint8Array, options?: util.Type): Uint8Array;
  encodeToStringSync(src: Uint8Array, options?: util.Type): string;
  decodeSync(src: Uint8Array | string, options?: util.Type): Uint8Array;
  encode(src: Uint8Array, options?: util.Type): Promise<Uint8Array>;
  encodeToString(src: Uint8Array, options?: util.Type): Promise<string>;
  decode(src: Uint8Array | string, options?: util.Type): Promise<Uint8Array>;
}
same<Members<util.Base64Helper>, Members<Base64Helper>>(true);
same<util.Type, 0 | 1 | 2 | 3>(true);
same<util.Type.MIME_URL_SAFE, 3>(true);
interface Base64 {
  encodeSync(src: Uint8Array): Uint8Array;
  encodeToStringSync(src: Uint8Array): string;
  decodeSync(src: Uint8Array | string): Uint8Array;
  encode(src: Uint8Array): Promise<Uint8Array>;
  encodeToString(src: Uint8Array): Promise<string>;
  decode(src: Uint8Array | string): Promise<Uint8Array>;
}
same<Members<util.Base64>, Members<Base64>>(true);

type Advise = (targetClass: Object, methodName: string, isStatic: boolean, added: Function) => void;
same<typeof util.Aspect.addBefore, Advise>(true);
same<typeof util.Aspect.addAfter, Advise>(true);
same<typeof util.Aspect.replace, Advise>(true);

type Kind =
  | ('AnyArrayBuffer' | 'ArrayBufferView' | 'ArgumentsObject' | 'ArrayBuffer' | 'AsyncFunction' | 'BigInt64Array')
  | ('BigUint64Array' | 'BooleanObject' | 'BoxedPrimitive' | 'DataView' | 'Date' | 'External' | 'Float32Array')
  | ('Float64Array' | 'GeneratorFunction' | 'GeneratorObject' | 'Int8Array' | 'Int16Array' | 'Int32Array' | 'Map')
  | ('MapIterator' | 'ModuleNamespaceObject' | 'NativeError' | 'NumberObject' | 'Promise' | 'Proxy' | 'RegExp' | 'Set')
  | ('SetIterator' | 'SharedArrayBuffer' | 'StringObject' | 'SymbolObject' | 'TypedArray' | 'Uint8Array')
  | ('Uint8ClampedArray' | 'Uint16Array' | 'Uint32Array' | 'WeakMap' | 'WeakSet');
same<Members<util.types>, { [Name in Kind as `is${Name}`]: (value: Object) => boolean }>(true);
same<util.AutoFinalizer<number>, { onFinalization(heldValue: number): void }>(true);
same<typeof util.AutoFinalizerCleaner.register, <T>(obj: util.AutoFinalizer<T>, heldValue: T) => void>(true);
same<util.HeapMemoryInfo, { threadId?: number; threadName?: string; heapType: string; heapObjectSize: number }>(true);
same<
  util.HeapMemoryThreshold,
  { localHeapThreshold?: number; sharedHeapThreshold?: number; processHeapThreshold?: number }
>(true);
same<util.MultithreadingDetectionOptions, { abort?: boolean; frequency?: number; interval?: number }>(true);
same<
  typeof util.ArkTSVM.setMultithreadingDetectionEnabled,
  (enabled: boolean, options?: util.MultithreadingDetectionOptions) => void
>(true);
same<typeof util.ArkTSVM.setTrackGlobalRef, (enable: boolean) => void>(true);
same<typeof util.ArkTSVM.enableLocalHandleDetection, () => void>(true);
same<typeof util.ArkTSVM.offVMHeapMemoryPressure, () => void>(true);
same<typeof util.ArkTSVM.getAllVMHeapMemoryInfo, () => Promise<util.HeapMemoryInfo[]>>(true);
// biome-ignore-end lint/complexity/noBannedTypes: declared like this by the SDK

export class Squares extends util.LRUCache<number, number> {
  override createDefault(key: number): number {
    return key * key;
  }
}
export const parsed: Uint8Array = util.parseUUID('');
// @ts-expect-error: a UUID is text
util.parseUUID(5);
// @ts-expect-error: no such variant
new util.Base64Helper().encodeToStringSync(new Uint8Array(), 4);
