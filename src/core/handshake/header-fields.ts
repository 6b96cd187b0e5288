// Header fields that a user wants to send: the shapes they may have, and the check that they can be sent.

import { type WebSocketError, webSocketError } from '../errors.ts';
import { type Check, isPlainObject, isRecord, kindOf } from '../option-check.ts';
import { Described, show } from '../shown-value.ts';
import { findForeign } from './field-value.ts';
import { isToken } from './token.ts';

/** Value of a header field to send; an array sends the field several times (`Set-Cookie`). */
export type HeaderValue = string | number | readonly (string | number)[];

/**
 * Header fields to send: an object with names and values, or anything that iterates over pairs of them and is sent in
 * that order: an array of pairs, a `Map`, a `Headers`. An iterator, which has its pairs once, serves one call.
 */
export type HeaderFields =
  | Readonly<Record<string, HeaderValue>>
  | Iterable<readonly [name: string, value: HeaderValue]>;

/** Header fields in their order, each with one value; a repeated field is there several times. */
export type FieldPairs = readonly (readonly [name: string, value: string])[];

/** What {@link HeaderFields} may be, in words. */
export const HEADERS_EXPECTED =
  'an object with names and values, an array of [name, value], a Map or a Headers; values are strings, numbers or arrays of them';

/**
 * Header fields of a user as pairs, in their order. Names and characters are checked where they are written, by
 * {@link listFields}.
 *
 * @param path  name of the option
 * @throws WebSocketError ERR_WS_OPTION. Values are not shown: they may be secrets.
 */
export function fieldPairs(headers: unknown, path = 'headers'): FieldPairs {
  const pairs: [string, string][] = [];
  if (isIterable(headers)) {
    noteReading(headers, path);
    for (const pair of headers) {
      if (!Array.isArray(pair) || pair.length !== 2) throw badHeaders(path, `a list with ${kindOf(pair)} in it`);
      addPairs(pairs, pair[0], pair[1]);
    }
  } else if (isRecord(headers)) {
    const entries = Object.entries(headers);
    // A Request, say, or an async iterable, instead of the object that has the fields.
    if (entries.length === 0 && !isPlainObject(headers)) throw badHeaders(path, show(headers));
    for (const [name, value] of entries) addPairs(pairs, name, value);
  } else throw badHeaders(path, kindOf(headers));
  return pairs;
}

/** Iterators that have been read: those of generators, of `entries()`. */
const readOnce = new WeakSet<object>();

/** An iterator has its pairs once. Options with one in them that are used again would have lost them in silence. */
function noteReading(headers: Iterable<unknown>, path: string): void {
  if (typeof (headers as Partial<Iterator<unknown>>).next !== 'function') return;
  if (readOnce.has(headers)) throw badHeaders(path, 'an iterator that an earlier call has read');
  readOnce.add(headers);
}

/** Not of strings, which iterate over their characters. */
function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as Iterable<unknown>)[Symbol.iterator] === 'function'
  );
}

function badHeaders(path: string, words: string): WebSocketError {
  return webSocketError('ERR_WS_OPTION', path, new Described(words), HEADERS_EXPECTED);
}

function addPairs(pairs: [string, string][], name: unknown, value: unknown): void {
  if (typeof name !== 'string' || !isToken(name)) throw badName(name);
  if (typeof value === 'string') pairs.push([name, value]);
  else if (Array.isArray(value)) for (const one of value) pairs.push([name, oneValue(name, one)]);
  else pairs.push([name, oneValue(name, value)]);
}

function oneValue(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  const isShown = typeof value === 'number' || value === null || value === undefined;
  const shown = new Described(isShown ? String(value) : `of type ${typeof value}`);
  throw webSocketError('ERR_WS_OPTION', `header ${name}`, shown, 'a string, a number or an array of them');
}

function badName(name: unknown): WebSocketError {
  return webSocketError('ERR_WS_OPTION', 'name of a header', name, 'a token such as X-Name (RFC 7230 §3.2.6)');
}

/** The option `headers`. */
export const headersCheck: Check<FieldPairs> = {
  expected: HEADERS_EXPECTED,
  read: (value, path) => fieldPairs(value, path),
};

/**
 * Header fields as a flat list, name, value, name, value …, each one checked.
 *
 * @param highest  largest character that may stand in a value: 0xff for a head written as Latin-1, 0x7e for ASCII
 * @param isOwned  tells of a name in lower case whether it is not the user's to set
 * @throws WebSocketError ERR_WS_OPTION. It shows the wrong character, not the value: that may be a secret.
 */
export function listFields(headers: HeaderFields, highest: number, isOwned: (name: string) => boolean): string[] {
  const list: string[] = [];
  for (const [name, value] of fieldPairs(headers)) {
    if (isOwned(name.toLowerCase())) {
      throw webSocketError(
        'ERR_WS_OPTION',
        'name of a header',
        name,
        'another one, since the handshake sets this field itself',
      );
    }
    checkValue(name, value, highest);
    list.push(name, value);
  }
  return list;
}

function checkValue(name: string, value: string, highest: number): void {
  const at = findForeign(value, highest);
  if (at === -1) return;
  const expected = highest > 0x7e ? 'a visible character up to U+00FF' : 'a visible ASCII character';
  throw webSocketError(
    'ERR_WS_OPTION',
    `character ${at} of header ${name}`,
    value.charAt(at),
    `${expected}, space or tab`,
  );
}
