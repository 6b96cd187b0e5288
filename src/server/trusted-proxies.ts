// Who the client is when proxies stand in between. `X-Forwarded-For` is what anybody may write, so it is read only as far
// as the hops that wrote it are trusted: from the right, where the last proxy has added the address that it saw.
//
// `Forwarded` (RFC 7239) is not read. Proxies that set one of the two pass the other on as the client sent it, and a
// server that reads both believes the client.

import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { webSocketError } from '../core/errors.ts';
import type { PeerAddress } from '../node/address.ts';
import { plainIp } from '../node/ip-address.ts';

/** Names for networks that proxies are in. */
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

export class TrustedProxies {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;
  /** Peers without an address: those of a socket in the file system. */
  readonly #trustsLocal: boolean;

  /**
   * @param entries  addresses, networks as `10.0.0.0/8`, or the words `loopback`, `link-local`, `private`
   * @throws WebSocketError ERR_WS_OPTION
   */
  constructor(entries: readonly string[] = []) {
    if (!Array.isArray(entries))
      throw webSocketError('ERR_WS_OPTION', 'trustedProxies', entries, `a list of ${PROXIES_EXPECTED}`);
    for (const entry of entries as readonly unknown[]) {
      for (const network of networksOf(entry)) this.#add(network, entry);
    }
    this.#isEmpty = entries.length === 0;
    this.#trustsLocal = entries.includes('loopback');
  }

  /** @param address  of a peer; `''` where it has none */
  trusts(address: string): boolean {
    if (this.#isEmpty) return false;
    if (address === '') return this.#trustsLocal;
    const plain = plainIp(address);
    return plain !== undefined && this.#list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  }

  /**
   * The client of a request: the first hop, seen from here, that is not trusted. Where a trusted hop has written no
   * address it is that hop, since nothing further is known.
   *
   * @param peer  of the TCP connection
   * @param head  of the request; looked at only where the peer is trusted, for Node makes `headers` when they are read
   */
  clientOf(peer: PeerAddress, head: { readonly headers: IncomingHttpHeaders }): PeerAddress {
    if (this.#isEmpty || !this.trusts(peer.address)) return peer;
    // A field that is there several times has been joined in its order.
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

  #add(network: string, entry: unknown): void {
    const [address = '', prefix, ...rest] = network.split('/');
    const family = isIP(address);
    const bits = family === 4 ? 32 : 128;
    const size = prefix === undefined ? bits : Number(prefix);
    if (family === 0 || rest.length > 0 || !/^\d+$/.test(prefix ?? '0') || size > bits || address.includes('%')) {
      throw webSocketError('ERR_WS_OPTION', 'trustedProxies', entry, PROXIES_EXPECTED);
    }
    const plain = plainIp(address) as string;
    // An IPv4-mapped network is one of IPv4.
    const mapped = family === 6 && isIPv4(plain);
    if (mapped && size < 96) throw webSocketError('ERR_WS_OPTION', 'trustedProxies', entry, PROXIES_EXPECTED);
    this.#list.addSubnet(plain, mapped ? size - 96 : size, isIPv4(plain) ? 'ipv4' : 'ipv6');
  }
}

/** What an entry may be, in words. */
export const PROXIES_EXPECTED = `addresses, networks such as 10.0.0.0/8 or fd00::/8, or the words ${Object.keys(NETWORKS).join(', ')}`;

function networksOf(entry: unknown): readonly string[] {
  if (typeof entry !== 'string') throw webSocketError('ERR_WS_OPTION', 'trustedProxies', entry, PROXIES_EXPECTED);
  return Object.hasOwn(NETWORKS, entry) ? (NETWORKS[entry] as readonly string[]) : [entry];
}

/** An entry of the field: an address, which some proxies write with the port of their client. */
function hopOf(text: string): PeerAddress | undefined {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  const [, host = text, port = '0'] = bracketed ?? /^([\d.]+):(\d{1,5})$/.exec(text) ?? [];
  const address = plainIp(host);
  return address === undefined || Number(port) > 65535 ? undefined : { address, port: Number(port) };
}
