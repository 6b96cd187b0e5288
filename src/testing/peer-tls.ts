// TLS over a connection, at the end of a scripted server.

import type { Duplex } from 'node:stream';
import { createServer } from 'node:tls';
import { serverTls } from '../node/tls.ts';
import type { ServerTlsOptions } from '../node/tls-options.ts';

/**
 * Passes on the stream of a connection: `tcp` itself without a certificate. Else TLS over it, after the handshake. If the
 * handshake fails, Node ends the connection, and nothing is passed on.
 */
export function openStream(tcp: Duplex, tls: ServerTlsOptions | undefined, opened: (stream: Duplex) => void): void {
  if (tls === undefined) {
    opened(tcp);
    return;
  }
  // A server of Node checks the certificates of clients; a bare TLS socket does not. It never listens.
  const server = createServer(serverTls(tls));
  server.on('secureConnection', opened);
  server.on('tlsClientError', () => undefined);
  server.emit('connection', tcp);
}
