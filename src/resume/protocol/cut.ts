// Where a text may be cut into parts: between two characters, never inside a surrogate pair.

/**
 * How far a piece goes that begins at `from` and has at most `size` bytes of UTF-8.
 *
 * @param size  4 or more, so that each character fits
 * @returns where it ends, in UTF-16 units, and its bytes
 */
export function cutPosition(text: string, from: number, size: number): { position: number; size: number } {
  let room = size;
  let at = from;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    let units = 1;
    let bytes = 3;
    if (unit < 0x80) bytes = 1;
    else if (unit < 0x800) bytes = 2;
    else if (isHigh(unit) && isLow(text.charCodeAt(at + 1))) {
      bytes = 4;
      units = 2;
    }
    if (bytes > room) break;
    room -= bytes;
    at += units;
  }
  return { position: at, size: size - room };
}

/** Whether `text` ends with the first half of a pair, whose second half may come in the next chunk of its source. */
export function endsInPair(text: string): boolean {
  return isHigh(text.charCodeAt(text.length - 1));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
