// Bytes as the tests write them: `hex('89 82  00 00 00 00  48 69')`.

import assert from 'node:assert/strict';

/** Bytes of hexadecimal digits, spaces ignored, and of anything else as it is; several parts follow each other. */
export function hex(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return concat(parts.map((part) => (typeof part === 'string' ? parse(part) : part)));
}

/** Digits in pairs, one space between them. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Fails unless both are the same, and shows only the first difference, however long they are. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array, how = ''): void {
  let at = 0;
  while (at < expected.length && actual[at] === expected[at]) at++;
  if (at === expected.length && at === actual.length) return;
  const excerpt = (bytes: Uint8Array) => {
    const from = bytes.length <= 80 ? 0 : Math.max(0, at - 16);
    return `${bytes.length} bytes${from > 0 ? `, from ${from}` : ''}: ${toHex(bytes.subarray(from, from + 80))}`;
  };
  assert.equal(excerpt(actual), excerpt(expected), `${how} differs at byte ${at}`.trimStart());
  assert.fail(`${how} differs at byte ${at}`.trimStart());
}

/** One piece of memory with all parts. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** UTF-8 of `text`. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** `size` bytes that differ from their neighbours and repeat at no power of two. */
export function pattern(size: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = (index * 7 + (index >> 8) * 13 + seed) % 251;
  return bytes;
}

function parse(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`not pairs of hexadecimal digits: ${text}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
