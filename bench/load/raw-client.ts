// A client that is a plain socket: it writes a handshake, and after the response's head tells of bytes. All read into one
// buffer, so that the load costs little of the core it runs on.

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface RawTarget {
  readonly port: number;
  /** Over TLS; the certificate is not looked at. */
  readonly isEncrypted?: boolean | undefined;
  /** Address of 127.0.0.0/8 to come from: each has ports of its own. */
  readonly from?: string | undefined;
  readonly path?: string | undefined;
  /** For the field Sec-WebSocket-Extensions. */
  readonly extensions?: string | undefined;
}

export interface RawEvents {
  /** The first `size` bytes of `chunk` have come; they are overwritten after the call. */
  received(size: number, chunk: Buffer): void;
  /** The connection is gone, and it was not us who closed it. */
  lost(error: Error): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);

/** Resolves when the handshake has been answered with 101. */
export function openRaw(target: RawTarget, events: RawEvents): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    let isOpen = false;
    const received = (size: number, chunk: Buffer): void => {
      if (isOpen) {
        events.received(size, chunk);
        return;
      }
      head = Buffer.concat([head, chunk.subarray(0, size)]);
      const end = head.indexOf(HEAD_END);
      if (end < 0) return;
      if (!head.toString('latin1').startsWith('HTTP/1.1 101')) {
        reject(new Error(`the handshake was answered with ${JSON.stringify(head.toString('latin1', 0, 60))}`));
        return;
      }
      isOpen = true;
      if (target.extensions !== undefined && !/^sec-websocket-extensions:/im.test(head.toString('latin1', 0, end))) {
        reject(new Error('permessage-deflate was not accepted'));
        return;
      }
      resolve(socket);
      const rest = head.subarray(end + HEAD_END.length);
      if (rest.length > 0) events.received(rest.length, rest);
    };
    const place = { port: target.port, host: '127.0.0.1', localAddress: target.from };
    const socket: Socket =
      target.isEncrypted === true
        ? connectTls({ ...place, rejectUnauthorized: false })
        : connect({
            ...place,
            noDelay: true,
            onread: {
              buffer: readBuffer,
              callback(size) {
                received(size, readBuffer);
                return true;
              },
            },
          });
    if (target.isEncrypted === true) {
      socket.setNoDelay(true);
      socket.on('data', (chunk) => received(chunk.length, chunk));
    }
    const lost = (error: Error): void => (isOpen ? events.lost(error) : reject(error));
    socket.on('error', lost);
    socket.on('end', () => lost(new Error('the server ended the connection')));
    socket.write(handshake(target));
  });
}

export function handshake({ path = '/', extensions }: Pick<RawTarget, 'path' | 'extensions'>): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
    `${extensions === undefined ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`}\r\n`
  );
}

/**
 * Source addresses, so that no one of them runs out of ports: some 28,000 each, of which a closed connection keeps one
 * for a minute. Long before the last is taken, the system searches for a free one.
 */
export function sourceAddress(index: number): string {
  const place = index % 1000;
  return `127.0.${Math.floor(place / 250)}.${1 + (place % 250)}`;
}
