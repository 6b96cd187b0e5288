// Addresses: where to connect to and listen, and the peer of a socket as text that people recognise.

import { type AddressInfo, isIPv6, type Socket } from 'node:net';
import { peerOfHandle } from './internals/accepted-handle.ts';
import type { TcpHandle } from './internals/socket-handle.ts';
import { carrierOf } from './internals/tls-accept.ts';
import { shownPath } from './socket-path.ts';

/** A port of TCP. */
export interface TcpAddress {
  /** Name or IP address, without brackets. To listen, `''` stands for all addresses of this machine. */
  readonly host: string;
  /** To listen, 0 stands for any free port. */
  readonly port: number;
  /** To connect, the family that the address of a name must have. Absent: any. */
  readonly family?: 4 | 6;
  /** To listen: whether other processes may listen on the same port (SO_REUSEPORT). */
  readonly reusePort?: boolean | undefined;
  /** To listen: a socket of the system that is bound to it already. */
  readonly handle?: object | undefined;
}

/** A Unix socket in the file system; on Linux an abstract one, which begins with a byte 0; on Windows a named pipe. */
export interface UnixAddress {
  readonly path: string;
  /** To listen: the permissions of the file. Absent: those that the umask of the process leaves. */
  readonly mode?: number | undefined;
}

/** Where to connect to, or to listen. */
export type SocketAddress = TcpAddress | UnixAddress;

export function isUnixAddress(address: SocketAddress): address is UnixAddress {
  return !('host' in address);
}

/** An address as errors and logs show it: `host:port`, `*:port` for all addresses, or the path. */
export function describeAddress(address: SocketAddress): string {
  return isUnixAddress(address)
    ? shownPath(address.path)
    : hostAndPort(address.host === '' ? '*' : address.host, address.port);
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An address as Node's `server.address()` gives it for TCP. `host` is an IP address. */
export function addressInfo({ host, port }: TcpAddress): AddressInfo {
  return { address: host, family: isIPv6(host) ? 'IPv6' : 'IPv4', port };
}

/** The two halves of a peer's address. Both are empty where the socket has none: it is gone, or a Unix socket. */
export interface PeerAddress {
  readonly address: string;
  readonly port: number;
}

const IPV4_MAPPED = '::ffff:';

/** Returns who is at the other end. An IPv4 client of a dual-stack listener is `127.0.0.1`, not `::ffff:127.0.0.1`. */
export function peerAddress(socket: Socket): PeerAddress {
  const tcp = carrierOf(socket) ?? socket;
  return { address: plainAddress(tcp.remoteAddress ?? ''), port: tcp.remotePort ?? 0 };
}

/**
 * Has a socket tell its peer from here on, even when that has gone: applications log it then. Node asks the system at the
 * first reading only, and gets no answer for a connection that was reset before.
 *
 * @param peer  for a connection that was reset
 */
export function keepPeer(socket: Socket, { address, port }: PeerAddress): void {
  if (socket.remoteAddress !== undefined) return;
  Object.defineProperties(socket, {
    remoteAddress: { value: address },
    remotePort: { value: port },
    remoteFamily: { value: isIPv6(address) ? 'IPv6' : 'IPv4' },
  });
}

/** The same of a connection that has no socket; `undefined` where the peer has gone. */
export function acceptedPeer(handle: TcpHandle): PeerAddress | undefined {
  const peer = peerOfHandle(handle);
  return peer && { address: plainAddress(peer.address), port: peer.port };
}

function plainAddress(address: string): string {
  const isMapped = address.startsWith(IPV4_MAPPED) && address.includes('.');
  return isMapped ? address.slice(IPV4_MAPPED.length) : address;
}
