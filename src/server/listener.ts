// The HTTP server below `server.listen`: `node:http` or `node:https` with bounds on heads and time, answering what is
// no upgrade.

import { createServer as createHttpServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { refusalHeaders } from '../core/handshake/server.ts';
import { hostAndPort } from '../node/address.ts';
import { serverTls } from '../node/tls.ts';
import type { ListenOptions } from './options.ts';

export interface HeadLimits {
  /** Milliseconds for TLS and for a request head. 0: no bound. */
  readonly handshakeTimeout: number;
  readonly maxHeaderSize: number;
}

/**
 * An HTTP server that is not listening yet.
 *
 * @throws WebSocketError ERR_WS_OPTION for a port, certificate or key that cannot be used
 */
export function createListener(options: ListenOptions, limits: HeadLimits): HttpServer {
  const { port = 0, tls, request = upgradeRequired } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw webSocketError('ERR_WS_OPTION', 'port', port, 'an integer from 0 (any free port) to 65535');
  }
  const { handshakeTimeout, maxHeaderSize } = limits;
  const http = {
    maxHeaderSize,
    headersTimeout: handshakeTimeout,
    requestTimeout: handshakeTimeout,
    // How late Node may notice that a head takes too long.
    connectionsCheckingInterval: Math.max(100, Math.min(5_000, handshakeTimeout / 4 || 5_000)),
    noDelay: true,
  };
  if (tls === undefined) return createHttpServer(http, request);
  return createHttpsServer(
    { ...http, ...serverTls(tls), ...(handshakeTimeout > 0 ? { handshakeTimeout } : {}) },
    request,
  );
}

/**
 * Listens.
 *
 * @returns the real address and port
 * @throws (rejects) WebSocketError ERR_WS_LISTEN; its `cause` is the system's error
 */
export function startListener(server: HttpServer, { port = 0, host }: ListenOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => {
      reject(webSocketErrorFrom(cause, 'ERR_WS_LISTEN', hostAndPort(host ?? '*', port), cause.code ?? cause.message));
    };
    server.once('error', failed);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', failed);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Stops listening and ends what is no WebSocket connection. Resolves when the port is free and all sockets are gone. */
export function stopListener(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function upgradeRequired(_request: unknown, response: ServerResponse): void {
  const error = webSocketError('ERR_WS_REQUEST_UPGRADE', undefined);
  response.writeHead(426, {
    ...refusalHeaders(error),
    Connection: 'Upgrade, close',
    'Content-Type': 'text/plain; charset=utf-8',
  });
  response.end(`${error.message}\n`);
}
