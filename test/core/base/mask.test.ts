// The fast ways of masking against RFC 6455 §5.3 word for word: all lengths, alignments, keys and offsets.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maskInPlace, maskInto, readKey, rotateKey, useNativeMask, writeKey } from '../../../src/core/mask.ts';
import { hex, pattern, toHex } from '../../support/hex.ts';
import { assertMasked } from '../../support/masking.ts';
import { exclusiveOr, KEY } from '../../support/wire.ts';

const keys = ['37 fa 21 3d', '00 00 00 00', 'ff ff ff ff', '80 00 00 01', '01 80 ff 7f'].map((key) => hex(key));

function sameBytes(actual: Uint8Array, expected: Uint8Array, how: string): void {
  // Quicker than a deep comparison; there are hundreds of thousands of these.
  for (let at = 0; at < expected.length; at++) if (actual[at] !== expected[at]) assert.fail(`${how}: byte ${at}`);
  assert.equal(actual.length, expected.length, how);
}

describe('maskInPlace', () => {
  test('agrees with the plain rule on lengths 0–200, alignments 0–7, offsets 0–3, and leaves the rest alone', () => {
    for (const key of keys) {
      const number = readKey(key, 0);
      for (let length = 0; length <= 200; length++) {
        for (let alignment = 0; alignment < 8; alignment++) {
          for (let offset = 0; offset < 4; offset++) {
            const memory = pattern(length + 24, length);
            const expected = memory.slice();
            expected.set(exclusiveOr(memory.subarray(alignment, alignment + length), key, offset), alignment);
            maskInPlace(memory, alignment, alignment + length, rotateKey(number, offset));
            sameBytes(
              memory,
              expected,
              `key ${toHex(key)}, length ${length}, alignment ${alignment}, offset ${offset}`,
            );
          }
        }
      }
    }
  });

  test('the same in a view that starts anywhere in its memory', () => {
    const key = keys[0] as Uint8Array;
    for (let byteOffset = 0; byteOffset < 8; byteOffset++) {
      for (let start = 0; start < 4; start++) {
        for (const length of [0, 3, 47, 48, 49, 50, 51, 52, 100, 1000]) {
          const memory = pattern(2000);
          const expected = memory.slice();
          const from = byteOffset + start;
          expected.set(exclusiveOr(memory.subarray(from, from + length), key), from);
          const view = new Uint8Array(memory.buffer, byteOffset, start + length);
          maskInPlace(view, start, start + length, readKey(key, 0));
          sameBytes(memory, expected, `view at ${byteOffset}, start ${start}, length ${length}`);
        }
      }
    }
  });

  test('in parts it is what it is as a whole', () => {
    const key = keys[0] as Uint8Array;
    const number = readKey(key, 0);
    const expected = exclusiveOr(pattern(150), key);
    for (let cut = 0; cut <= 150; cut++) {
      const bytes = pattern(150);
      maskInPlace(bytes, 0, cut, number);
      maskInPlace(bytes, cut, 150, rotateKey(number, cut));
      sameBytes(bytes, expected, `cut at ${cut}`);
    }
  });

  test('twice gives the original', () => {
    for (const key of keys) {
      for (const length of [1, 47, 48, 200, 5000]) {
        const bytes = pattern(length);
        maskInPlace(bytes, 0, length, readKey(key, 0));
        maskInPlace(bytes, 0, length, readKey(key, 0));
        sameBytes(bytes, pattern(length), `length ${length}`);
      }
    }
  });

  test('tells whether all resulting bytes are ASCII: a single high bit is seen, wherever it is', () => {
    const key = keys[0] as Uint8Array;
    for (const length of [1, 3, 4, 5, 47, 48, 49, 64, 83, 84, 200]) {
      for (let alignment = 0; alignment < 4; alignment++) {
        for (let high = -1; high < length; high++) {
          const text = new Uint8Array(length).fill(0x41);
          if (high >= 0) text[high] = 0x82;
          const memory = new Uint8Array(length + 8).fill(0xff); // bytes outside have the bit set
          memory.set(exclusiveOr(text, key), alignment);
          const bits = maskInPlace(memory, alignment, alignment + length, readKey(key, 0));
          const isAscii = high < 0;
          assert.equal(bits < 0x80, isAscii, `length ${length}, alignment ${alignment}, high bit at ${high}`);
        }
      }
    }
    assert.equal(maskInPlace(new Uint8Array(4), 2, 2, -1), 0);
  });
});

describe('keys', () => {
  test('are read and written in wire order, at any place', () => {
    for (const key of keys) {
      const target = new Uint8Array(7).fill(0xee);
      writeKey(target, 2, readKey(hex('aa', key, 'bb'), 1));
      assert.equal(toHex(target), `ee ee ${toHex(key)} ee`);
    }
  });
  test('rotate by payload bytes, any number of them', () => {
    const number = readKey(hex('01 02 03 04'), 0);
    const rotated = (offset: number) => {
      const target = new Uint8Array(4);
      writeKey(target, 0, rotateKey(number, offset));
      return toHex(target);
    };
    assert.deepEqual([0, 1, 2, 3].map(rotated), ['01 02 03 04', '02 03 04 01', '03 04 01 02', '04 01 02 03']);
    for (const offset of [4, 5, 1000, 65_537, 2 ** 31, 2 ** 31 + 3, 2 ** 32 + 1, 2 ** 40 + 2]) {
      assert.equal(rotated(offset), rotated(offset % 4), String(offset));
    }
  });
});

test('maskInto copies, masks there, and leaves the source alone', () => {
  for (const key of keys) {
    for (const length of [0, 1, 47, 48, 200]) {
      for (let at = 0; at < 4; at++) {
        const source = pattern(length);
        const target = new Uint8Array(length + 8).fill(0xee);
        const expected = target.slice();
        expected.set(exclusiveOr(source, key), at);
        maskInto(source, target, at, readKey(key, 0));
        sameBytes(target, expected, `length ${length}, at ${at}`);
        sameBytes(source, pattern(length), 'source');
      }
    }
  }
});

describe('a masking routine of the host', () => {
  test('is given payloads of 48 bytes and more with the key in wire order, and none after it is taken away', () => {
    const sizes: number[] = [];
    useNativeMask((source, wireKey, target, at, size) => {
      sizes.push(size);
      assert.deepEqual(wireKey, KEY);
      target.set(exclusiveOr(source.subarray(0, size), wireKey), at);
    });
    const maskAll = (): void => {
      for (const size of [0, 47, 48, 2_000]) assertMasked(size);
    };
    maskAll();
    useNativeMask(undefined);
    maskAll();
    assert.deepEqual(sizes, [48, 2_000]);
  });
});
