// Sockets that have to begin with a header of the PROXY protocol: each is read as far as that header, for a bounded time,
// before HTTP or TLS begins on it.

import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { responseError, WebSocketError, webSocketError } from '../core/errors.ts';
import { nodeHost } from '../node/environment.ts';
import { type ProxyHeader, readProxyHeader } from './proxy-header.ts';

/** What becomes of a socket. Exactly one of the two is called, unless the peer leaves without a byte. */
export interface ProxyHeaderOutcome {
  /** The header has come. What followed it is the next that the socket reads. */
  came(header: ProxyHeader): void;
  /** There is no header, and there will be none. The socket reads nothing, and is the callee's. */
  missing(error: WebSocketError): void;
}

/**
 * Reads a header.
 *
 * @param socket   nothing of it has been read
 * @param timeout  milliseconds; 0: no bound
 */
export function waitForProxyHeader(socket: Socket, timeout: number, outcome: ProxyHeaderOutcome): void {
  let bytes: Buffer = Buffer.alloc(0);
  const timer = nodeHost.clock.timer({
    expired: () => fail(responseError(408, 'ERR_WS_HANDSHAKE_TIMEOUT', timeout, ', before a PROXY header')),
  });
  const finish = (): void => {
    timer.clear();
    socket.off('readable', read);
    socket.off('end', ended);
    socket.off('close', finish);
  };
  const fail = (error: WebSocketError): void => {
    finish();
    outcome.missing(error);
  };
  const ended = (): void => {
    if (bytes.length > 0) {
      fail(webSocketError('ERR_WS_REQUEST_PROXY_HEADER', `ends after ${bytes.length} bytes`, 'check the proxy'));
      return;
    }
    // A proxy that looks whether this port is open. Nobody is told, as with `node:http`.
    finish();
    socket.destroy();
  };
  const read = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      let header: ProxyHeader | undefined;
      try {
        header = readProxyHeader(bytes);
      } catch (error) {
        if (!(error instanceof WebSocketError)) throw error;
        fail(error);
        return;
      }
      if (header === undefined) continue;
      finish();
      if (bytes.length > header.size) socket.unshift(bytes.subarray(header.size));
      outcome.came(header);
      return;
    }
  };
  socket.on('error', () => {}); // `close` follows
  socket.on('readable', read);
  socket.on('end', ended);
  socket.on('close', finish);
  if (timeout > 0) timer.set(timeout);
}
