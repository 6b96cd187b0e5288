// What trusted proxies report of their client: its address, whether it came over TLS, and the host that it asked for. Anybody
// may write such fields, so they are read only as far as trusted proxies wrote them: from the right, where the last proxy
// has added what it saw.
//
// There are two families of fields, `X-Forwarded-…` and `Forwarded` (RFC 7239). A proxy that sets one passes the other on
// as the client sent it, and a server that reads both believes the client: only one is read.

import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIPv4 } from 'node:net';
import { type WebSocketError, webSocketError } from '../core/errors.ts';
import { isHost } from '../core/handshake/host.ts';
import type { PeerAddress } from '../node/address.ts';
import { plainIp } from '../node/ip-address.ts';
import { parseNetwork } from '../node/ip-network.ts';
import { lastElement } from './forwarded.ts';

/** Which fields of proxies are read. */
export type ForwardingFields = 'x-forwarded' | 'forwarded' | 'none';

/** What is known of a client. */
export interface ClientReport {
  readonly client: PeerAddress;
  /** Whether it came over TLS. `undefined`: no trusted proxy says. */
  readonly encrypted: boolean | undefined;
  /** The host that it asked for, with a port where it named one. `undefined`: no trusted proxy says. */
  readonly host: string | undefined;
}

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
  readonly #fields: ForwardingFields;

  /**
   * @param entries  addresses, networks such as `10.0.0.0/8`, or the words `loopback`, `link-local`, `private`. A network
   *                 must begin with its first address: `10.0.0.1/8` and `10.0.0.0/08` are refused. IPv6 may be written in
   *                 any way
   * @param fields   which fields they set
   * @throws WebSocketError ERR_WS_OPTION
   */
  constructor(entries: readonly string[] = [], fields: ForwardingFields = 'x-forwarded') {
    if (!Array.isArray(entries))
      throw webSocketError('ERR_WS_OPTION', 'trustedProxies', entries, `a list of ${PROXIES_EXPECTED}`);
    for (const [index, entry] of (entries as readonly unknown[]).entries()) {
      const refused = (more = ''): WebSocketError =>
        webSocketError('ERR_WS_OPTION', `trustedProxies[${index}]`, entry, `${PROXY_EXPECTED}${more}`);
      if (typeof entry !== 'string') throw refused();
      for (const network of networksOf(entry)) this.#add(network, refused);
    }
    this.#fields = fields;
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
   * What is known of the client of a request. The client is the first hop, seen from here, that is not trusted. If a
   * trusted hop wrote no address, it is that hop, since nothing further is known.
   *
   * @param peer  of the TCP connection
   * @param head  of the request. Its `headers`, which Node makes on the first reading, are read only if the peer is trusted
   */
  reportOf(peer: PeerAddress, head: { readonly headers: IncomingHttpHeaders }): ClientReport {
    if (this.#isEmpty || this.#fields === 'none' || !this.trusts(peer.address))
      return { client: peer, encrypted: undefined, host: undefined };
    return this.#fields === 'forwarded'
      ? this.#readForwarded(peer, textOf(head.headers.forwarded))
      : this.#readSeparate(peer, head.headers);
  }

  /** `X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Host`. */
  #readSeparate(peer: PeerAddress, headers: IncomingHttpHeaders): ClientReport {
    const field = textOf(headers['x-forwarded-for']);
    let client = peer;
    let hops = 0;
    for (let end = field.length; end > 0; ) {
      const comma = field.lastIndexOf(',', end - 1);
      const hop = hopOf(field.slice(comma + 1, end).trim());
      if (hop === undefined) break;
      hops++;
      client = hop;
      if (!this.trusts(hop.address)) break;
      end = comma;
    }
    const encrypted = encryptedBy(entryOf(textOf(headers['x-forwarded-proto']), hops));
    return { client, encrypted, host: hostOf(entryOf(textOf(headers['x-forwarded-host']), hops)) };
  }

  #readForwarded(peer: PeerAddress, field: string): ClientReport {
    let client = peer;
    let encrypted: boolean | undefined;
    let host: string | undefined;
    for (let end = field.length; end > 0; ) {
      const { element, before } = lastElement(field, end);
      if (element === undefined) break;
      // What the proxy that is further from here says is nearer to the client.
      encrypted = encryptedBy(element.get('proto')) ?? encrypted;
      host = hostOf(element.get('host')) ?? host;
      const hop = hopOf(withoutHiddenPort(element.get('for') ?? ''));
      if (hop === undefined) break;
      client = hop;
      if (!this.trusts(hop.address)) break;
      end = before;
    }
    return { client, encrypted, host };
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

/** An entry of a field: an address, followed by the client's port where a proxy writes that. */
function hopOf(text: string): PeerAddress | undefined {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  const [, host = text, port = '0'] = bracketed ?? /^([\d.]+):(\d{1,5})$/.exec(text) ?? [];
  const address = plainIp(host);
  return address === undefined || Number(port) > 65535 ? undefined : { address, port: Number(port) };
}

/** RFC 7239 §6.3: a proxy may write a word that begins with `_` in the place of a port. */
function withoutHiddenPort(node: string): string {
  return node.replace(/:_[\w.-]+$/, '');
}

/** Node has joined repeated fields in their order. */
function textOf(field: string | readonly string[] | undefined): string {
  return field === undefined ? '' : String(field);
}

/**
 * The entry of a list that stands beside the last of `hops` entries of `X-Forwarded-For`. Most proxies replace the field, and
 * it has one entry. Where proxies added to it, but not all of them did, only the last entry surely is a proxy's.
 */
function entryOf(list: string, hops: number): string | undefined {
  if (list === '') return undefined;
  const entries = list.split(',', MAX_ENTRIES + 1);
  if (entries.length > MAX_ENTRIES) return list.slice(list.lastIndexOf(',') + 1).trim();
  const beside = entries.length - Math.max(1, hops);
  return (entries.length === 1 ? entries[0] : entries[beside >= 0 ? beside : entries.length - 1])?.trim();
}

/** No chain of proxies is longer. */
const MAX_ENTRIES = 100;

/** Some proxies (Traefik) name the scheme of WebSocket. */
const SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ['https', true],
  ['wss', true],
  ['http', false],
  ['ws', false],
]);

function encryptedBy(scheme: string | undefined): boolean | undefined {
  return scheme === undefined ? undefined : SCHEMES.get(scheme.toLowerCase());
}

function hostOf(text: string | undefined): string | undefined {
  return text !== undefined && isHost(text) ? text : undefined;
}
