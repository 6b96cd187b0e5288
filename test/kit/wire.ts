// Frames as the tests of the kit write and read them (RFC 6455 §5.2).

export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

/** A short masked frame, taken apart. */
export function unmasked(frame: Buffer): { first: number; payload: Buffer } {
  const key = frame.subarray(2, 6);
  const payload = Buffer.from(frame.subarray(6).map((byte, index) => byte ^ key[index % 4]!));
  return { first: frame[0]!, payload };
}

/** A request for a WebSocket, with a key from RFC 6455 §1.3. */
export function upgradeRequest(...headers: string[]): string {
  return [
    'GET / HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...headers,
    '',
    '',
  ].join('\r\n');
}
