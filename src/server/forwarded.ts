// The field `Forwarded` (RFC 7239): what each proxy on the way says of where it got the request. Each one adds an element on
// the right.
//
// It is read from the right, one element at a time, as far as the reader trusts who wrote it. So nothing that stands further
// left, a quote that is never closed for example, changes what a trusted proxy wrote.

import { endOfToken, trim } from '../core/handshake/token.ts';

/** What one proxy says. Names are in lower case; values without quotes. */
export type ForwardedElement = ReadonlyMap<string, string>;

/** The last element of a field, and the end of what stands before it: -1 where nothing does. */
export interface LastElement {
  /** `undefined` where it is not of the grammar of RFC 7239 §4. */
  readonly element: ForwardedElement | undefined;
  readonly before: number;
}

/** Reads the last element of the first `end` characters. */
export function lastElement(field: string, end: number): LastElement {
  const comma = lastComma(field, end);
  return { element: parseElement(trim(field.slice(comma + 1, end))), before: comma };
}

/** The last comma that is not within quotes. @returns -1 where there is none */
function lastComma(field: string, end: number): number {
  for (let at = end - 1; at >= 0; at--) {
    const character = field[at];
    if (character === ',') return at;
    if (character === '"') at = openingQuote(field, at);
  }
  return -1;
}

/** @param closing  where a quoted string ends. @returns where it begins; -1 where it does not */
function openingQuote(field: string, closing: number): number {
  for (let at = field.lastIndexOf('"', closing - 1); at >= 0; at = at === 0 ? -1 : field.lastIndexOf('"', at - 1)) {
    let slashes = 0;
    while (field[at - 1 - slashes] === '\\') slashes++;
    // RFC 7230 §3.2.6: a quote within the string has a backslash before it.
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

const QUOTED = /"((?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*)"/y;

/** `token "=" (token / quoted-string)`, separated by semicolons, each name once. */
function parseElement(text: string): ForwardedElement | undefined {
  const element = new Map<string, string>();
  for (let at = 0; ; at++) {
    const equals = endOfToken(text, at);
    const name = text.slice(at, equals).toLowerCase();
    if (name === '' || text[equals] !== '=' || element.has(name)) return undefined;
    const start = equals + 1;
    QUOTED.lastIndex = start;
    const [quoted, content] = QUOTED.exec(text) ?? [];
    at = quoted === undefined ? endOfToken(text, start) : start + quoted.length;
    const value = content === undefined ? text.slice(start, at) : content.replace(/\\(.)/g, '$1');
    if (value === '') return undefined;
    element.set(name, value);
    if (at === text.length) return element;
    if (text[at] !== ';') return undefined;
  }
}
