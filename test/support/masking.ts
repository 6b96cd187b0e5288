// The engine's masking against RFC 6455 §5.3.

import assert from 'node:assert/strict';
import { maskInto, readKey } from '../../src/core/mask.ts';
import { pattern } from './hex.ts';
import { exclusiveOr, KEY } from './wire.ts';

/** Masks `size` bytes to a place among others: they are masked as the RFC says, and all others stay as they are. */
export function assertMasked(size: number): void {
  const source = pattern(size);
  const target = pattern(size + 20, 7);
  const expected = target.slice();
  expected.set(exclusiveOr(source, KEY), 14);
  maskInto(source, target, 14, readKey(KEY, 0));
  assert.deepEqual(target, expected, `${size} bytes`);
  assert.deepEqual(source, pattern(size));
}
