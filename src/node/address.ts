// The address of a TCP peer as text that people recognise.

import type { Socket } from 'node:net';
import { carrierOf } from './internals/tls-accept.ts';

/** The two halves of an address. Both are empty where the socket was already gone when it was asked. */
export interface PeerAddress {
  readonly address: string;
  readonly port: number;
}

const IPV4_MAPPED = '::ffff:';

/** Who is at the other end. An IPv4 client of a dual-stack listener is given as IPv4 (`127.0.0.1`, not `::ffff:127.0.0.1`). */
export function peerAddress(socket: Socket): PeerAddress {
  const tcp = carrierOf(socket) ?? socket;
  const address = tcp.remoteAddress ?? '';
  const isMapped = address.startsWith(IPV4_MAPPED) && address.includes('.');
  return { address: isMapped ? address.slice(IPV4_MAPPED.length) : address, port: tcp.remotePort ?? 0 };
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}
