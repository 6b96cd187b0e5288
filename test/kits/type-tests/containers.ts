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
