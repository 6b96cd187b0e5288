// UTF-8 as RFC 3629 and table 3-7 of Unicode define it, by sequences at every border: what is well-formed, and what is
// not and by which byte that shows. Arranged after Markus Kuhn's stress test of UTF-8 decoders.

/** A sequence that no UTF-8 text has. */
export interface InvalidSequence {
  readonly name: string;
  /** In hex. */
  readonly bytes: string;
  /** Index of the first byte after which no continuation makes a text of it; the length where only the end is wrong. */
  readonly at: number;
}

export interface ValidSequence {
  readonly name: string;
  readonly bytes: string;
  readonly text: string;
}

const byte = (value: number) => value.toString(16).padStart(2, '0');
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Table 3-7: for each kind of first byte, the range of the second; those after it are 80–BF. */
const table: readonly (readonly [first: number, last: number, lower: number, upper: number, size: number])[] = [
  [0xc2, 0xdf, 0x80, 0xbf, 2],
  [0xe0, 0xe0, 0xa0, 0xbf, 3],
  [0xe1, 0xec, 0x80, 0xbf, 3],
  [0xed, 0xed, 0x80, 0x9f, 3],
  [0xee, 0xef, 0x80, 0xbf, 3],
  [0xf0, 0xf0, 0x90, 0xbf, 4],
  [0xf1, 0xf3, 0x80, 0xbf, 4],
  [0xf4, 0xf4, 0x80, 0x8f, 4],
];

/** Code points at the borders of the encodings' lengths, of the surrogates, and of all of Unicode. */
const codePoints = [
  0x00, 0x01, 0x20, 0x7e, 0x7f, 0x80, 0x81, 0xff, 0x100, 0x7fe, 0x7ff, 0x800, 0x801, 0xfff, 0x1000, 0x1fff, 0xcfff,
  0xd000, 0xd7fe, 0xd7ff, 0xe000, 0xe001, 0xfdd0, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x10001, 0x1f600, 0x1fffe,
  0x1ffff, 0x3ffff, 0x40000, 0xeffff, 0xfffff, 0x100000, 0x10fffe, 0x10ffff,
];

/** By the bits of RFC 3629 §3. */
function encode(codePoint: number): number[] {
  const rest = (shift: number) => 0x80 | ((codePoint >> shift) & 0x3f);
  if (codePoint < 0x80) return [codePoint];
  if (codePoint < 0x800) return [0xc0 | (codePoint >> 6), rest(0)];
  if (codePoint < 0x10000) return [0xe0 | (codePoint >> 12), rest(6), rest(0)];
  return [0xf0 | (codePoint >> 18), rest(12), rest(6), rest(0)];
}

export const validSequences: readonly ValidSequence[] = [
  ...codePoints.map((codePoint) => ({
    name: `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`,
    bytes: encode(codePoint).map(byte).join(' '),
    text: String.fromCodePoint(codePoint),
  })),
  // With U+1F79, a character of three bytes among those of two.
  { name: 'κόσμε', bytes: 'ce ba e1 bd b9 cf 83 ce bc ce b5', text: 'κ\u1f79σμε' },
  { name: 'one of each length', bytes: '61 c3 a9 e2 82 ac f0 9f 98 80 7a', text: 'aé€😀z' },
  { name: 'combining characters stay apart', bytes: '61 cc 88 c3 a4', text: 'a\u0308ä' },
];

/** Kuhn 3.1, 3.5: bytes that cannot begin a character: continuations, C0, C1 (overlong), F5–FF (beyond). */
const wrongFirst = [...range(0x80, 0xbf), 0xc0, 0xc1, ...range(0xf5, 0xff)].map((first) => ({
  name: `${byte(first)} first`,
  bytes: byte(first),
  at: 0,
}));

