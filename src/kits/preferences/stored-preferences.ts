// The object behind `Preferences`: values in memory, what has changed since they were kept, and who is told.

import { utf8Size } from '../host.ts';
import { answer, argumentsOf, valuesOf } from './answer.ts';
import { parameterError, preferencesError } from './errors.ts';
import { Observers } from './observers.ts';
import { decoded, requireFitting, type StoredValue, storedValue } from './stored-value.ts';

/** Most bytes of a key. */
export const MAX_KEY_LENGTH = 1024;

/** Preferences of one name. Its calls check their arguments themselves; `Preferences` of types.ts has their types. */
export class StoredPreferences {
  readonly #contents: Map<string, StoredValue>;
  readonly #keep: (contents: ReadonlyMap<string, StoredValue>) => void;
  /** Keys that are not kept as they are in memory. */
  readonly #changed = new Set<string>();
  readonly #observers = new Observers();

  /**
   * @param contents  what is kept; owned by the object
   * @param keep      keeps values instead
   */
  constructor(contents: Map<string, StoredValue>, keep: (contents: ReadonlyMap<string, StoredValue>) => void) {
    this.#contents = contents;
    this.#keep = keep;
  }

  get(...args: unknown[]): unknown {
    const { values, callback } = argumentsOf(args, 2);
    const key = checkedKey(values[0]);
    return answer(callback, () => this.#get(key, values[1]));
  }

  getSync(...args: unknown[]): unknown {
    const [key, otherwise] = valuesOf(args, 2);
    return this.#get(checkedKey(key), otherwise);
  }

  getAll(...args: unknown[]): unknown {
    return answer(argumentsOf(args, 0).callback, () => this.#all());
  }

  getAllSync(...args: unknown[]): unknown {
    valuesOf(args, 0);
    return this.#all();
  }

  has(...args: unknown[]): unknown {
    const { values, callback } = argumentsOf(args, 1);
    const key = checkedKey(values[0]);
    return answer(callback, () => this.#contents.has(key));
  }

  hasSync(...args: unknown[]): boolean {
    return this.#contents.has(checkedKey(valuesOf(args, 1)[0]));
  }

  put(...args: unknown[]): unknown {
    const { values, callback } = argumentsOf(args, 2);
    const key = checkedKey(values[0]);
    const stored = storedValue(values[1]);
    return answer(callback, () => this.#put(key, stored));
  }

  putSync(...args: unknown[]): void {
    const [key, value] = valuesOf(args, 2);
    this.#put(checkedKey(key), storedValue(value));
  }

  delete(...args: unknown[]): unknown {
    const { values, callback } = argumentsOf(args, 1);
    const key = checkedKey(values[0]);
    return answer(callback, () => this.#delete(key));
  }

  deleteSync(...args: unknown[]): void {
    this.#delete(checkedKey(valuesOf(args, 1)[0]));
  }

  clear(...args: unknown[]): unknown {
    return answer(argumentsOf(args, 0).callback, () => this.#clear());
  }

  clearSync(...args: unknown[]): void {
    valuesOf(args, 0);
    this.#clear();
  }

  flush(...args: unknown[]): unknown {
    return answer(argumentsOf(args, 0).callback, () => this.#flush());
  }

  flushSync(...args: unknown[]): void {
    valuesOf(args, 0);
    this.#flush();
  }

  on(...args: unknown[]): void {
    this.#observers.add(args);
  }

  off(...args: unknown[]): void {
    this.#observers.remove(args);
  }

  #get(key: string, otherwise: unknown): unknown {
    const stored = this.#contents.get(key);
    return stored === undefined ? otherwise : decoded(stored);
  }

  #all(): object {
    return Object.fromEntries([...this.#contents].map(([key, stored]) => [key, decoded(stored)]));
  }

  #put(key: string, stored: StoredValue): void {
    requireKey(key);
    requireFitting(stored);
    if (this.#contents.get(key) === stored) return;
    this.#contents.set(key, stored);
    this.#changed.add(key);
  }

  #delete(key: string): void {
    requireKey(key);
    if (this.#contents.delete(key)) this.#changed.add(key);
  }

  #clear(): void {
    for (const key of this.#contents.keys()) this.#changed.add(key);
    this.#contents.clear();
  }

  #flush(): void {
    if (this.#changed.size === 0) return;
    this.#keep(this.#contents);
    const changes = new Map(
      [...this.#changed].map((key) => {
        const stored = this.#contents.get(key);
        return [key, () => (stored === undefined ? undefined : decoded(stored))] as const;
      }),
    );
    this.#changed.clear();
    // Before the Promise of the flush resolves, and never within the call.
    queueMicrotask(() => this.#observers.notify(changes));
  }

  /** Ends the use of an object: it is out of the cache, and its observers are gone. */
  static close(preferences: StoredPreferences): void {
    preferences.#observers.clear();
  }
}

function checkedKey(key: unknown): string {
  if (typeof key !== 'string') throw parameterError('The key must be string.');
  if (utf8Size(key) > MAX_KEY_LENGTH) throw parameterError(`The key must be less than ${MAX_KEY_LENGTH} bytes.`);
  return key;
}

/** An empty key has never a value, and cannot get one. */
function requireKey(key: string): void {
  if (key === '') throw preferencesError('keyEmpty');
}
