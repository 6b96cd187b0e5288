// `JSON` of `@kit.ArkTS`, the default export of `@ohos.util.json`: JSON with integers of any size, and errors with a code.

// biome-ignore-all lint/complexity/noBannedTypes: declared like this by the SDK

import { isError } from '../../core/brands.ts';
import { parameterError, typeError } from '../parameter-error.ts';
import { type Choice, parseWithBigInts, stringifyWithBigInts } from './bigint-text.ts';

/** Is called for each member of a value. What it returns replaces the member. */
type TransformerFunction = (this: Object, key: string, value: Object) => Object | undefined | null;

/** Which integers become a `bigint`. */
const BigIntMode = {
  /** None. */
  DEFAULT: 0,
  /** Those beyond ±(2^53 - 1). */
  PARSE_AS_BIGINT: 1,
  /** All. */
  ALWAYS_PARSE_AS_BIGINT: 2,
} as const;

/** The number of a mode. */
type ModeNumber = 0 | 1 | 2;

/** Options of `parse`. */
interface Options {
  /** Which integers become a `bigint`. */
  bigIntMode: ModeNumber;
}

const choices: Readonly<Record<1 | 2, Choice>> = {
  1: (digits) => !Number.isSafeInteger(Number(digits)),
  2: () => true,
};

/** The module. */
const json = {
  /** Which integers become a `bigint`, by name. */
  BigIntMode,

  /**
   * Parses JSON.
   *
   * @param reviver  replaces each value, from the inside out
   * @param options  default: no integer becomes a `bigint`
   * @throws BusinessError 401 if the text is not JSON, or an argument is of another type
   */
  parse(text: string, reviver?: TransformerFunction, options?: Options): Object | null {
    if (typeof text !== 'string') throw typeError(text, 'string');
    if (reviver && typeof reviver !== 'function') throw typeError(reviver, 'a method');
    try {
      const mode = options?.bigIntMode;
      const plain: unknown = JSON.parse(text);
      const value = mode === 1 || mode === 2 ? parseWithBigInts(text, choices[mode]) : plain;
      return (reviver ? revived({ '': value }, '', reviver) : value) as Object | null;
    } catch (error) {
      throw parseError(error);
    }
  },

  stringify,

  /**
   * Whether an object has its own key, not an inherited one.
   *
   * @throws BusinessError 401 if it is not an object or is an array, or if the key is empty
   */
  has(obj: object, property: string): boolean {
    requireMember(obj, property);
    return Object.hasOwn(obj, property);
  },

  /**
   * Removes a key of an object.
   *
   * @throws BusinessError 401 if it is not an object or is an array, or if the key is empty
   */
  remove(obj: object, property: string): void {
    requireMember(obj, property);
    delete (obj as Record<string, unknown>)[property];
  },
};

/**
 * Writes a value as JSON. A `bigint` is written as a number.
 *
 * @param replacer  names of the members to write; `null` for all
 * @param space     indentation: a number of spaces, or what to indent with. Default: none
 * @throws BusinessError 401 if the value is `null` or `undefined`, contains itself, or an argument is of another type
 */
function stringify(value: Object, replacer?: (number | string)[] | null, space?: string | number): string;
/**
 * Writes a value as JSON.
 *
 * @param replacer  replaces each value, from the outside in. A `bigint` must be replaced
 * @param space     indentation: a number of spaces, or what to indent with. Default: none
 * @throws BusinessError 401 if the value is `null` or `undefined`, contains itself, or an argument is of another type
 */
function stringify(value: Object, replacer?: TransformerFunction, space?: string | number): string;
function stringify(
  value: Object,
  replacer?: (number | string)[] | TransformerFunction | null,
  space?: string | number,
): string {
  if (value === undefined) throw typeError(value, 'Object');
  if (value === null) throw parameterError('The type of null is null');
  if (replacer) {
    if (!isReplacer(replacer)) throw typeError(replacer, 'a method or array');
    if (space === null || (space && typeof space !== 'string' && typeof space !== 'number')) {
      throw typeError(space, 'a string or number');
    }
  }
  try {
    if (typeof replacer === 'function') return JSON.stringify(value, replacer, space);
    return hasBigInt(value) ? stringifyWithBigInts(value, replacer, space) : JSON.stringify(value, replacer, space);
  } catch (error) {
    throw stringifyError(error);
  }
}

declare namespace json {
  /** Is called for each member of a value. What it returns replaces the member. */
  export type Transformer = TransformerFunction;
  /** Options of `parse`. */
  export type ParseOptions = Options;
  /** Which integers become a `bigint`. */
  export type BigIntMode = ModeNumber;

  /** The members of the enum as types. */
  export namespace BigIntMode {
    /** None. */
    export type DEFAULT = 0;
    /** Those beyond ±(2^53 - 1). */
    export type PARSE_AS_BIGINT = 1;
    /** All. */
    export type ALWAYS_PARSE_AS_BIGINT = 2;
  }
}

export { json, json as default };

/** What `JSON.parse` does with its second argument: a member that becomes `undefined` goes. */
function revived(holder: object, key: string, reviver: TransformerFunction): unknown {
  const members = holder as Record<string, unknown>;
  const value = members[key];
  if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) {
      const member = revived(value, name, reviver);
      if (member === undefined) delete (value as Record<string, unknown>)[name];
      else (value as Record<string, unknown>)[name] = member;
    }
  }
  return reviver.call(holder, key, value as Object);
}

function isReplacer(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'number' || typeof item === 'string');
  return typeof value === 'function';
}

function hasBigInt(value: unknown): boolean {
  let isFound = false;
  JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'bigint') return member;
    isFound = true;
    return undefined;
  });
  return isFound;
}

function requireMember(obj: unknown, property: unknown): void {
  if (typeof obj !== 'object' || obj === null) throw typeError(obj, 'object');
  if (Array.isArray(obj)) throw typeError(obj, 'json object');
  if (typeof property !== 'string' || property === '') throw typeError(property, 'string and not empty');
}

function parseError(error: unknown): unknown {
  if (!isError(error)) return error;
  const made = parameterError('');
  made.message = `e.message: ${error.message}, e.name: ${error.name}`;
  return made;
}

function stringifyError(error: unknown): unknown {
  if (!isError(error)) return error;
  const made = parameterError('The object circular Reference');
  if (!/circular/i.test(error.message)) made.message = `${error.message}, e.name: ${error.name}`;
  return made;
}
