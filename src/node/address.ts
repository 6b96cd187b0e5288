// The address of a TCP peer as text that people recognise.

import type { Socket } from 'node:net';

/** The two halves of an address. Both are empty where the socket was already gone when it was asked. */
export interface PeerAddress {
  readonly address: string;
  readonly port: number;
}

const IPV4_MAPPED = '::ffff:';

/** Below TLS. Node's TLS sockets know the addresses of TCP sockets of the system alone, not those of other streams. */
const carriers = new WeakMap<Socket, Socket>();

/** Notes what carries a TLS connection: the peer's address is that of the carrier's peer. */
export function setCarrier(encrypted: Socket, carrier: Socket): void {
  carriers.set(encrypted, carrier);
}

/** Who is at the other end. An IPv4 client of a dual-stack listener is given as IPv4 (`127.0.0.1`, not `::ffff:127.0.0.1`). */
export function peerAddress(socket: Socket): PeerAddress {
  const tcp = carriers.get(socket) ?? socket;
  const address = tcp.remoteAddress ?? '';
  const isMapped = address.startsWith(IPV4_MAPPED) && address.includes('.');
  return { address: isMapped ? address.slice(IPV4_MAPPED.length) : address, port: tcp.remotePort ?? 0 };
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}
