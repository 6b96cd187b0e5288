// Strings as UTF-8 where no text codec is at hand. In plain JavaScript, because browsers have no Buffer, and test
// environments with a DOM (Jest's) have no TextEncoder. A lone surrogate counts as U+FFFD, which is sent in its place.

const REPLACEMENT = 0xfffd;

/** How many bytes `text` takes in UTF-8. */
export function utf8Size(text: string): number {
  let size = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) as number;
    size += sizeOf(point);
    if (point > 0xffff) at++;
  }
  return size;
}

/**
 * The longest beginning of `text` that takes at most `size` bytes in UTF-8 and ends between two characters.
 *
 * @param size  bytes, 0 or more
 */
export function cutToSize(text: string, size: number): string {
  let room = size;
  let end = 0;
  for (const character of text) {
    room -= sizeOf(character.codePointAt(0) as number);
    if (room < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** The bytes of `text` in UTF-8, as numbers: for short texts such as header values. */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const unit = character.codePointAt(0) as number;
    const point = unit >= 0xd800 && unit <= 0xdfff ? REPLACEMENT : unit;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), continuation(point));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), continuation(point >> 6), continuation(point));
    else bytes.push(0xf0 | (point >> 18), continuation(point >> 12), continuation(point >> 6), continuation(point));
  }
  return bytes;
}

/** Of a code point. A lone surrogate takes three bytes, as U+FFFD does. */
function sizeOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
