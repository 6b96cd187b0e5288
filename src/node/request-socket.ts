// The socket of a request that belongs to the application, which may have any of Node's options for it.

import { isIP, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { SocketAddress } from './address.ts';
import { setCarrier } from './internals/tls-accept.ts';
import { lateTls } from './late-modules.ts';
import { network } from './network.ts';

/**
 * Starts connecting.
 *
 * @param tlsHost  name in the server's certificate; absent: without TLS
 * @param options  of `net.connect` and `tls.connect`
 */
export function openRequestSocket(address: SocketAddress, tlsHost: string | undefined, options: object): Socket {
  const socket = network().connect(address, options);
  if (tlsHost === undefined) return socket;
  const { servername, ...others } = options as ConnectionOptions;
  const encrypted = lateTls().connect({
    ...others,
    // RFC 6066 §3: no IP addresses. Node takes '' for none.
    servername: servername ?? (isIP(tlsHost) === 0 ? tlsHost : ''),
    host: tlsHost,
    socket,
  });
  setCarrier(encrypted, socket);
  return encrypted;
}
