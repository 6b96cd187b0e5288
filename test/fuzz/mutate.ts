// Changes to bytes that know nothing of their meaning. What knows frames is in frames.ts.

import { concat } from '../support/hex.ts';
import type { Random } from './random.ts';

/** No input grows beyond this. */
export const MAX_INPUT = 2048;

/** Borders of lengths, codes and characters. */
const INTERESTING = [0, 1, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x88, 0xc0, 0xc1, 0xed, 0xf4, 0xfe, 0xff, 0x20, 0x2c, 0x3b];

/** One change of `bytes`; `others` are inputs that pieces may come from. */
export function mutateBytes(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  const at = random.below(bytes.length + 1);
  const size = 1 + random.below(random.isOneIn(4) ? 40 : 4);
  switch (random.below(9)) {
    case 0:
      return replaced(bytes, at, 1, [(bytes[at] ?? 0) ^ (1 << random.below(8))]);
    case 1:
      return replaced(bytes, at, 1, [random.below(256)]);
    case 2:
      return replaced(bytes, at, 1, [random.pick(INTERESTING)]);
    case 3:
      return replaced(bytes, at, 0, random.bytes(size));
    case 4:
      return replaced(bytes, at, size, []);
    case 5:
      return replaced(bytes, at, 0, bytes.subarray(at, at + size)); // twice
    case 6:
      return bytes.slice(0, at);
    case 7: {
      const other = random.pick(others);
      const from = random.below(other.length + 1);
      return replaced(bytes, at, random.isOneIn(2) ? size : 0, other.subarray(from, from + size * 4));
    }
    default: {
      const other = random.pick(others);
      return concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]).slice(0, MAX_INPUT);
    }
  }
}

/** `bytes` with `count` of them at `at` replaced by `inserted`. */
export function replaced(bytes: Uint8Array, at: number, count: number, inserted: ArrayLike<number>): Uint8Array {
  const whole = new Uint8Array(bytes.length + inserted.length - Math.min(count, bytes.length - at));
  whole.set(bytes.subarray(0, at));
  whole.set(inserted, at);
  whole.set(bytes.subarray(at + count), at + inserted.length);
  return whole.length > MAX_INPUT ? whole.slice(0, MAX_INPUT) : whole;
}
