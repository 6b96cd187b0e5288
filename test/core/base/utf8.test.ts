// The validator and its relatives against the Encoding standard's decoder: exhaustively up to three bytes, and what it
// says of single bytes against everything that may follow them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completeUntil, cutUtf8, isAscii, Utf8Validator } from '../../../src/core/utf8.ts';
import { nodeText } from '../../../src/node/text.ts';
import { concat, hex, toHex, utf8 } from '../../support/hex.ts';
import { decodeStrictly, plainText } from '../../support/plain-text.ts';

const validator = new Utf8Validator();

/** Whether the bytes are one valid text; where not, the index that the validator named. */
function judge(bytes: Uint8Array): boolean {
  validator.reset();
  return validator.validate(bytes, 0, bytes.length) < 0 && validator.isComplete;
}

/** Index of the first wrong byte, or -1; fed byte by byte, which must not matter. */
function firstWrong(bytes: Uint8Array): number {
  validator.reset();
  const whole = validator.validate(bytes, 0, bytes.length);
  validator.reset();
  for (let at = 0; at < bytes.length; at++) {
    if (validator.validate(bytes, at, at + 1) < 0) continue;
    assert.equal(whole, at, toHex(bytes));
    return at;
  }
  assert.equal(whole, -1, toHex(bytes));
  return -1;
}

describe('Utf8Validator agrees with TextDecoder (fatal)', () => {
  test('on all sequences of one and two bytes', () => {
    for (let first = 0; first < 256; first++) {
      const one = Uint8Array.of(first);
      assert.equal(judge(one), decodeStrictly(one) !== undefined, toHex(one));
      for (let second = 0; second < 256; second++) {
        const two = Uint8Array.of(first, second);
        assert.equal(judge(two), decodeStrictly(two) !== undefined, toHex(two));
        firstWrong(two);
      }
    }
  });

  test('on all sequences of three bytes that do not begin with ASCII', () => {
    // With an ASCII byte first it is the case of two bytes. The decoder that replaces puts U+FFFD just where the fatal
    // one throws; so all thirds are decoded at once, a line each.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const lines = new Uint8Array(256 * 4).fill(0x0a);
    const three = new Uint8Array(3);
    for (let first = 0x80; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        if (second === 0x0a) continue; // invalid, and would be a line of its own
        for (let third = 0; third < 256; third++) lines.set([first, second, third === 0x0a ? 0x0b : third], third * 4);
        const decoded = decoder.decode(lines).split('\n');
        for (let third = 0; third < 256; third++) {
          three[0] = first;
          three[1] = second;
          three[2] = third;
          const isReplacement = first === 0xef && second === 0xbf && third === 0xbd;
          const isValid = isReplacement || !(decoded[third] as string).includes('\ufffd');
          if (judge(three) !== isValid || nodeText.isUtf8(three, 0, 3) !== isValid) assert.fail(toHex(three));
        }
      }
    }
  });

  test('on four bytes: all leads and seconds, the borders of the others', () => {
    const borders = [0x00, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f, 0xa0, 0xbe, 0xbf, 0xc0, 0xff];
    for (let first = 0xe0; first < 256; first++) {
      for (let second = 0x70; second < 0xd0; second++) {
        for (const third of borders) {
          for (const fourth of borders) {
            const four = Uint8Array.of(first, second, third, fourth);
            const isValid = judge(four);
            if (isValid !== nodeText.isUtf8(four, 0, 4)) assert.fail(toHex(four));
          }
        }
        const four = Uint8Array.of(first, second, 0x80, 0xbf);
        assert.equal(judge(four), decodeStrictly(four) !== undefined, toHex(four));
      }
    }
  });

  test('a byte is refused exactly when no text begins with the bytes so far and this one', () => {
    // What may follow: continuations from everywhere in their range, up to three of them.
    const tails = [0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf].flatMap((byte) => [
      Uint8Array.of(byte),
      Uint8Array.of(byte, 0x80),
      Uint8Array.of(byte, 0x80, 0x80),
    ]);
    const canBegin = (bytes: Uint8Array) => judge(bytes) || tails.some((tail) => judge(concat([bytes, tail]))); // which agrees with the decoder, see above
    for (let first = 0; first < 256; first++) {
      assert.equal(firstWrong(Uint8Array.of(first)) < 0, canBegin(Uint8Array.of(first)), toHex(Uint8Array.of(first)));
      for (let second = 0; second < 256; second++) {
        const two = Uint8Array.of(first, second);
        assert.equal(firstWrong(two) < 0, canBegin(two), toHex(two));
      }
    }
  });
});

