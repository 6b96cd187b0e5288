// A SOCKS5 proxy (RFC 1928) on the in-memory network. What follows its handshake it answers itself, as a server of HTTP.

import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { TestNetwork } from '../../../src/testing/index.ts';

/** A proxy that is running. */
export interface SocksProxy {
  /** What it has been sent, step by step, in hexadecimal digits. */
  readonly steps: readonly string[];
  close(): void;
}

/**
 * Starts a proxy at 127.0.0.1:1080.
 *
 * @param answers  what it sends after each step, in hexadecimal digits; after the last one the request is answered
 */
export async function socksProxy(network: TestNetwork, ...answers: readonly string[]): Promise<SocksProxy> {
  const steps: string[] = [];
  const server = createServer();
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const left = [...answers];
    socket.on('data', (chunk: Buffer) => {
      const answer = left.shift();
      if (answer === undefined) {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nby socks');
        return;
      }
      steps.push(chunk.toString('hex'));
      socket.write(Buffer.from(answer, 'hex'));
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => {});
  });
  await network.listen(server, { port: 1080 });
  return { steps, close: () => void server.close() };
}
