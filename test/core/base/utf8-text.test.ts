import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cutToSize, utf8Bytes, utf8Size } from '../../../src/core/utf8-text.ts';

/** Each length of a sequence, its first and last code point, and lone surrogates at every place. */
const texts: [text: string, hex: string][] = [
  ['', ''],
  ['\0A\x7f', '00 41 7f'],
  ['\x80é\u07ff', 'c2 80 c3 a9 df bf'],
  ['\u0800中\uffff', 'e0 a0 80 e4 b8 ad ef bf bf'],
  ['\u{10000}😀\u{10ffff}', 'f0 90 80 80 f0 9f 98 80 f4 8f bf bf'],
  ['\ud83d', 'ef bf bd'],
  ['\ude00\ud83d', 'ef bf bd ef bf bd'],
  ['\ud83da', 'ef bf bd 61'],
];

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

describe('strings as UTF-8 without a codec', () => {
  for (const [text, bytes] of texts) {
    test(`${JSON.stringify(text)} is ${bytes === '' ? 'nothing' : bytes}`, () => {
      assert.equal(hex(utf8Bytes(text)), bytes);
      assert.equal(utf8Size(text), utf8Bytes(text).length);
    });
  }

  const cuts: [text: string, size: number, beginning: string][] = [
    ['abc', 3, 'abc'],
    ['abc', 2, 'ab'],
    ['abc', 0, ''],
    ['aé', 2, 'a'],
    ['aé', 3, 'aé'],
    ['a中b', 3, 'a'],
    ['a😀', 4, 'a'],
    ['a😀', 5, 'a😀'],
    ['\ud83dx', 2, ''],
    ['\ud83dx', 3, '\ud83d'],
  ];
  for (const [text, size, beginning] of cuts) {
    test(`${JSON.stringify(text)} cut to ${size} bytes is ${JSON.stringify(beginning)}`, () => {
      assert.equal(cutToSize(text, size), beginning);
    });
  }

  test('agrees with Buffer on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.nat(40), (wild, tame, size) => {
        for (const text of [wild, tame]) {
          assert.deepEqual(utf8Bytes(text), [...Buffer.from(text)]);
          assert.equal(utf8Size(text), Buffer.byteLength(text));
          const beginning = cutToSize(text, size);
          assert.ok(text.startsWith(beginning) && Buffer.byteLength(beginning) <= size);
          const [next] = text.slice(beginning.length);
          if (next !== undefined) assert.ok(Buffer.byteLength(beginning + next) > size);
        }
      }),
    );
  });
});
