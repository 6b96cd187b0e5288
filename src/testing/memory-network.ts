// The in-memory implementation of `src/node/network.ts`: names, ports and connections without the system. The engine and
// `node:http` run on it as they do on sockets.

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Server as HttpServer } from 'node:http';
import { isIP, isIPv4, isIPv6, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Clock } from '../core/ports.ts';
import { isUnixAddress, type SocketAddress, type TcpAddress } from '../node/address.ts';
import { trackConnections } from '../node/internals/connection-tracking.ts';
import { watchTlsHandshakes } from '../node/internals/tls-accept.ts';
import type { Listening, Network } from '../node/network.ts';
import { expectHead } from './head-deadline.ts';
import { MemorySocket } from './memory-socket.ts';
import { type Listener, PortTable, plainAddress } from './port-table.ts';
import { addressError, lookupError } from './system-error.ts';
import type { Traffic } from './traffic.ts';

/** An HTTP server that takes connections of this network. */
export interface MemoryListening extends Listening {
  /** Stops taking connections. Resolves when the existing connections have ended by themselves. */
  close(): Promise<void>;
}

/** A connection, while at least one of its ends is open. */
export interface MemoryConnection {
  readonly client: MemorySocket;
  readonly server: MemorySocket;
  /** Whether the end belongs to a scripted peer. */
  readonly isPeer: { readonly client: boolean; readonly server: boolean };
  readonly from: SocketAddress;
  readonly to: SocketAddress;
  /** The address that the client asked for. */
  readonly asked: SocketAddress;
}

