// The types of containers, `collections` and `ArkTSUtils` through the modules that have them.

import type * as containers from '../../../src/kits/containers/index.ts';
import {
  ArkTSUtils,
  ArrayList,
  collections,
  HashMap,
  type LinkedList,
  type lang,
  type TreeMap,
} from '../../../src/register/kits/arkts-kit.ts';
import type OhosArrayList from '../../../src/register/kits/ohos-util-arraylist.ts';
import type OhosVector from '../../../src/register/kits/ohos-util-vector.ts';
import { same } from '../../type-tests/same.ts';

same<OhosArrayList<string>, containers.ArrayList<string>>(true);
same<OhosVector<string>, containers.Vector<string>>(true);

same<ArrayList<string>['insert'], (element: string, index: number) => void>(true);
same<LinkedList<string>['insert'], (index: number, element: string) => void>(true);
same<ArrayList<string>['convertToArray'], () => string[]>(true);
same<ArrayList<string>[number], string>(true);
same<HashMap<string, number>['get'], (key: string) => number>(true);
same<HashMap<string, number>['entries'], () => IterableIterator<[string, number]>>(true);
same<TreeMap<string, number>['getLowerKey'], (key: string) => string>(true);
new ArrayList<number>().forEach((value: number, index?: number, list?: ArrayList<number>) => void [value, index, list]);
new HashMap<string, number>().forEach((value?: number, key?: string) => void [value, key]);
// @ts-expect-error: another element
new ArrayList<number>().add('a');

const array: collections.Array<number> = new collections.Array<number>(1, 2);
const sendable: lang.ISendable = array;
const options: ArkTSUtils.locks.AsyncLockOptions<void> = new ArkTSUtils.locks.AsyncLockOptions<void>();
const answer: Promise<unknown> = new ArkTSUtils.locks.AsyncLock().lockAsync(() => 5, 1, options);
void [sendable, answer];
same<ArkTSUtils.locks.AsyncLockMode, 1 | 2>(true);
same<ArkTSUtils.ASON.ParseReturnType, 0 | 1>(true);

/** The public members of a class. */
type Members<Class> = Pick<Class, keyof Class>;

interface BitVector {
  readonly length: number;
  [index: number]: number;
  push(element: number): boolean;
  pop(): number;
  has(element: number, fromIndex: number, toIndex: number): boolean;
  setBitsByRange(element: number, fromIndex: number, toIndex: number): void;
  setAllBits(element: number): void;
  getBitsByRange(fromIndex: number, toIndex: number): collections.BitVector;
  resize(size: number): void;
  getBitCountByRange(element: number, fromIndex: number, toIndex: number): number;
  getIndexOf(element: number, fromIndex: number, toIndex: number): number;
  getLastIndexOf(element: number, fromIndex: number, toIndex: number): number;
  flipBitByIndex(index: number): void;
  flipBitsByRange(fromIndex: number, toIndex: number): void;
  values(): IterableIterator<number>;
  [Symbol.iterator](): IterableIterator<number>;
}
same<Members<collections.BitVector>, Members<BitVector>>(true);
same<ConstructorParameters<typeof collections.BitVector>, [length: number]>(true);

interface SendableLruCache<K, V> {
  readonly length: number;
  updateCapacity(newCapacity: number): void;
  get(key: K): V | undefined;
  put(key: K, value: V): V;
  remove(key: K): V | undefined;
  contains(key: K): boolean;
  clear(): void;
  isEmpty(): boolean;
  getCapacity(): number;
  getCreateCount(): number;
  getMissCount(): number;
  getRemoveCount(): number;
  getMatchCount(): number;
  getPutCount(): number;
  toString(): string;
  values(): V[];
  keys(): K[];
  entries(): IterableIterator<[K, V]>;
  [Symbol.iterator](): IterableIterator<[K, V]>;
}
same<Members<ArkTSUtils.SendableLruCache<string, number>>, Members<SendableLruCache<string, number>>>(true);
same<ConstructorParameters<typeof ArkTSUtils.SendableLruCache>, [capacity?: number | undefined]>(true);
