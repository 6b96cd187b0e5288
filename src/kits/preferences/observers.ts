// The callbacks that are told of changes of preferences. The checks and their texts are those of a device.

import { reportUncaught } from '../host.ts';
import { countError, parameterError } from './errors.ts';
import type { ValueType } from './types.ts';

type KeyObserver = (key: string) => void;
type DataObserver = (data: Record<string, ValueType>) => void;

const TYPES = "'change' or 'multiProcessChange' or 'dataChange'";

/** The observers of one object. */
export class Observers {
  readonly #ofKeys = { change: new Set<KeyObserver>(), multiProcessChange: new Set<KeyObserver>() };
  /** With the keys that each observes. */
  readonly #ofData = new Map<DataObserver, Set<string>>();

  /** `on(type, …)`. @throws BusinessError 401 for wrong arguments */
  add(args: readonly unknown[]): void {
    if (args.length !== 2 && args.length !== 3) throw countError('2 or 3');
    const type = typeOf(args[0], `The registerMode must be ${TYPES}.`);
    if (type === 'dataChange') {
      if (args.length !== 3) throw countError('3');
      const keys = keysOf(args[1]);
      if (keys.length === 0) throw parameterError('The keys must be Array<string>.');
      const callback = callbackOf(args[2]) as DataObserver;
      // A known callback keeps its keys, as on a device.
      if (!this.#ofData.has(callback)) this.#ofData.set(callback, new Set(keys));
      return;
    }
    if (args.length !== 2) throw countError('2');
    this.#ofKeys[type].add(callbackOf(args[1]) as KeyObserver);
  }

  /** `off(type, …)`. @throws BusinessError 401 for wrong arguments */
  remove(args: readonly unknown[]): void {
    if (args.length === 0) throw countError('more than 1');
    const type = typeOf(args[0], `The unRegisterMode must be ${TYPES}.`);
    if (type === 'dataChange') {
      if (args.length < 2 || args.length > 3) throw countError('2 or 3');
      this.#removeOfData(keysOf(args[1]), optionalCallback(args[2]) as DataObserver | undefined);
      return;
    }
    if (args.length > 2) throw countError('1 or 2');
    const callback = optionalCallback(args[1]) as KeyObserver | undefined;
    if (callback === undefined) this.#ofKeys[type].clear();
    else this.#ofKeys[type].delete(callback);
  }

  #removeOfData(keys: readonly string[], callback: DataObserver | undefined): void {
    for (const [observer, observed] of [...this.#ofData]) {
      if (callback !== undefined && observer !== callback) continue;
      for (const key of keys) observed.delete(key);
      if (keys.length === 0 || observed.size === 0) this.#ofData.delete(observer);
    }
  }

  /** Removes all. */
  clear(): void {
    this.#ofKeys.change.clear();
    this.#ofKeys.multiProcessChange.clear();
    this.#ofData.clear();
  }

  /** Tells of changes. @param changes  new values by key; `undefined` for a key that was removed */
  notify(changes: ReadonlyMap<string, () => ValueType | undefined>): void {
    for (const observers of [this.#ofKeys.change, this.#ofKeys.multiProcessChange]) {
      for (const observer of [...observers]) for (const key of changes.keys()) call(observer, key);
    }
    for (const [observer, observed] of [...this.#ofData]) {
      const ofThese = [...changes].filter(([key]) => observed.has(key)).map(([key, value]) => [key, value()]);
      if (ofThese.length > 0) call(observer, Object.fromEntries(ofThese) as Record<string, ValueType>);
    }
  }
}

function call<T>(observer: (value: T) => void, value: T): void {
  try {
    observer(value);
  } catch (error) {
    reportUncaught(error);
  }
}

function typeOf(type: unknown, text: string): 'change' | 'multiProcessChange' | 'dataChange' {
  if (typeof type !== 'string') throw parameterError('The registerMode must be string.');
  if (type === 'change' || type === 'multiProcessChange' || type === 'dataChange') return type;
  throw parameterError(text);
}

function keysOf(keys: unknown): string[] {
  if (!Array.isArray(keys)) throw parameterError('The keys must be Array.');
  if (keys.every((key) => typeof key === 'string')) return keys as string[];
  throw parameterError('The keys must be Array<string>.');
}

function callbackOf(callback: unknown): unknown {
  if (typeof callback === 'function') return callback;
  throw parameterError('The callback must be function.');
}

function optionalCallback(callback: unknown): unknown {
  return callback === undefined || callback === null ? undefined : callbackOf(callback);
}