export class MemoryNetwork implements Network {
  readonly clock: Clock;
  /** Host names (lower case) and their addresses. */
  readonly names = new Map<string, string>([['localhost', '127.0.0.1']]);
  /** Addresses that servers may listen on, in addition to the loopback ones. */
  readonly addresses = new Set<string>();
  readonly ports = new PortTable();
  readonly connections = new Set<MemoryConnection>();
  /** Sockets that are still connecting. */
  readonly connecting = new Set<MemorySocket>();
  readonly #traffic: Traffic;
  /** The address that connections come from while `from` runs. */
  readonly #origin = new AsyncLocalStorage<string>();

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
    this.clock = traffic.clock;
  }

  /** Runs `act`. All connections that it makes, now or later, come from `address`. */
  from<Result>(address: string, act: () => Result): Result {
    return this.#origin.run(address, act);
  }

  connect(address: SocketAddress): Socket {
    return this.open(address, false) as unknown as Socket;
  }

  /** Opens a connection, for code under test and for scripted peers. */
  open(asked: SocketAddress, isPeer: boolean, origin = this.#origin.getStore()): MemorySocket {
    const socket = new MemorySocket(this.#traffic);
    this.connecting.add(socket);
    socket.once('close', () => this.connecting.delete(socket));
    this.#traffic.later(() => {
      if (socket.destroyed) return;
      const to = isUnixAddress(asked) ? asked : this.#lookUp(socket, asked);
      if (to === undefined) return;
      // SYN
      this.#traffic.send(() => this.#arrive(socket, { asked, to, isPeer, origin }));
    });
    return socket;
  }

  async listen(server: HttpServer, address: SocketAddress): Promise<MemoryListening> {
    const sockets = new Set<MemorySocket>();
    /** Node does not count these as connections of the server yet. */
    const handshaking = watchTlsHandshakes(server);
    let closeConnections = (): void => {};
    const isTls = server instanceof TlsServer;
    const listener: Listener = {
      address: this.#localAddress(address),
      isPeer: false,
      // As in `node:http` and `node:https`.
      allowHalfOpen: !isTls,
      context: new AsyncResource('MEMORYSERVER'),
      accept: (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        if (!isTls) expectHead(server, socket, this.clock);
        server.emit('connection', socket);
      },
      stop: () => {
        this.ports.remove(listener);
        // Only HTTP connections. The server that owns WebSocket connections ends them.
        closeConnections();
        for (const socket of handshaking) socket.destroy();
        server.close();
      },
    };
    this.ports.add(listener);
    await new Promise<void>((resolve) => {
      this.#traffic.later(resolve);
    });
    closeConnections = trackConnections(server);
    const gone = async (): Promise<void> => {
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    };
    return {
      address: listener.address,
      stop: () => {
        listener.stop();
        return gone();
      },
      close: () => {
        this.ports.remove(listener);
        return gone();
      },
    };
  }

  #lookUp(socket: MemorySocket, asked: TcpAddress): TcpAddress | undefined {
    const { port } = asked;
    const host = plainAddress(asked.host);
    if (isIP(host) !== 0) return { host, port };
    const address = this.names.get(host);
    if (address === undefined) {
      const error = lookupError(host);
      socket.emit('lookup', error, undefined, undefined, host);
      socket.destroy(error);
      return undefined;
    }
    socket.emit('lookup', null, address, isIP(address), host);
    return { host: address, port };
  }

  /** The SYN of a client arrives at the address. */
  #arrive(client: MemorySocket, request: ConnectRequest): void {
    if (client.destroyed) return;
    const { to } = request;
    const listener = this.ports.find(to);
    if (listener === undefined) {
      const code = isUnixAddress(to) ? 'ENOENT' : 'ECONNREFUSED';
      this.#traffic.send(() => client.destroy(addressError('connect', code, to)));
      return;
    }
    listener.context.runInAsyncScope(() => this.#join(client, listener, request));
  }

  #join(client: MemorySocket, listener: Listener, { asked, to, isPeer, origin }: ConnectRequest): void {
    const server = new MemorySocket(this.#traffic, listener.allowHalfOpen);
    const from = isUnixAddress(to) ? to : this.#localEnd(to, origin);
    const connection = { client, server, isPeer: { client: isPeer, server: listener.isPeer }, from, to, asked };
    this.connecting.delete(client);
    this.connections.add(connection);
    for (const end of [client, server]) {
      end.once('close', () => {
        if (client.closed && server.closed) this.connections.delete(connection);
      });
    }
    MemorySocket.join(client, server, from, to);
    if (!isUnixAddress(listener.address) && listener.address.host === '::') showMapped(server);
    this.#traffic.send(() => client.established());
    listener.accept(server);
  }

  /** Returns the client address of a connection to `to`. */
  #localEnd({ host }: TcpAddress, origin: string | undefined): TcpAddress {
    return { host: origin ?? (isIPv6(host) ? '::1' : '127.0.0.1'), port: this.ports.freePort() };
  }

  /** Returns the address to listen on. @throws the system's EADDRNOTAVAIL, or ENOTFOUND for a name */
  #localAddress(asked: SocketAddress): SocketAddress {
    if (isUnixAddress(asked)) return asked;
    const port = asked.port === 0 ? this.ports.freePort() : asked.port;
    if (asked.host === '') return { host: '::', port };
    const plain = plainAddress(asked.host);
    const host = isIP(plain) === 0 ? this.names.get(plain) : plain;
    if (host === undefined) throw lookupError(asked.host);
    const isLocal = host === '::' || host === '0.0.0.0' || host === '::1' || host.startsWith('127.');
    if (isLocal || this.addresses.has(host)) return { host, port };
    throw addressError('listen', 'EADDRNOTAVAIL', { host, port: asked.port });
  }
}

interface ConnectRequest {
  readonly asked: SocketAddress;
  /** With an IP address. */
  readonly to: SocketAddress;
  readonly isPeer: boolean;
  readonly origin: string | undefined;
}

/** A listener on `::` sees IPv4 addresses in their IPv6 form (RFC 4291 §2.5.5.2). */
function showMapped(server: MemorySocket): void {
  for (const end of ['localAddress', 'remoteAddress'] as const) {
    const address = server[end];
    if (address !== undefined && isIPv4(address)) server[end] = `::ffff:${address}`;
  }
  server.localFamily = 'IPv6';
  server.remoteFamily = 'IPv6';
}
