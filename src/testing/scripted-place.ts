// Where a scripted server is, and with which certificate, from its URL and its options.

import { hostAndPort } from '../node/address.ts';
import { serverTls } from '../node/tls.ts';
import type { ServerTlsOptions } from '../node/tls-options.ts';
import type { Listener } from './listener.ts';
import type { MemoryNetwork } from './memory-network.ts';
import type { PeerOptions } from './network-options.ts';
import { parsePlace } from './place.ts';
import { isSameCertificate } from './shared-port.ts';

/** The place of a scripted server. */
export interface ScriptedPlace {
  /** Host, port and path. */
  readonly place: string;
  readonly path: string;
  readonly address: string;
  readonly port: number;
  readonly tls: ServerTlsOptions | undefined;
  /** The port is free again. */
  readonly stopped: (listener: Listener) => void;
}

/**
 * Reads the URL of a scripted server.
 *
 * @param what  a noun for errors
 * @throws TypeError for another scheme, for TLS without a certificate, and for another certificate than the port has
 * @throws WebSocketError ERR_WS_OPTION for a certificate or key that cannot be used
 */
export function scriptedPlace(
  network: MemoryNetwork,
  url: string,
  what: string,
  { tls: given }: PeerOptions,
): ScriptedPlace {
  const { host, port: asked, path, isSecure } = parsePlace(url);
  if (!isSecure && given !== undefined) {
    throw new TypeError(`the ${what} at ${url} has a certificate, but no TLS: use ${secured(url)}, or leave tls out`);
  }
  const { ports } = network;
  const address = network.addressOf(host);
  const port = asked === 0 ? ports.freePort() : asked;
  const present = ports.sharing({ host: address, port }).find(({ share }) => share.tls !== undefined)?.share.tls;
  if (given !== undefined && present !== undefined && !isSameCertificate(given, present)) {
    throw new TypeError(
      `the port of ${url} has another certificate already: leave tls out, or pass the same cert and key`,
    );
  }
  const tls = isSecure ? (present ?? given) : undefined;
  if (isSecure && tls === undefined) {
    throw new TypeError(`a ${what} at ${url} needs a certificate: pass { tls: { cert, key } } as the third argument`);
  }
  // A bad certificate is reported here, not to the first client.
  if (tls !== undefined) serverTls(tls);
  const place = `${hostAndPort(host, port)}${path}`;
  return { place, path, address, port, tls, stopped: (listener) => ports.remove(listener) };
}

/** The same URL with TLS. */
function secured(url: string): string {
  return String(url).replace(/^(ws|http):/u, '$1s:');
}
