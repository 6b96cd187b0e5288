// Masking (RFC 6455 §5.3): by bytes, words or vectors, whichever `maskInPlace` takes for the size and the memory.

import { maskInPlace, maskInto, readKey } from '../../src/core/mask.ts';
import { maskable } from '../../src/core/mask-simd.ts';
import { payloadOf } from '../load/payload.ts';
import { type Case, mustEqual, sizeName } from './cases.ts';

const SIZES = [4, 16, 32, 47, 64, 128, 512, 1024, 4096, 65536, 262144];
const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
const key = readKey(KEY, 0);

/** RFC 6455 §5.3, word for word. */
function plain(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) bytes[at] = (bytes[at] as number) ^ (KEY[(at - start) & 3] as number);
}

function inPlace(name: string, memory: Uint8Array, size: number): Case {
  return {
    group: 'mask',
    name: `in place, ${name}, ${sizeName(size)}`,
    size,
    run: () => void maskInPlace(memory, 0, size, key),
    twin: { name: 'byte by byte', run: () => plain(memory, 0, size) },
    check() {
      memory.set(payloadOf(size, 2));
      const expected = memory.slice(0, size);
      plain(expected, 0, size);
      maskInPlace(memory, 0, size, key);
      mustEqual(memory.subarray(0, size), expected, this.name);
    },
  };
}

function copied(size: number): Case {
  const source = payloadOf(size, 2);
  const target = Buffer.allocUnsafeSlow(size + 16);
  const twin = (): void => {
    target.set(source, 14);
    plain(target, 14, 14 + size);
  };
  return {
    group: 'mask',
    name: `copied behind a header, ${sizeName(size)}`,
    size,
    run: () => maskInto(source, target, 14, key),
    twin: { name: 'copied, then byte by byte', run: twin },
    check() {
      twin();
      const expected = target.slice(14, 14 + size);
      maskInto(source, target, 14, key);
      mustEqual(target.subarray(14, 14 + size), expected, this.name);
    },
  };
}

export const maskCases: readonly Case[] = [
  ...SIZES.map((size) => inPlace('memory of its own', Buffer.allocUnsafeSlow(size), size)),
  ...(maskable === undefined ? [] : SIZES.map((size) => inPlace('the read buffer', maskable as Uint8Array, size))),
  ...SIZES.map(copied),
];
