// Grammar of the header fields of an opening handshake (RFC 7230 §3.2.6, §7; RFC 6455 §4), on the strings that an HTTP
// parser made of them. Which fields are needed, and what follows when one is missing, is left to server.ts and client.ts.

import { Described, show } from '../error-table.ts';
import { type WebSocketError, webSocketError } from '../errors.ts';
import { type Check, isPlainObject, isRecord, kindOf } from '../option-check.ts';

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

/**
 * What a head says about the handshake. Fields that appear several times are joined by `, ` as RFC 7230 §3.2.2
 * describes, and counted where only one is allowed.
 */
export interface HandshakeFields {
  upgrade: string | undefined;
  connection: string | undefined;
  host: string | undefined;
  hosts: number;
  /** Sec-WebSocket-Key */
  key: string | undefined;
  keys: number;
  /** Sec-WebSocket-Version */
  version: string | undefined;
  /** Sec-WebSocket-Accept */
  accept: string | undefined;
  accepts: number;
  /** Sec-WebSocket-Protocol */
  subprotocols: string | undefined;
  /** Sec-WebSocket-Extensions */
  extensions: string | undefined;
  /** Whether Content-Length (other than 0) or Transfer-Encoding announces a body. */
  announcesBody: boolean;
}

/**
 * Reads a head in one pass. The length of a name decides what it is compared with, so that the fields of no interest
 * cost a switch.
 *
 * @param rawHeaders  name, value, name, value … in the order of the head, as node:http gives them
 */
export function readFields(rawHeaders: readonly string[]): HandshakeFields {
  const fields: HandshakeFields = {
    upgrade: undefined,
    connection: undefined,
    host: undefined,
    hosts: 0,
    key: undefined,
    keys: 0,
    version: undefined,
    accept: undefined,
    accepts: 0,
    subprotocols: undefined,
    extensions: undefined,
    announcesBody: false,
  };
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    switch (name.length) {
      case 4:
        if (equalsIgnoringCase(name, 'host')) {
          fields.host = join(fields.host, value);
          fields.hosts++;
        }
        break;
      case 7:
        if (equalsIgnoringCase(name, 'upgrade')) fields.upgrade = join(fields.upgrade, value);
        break;
      case 10:
        if (equalsIgnoringCase(name, 'connection')) fields.connection = join(fields.connection, value);
        break;
      case 14:
        if (equalsIgnoringCase(name, 'content-length') && !isZero(trim(value))) fields.announcesBody = true;
        break;
      case 17:
        if (equalsIgnoringCase(name, 'sec-websocket-key')) {
          fields.key = join(fields.key, value);
          fields.keys++;
        } else if (equalsIgnoringCase(name, 'transfer-encoding')) {
          fields.announcesBody = true;
        }
        break;
      case 20:
        if (equalsIgnoringCase(name, 'sec-websocket-accept')) {
          fields.accept = join(fields.accept, value);
          fields.accepts++;
        }
        break;
      case 21:
        if (equalsIgnoringCase(name, 'sec-websocket-version')) fields.version = join(fields.version, value);
        break;
      case 22:
        if (equalsIgnoringCase(name, 'sec-websocket-protocol')) fields.subprotocols = join(fields.subprotocols, value);
        break;
      case 24:
        if (equalsIgnoringCase(name, 'sec-websocket-extensions')) fields.extensions = join(fields.extensions, value);
        break;
    }
  }
  return fields;
}

/** A length of nothing, `0` or `00` (RFC 7230 §3.3.2: `1*DIGIT`). */
function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}

function join(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}

/** Whether `text` is a token (RFC 7230 §3.2.6): one or more visible ASCII characters other than `"(),/:;<=>?@[\]{}`. */
export function isToken(text: string): boolean {
  return text.length > 0 && endOfToken(text, 0) === text.length;
}

/** Index of the first character at or after `at` that cannot stand in a token. */
export function endOfToken(text: string, at: number): number {
  while (at < text.length && has(tokenCharacters, text.charCodeAt(at))) at++;
  return at;
}

