// The network of `src/node/network.ts` in memory: names, ports and connections without the system. The engine and
// `node:http` run on it as they do on sockets.

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, isIP, isIPv4, isIPv6, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Clock } from '../core/ports.ts';
import { trackConnections } from '../node/internals/connection-tracking.ts';
import { watchTlsHandshakes } from '../node/internals/tls-accept.ts';
import type { Listening, Network } from '../node/network.ts';
import { expectHead } from './head-deadline.ts';
import { MemorySocket, type SocketAddress } from './memory-socket.ts';
import { type Listener, PortTable, plainAddress } from './port-table.ts';
import { addressError, lookupError } from './system-error.ts';
import type { Traffic } from './traffic.ts';

/** An HTTP server that takes connections of this network. */
export interface MemoryListening extends Listening {
  /** Takes no more connections. Resolves when those that are there have ended by themselves. */
  close(): Promise<void>;
}

/** A connection, as long as one of its ends is open. */
export interface MemoryConnection {
  readonly client: MemorySocket;
  readonly server: MemorySocket;
  /** Whether the end belongs to a scripted peer. */
  readonly isPeer: { readonly client: boolean; readonly server: boolean };
  readonly from: SocketAddress;
  readonly to: SocketAddress;
  /** As the client asked for it. */
  readonly host: string;
}

export class MemoryNetwork implements Network {
  readonly clock: Clock;
  /** Host names (lower case) and their addresses. */
  readonly names = new Map<string, string>([['localhost', '127.0.0.1']]);
  /** Addresses that may be listened on, besides the loopback ones. */
  readonly addresses = new Set<string>();
  readonly ports = new PortTable();
  readonly connections = new Set<MemoryConnection>();
  /** Sockets that are on their way to becoming connections. */
  readonly connecting = new Set<MemorySocket>();
  readonly #traffic: Traffic;
  /** Where connections come from, while `from` runs. */
  readonly #origin = new AsyncLocalStorage<string>();

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
    this.clock = traffic.clock;
  }

  /** Runs `act`; all that it begins to connect, now or later, comes from `address`. */
  from<Result>(address: string, act: () => Result): Result {
    return this.#origin.run(address, act);
  }

  connect(host: string, port: number): Socket {
    return this.open(host, port, false) as unknown as Socket;
  }

  /** As `connect`, for code under test and for scripted peers. */
  open(host: string, port: number, isPeer: boolean, origin = this.#origin.getStore()): MemorySocket {
    const socket = new MemorySocket(this.#traffic);
    this.connecting.add(socket);
    socket.once('close', () => this.connecting.delete(socket));
    this.#traffic.later(() => {
      if (socket.destroyed) return;
      const address = this.#lookUp(socket, plainAddress(host));
      if (address === undefined) return;
      // SYN
      this.#traffic.send(() => this.#arrive(socket, { host, port, address, isPeer, origin }));
    });
    return socket;
  }

  async listen(server: HttpServer, host: string | undefined, port: number): Promise<MemoryListening> {
    const sockets = new Set<MemorySocket>();
    /** Node does not count these as connections of the server yet. */
    const handshaking = watchTlsHandshakes(server);
    let closeConnections = (): void => {};
    const isTls = server instanceof TlsServer;
    const listener: Listener = {
      address: this.#localAddress(host, port),
      port: port === 0 ? this.ports.freePort() : port,
      isPeer: false,
      // As `node:http` and `node:https` have it.
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
        // Only those of HTTP: WebSocket connections are ended by the server that they belong to.
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
      address: addressInfo(listener),
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

  #lookUp(socket: MemorySocket, host: string): string | undefined {
    if (isIP(host) !== 0) return host;
    const address = this.names.get(host);
    if (address === undefined) {
      const error = lookupError(host);
      socket.emit('lookup', error, undefined, undefined, host);
      socket.destroy(error);
      return undefined;
    }
    socket.emit('lookup', null, address, isIP(address), host);
    return address;
  }

  /** A client's SYN reaches the address. */
  #arrive(client: MemorySocket, request: ConnectRequest): void {
    if (client.destroyed) return;
    const { port, address } = request;
    const listener = this.ports.find(address, port);
    if (listener === undefined) {
      this.#traffic.send(() => client.destroy(addressError('connect', 'ECONNREFUSED', address, port)));
      return;
    }
    listener.context.runInAsyncScope(() => this.#join(client, listener, request));
  }

  #join(client: MemorySocket, listener: Listener, { host, port, address, isPeer, origin }: ConnectRequest): void {
    const server = new MemorySocket(this.#traffic, listener.allowHalfOpen);
    const from = { address: origin ?? (isIPv6(address) ? '::1' : '127.0.0.1'), port: this.ports.freePort() };
    const to = { address, port };
    const connection = { client, server, isPeer: { client: isPeer, server: listener.isPeer }, from, to, host };
    this.connecting.delete(client);
    this.connections.add(connection);
    for (const end of [client, server]) {
      end.once('close', () => {
        if (client.closed && server.closed) this.connections.delete(connection);
      });
    }
    MemorySocket.join(client, server, from, to);
    if (listener.address === '::') showMapped(server);
    this.#traffic.send(() => client.established());
    listener.accept(server);
  }

  /** @throws the system's EADDRNOTAVAIL, or ENOTFOUND for a name */
  #localAddress(host: string | undefined, port: number): string {
    if (host === undefined || host === '') return '::';
    const plain = plainAddress(host);
    const address = isIP(plain) === 0 ? this.names.get(plain) : plain;
    if (address === undefined) throw lookupError(host);
    const isLocal = address === '::' || address === '0.0.0.0' || address === '::1' || address.startsWith('127.');
    if (isLocal || this.addresses.has(address)) return address;
    throw addressError('listen', 'EADDRNOTAVAIL', address, port);
  }
}

interface ConnectRequest {
  readonly host: string;
  readonly port: number;
  readonly address: string;
  readonly isPeer: boolean;
  readonly origin: string | undefined;
}

/** A listener of all addresses of both families sees those of IPv4 in the form of IPv6 (RFC 4291 §2.5.5.2). */
function showMapped(server: MemorySocket): void {
  for (const end of ['localAddress', 'remoteAddress'] as const) {
    const address = server[end];
    if (address !== undefined && isIPv4(address)) server[end] = `::ffff:${address}`;
  }
  server.localFamily = 'IPv6';
  server.remoteFamily = 'IPv6';
}

function addressInfo({ address, port }: Listener): AddressInfo {
  return { address, port, family: isIPv6(address) ? 'IPv6' : 'IPv4' };
}
