// Text as UTF-8 where its bytes are needed. In plain JavaScript: test environments with a DOM (Jest's) have no
// TextEncoder, and browsers have no Buffer.

/** The bytes of a text in UTF-8. A lone surrogate becomes U+FFFD. */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) addBytes(bytes, codePointOf(character));
  return bytes;
}

/** The beginning of a text that takes at most `size` bytes, cut between two characters. */
export function cutToSize(text: string, size: number): string {
  const bytes: number[] = [];
  let end = 0;
  for (const character of text) {
    addBytes(bytes, codePointOf(character));
    if (bytes.length > size) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function codePointOf(character: string): number {
  const point = character.codePointAt(0) as number;
  return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
}

function addBytes(bytes: number[], point: number): void {
  if (point < 0x80) bytes.push(point);
  else if (point < 0x800) bytes.push(0xc0 | (point >> 6), continuation(point));
  else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), continuation(point >> 6), continuation(point));
  else bytes.push(0xf0 | (point >> 18), continuation(point >> 12), continuation(point >> 6), continuation(point));
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