describe('Utf8Validator', () => {
  test('names the index in the range that was given', () => {
    const bytes = hex('61 62 c3 a9 ff 61');
    assert.equal(validatorAfter('').validate(bytes, 0, 6), 4);
    assert.equal(validatorAfter('').validate(bytes, 3, 6), 3);
    assert.equal(validatorAfter('').validate(bytes, 5, 6), -1);
    assert.equal(validatorAfter('c3').validate(bytes, 3, 4), -1);
    assert.equal(validatorAfter('e2 82').validate(bytes, 0, 6), 0);
  });
  test('knows whether a sequence is cut', () => {
    for (const [bytes, isComplete] of [
      ['', true],
      ['61', true],
      ['c3', false],
      ['c3 a9', true],
      ['e2', false],
      ['e2 82', false],
      ['e2 82 ac', true],
      ['f0 9f 98', false],
      ['f0 9f 98 80', true],
      ['f0 9f 98 80 c3', false],
    ] as const) {
      assert.equal(validatorAfter(bytes).isComplete, isComplete, bytes);
    }
  });
  test('forgets everything by reset', () => {
    for (const cut of ['c3', 'e0', 'ed', 'f0', 'f4', 'e2 82', 'ff']) {
      const used = new Utf8Validator();
      used.validate(hex(cut), 0, hex(cut).length);
      used.reset();
      assert.ok(used.isComplete);
      assert.equal(used.validate(hex('61 80'), 0, 2), 1, cut);
      used.reset();
      assert.equal(used.validate(hex('c2 80 ee bf bf'), 0, 5), -1, cut);
    }
  });
  function validatorAfter(bytes: string): Utf8Validator {
    const fresh = new Utf8Validator();
    fresh.validate(hex(bytes), 0, hex(bytes).length);
    return fresh;
  }
});

test('completeUntil finds the sequence that is cut at the end, and nothing else', () => {
  const text = utf8('aé€😀z€😀é');
  for (let end = 0; end <= text.length; end++) {
    let expected = end;
    while (decodeStrictly(text.subarray(0, expected)) === undefined) expected--;
    assert.equal(completeUntil(text, 0, end), expected, `end ${end}`);
  }
  assert.equal(completeUntil(hex('61 e2 82'), 2, 3), 3, 'looks at no byte before its range');
  // What cannot become valid is left for the check that follows, on either side of the answer.
  for (const bytes of ['80', '80 80 80 80', 'c0', 'ff', 'e2 82 ac ac', 'f0 80', 'ed a0', 'f5', 'f8 80 80']) {
    const all = hex(bytes);
    const until = completeUntil(all, 0, all.length);
    const isHead = nodeText.isUtf8(all, 0, until);
    assert.ok(!isHead || new Utf8Validator().validate(all, until, all.length) >= 0, bytes);
  }
});

test('isAscii', () => {
  assert.equal(isAscii(hex('00 7f'), 0, 2), true);
  assert.equal(isAscii(hex('80 00 80'), 1, 2), true);
  assert.equal(isAscii(hex(''), 0, 0), true);
  for (let at = 0; at < 20; at++) {
    const bytes = new Uint8Array(20);
    bytes[at] = 0x80;
    assert.equal(isAscii(bytes, 0, 20), false);
  }
});

test('cutUtf8 cuts between characters', () => {
  for (const text of ['abc', 'é€😀', '€€€', '😀😀']) {
    const bytes = utf8(text);
    for (let limit = 0; limit <= bytes.length + 1; limit++) {
      let expected = Math.min(limit, bytes.length);
      while (decodeStrictly(bytes.subarray(0, expected)) === undefined) expected--;
      assert.equal(cutUtf8(bytes, limit), expected, `${text} at ${limit}`);
    }
  }
});

describe('text codecs agree', () => {
  const texts = ['', 'a', 'é€😀', '\ud800', 'a\udc00b\ud83d', '\ufeffx', 'x'.repeat(300), '世界'.repeat(100), '\u0000'];
  for (const text of texts) {
    test(JSON.stringify(text.slice(0, 12)), () => {
      const expected = utf8(text);
      for (const codec of [nodeText, plainText]) {
        assert.equal(codec.byteLength(text), expected.length);
        for (const offset of [0, 3]) {
          const target = new Uint8Array(offset + 3 * text.length + 2).fill(0xee);
          assert.equal(codec.encodeInto(text, target, offset), expected.length);
          assert.equal(toHex(target.subarray(offset, offset + expected.length)), toHex(expected));
          assert.ok(target.subarray(0, offset).every((byte) => byte === 0xee));
          assert.equal(target[offset + expected.length], 0xee, 'nothing is written behind it');
          assert.equal(codec.isUtf8(target, offset, offset + expected.length), true);
          assert.equal(codec.decode(target, offset, offset + expected.length), decodeStrictly(expected));
        }
      }
    });
  }
  test('ASCII and validity in ranges', () => {
    const bytes = hex('ff 61 62 c3 a9 ff');
    for (const codec of [nodeText, plainText]) {
      assert.equal(codec.decodeAscii(bytes, 1, 3), 'ab');
      assert.equal(codec.decodeAscii(bytes, 1, 1), '');
      assert.equal(codec.isUtf8(bytes, 1, 5), true);
      assert.equal(codec.isUtf8(bytes, 1, 4), false);
      assert.equal(codec.isUtf8(bytes, 0, 2), false);
      assert.equal(codec.isUtf8(bytes, 0, 0), true);
    }
  });
});

test('a copy of a validator goes on by itself', () => {
  const validator = new Utf8Validator();
  validator.validate(hex('e2 82'), 0, 2);
  const copy = validator.copy();
  assert.equal(copy.validate(hex('ff'), 0, 1), 0);
  assert.equal(validator.isComplete, false);
  assert.equal(validator.validate(hex('ac'), 0, 1), -1);
  assert.equal(validator.isComplete, true);
});
