// How long a string is on the wire. In plain JavaScript, because the kit runs in browsers too, where there is no Buffer.

/** Bytes of a text in UTF-8. A lone surrogate counts as what is sent for it, U+FFFD: three bytes. */
export function utf8Size(text: string): number {
  let size = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      size += 1;
    } else if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(index + 1))) {
      // Four bytes for two units.
      size += 2;
      index++;
    } else {
      size += 2;
    }
  }
  return size;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