/** Second bytes on both sides of their range: overlong forms, surrogates, beyond U+10FFFF; ASCII and leads in their place. */
const wrongSecond = table.flatMap(([first, last, lower, upper, size]) =>
  [first, last]
    .filter((value, index) => index === 0 || value !== first)
    .flatMap((lead) =>
      [...new Set([0x00, 0x28, 0x7f, 0x80, 0xbf, lower - 1, upper + 1, 0xc0, 0xc3, 0xe2, 0xf4, 0xff])]
        .filter((second) => second < lower || second > upper)
        .map((second) => ({
          name: `${byte(lead)} ${byte(second)} of ${size}`,
          bytes: [lead, second, ...range(3, size).map(() => 0x80)].map(byte).join(' '),
          at: 1,
        })),
    ),
);

/** Third and fourth bytes outside 80–BF. */
const wrongLater = table.flatMap(([lead, , lower, , size]) =>
  range(2, size - 1).flatMap((at) =>
    [0x00, 0x41, 0x7f, 0xc0, 0xe2, 0xff].map((wrong) => {
      const bytes = [lead, lower, 0x80, 0x80].slice(0, size);
      bytes[at] = wrong;
      return { name: `${byte(wrong)} as byte ${at + 1} behind ${byte(lead)}`, bytes: bytes.map(byte).join(' '), at };
    }),
  ),
);

/** Kuhn 3.3: the last continuation bytes missing, at the end of a text. */
const cutOff = table.flatMap(([first, last, lower, upper, size]) =>
  [
    [first, lower],
    [last, upper],
  ].flatMap(([lead, second]) =>
    range(1, size - 1).map((kept) => {
      const bytes = [lead as number, second as number, 0x80, 0x80].slice(0, kept);
      return { name: `${bytes.map(byte).join(' ')}, the end, of ${size}`, bytes: bytes.map(byte).join(' '), at: kept };
    }),
  ),
);

const named: readonly InvalidSequence[] = [
  // Kuhn 3.1.3–3.1.8, 3.3: one continuation too many, one lead too many.
  { name: 'one continuation too many behind two', bytes: 'c3 a9 a9', at: 2 },
  { name: 'one continuation too many behind three', bytes: 'e2 82 ac 80', at: 3 },
  { name: 'one continuation too many behind four', bytes: 'f0 9f 98 80 80', at: 4 },
  { name: 'a lead in the place of a continuation, then a character', bytes: 'c3 c3 a9', at: 1 },
  // Kuhn 2.1.5, 2.1.6, 2.2.4: sequences of five and six bytes, which ISO 10646 once had.
  { name: 'U+200000 in five', bytes: 'f8 88 80 80 80', at: 0 },
  { name: 'U+4000000 in six', bytes: 'fc 84 80 80 80 80', at: 0 },
  { name: 'U+7FFFFFFF in six', bytes: 'fd bf bf bf bf bf', at: 0 },
  // Kuhn 4.1: overlong forms of the solidus; 4.3 of NUL.
  { name: 'overlong / in two', bytes: 'c0 af', at: 0 },
  { name: 'overlong / in three', bytes: 'e0 80 af', at: 1 },
  { name: 'overlong / in four', bytes: 'f0 80 80 af', at: 1 },
  { name: 'overlong NUL in two', bytes: 'c0 80', at: 0 },
  // Kuhn 5.1, 5.2: surrogates, single and in pairs (CESU-8).
  { name: 'U+D800', bytes: 'ed a0 80', at: 1 },
  { name: 'U+DB7F', bytes: 'ed ad bf', at: 1 },
  { name: 'U+DFFF', bytes: 'ed bf bf', at: 1 },
  { name: 'U+D83D U+DE00', bytes: 'ed a0 bd ed b8 80', at: 1 },
  // Autobahn 6.4: valid Greek, then beyond Unicode.
  { name: 'κόσμε, then U+110000', bytes: 'ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80 65', at: 12 },
];

const byName = new Map([...wrongFirst, ...wrongSecond, ...wrongLater, ...cutOff, ...named].map((it) => [it.name, it]));

export const invalidSequences: readonly InvalidSequence[] = [...byName.values()];
