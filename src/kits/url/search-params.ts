// `url.URLParams` and its predecessor `url.URLSearchParams`: a query, by the platform's parser.

import { requireFunction, typeError } from '../parameter-error.ts';

type Platform = InstanceType<typeof globalThis.URLSearchParams>;

function requireStrings(...values: unknown[]): void {
  for (const value of values) if (typeof value !== 'string') throw typeError(value, 'string');
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
  if (typeof init !== 'object' && typeof init !== 'function') throw typeError(init, 'string');
  if (!(Symbol.iterator in init)) {
    const entries = Object.entries(init).map(([name, value]) => [name, String(value)] as [string, string]);
    return new globalThis.URLSearchParams(entries);
  }
  const pairs: [string, string][] = [];
  for (const pair of init as Iterable<unknown>) {
    const isIterable = typeof pair === 'object' && pair !== null && Symbol.iterator in pair;
    const values = isIterable ? [...(pair as Iterable<unknown>)] : [];
    if (values.length !== 2) throw typeError(init, 'string[][]');
    pairs.push([String(values[0]), String(values[1])]);
  }
  return new globalThis.URLSearchParams(pairs);
}

/** What both classes do. */
abstract class Query {
  readonly #query: Platform;

  constructor(init: unknown) {
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
   * @param thisArg  `this` of the function. Default: these parameters
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  forEach(callbackFn: (value: string, key: string, searchParams: this) => void, thisArg?: Object): void {
    for (const [name, value] of this.#query) callbackFn.call(thisArg ?? this, value, name, this);
  }

  /** Returns the first value of a name; without one `undefined`, as on a device, though the SDK declares `null`. */
  get(name: string): string | null {
    return this.#query.get(name) ?? (undefined as unknown as null);
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

/** The parameters of a query, in order. A name may occur more than once. */
export class URLParams extends Query {
  /**
   * @param init  pairs, an object, a query with or without `?`, or other parameters. Default: none
   * @throws BusinessError 401 if it is something else
   */
  constructor(init?: string[][] | Record<string, string> | string | URLParams) {
    super(init);
  }

  /**
   * Removes all parameters with a name.
   *
   * @throws BusinessError 401 if it is not a string
   */
  override delete(name: string): void {
    requireStrings(name);
    super.delete(name);
  }

  /**
   * Returns all values of a name.
   *
   * @throws BusinessError 401 if it is not a string
   */
  override getAll(name: string): string[] {
    requireStrings(name);
    return super.getAll(name);
  }

  /**
   * Calls a function for each parameter.
   *
   * @param thisArg  `this` of the function. Default: these parameters
   * @throws BusinessError 401 if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  override forEach(callbackFn: (value: string, key: string, searchParams: this) => void, thisArg?: Object): void {
    requireFunction(callbackFn);
    super.forEach(callbackFn, thisArg);
  }

  /**
   * Returns the first value of a name; without one `undefined`, as on a device, though the SDK declares `null`.
   *
   * @throws BusinessError 401 if it is not a string
   */
  override get(name: string): string | null {
    requireStrings(name);
    return super.get(name);
  }
}

/**
 * The first form of `URLParams`: fewer arguments are checked.
 *
 * @deprecated use `URLParams`
 */
export class URLSearchParams extends Query {
  /**
   * @param init  pairs, an object, a query with or without `?`, or other parameters. Default: none
   * @throws BusinessError 401 if it is something else
   */
  constructor(init?: string[][] | Record<string, string> | string | URLSearchParams) {
    super(init);
  }
}
