// Connects a scripted client: from a URL to a peer whose request has been answered.

import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { makeKey } from '../core/handshake/accept-key.ts';
import { hostAndPort } from '../node/address.ts';
import { nodeDigest } from '../node/environment.ts';
import type { ClientTlsOptions } from '../node/tls-options.ts';
import { type HeadFields, headText } from './head.ts';
import type { MemoryNetwork } from './memory-network.ts';
import { Peer } from './peer.ts';
import type { ClientOptions } from './peer-options.ts';
import { parsePlace } from './place.ts';
import { plainAddress } from './port-table.ts';
import type { Traffic } from './traffic.ts';

/**
 * Connects, sends a request and waits for the response.
 *
 * @throws (rejects) an error of the system: ECONNREFUSED if nothing listens there, ENOTFOUND if the name does not exist; a
 *   TLS error; an AssertionError if no response arrives
 */
export async function connectPeer(
  network: MemoryNetwork,
  traffic: Traffic,
  url: string,
  options: ClientOptions,
): Promise<Peer> {
  const { host, port, target, isSecure } = parsePlace(url);
  const origin = options.from === undefined ? undefined : plainAddress(options.from);
  const tcp = network.open({ host, port }, true, origin);
  await once(tcp, 'connect');
  const stream = isSecure ? await encrypt(tcp, host, options.tls) : tcp;
  const peer = new Peer({ role: 'client', name: `client of ${url}`, traffic, tcp, stream, isScripted: false });
  if (options.handshake === false) return peer;
  const { subprotocols = [], headers } = options;
  const defaults: HeadFields = {
    Host: hostAndPort(host, port),
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': makeKey(exampleNonce, nodeDigest),
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Protocol': subprotocols.length === 0 ? undefined : subprotocols.join(', '),
  };
  peer.sendAscii(headText(`GET ${target} HTTP/1.1`, defaults, headers));
  await peer.receivesHead();
  return peer;
}

async function encrypt(tcp: Duplex, host: string, tls: ClientTlsOptions | undefined): Promise<Duplex> {
  const servername = isIP(host) === 0 ? host : '';
  const stream = connectTls({ ...(tls as object), socket: tcp, servername, ALPNProtocols: ['http/1.1'] });
  await once(stream, 'secureConnect');
  return stream;
}

/** "The sample nonce" of RFC 6455 §1.3, so that scripted clients send the same bytes in each run. */
const exampleNonce = {
  fill(bytes: Uint8Array): void {
    Buffer.from('the sample nonce').copy(bytes);
  },
};
