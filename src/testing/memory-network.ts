// The in-memory implementation of `src/node/network.ts`: names, ports and connections without the system. The engine and
// `node:http` run on it as they do on sockets.

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Server as HttpServer } from 'node:http';
import { isIP, isIPv4, isIPv6, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Clock } from '../core/ports.ts';
import { describeAddress, isUnixAddress, type SocketAddress, type TcpAddress } from '../node/address.ts';
import { trackConnections } from '../node/internals/connection-tracking.ts';
import { watchTlsHandshakes } from '../node/internals/tls-accept.ts';
import type { Bearer } from '../node/net-source.ts';
import type { Listening, Network } from '../node/network.ts';
import { Conditions } from './conditions.ts';
import { expectHead } from './head-deadline.ts';
import { Link } from './link.ts';
import type { Listener } from './listener.ts';
import { MemoryNets } from './memory-nets.ts';
import { MemorySocket } from './memory-socket.ts';
import { NameAnswers } from './name-answers.ts';
import type { OnlineOptions } from './network-options.ts';
import { isLoopback, PortTable, plainAddress } from './port-table.ts';
import { type ConnectionRecord, NetworkRecord } from './record.ts';
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
  readonly record: ConnectionRecord;
}

export class MemoryNetwork implements Network {
  readonly clock: Clock;
  readonly answers: NameAnswers;
  readonly nets: MemoryNets;
  readonly conditions: Conditions;
  readonly record = new NetworkRecord();
  /** Addresses that servers may listen on, in addition to the loopback ones. */
  readonly addresses = new Set<string>();
  readonly ports = new PortTable();
  readonly connections = new Set<MemoryConnection>();
  /** Sockets that are still connecting. */
  readonly connecting = new Set<MemorySocket>();
  /** What ends an attempt that leads to another device, when this one loses its net. */
  readonly #attempts = new Map<MemorySocket, () => void>();
  readonly #traffic: Traffic;
  /** Names that got an address of this network. */
  #hosts = 0;
  /** The address that connections come from while `from` runs. */
  readonly #origin = new AsyncLocalStorage<string>();

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
    this.clock = traffic.clock;
    this.answers = new NameAnswers(traffic.clock);
    this.nets = new MemoryNets(this.answers);
    this.conditions = new Conditions(traffic.latency);
  }

  /** Host names (lower case) and their addresses. */
  get names(): Map<string, string> {
    return this.answers.names;
  }

  /** The address of a host. A name that is not known gets its own. */
  addressOf(host: string): string {
    const name = plainAddress(host);
    if (isIP(name) !== 0) return name;
    let address = this.answers.addressOf(name);
    if (address === undefined) {
      // RFC 5737: addresses for documentation.
      address = `192.0.2.${++this.#hosts}`;
      this.names.set(name, address);
    }
    return address;
  }

  /** Ends all that is open. */
  closeAll(): void {
    for (const listener of [...this.ports.listeners]) listener.stop();
    const sockets = [...this.connecting];
    for (const { client, server } of this.connections) sockets.push(client, server);
    for (const socket of sockets) socket.destroy();
  }

  /** Runs `act`. All connections that it makes, now or later, come from `address`. */
  from<Result>(address: string, act: () => Result): Result {
    return this.#origin.run(address, act);
  }

  /** Takes the device off its net. What leads to other devices fails as it does there, after the news. */
  goOffline(): void {
    const cutOff = this.#cutOff();
    this.nets.goOffline();
    this.#traffic.later(cutOff);
  }

  /** Puts the device on a net. What was open on another one fails, after the news. */
  goOnline(bearer: Bearer, options: OnlineOptions): void {
    const cutOff = this.#cutOff();
    if (this.nets.goOnline(bearer, options)) this.#traffic.later(cutOff);
  }

  connect(address: SocketAddress): Socket {
    return this.open(address, false) as unknown as Socket;
  }

  /** Opens a connection, for code under test and for scripted peers. */
  open(asked: SocketAddress, isPeer: boolean, origin = this.#origin.getStore()): MemorySocket {
    const socket = new MemorySocket(this.#traffic);
    this.connecting.add(socket);
    socket.once('close', () => {
      this.connecting.delete(socket);
      this.#attempts.delete(socket);
    });
    this.#traffic.later(() => {
      if (socket.destroyed) return;
      if (isUnixAddress(asked)) this.#send(socket, { asked, to: asked, others: [], isPeer, origin });
      else this.#lookUp(socket, asked, (to, others) => this.#send(socket, { asked, to, others, isPeer, origin }));
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

  #lookUp(socket: MemorySocket, asked: TcpAddress, found: (to: TcpAddress, others: string[]) => void): void {
    const { port } = asked;
    const host = plainAddress(asked.host);
    if (isIP(host) !== 0) {
      found({ host, port }, []);
      return;
    }
    this.answers.find(host, this.nets.isOnline, (failure, addresses) => {
      if (socket.destroyed) return;
      const [address, ...others] = addresses.filter((one) => asked.family === undefined || isIP(one) === asked.family);
      if (address === undefined) {
        const error = failure ?? lookupError(host);
        socket.emit('lookup', error, undefined, undefined, host);
        socket.destroy(error);
        return;
      }
      socket.emit('lookup', null, address, isIP(address), host);
      found({ host: address, port }, others);
    });
  }

  /** Sends the SYN of a client. */
  #send(client: MemorySocket, asked: Omit<ConnectRequest, 'up' | 'down'>): void {
    const { to } = asked;
    const request = { ...asked, ...this.#linksTo(asked) };
    if (!isUnixAddress(to) && !isLoopback(to.host)) {
      const fail = (): void => void client.destroy(addressError('connect', 'ENETUNREACH', to));
      if (!this.nets.isOnline) {
        fail();
        return;
      }
      this.#attempts.set(client, fail);
    }
    request.up.send(0, () => this.#arrive(client, request));
  }

  #linksTo({ asked, to }: Pick<ConnectRequest, 'asked' | 'to'>): { up: Link; down: Link } {
    const isHost = (name: string): boolean => {
      if (isUnixAddress(asked) || isUnixAddress(to)) return false;
      const host = plainAddress(name);
      return host === plainAddress(asked.host) || host === to.host || this.answers.addressOf(host) === to.host;
    };
    return {
      up: new Link(this.#traffic, this.conditions, 'up', isHost),
      down: new Link(this.#traffic, this.conditions, 'down', isHost),
    };
  }

  /** The SYN of a client arrives at the address. */
  #arrive(client: MemorySocket, request: ConnectRequest): void {
    if (client.destroyed) return;
    const { to } = request;
    const listener = this.ports.find(to);
    if (listener === undefined) {
      request.down.send(0, () => this.#refused(client, request));
      return;
    }
    listener.context.runInAsyncScope(() => this.#join(client, listener, request));
  }

  /** Nobody listens: as Node does, the client tries the next address of the name. */
  #refused(client: MemorySocket, { asked, to, others, isPeer, origin }: ConnectRequest): void {
    const [next, ...rest] = others;
    if (next === undefined || isUnixAddress(to)) {
      const code = isUnixAddress(to) ? 'ENOENT' : 'ECONNREFUSED';
      client.destroy(addressError('connect', code, to));
    } else if (!client.destroyed) {
      this.#send(client, { asked, to: { host: next, port: to.port }, others: rest, isPeer, origin });
    }
  }

  #join(client: MemorySocket, listener: Listener, request: ConnectRequest): void {
    const { asked, to, isPeer, origin, up, down } = request;
    const server = new MemorySocket(this.#traffic, listener.allowHalfOpen);
    const from = isUnixAddress(to) ? to : this.#localEnd(to, origin);
    const record = this.record.connection(`${describeAddress(from)} → ${describeTarget(asked, to)}`);
    const connection = { client, server, isPeer: { client: isPeer, server: listener.isPeer }, from, to, asked, record };
    this.connecting.delete(client);
    this.#attempts.delete(client);
    this.connections.add(connection);
    for (const end of [client, server]) {
      end.once('close', () => {
        if (client.closed && server.closed) this.connections.delete(connection);
      });
    }
    MemorySocket.join(client, server, {
      from,
      to,
      up: { link: up, record: (item) => record.add('up', this.clock.now(), item) },
      down: { link: down, record: (item) => record.add('down', this.clock.now(), item) },
    });
    if (!isUnixAddress(listener.address) && listener.address.host === '::') showMapped(server);
    down.send(0, () => client.established());
    listener.accept(server);
  }

  /** Returns what ends all that leads to other devices now. Scripted ends hear nothing. */
  #cutOff(): () => void {
    const fails = [...this.#attempts.values()];
    for (const { client, server, isPeer, from, to, record } of this.connections) {
      if (isUnixAddress(to) || isUnixAddress(from) || (isPeer.client && isPeer.server)) continue;
      // A device reaches itself without a net.
      if (isLoopback(to.host) && isLoopback(from.host)) continue;
      fails.push(() => record.add('up', this.clock.now(), { note: 'the device has left its network' }));
      fails.push(() => (isPeer.client ? client.emit('severed') : client.cutOff()));
      fails.push(() => (isPeer.server ? server.emit('severed') : server.cutOff()));
    }
    return () => {
      for (const fail of fails) fail();
    };
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
    const host = isIP(plain) === 0 ? this.answers.addressOf(plain) : plain;
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
  /** Further addresses of the name. */
  readonly others: readonly string[];
  readonly isPeer: boolean;
  readonly origin: string | undefined;
  readonly up: Link;
  readonly down: Link;
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

/** The target of a connection: the name that was asked for, and its address. */
export function describeTarget(asked: SocketAddress, to: SocketAddress): string {
  if (isUnixAddress(asked) || isUnixAddress(to) || isIP(asked.host) !== 0) return describeAddress(to);
  return `${asked.host}:${to.port} (${to.host})`;
}
