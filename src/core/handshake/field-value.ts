// Which characters the value of a header field may have (RFC 7230 §3.2). It has no imports, so that the kit can use it in
// a browser too.

/**
 * Whether `text` can be the value of a header field: tabs, spaces, visible ASCII and U+0080–U+00FF. CR, LF and NUL cannot
 * stand in it, nor can a character that would become one of them when it is written as one byte.
 */
export function isFieldValue(text: string): boolean {
  return findForeign(text, 0xff) === -1;
}

/**
 * Index of the first character that cannot stand in the value of a header field: a control character other than the tab,
 * or one above `highest`.
 *
 * @param highest  0xff for a head that is written as Latin-1, 0x7e for ASCII, 0xffff to look for control characters only
 * @returns -1 when there is none
 */
export function findForeign(text: string, highest: number): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code < 0x20 && code !== TAB) || code === DELETE || code > highest) return index;
  }
  return -1;
}

const TAB = 0x09;
const DELETE = 0x7f;
