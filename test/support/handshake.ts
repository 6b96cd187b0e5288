// Heads of opening handshakes as a raw peer writes them (RFC 6455 §1.2), independent of the engine's own.

import { createHash } from 'node:crypto';
import type { RawPeer } from './raw-peer.ts';

/** The key of RFC 6455 §1.3 and what answers it. */
export const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const SAMPLE_ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/**
 * A request head.
 *
 * @param fields  replace fields of a valid request, or are added to it; `undefined` leaves one out
 */
export function upgradeRequest(fields: Record<string, string | undefined> = {}, path = '/'): string {
  const all: Record<string, string | undefined> = {
    Host: 'server.example.com',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': SAMPLE_KEY,
    'Sec-WebSocket-Version': '13',
    ...fields,
  };
  const lines = Object.entries(all).map(([name, value]) => (value === undefined ? '' : `${name}: ${value}\r\n`));
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** The key of a request head (empty without one), and the value that answers it. */
export function keyAndAccept(request: string): { key: string; accept: string } {
  const key = /^sec-websocket-key: *(\S+)/im.exec(request)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return { key, accept };
}

/** The 101 response that fits a request head. `fields` are further lines without their ends. */
export function switchingProtocols(request: string, ...fields: string[]): string {
  const { accept } = keyAndAccept(request);
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...fields,
    '\r\n',
  ].join('\r\n');
}

/** As a server: reads the request and accepts it. */
export async function acceptHandshake(peer: RawPeer, ...fields: string[]): Promise<string> {
  const request = await peer.readHead();
  peer.write(switchingProtocols(request, ...fields));
  return request;
}

/** As a client: asks for a connection and reads the response's head. */
export async function requestHandshake(
  peer: RawPeer,
  fields: Record<string, string> = {},
  path = '/',
): Promise<string> {
  peer.write(upgradeRequest(fields, path));
  return peer.readHead();
}
