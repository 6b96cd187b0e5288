// The two values that tie a response to its request (§1.3): a random key, and the hash of it that only a server which
// read this request, and speaks WebSocket, sends back.

import { HANDSHAKE_GUID } from '../constants.ts';
import type { Digest, Random } from '../ports.ts';

/** Value of Sec-WebSocket-Accept that answers `key` (§4.2.2 item 5). The key is taken as it is. */
export function acceptValue(key: string, digest: Digest): string {
  return digest.sha1Base64(key + HANDSHAKE_GUID);
}

/** A new value for Sec-WebSocket-Key: 16 random bytes in Base64 (§4.1), one for each connection. */
export function makeKey(random: Random, digest: Digest): string {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  return digest.base64(bytes);
}
