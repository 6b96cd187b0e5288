// Tokens, comma lists and white space (RFC 7230 §3.2.3, §3.2.6, §7): the grammar that the header fields of a handshake
// share. It has no imports, so that the kit can use it in a browser too.

/** Whether `text` is a token (RFC 7230 §3.2.6): one or more visible ASCII characters other than `"(),/:;<=>?@[\]{}`. */
export function isToken(text: string): boolean {
  return text.length > 0 && endOfToken(text, 0) === text.length;
}

/** Index of the first character at or after `at` that cannot stand in a token; `text.length` where all can. */
export function endOfToken(text: string, at: number): number {
  while (at < text.length && isTokenCharacter(text.charCodeAt(at))) at++;
  return at;
}

/** Index of the first character at or after `at` that is neither a space nor a tab (OWS of RFC 7230 §3.2.3). */
export function endOfSpace(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** `text` without the spaces and tabs at its start and end. Unlike `String.trim`, it leaves all other white space. */
export function trim(text: string): string {
  const start = endOfSpace(text, 0);
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

/**
 * The tokens of a comma list (`#token` of RFC 7230 §7), in their order. Empty elements are skipped. Takes time in
 * proportion to the length of the list.
 *
 * @returns `undefined` when an element is not a token
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

/** The first element that an earlier one equals. Uses a set: a head of 64 KiB has room for ten thousand elements. */
export function findRepeated(list: readonly string[]): string | undefined {
  if (list.length < 2) return undefined;
  const seen = new Set<string>();
  for (const element of list) {
    if (seen.has(element)) return element;
    seen.add(element);
  }
  return undefined;
}

/**
 * Whether a comma list has the element `token`, in any ASCII case. The other elements do not matter.
 *
 * @param token  in lower case
 */
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

/** Whether `text` is `lowerCase` in any ASCII case. `toLowerCase()` would not do: it maps the Kelvin sign to `k`. */
export function equalsIgnoringCase(text: string, lowerCase: string): boolean {
  if (text.length !== lowerCase.length) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code >= 0x41 && code <= 0x5a ? code | 0x20 : code) !== lowerCase.charCodeAt(index)) return false;
  }
  return true;
}

const TAB = 0x09;
const SPACE = 0x20;
const COMMA = 0x2c;

/** One byte for each ASCII character: 1 where a token may have it. */
const tokenCharacters = /* @__PURE__ */ tokenTable();

function tokenTable(): Uint8Array {
  const table = new Uint8Array(128);
  const characters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (let index = 0; index < characters.length; index++) table[characters.charCodeAt(index)] = 1;
  return table;
}

function isTokenCharacter(code: number): boolean {
  return code < 128 && tokenCharacters[code] === 1;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}
