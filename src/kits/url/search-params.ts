// `url.URLParams` and its predecessor `url.URLSearchParams`: a query, by the platform's parser.

import { parameterError, textOf } from '../parameter-error.ts';

type Platform = InstanceType<typeof globalThis.URLSearchParams>;

/** Errors of this module have no space after the full stop. */
export function urlTypeError(value: unknown, expected: string): Error {
  const error = parameterError('');
  error.message = `Parameter error.The type of ${textOf(value)} must be ${expected}`;
  return error;
}

function requireStrings(...values: unknown[]): void {
  for (const value of values) if (typeof value !== 'string') throw urlTypeError(value, 'string');
}

/** The platform's object that a URL shares with its query; a constructor that gets this takes it as it is. */
class Shared {
  readonly query: Platform;
  constructor(query: Platform) {
    this.query = query;
  }
}

/** Makes both objects for the query of a URL, which changes with them. */
export function paramsOf(query: Platform): { params: URLParams; searchParams: URLSearchParams } {
  const shared = new Shared(query) as unknown as string;
  return { params: new URLParams(shared), searchParams: new URLSearchParams(shared) };
}

function queryOf(init: unknown): Platform {
  if (init instanceof Shared) return init.query;
  if (init === undefined || init === null) return new globalThis.URLSearchParams();
  if (typeof init === 'string') return new globalThis.URLSearchParams(init);
  if (typeof init !== 'object' && typeof init !== 'function') throw urlTypeError(init, 'string');
  if (!(Symbol.iterator in init)) {
    const entries = Object.entries(init).map(([name, value]) => [name, String(value)] as [string, string]);
    return new globalThis.URLSearchParams(entries);
  }
  const pairs: [string, string][] = [];
  for (const pair of init as Iterable<unknown>) {
    const isIterable = typeof pair === 'object' && pair !== null && Symbol.iterator in pair;
    const values = isIterable ? [...(pair as Iterable<unknown>)] : [];
    if (values.length !== 2) throw urlTypeError(init, 'string[][]');
    pairs.push([String(values[0]), String(values[1])]);
  }
  return new globalThis.URLSearchParams(pairs);
}

/** The parameters of a query, in order. A name may occur more than once. */
export class URLParams {
  readonly #query: Platform;

  /**
   * @param init  pairs, an object, a query with or without `?`, or other parameters. Default: none
   * @throws BusinessError 401 if it is something else
   */
  constructor(init?: string[][] | Record<string, string> | string | URLParams) {
    this.#query = queryOf(init);
  }

  /**
   * Adds a parameter at the end.
   *
   * @throws BusinessError 401 if an argument is not a string
   */
  append(name: string, value: string): void {
    requireStrings(name, value);
    this.#query.append(name, value);
  }

  /**
   * Removes all parameters with a name.
   *
   * @throws BusinessError 401 if it is not a string
   */
  delete(name: string): void {
    requireStrings(name);
    this.#query.delete(name);
  }

  /**
   * Returns all values of a name.
   *
   * @throws BusinessError 401 if it is not a string
   */
  getAll(name: string): string[] {
    requireStrings(name);
    return this.#query.getAll(name);
  }

  /** Returns pairs of names and values. */
  entries(): IterableIterator<[string, string]> {
    return this.#query.entries();
  }

  /**
   * Calls a function for each parameter.
   *
   * @param thisArg  `this` of the function
   * @throws BusinessError 401 if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  forEach(callbackFn: (value: string, key: string, searchParams: this) => void, thisArg?: Object): void {
    if (typeof callbackFn !== 'function') throw urlTypeError(callbackFn, 'function');
    for (const [name, value] of this.#query) callbackFn.call(thisArg, value, name, this);
  }

  /**
   * Returns the first value of a name, or `null`.
   *
   * @throws BusinessError 401 if it is not a string
   */
  get(name: string): string | null {
    requireStrings(name);
    return this.#query.get(name);
  }

  /**
   * Whether there is a parameter with a name.
   *
   * @throws BusinessError 401 if it is not a string
   */
  has(name: string): boolean {
    requireStrings(name);
    return this.#query.has(name);
  }

  /**
   * Sets the value of a name. Further parameters with this name are removed.
   *
   * @throws BusinessError 401 if an argument is not a string
   */
  set(name: string, value: string): void {
    requireStrings(name, value);
    this.#query.set(name, value);
  }

  /** Sorts the parameters by name. Those with the same name keep their order. */
  sort(): void {
    this.#query.sort();
  }

  /** Returns the names. */
  keys(): IterableIterator<string> {
    return this.#query.keys();
  }

  /** Returns the values. */
  values(): IterableIterator<string> {
    return this.#query.values();
  }

  /** Returns pairs of names and values. */
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  /** Returns the query without `?`, percent-encoded. */
  toString(): string {
    return this.#query.toString();
  }
}

/**
 * The first form of `URLParams`.
 *
 * @deprecated use `URLParams`
 */
export class URLSearchParams {
  readonly #query: Platform;

  /**
   * @param init  pairs, an object, a query with or without `?`, or other parameters. Default: none
   * @throws BusinessError 401 if it is something else
   */
  constructor(init?: string[][] | Record<string, string> | string | URLSearchParams) {
    this.#query = queryOf(init);
  }

  /**
   * Adds a parameter at the end.
   *
   * @throws BusinessError 401 if an argument is not a string
   */
  append(name: string, value: string): void {
    requireStrings(name, value);
    this.#query.append(name, value);
  }

  /** Removes all parameters with a name. */
  delete(name: string): void {
    this.#query.delete(name);
  }

  /** Returns all values of a name. */
  getAll(name: string): string[] {
    return this.#query.getAll(name);
  }

  /** Returns pairs of names and values. */
  entries(): IterableIterator<[string, string]> {
    return this.#query.entries();
  }

  /**
   * Calls a function for each parameter.
   *
   * @param thisArg  `this` of the function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  forEach(callbackFn: (value: string, key: string, searchParams: this) => void, thisArg?: Object): void {
    for (const [name, value] of this.#query) callbackFn.call(thisArg, value, name, this);
  }

  /** Returns the first value of a name, or `null`. */
  get(name: string): string | null {
    return this.#query.get(name);
  }

  /**
   * Whether there is a parameter with a name.
   *
   * @throws BusinessError 401 if it is not a string
   */
  has(name: string): boolean {
    requireStrings(name);
    return this.#query.has(name);
  }

  /**
   * Sets the value of a name. Further parameters with this name are removed.
   *
   * @throws BusinessError 401 if an argument is not a string
   */
  set(name: string, value: string): void {
    requireStrings(name, value);
    this.#query.set(name, value);
  }

  /** Sorts the parameters by name. Those with the same name keep their order. */
  sort(): void {
    this.#query.sort();
  }

  /** Returns the names. */
  keys(): IterableIterator<string> {
    return this.#query.keys();
  }

  /** Returns the values. */
  values(): IterableIterator<string> {
    return this.#query.values();
  }

  /** Returns pairs of names and values. */
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  /** Returns the query without `?`, percent-encoded. */
  toString(): string {
    return this.#query.toString();
  }
}