/** Index of the first character at or after `at` that is neither space nor tab (OWS). */
export function endOfSpace(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** `text` without leading and trailing spaces and tabs. */
export function trim(text: string): string {
  const start = endOfSpace(text, 0);
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

/**
 * The tokens of a comma list (`#token`, RFC 7230 §7: empty elements are skipped), or `undefined` when something else
 * stands in it. Linear in its length.
 */
export function readTokens(list: string): string[] | undefined {
  const tokens: string[] = [];
  let at = 0;
  while (at < list.length) {
    const start = endOfSpace(list, at);
    const end = endOfToken(list, start);
    if (end > start) tokens.push(list.slice(start, end));
    at = endOfSpace(list, end);
    if (at < list.length && list.charCodeAt(at++) !== COMMA) return undefined;
  }
  return tokens;
}

/** The first element that is there already. A set: a head of 64 KiB has room for some ten thousand elements. */
export function findRepeated(list: readonly string[]): string | undefined {
  if (list.length < 2) return undefined;
  const seen = new Set<string>();
  for (const element of list) {
    if (seen.has(element)) return element;
    seen.add(element);
  }
  return undefined;
}

/** Whether a comma list has the element `token`, given in lower case, in any case. What else it has does not matter. */
export function hasToken(list: string, token: string): boolean {
  let start = 0;
  while (start <= list.length) {
    const comma = list.indexOf(',', start);
    const end = comma === -1 ? list.length : comma;
    if (end - start >= token.length && equalsIgnoringCase(trim(list.slice(start, end)), token)) return true;
    start = end + 1;
  }
  return false;
}

/**
 * Whether `text` is `lowerCase` in any ASCII case. `toLowerCase()` would not do: it maps the Kelvin sign to `k`.
 */
export function equalsIgnoringCase(text: string, lowerCase: string): boolean {
  if (text.length !== lowerCase.length) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code >= 0x41 && code <= 0x5a ? code | 0x20 : code) !== lowerCase.charCodeAt(index)) return false;
  }
  return true;
}

/**
 * Whether `text` can be the value of a header field (RFC 7230 §3.2): tab, space, visible ASCII and U+0080–U+00FF. No
 * CR, LF or NUL, and nothing that becomes one when a character is written as one byte.
 */
export function isFieldValue(text: string): boolean {
  return findForeign(text, 0xff) === -1;
}

function findForeign(text: string, highest: number): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code < 0x20 && code !== TAB) || code === DELETE || code > highest) return index;
  }
  return -1;
}

/**
 * Whether `text` is 16 bytes in Base64 (§4.2.1 item 5): 22 characters and `==`. The four low bits of the 22nd are padding;
 * encoders set them to zero, but decoders need not mind (RFC 4648 §3.5), and small clients make a key by drawing characters.
 */
export function isKey(text: string): boolean {
  if (text.length !== 24 || text.charCodeAt(22) !== EQUALS || text.charCodeAt(23) !== EQUALS) return false;
  for (let index = 0; index < 22; index++) {
    if (!has(base64Characters, text.charCodeAt(index))) return false;
  }
  return true;
}

/**
 * Whether `text` can be a Host field that names an authority (RFC 7230 §5.4): `uri-host [ ":" port ]`, where the host is
 * not empty. Linear in its length.
 */
export function isHost(text: string): boolean {
  return HOST.test(text);
}

// RFC 3986 §3.2.2 and §3.2.3: an address in brackets, or a name of its characters and percent-encoded bytes; then a port.
// Without the comma, which a name may have by the grammar only, so that two Host fields that somebody joined are not
// taken for one.
const HOST = /^(?:\[[\w\-.~!$&'()*+;=:]+\]|(?:[\w\-.~!$&'()*+;=]|%[\dA-Fa-f]{2})+)(?::\d*)?$/;

/** Whether a version of HTTP is 1.1 or higher: what has Upgrade (RFC 7230 §6.7). */
export function isHttp11(version: string): boolean {
  if (version === '1.1') return true;
  const [major, minor] = version.split('.').map(Number);
  return major !== undefined && minor !== undefined && (major > 1 || (major === 1 && minor >= 1));
}

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
    // A Request, say, or an async iterable, in place of what has the fields.
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
  const shown = new Described(typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value);
  throw webSocketError('ERR_WS_OPTION', `type of header ${name}`, shown, 'a string, a number or an array of them');
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
      throw webSocketError('ERR_WS_OPTION', 'name of a header', name, 'one that the handshake does not set itself');
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

const TAB = 0x09;
const SPACE = 0x20;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const DELETE = 0x7f;

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const tokenCharacters = characterSet(`${alphanumeric}!#$%&'*+-.^_\`|~`);
const base64Characters = characterSet(`${alphanumeric}+/`);

/** One byte for each ASCII character: 1 where it is in the set. */
function characterSet(characters: string): Uint8Array {
  const set = new Uint8Array(128);
  for (let index = 0; index < characters.length; index++) set[characters.charCodeAt(index)] = 1;
  return set;
}

function has(set: Uint8Array, code: number): boolean {
  return code < 128 && set[code] === 1;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}
