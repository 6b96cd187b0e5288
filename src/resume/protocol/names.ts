// Random names: ids, tokens and nonces, as letters, digits, `-` and `_` (base64url).

import type { Random } from '../../core/ports.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * A name that cannot be guessed.
 *
 * @param size  random bytes in it: 16 for an id or a nonce, 32 for a token
 */
export function randomName(random: Random, size: number): string {
  const bytes = new Uint8Array(size);
  random.fill(bytes);
  let name = '';
  for (let at = 0; at < size; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const bits = (a << 16) | (b << 8) | c;
    const characters = Math.min(4, size - at + 1);
    for (let shift = 18, left = characters; left > 0; shift -= 6, left--) name += ALPHABET[(bits >> shift) & 63];
  }
  return name;
}

/** Whether two hashes are the same, in a time that does not tell where they differ. */
export function sameHash(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
