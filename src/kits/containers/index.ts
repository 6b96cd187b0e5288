// The containers of `@kit.ArkTS`, and of `@ohos.util.ArrayList` to `@ohos.util.Vector`. Each is a class that throws the error of a
// device when it is called without `new`.

import * as arrayList from './array-list.ts';
import { refuseCalls, refuseCallsOfVector } from './errors.ts';
import * as hash from './hash.ts';
import * as light from './light-weight.ts';
import * as lists from './list.ts';
import * as plain from './plain-array.ts';
import * as queues from './queue.ts';
import * as trees from './tree.ts';
import * as vectors from './vector.ts';

/** A list in an array. */
export const ArrayList = refuseCalls(arrayList.ArrayList, 'ArrayList');
/** A list in an array. */
export type ArrayList<T> = arrayList.ArrayList<T>;

/** A queue with two ends. */
export const Deque = refuseCalls(queues.Deque, 'Deque');
/** A queue with two ends. */
export type Deque<T> = queues.Deque<T>;

/** A map by hash. */
export const HashMap = refuseCalls(hash.HashMap, 'HashMap');
/** A map by hash. */
export type HashMap<K, V> = hash.HashMap<K, V>;

/** A set by hash. */
export const HashSet = refuseCalls(hash.HashSet, 'HashSet');
/** A set by hash. */
export type HashSet<T> = hash.HashSet<T>;

/** A map with an index. */
export const LightWeightMap = refuseCalls(light.LightWeightMap, 'LightWeightMap');
/** A map with an index. */
export type LightWeightMap<K, V> = light.LightWeightMap<K, V>;

/** A set with an index. */
export const LightWeightSet = refuseCalls(light.LightWeightSet, 'LightWeightSet');
/** A set with an index. */
export type LightWeightSet<T> = light.LightWeightSet<T>;

/** A doubly linked list. */
export const LinkedList = refuseCalls(lists.LinkedList, 'LinkedList');
/** A doubly linked list. */
export type LinkedList<T> = lists.LinkedList<T>;

/** A singly linked list. */
export const List = refuseCalls(lists.List, 'List');
/** A singly linked list. */
export type List<T> = lists.List<T>;

/** Values by number, sorted by it. */
export const PlainArray = refuseCalls(plain.PlainArray, 'PlainArray');
/** Values by number, sorted by it. */
export type PlainArray<T> = plain.PlainArray<T>;

/** A queue. */
export const Queue = refuseCalls(queues.Queue, 'Queue');
/** A queue. */
export type Queue<T> = queues.Queue<T>;

/** A stack. */
export const Stack = refuseCalls(queues.Stack, 'Stack');
/** A stack. */
export type Stack<T> = queues.Stack<T>;

/** A map that is sorted by key. */
export const TreeMap = refuseCalls(trees.TreeMap, 'TreeMap');
/** A map that is sorted by key. */
export type TreeMap<K, V> = trees.TreeMap<K, V>;

/** A set that is sorted. */
export const TreeSet = refuseCalls(trees.TreeSet, 'TreeSet');
/** A set that is sorted. */
export type TreeSet<T> = trees.TreeSet<T>;

/** A list in an array. */
export const Vector = refuseCallsOfVector(vectors.Vector);
/** A list in an array. */
export type Vector<T> = vectors.Vector<T>;
