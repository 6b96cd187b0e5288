// Encodings from text to bytes. The platform only decodes the older ones, so that their tables are made by decoding all
// sequences of bytes, once, when an encoding is first used.

/** Encodes text. */
export interface Encoding {
  /** The bytes of a code point; a surrogate may come without its partner. */
  bytesOf(codePoint: number): readonly number[];
  /** A faster way for whole texts, if there is one. */
  encode?(text: string): Uint8Array | undefined;
}

const UNKNOWN: readonly number[] = [0x3f];

/** UTF-8. A surrogate without its partner takes three bytes, as on a device. */
const utf8: Encoding = {
  bytesOf(codePoint) {
    if (codePoint < 0x80) return [codePoint];
    if (codePoint < 0x800) return [0xc0 | (codePoint >> 6), tail(codePoint)];
    if (codePoint < 0x10000) return [0xe0 | (codePoint >> 12), tail(codePoint >> 6), tail(codePoint)];
    return [0xf0 | (codePoint >> 18), tail(codePoint >> 12), tail(codePoint >> 6), tail(codePoint)];
  },
  encode(text) {
    // With the flag `u` only surrogates without a partner match.
    return /\p{Surrogate}/u.test(text) ? undefined : new globalThis.TextEncoder().encode(text);
  },
};

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

const utf16le: Encoding = { bytesOf: (codePoint) => unitsOf(codePoint).flatMap((unit) => [unit & 0xff, unit >> 8]) };
const utf16be: Encoding = { bytesOf: (codePoint) => unitsOf(codePoint).flatMap((unit) => [unit >> 8, unit & 0xff]) };

function unitsOf(codePoint: number): number[] {
  if (codePoint < 0x10000) return [codePoint];
  const bits = codePoint - 0x10000;
  return [0xd800 | (bits >> 10), 0xdc00 | (bits & 0x3ff)];
}

/** ISO 8859-1 itself: the platform takes its name for windows-1252. */
const latin1: Encoding = { bytesOf: (codePoint) => (codePoint < 0x100 ? [codePoint] : UNKNOWN) };

const made = new Map<string, Encoding>([
  ['utf-8', utf8],
  ['utf-16le', utf16le],
  ['utf-16be', utf16be],
  ['iso-8859-1', latin1],
]);

/** Those with two bytes for a character, or more. */
const multiByte = new Set(['big5', 'euc-jp', 'euc-kr', 'gb18030', 'gbk', 'shift_jis']);

/**
 * Finds an encoding.
 *
 * @param label  name, in upper or lower case, such as `GB2312`
 * @returns `undefined` where the platform does not know it, and for `iso-2022-jp`, whose bytes depend on those before
 */
export function encodingOf(label: string): Encoding | undefined {
  const lower = label.toLowerCase();
  const known = made.get(lower);
  if (known !== undefined) return known;
  const decoder = decoderOf(lower);
  if (decoder === undefined || decoder.encoding === 'iso-2022-jp' || decoder.encoding === 'replacement')
    return undefined;
  const name = decoder.encoding;
  const encoding = made.get(name) ?? tableEncoding(name, decoder);
  made.set(name, encoding);
  return encoding;
}

function decoderOf(label: string): InstanceType<typeof globalThis.TextDecoder> | undefined {
  try {
    return new globalThis.TextDecoder(label, { ignoreBOM: true });
  } catch {
    return undefined;
  }
}

/** An encoding by the table of what each sequence decodes to, which is made when it is first needed. */
function tableEncoding(name: string, decoder: InstanceType<typeof globalThis.TextDecoder>): Encoding {
  let table: Map<number, readonly number[]> | undefined;
  return {
    bytesOf(codePoint) {
      if (codePoint < 0x80) return [codePoint];
      table ??= tableOf(name, decoder);
      return table.get(codePoint) ?? (name === 'gb18030' ? supplementary(codePoint) : UNKNOWN);
    },
  };
}

function tableOf(name: string, decoder: InstanceType<typeof globalThis.TextDecoder>): Map<number, readonly number[]> {
  const table = new Map<number, readonly number[]>();
  const add = (...bytes: number[]): void => {
    const codePoint = soleCodePoint(decoder.decode(Uint8Array.from(bytes)));
    if (codePoint !== undefined && !table.has(codePoint)) table.set(codePoint, bytes);
  };
  for (let byte = 0x80; byte <= 0xff; byte++) add(byte);
  if (!multiByte.has(name)) return table;
  for (let first = 0x81; first <= 0xfe; first++) {
    for (let second = 0x40; second <= 0xfe; second++) add(first, second);
  }
  if (name === 'euc-jp') {
    for (let first = 0xa1; first <= 0xfe; first++) {
      for (let second = 0xa1; second <= 0xfe; second++) add(0x8f, first, second);
    }
  }
  // The first 39,420 sequences of four bytes are for what has no two bytes.
  if (name === 'gb18030') for (let index = 0; index < 39_420; index++) add(...fourBytes(index));
  return table;
}

function soleCodePoint(text: string): number | undefined {
  const codePoint = text.codePointAt(0);
  if (codePoint === undefined || codePoint === 0xfffd) return undefined;
  return text.length === (codePoint > 0xffff ? 2 : 1) ? codePoint : undefined;
}

/** GB 18030 counts on from sequence 189,000 for code points above 0xFFFF. */
function supplementary(codePoint: number): readonly number[] {
  return codePoint >= 0x10000 ? fourBytes(codePoint - 0x10000 + 189_000) : UNKNOWN;
}

function fourBytes(index: number): number[] {
  return [
    0x81 + Math.floor(index / 12_600),
    0x30 + (Math.floor(index / 1260) % 10),
    0x81 + (Math.floor(index / 10) % 126),
    0x30 + (index % 10),
  ];
}
