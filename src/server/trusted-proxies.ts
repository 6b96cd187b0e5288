// The address of a client behind proxies. Anybody may write `X-Forwarded-For`, so it is read only as far as trusted proxies
// wrote it: from the right, where the last proxy has added the address that it saw.
//
// `Forwarded` (RFC 7239) is not read. A proxy that sets one of the two fields passes the other on as the client sent it,
// and a server that reads both believes the client.

import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIPv4 } from 'node:net';
import { type WebSocketError, webSocketError } from '../core/errors.ts';
import type { PeerAddress } from '../node/address.ts';
import { plainIp } from '../node/ip-address.ts';
import { parseNetwork } from '../node/ip-network.ts';

/** Words for networks. */
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

export class TrustedProxies {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;
  /** Whether peers without an address are trusted: those of a Unix socket. */
  readonly #trustsLocal: boolean;

  /**
   * @param entries  addresses, networks such as `10.0.0.0/8`, or the words `loopback`, `link-local`, `private`. A network
   *                 must begin with its first address: `10.0.0.1/8` and `10.0.0.0/08` are refused. IPv6 may be written in
   *                 any way
   * @throws WebSocketError ERR_WS_OPTION
   */
  constructor(entries: readonly string[] = []) {
    if (!Array.isArray(entries))
      throw webSocketError('ERR_WS_OPTION', 'trustedProxies', entries, `a list of ${PROXIES_EXPECTED}`);
    for (const [index, entry] of (entries as readonly unknown[]).entries()) {
      const refused = (more = ''): WebSocketError =>
        webSocketError('ERR_WS_OPTION', `trustedProxies[${index}]`, entry, `${PROXY_EXPECTED}${more}`);
      if (typeof entry !== 'string') throw refused();
      for (const network of networksOf(entry)) this.#add(network, refused);
    }
    this.#isEmpty = entries.length === 0;
    this.#trustsLocal = entries.includes('loopback');
  }

  /** Whether nobody is trusted. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** @param address  of a peer; `''` if it has none */
  trusts(address: string): boolean {
    if (this.#isEmpty) return false;
    if (address === '') return this.#trustsLocal;
    const plain = plainIp(address);
    return plain !== undefined && this.#list.check(plain, familyOf(plain));
  }

  /**
   * The client of a request: the first hop, seen from here, that is not trusted. If a trusted hop wrote no address, it
   * is that hop, since nothing further is known.
   *
   * @param peer  of the TCP connection
   * @param head  of the request. Its `headers`, which Node makes on the first reading, are read only if the peer is trusted
   */
  clientOf(peer: PeerAddress, head: { readonly headers: IncomingHttpHeaders }): PeerAddress {
    if (this.#isEmpty || !this.trusts(peer.address)) return peer;
    // Node has joined repeated fields in their order.
    const field = String(head.headers['x-forwarded-for'] ?? '');
    let client = peer;
    for (let end = field.length; end > 0; ) {
      const comma = field.lastIndexOf(',', end - 1);
      const hop = hopOf(field.slice(comma + 1, end).trim());
      if (hop === undefined) return client;
      client = hop;
      if (!this.trusts(hop.address)) return client;
      end = comma;
    }
    return client;
  }

  #add(network: string, refused: (more?: string) => WebSocketError): void {
    const plain = network.includes('/') || network.includes('%') ? undefined : plainIp(network);
    if (plain !== undefined) {
      this.#list.addAddress(plain, familyOf(plain));
      return;
    }
    const parsed = parseNetwork(network);
    if (parsed === undefined) throw refused();
    // A bit after the prefix, or a zero before it, is a slip: the network that was meant is unknown.
    if (!parsed.isCanonical) throw refused(`; a network begins with its first address: ${parsed.canonical}`);
    this.#list.addSubnet(parsed.address, parsed.prefix, familyOf(parsed.address));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

/** The entries, in words. */
export const PROXIES_EXPECTED = `addresses, networks such as 10.0.0.0/8 or fd00::/8, or the words ${Object.keys(NETWORKS).join(', ')}`;
const PROXY_EXPECTED = `an address, a network such as 10.0.0.0/8 or fd00::/8, or one of the words ${Object.keys(NETWORKS).join(', ')}`;

function networksOf(entry: string): readonly string[] {
  return Object.hasOwn(NETWORKS, entry) ? (NETWORKS[entry] as readonly string[]) : [entry];
}

/** An entry of the field: an address, followed by the client's port where a proxy writes that. */
function hopOf(text: string): PeerAddress | undefined {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  const [, host = text, port = '0'] = bracketed ?? /^([\d.]+):(\d{1,5})$/.exec(text) ?? [];
  const address = plainIp(host);
  return address === undefined || Number(port) > 65535 ? undefined : { address, port: Number(port) };
}
