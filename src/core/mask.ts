// Masking (RFC 6455 §5.3): payload XOR a four-byte key. The key travels as one 32-bit number whose lowest byte is the
// first on the wire, so that rotating it by eight bits moves on by one payload byte. Which way is taken, byte by byte,
// by words or by vectors (mask-simd.ts), is a matter of size and of where the bytes lie.

import { hasSimd, maskable, maskCopied, maskMaskable } from './mask-simd.ts';

/** Whether the memory order of a 32-bit word is the key's order. Elsewhere (s390x) everything goes byte by byte. */
const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Below this, making a word view costs more than it saves (measured: break-even near 50 bytes). */
const WORDS_FROM = 48;
/** In memory of the vectors' own a call pays from here on … */
const VECTORS_FROM = 32;
/** … and elsewhere, with a copy in and out, from here on (measured: break-even near 700 bytes). */
const COPIES_FROM = 1024;

/** From here on a call of the host's routine pays (measured: break-even near 40 bytes). */
const NATIVE_FROM = 48;

/** Masks `size` bytes of `source` into `target[at…]`; the key is four bytes in wire order. */
export type NativeMask = (source: Uint8Array, key: Uint8Array, target: Uint8Array, at: number, size: number) => void;

let nativeMask: NativeMask | undefined;
const nativeKey = new Uint8Array(4);

/** Has {@link maskInto} use the host's own routine; `undefined`: those of this module. */
export function useNativeMask(mask: NativeMask | undefined): void {
  nativeMask = mask;
}

/** The masking key at `bytes[at]`, four bytes in wire order. */
export function readKey(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** Writes `key` in wire order. */
export function writeKey(bytes: Uint8Array, at: number, key: number): void {
  bytes[at] = key;
  bytes[at + 1] = key >>> 8;
  bytes[at + 2] = key >>> 16;
  bytes[at + 3] = key >>> 24;
}

/** The key as it applies `offset` payload bytes further on. */
export function rotateKey(key: number, offset: number): number {
  const shift = (offset & 3) << 3;
  return shift === 0 ? key : (key >>> shift) | (key << (32 - shift));
}

/**
 * XORs the masking key over `bytes[start, end)` in place (RFC 6455 §5.3); the same call masks and unmasks.
 *
 * @param bytes  Memory that we own. It is modified.
 * @param start  First payload byte; `end` is one past the last.
 * @param key    Masking key, already rotated to the position of `start` in its payload.
 * @returns below 0x80 when all resulting bytes are; 0x80 or more when one of them is not ASCII
 */
export function maskInPlace(bytes: Uint8Array, start: number, end: number, key: number): number {
  const size = end - start;
  if (size < VECTORS_FROM) return maskBytes(bytes, start, end, key);
  if (hasSimd && (bytes === maskable || size >= COPIES_FROM)) {
    const vectors = size - (size & 15);
    const high = bytes === maskable ? maskMaskable(start, vectors, key) : maskCopied(bytes, start, vectors, key);
    return (high === 0 ? 0 : 0x80) | maskBytes(bytes, start + vectors, end, key);
  }
  if (size < WORDS_FROM || !isLittleEndian) return maskBytes(bytes, start, end, key);
  // Up to three bytes to a word boundary of the underlying memory, then words, then the rest.
  const lead = start + (-(bytes.byteOffset + start) & 3);
  let bits = maskBytes(bytes, start, lead, key);
  const wordKey = rotateKey(key, lead - start);
  const count = (end - lead) >>> 2;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + lead, count);
  bits |= foldBits(maskWords(words, count, wordKey));
  return bits | maskBytes(bytes, lead + (count << 2), end, wordKey);
}

/**
 * Copies `source` to `target[at…]` and masks it there. The caller's bytes stay as they are.
 *
 * @param key  Masking key, for the first byte of `source`
 */
export function maskInto(source: Uint8Array, target: Uint8Array, at: number, key: number): void {
  const size = source.length;
  if (nativeMask !== undefined && size >= NATIVE_FROM) {
    writeKey(nativeKey, 0, key);
    nativeMask(source, nativeKey, target, at, size);
    return;
  }
  if (!hasSimd || size < COPIES_FROM) {
    target.set(source, at);
    maskInPlace(target, at, at + size, key);
    return;
  }
  const vectors = size - (size & 15);
  maskCopied(source, 0, vectors, key, target, at);
  for (let index = vectors; index < size; index++) target[at + index] = source[index];
  maskBytes(target, at + vectors, at + size, key);
}

function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  let bits = 0;
  let at = start;
  if (end - start >= 4) {
    const key1 = key >>> 8;
    const key2 = key >>> 16;
    const key3 = key >>> 24;
    for (const last = end - 3; at < last; at += 4) {
      bits |= bytes[at] ^= key;
      bits |= bytes[at + 1] ^= key1;
      bits |= bytes[at + 2] ^= key2;
      bits |= bytes[at + 3] ^= key3;
    }
  }
  for (let shift = 0; at < end; at++, shift += 8) {
    bits |= bytes[at] ^= key >>> shift;
  }
  return bits & 0xff;
}

function maskWords(words: Int32Array, count: number, key: number): number {
  let bits = 0;
  let at = 0;
  for (const last = count - 7; at < last; at += 8) {
    bits |= words[at] ^= key;
    bits |= words[at + 1] ^= key;
    bits |= words[at + 2] ^= key;
    bits |= words[at + 3] ^= key;
    bits |= words[at + 4] ^= key;
    bits |= words[at + 5] ^= key;
    bits |= words[at + 6] ^= key;
    bits |= words[at + 7] ^= key;
  }
  for (; at < count; at++) bits |= words[at] ^= key;
  return bits;
}

function foldBits(bits: number): number {
  const half = bits | (bits >>> 16);
  return (half | (half >>> 8)) & 0xff;
}
