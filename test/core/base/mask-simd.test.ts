// Masking by vectors, in their own memory and through it, against RFC 6455 §5.3 word for word.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maskInPlace, maskInto, readKey, rotateKey } from '../../../src/core/mask.ts';
import { hasSimd, maskable, maskCopied } from '../../../src/core/mask-simd.ts';
import { assertBytes, hex, pattern } from '../../support/hex.ts';
import { exclusiveOr } from '../../support/wire.ts';

const key = hex('37 fa 21 3d');
const number = readKey(key, 0);

test('Node has vector instructions', () => {
  assert.ok(hasSimd && maskable !== undefined);
});

describe('in the memory of the vectors', () => {
  const memory = maskable as Uint8Array;
  test('lengths 0–200, alignments 0–17, offsets 0–3: nothing but the range changes', () => {
    for (let length = 0; length <= 200; length++) {
      for (let start = 0; start < 18; start++) {
        const before = pattern(length + 40, length);
        memory.set(before);
        const expected = before.slice();
        expected.set(exclusiveOr(before.subarray(start, start + length), key, length & 3), start);
        const isAscii = expected.subarray(start, start + length).every((byte) => byte < 0x80);
        const bits = maskInPlace(memory, start, start + length, rotateKey(number, length & 3));
        assertBytes(memory.subarray(0, length + 40), expected, `length ${length}, start ${start}`);
        assert.equal(bits < 0x80, isAscii);
      }
    }
  });
  test('all of it, to its last byte', () => {
    const whole = pattern(memory.length);
    memory.set(whole);
    maskInPlace(memory, 1, memory.length, number);
    assertBytes(memory.subarray(1), exclusiveOr(whole.subarray(1), key));
    assert.equal(memory[0], whole[0]);
  });
  test('a single high bit is seen, wherever it is', () => {
    for (let high = -1; high < 70; high++) {
      const text = new Uint8Array(70).fill(0x41);
      if (high >= 0) text[high] = 0x82;
      memory.fill(0xff, 0, 100);
      memory.set(exclusiveOr(text, key), 3);
      assert.equal(maskInPlace(memory, 3, 73, number) < 0x80, high < 0, `at ${high}`);
    }
  });
});

describe('in other memory, copied in and out', () => {
  for (const length of [1023, 1024, 1025, 1039, 4096, 65_535, 65_536, 65_537, 131_072, 200_001]) {
    for (const start of [0, 1, 7]) {
      test(`${length} bytes from ${start}`, () => {
        const bytes = pattern(length + 20);
        const expected = bytes.slice();
        expected.set(exclusiveOr(bytes.subarray(start, start + length), key), start);
        maskInPlace(bytes, start, start + length, number);
        assertBytes(bytes, expected);
        const source = pattern(length);
        const target = new Uint8Array(length + 20).fill(0xee);
        maskInto(source, target, start, number);
        assertBytes(target.subarray(start, start + length), exclusiveOr(source, key));
        assertBytes(source, pattern(length), 'the source is left alone');
        assert.ok(target.subarray(0, start).every((byte) => byte === 0xee));
        assert.ok(target.subarray(start + length).every((byte) => byte === 0xee));
      });
    }
  }
  test('a high bit is seen in every part', () => {
    const size = 160 * 1024;
    for (const high of [-1, 0, 65_535, 65_536, 131_071, 131_072, size - 1]) {
      const text = new Uint8Array(size).fill(0x41);
      if (high >= 0) text[high] = 0x82;
      assert.equal(maskCopied(exclusiveOr(text, key), 0, size, number) === 0, high < 0, `at ${high}`);
    }
  });
});
