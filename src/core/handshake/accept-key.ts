// The two values that tie a response to its request (RFC 6455 §1.3): a random key, and a hash of it. Only a server that
// has read this request, and speaks WebSocket, sends that hash back.

import { HANDSHAKE_GUID } from '../constants.ts';
import type { Digest, Random } from '../ports.ts';

/** Value of Sec-WebSocket-Accept that answers `key` (RFC 6455 §4.2.2 item 5). The key is not checked; see {@link isKey}. */
export function acceptValue(key: string, digest: Digest): string {
  return digest.sha1Base64(key + HANDSHAKE_GUID);
}

/** A new value for Sec-WebSocket-Key: 16 random bytes in Base64 (RFC 6455 §4.1). Make one for each connection. */
export function makeKey(random: Random, digest: Digest): string {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  return digest.base64(bytes);
}

/**
 * Whether `text` is 16 bytes in Base64 (RFC 6455 §4.2.1 item 5): 22 characters and `==`.
 *
 * The four low bits of the 22nd character are padding. Encoders set them to zero, but decoders need not check that
 * (RFC 4648 §3.5), and small clients make a key by drawing characters.
 */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

const KEY = /^[0-9A-Za-z+/]{22}==$/;
