// The network that a test puts under the code it tests: its names, its time, its scripted peers, and the account at the
// end of what was left open.

import { AssertionError } from 'node:assert';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { webSocketError } from '../core/errors.ts';
import { readOptions } from '../core/option-check.ts';
import {
  addressInfo,
  describeAddress,
  hostAndPort,
  isUnixAddress,
  type SocketAddress,
  type TcpAddress,
} from '../node/address.ts';
import { network, replaceNetwork } from '../node/network.ts';
import { replaceGlobalTimers } from './global-timers.ts';
import { showListening } from './listening-server.ts';
import { MemoryNetwork } from './memory-network.ts';
import type { MemorySocket } from './memory-socket.ts';
import type { ListenOptions, NetworkOptions, PeerOptions } from './network-options.ts';
import {
  clientSchema,
  milliseconds as duration,
  networkListenSchema,
  networkSchema,
  peerSchema,
} from './option-rows.ts';
import type { Peer } from './peer.ts';
import { connectPeer } from './peer-client.ts';
import type { ClientOptions } from './peer-options.ts';
import { type PeerScript, PeerServer } from './peer-server.ts';
import { parsePlace } from './place.ts';
import { plainAddress } from './port-table.ts';
import { Traffic } from './traffic.ts';

/** How a network in memory behaves. */
/** A network in memory. Made by {@link useNetwork}. */
export class TestNetwork {
  readonly #traffic: Traffic;
  readonly #network: MemoryNetwork;
  readonly #peers: PeerServer[] = [];
  readonly #usesGlobalTimers: boolean;
  readonly #leaks: 'throw' | 'warn';
  /** While installed. */
  #restore: (() => void) | undefined;
  /** Where `install` was called. */
  #place = '';
  #advancing: Promise<void> = Promise.resolve();
  #hosts = 0;

  /** @throws WebSocketError ERR_WS_OPTION */
  constructor(given?: NetworkOptions) {
    const options = readOptions(networkSchema, given);
    const { latency = 0, chunkSize = 65536, bufferSize = 65536, names = {}, addresses = [] } = options;
    this.#traffic = new Traffic(latency, chunkSize, bufferSize);
    this.#network = new MemoryNetwork(this.#traffic);
    this.#usesGlobalTimers = options.globalTimers ?? false;
    this.#leaks = options.leaks ?? 'throw';
    for (const address of addresses) this.#network.addresses.add(plainAddress(address));
    for (const [name, address] of Object.entries(names)) this.names.set(plainAddress(name), plainAddress(address));
  }

  /** Host names, in lower case, and their addresses. Others are not found. May be changed at any time. */
  get names(): Map<string, string> {
    return this.#network.names;
  }

  /** Milliseconds that the clock has been advanced. */
  get now(): number {
    return this.#traffic.clock.now();
  }

  // ── In place of the system's network ───────────────────────────────────────────────────────────────────────────

  /**
   * Puts this network in the place of the current one, for all code that uses this package, in this process.
   *
   * @throws Error when another one is installed already
   */
  install(): this {
    const installed = installedNetworks.get(network());
    if (installed !== undefined) {
      const which = installed === this ? 'this network is already' : 'another network is already';
      throw new Error(
        `${which} installed, by ${installed.#place}; call await network.uninstall() at the end of the test that installed it`,
      );
    }
    this.#place = callerOf();
    installedNetworks.set(this.#network, this);
    const restoreNetwork = replaceNetwork(this.#network);
    const restoreTimers = this.#usesGlobalTimers ? replaceGlobalTimers(this.#traffic.clock) : undefined;
    this.#restore = () => {
      restoreTimers?.();
      restoreNetwork();
      installedNetworks.delete(this.#network);
    };
    return this;
  }

  /**
   * Ends what is still open, and puts the network from before back. Harmless when repeated.
   *
   * @throws (rejects) what a script has thrown; else an AssertionError that lists what the code under test has left open
   *         and what scripts still wait for. The network is uninstalled all the same.
   */
  async uninstall(): Promise<void> {
    if (this.#restore === undefined) return;
    await this.settle();
    const leaks = this.open();
    const failures = this.#peers.flatMap((peer) => peer.takeFailures());
    const unfinished = this.#peers.flatMap((peer) => peer.unfinished().map((what) => `${peer.url}: ${what}`));
    await this.#closeAll();
    this.#restore();
    this.#restore = undefined;
    if (failures.length > 0) throw failures[0];
    if (leaks.length > 0 && this.#leaks === 'warn') {
      process.emitWarning(leakText(leaks), 'NetworkLeakWarning');
      leaks.length = 0;
    }
    if (leaks.length + unfinished.length === 0) return;
    throw new AssertionError({
      message: [...(leaks.length > 0 ? [leakText(leaks)] : []), ...unfinished].join('\n'),
      actual: [...leaks, ...unfinished],
      expected: [],
      operator: 'uninstall',
    });
  }

  /**
   * As {@link uninstall}, at the end of an `await using` block. When an assertion of a scripted peer has failed, open
   * connections are closed without an error, which would hide the failure in a SuppressedError.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.uninstall().catch((error: unknown) => {
      if (!this.#traffic.hasFailed) throw error;
    });
  }

  /** What the code under test has open: connections and listeners, a line of text each. */
  open(): string[] {
    const { connections, ports, connecting } = this.#network;
    const lines: string[] = [];
    for (const { client, server, isPeer, from, to, asked } of connections) {
      const ends: string[] = [];
      if (!isPeer.client && !client.closed) ends.push('client');
      if (!isPeer.server && !server.closed) ends.push('server');
      if (ends.length === 0) continue;
      lines.push(
        `connection from ${describeAddress(from)} to ${describeTarget(asked, to)}, open at the ${ends.join(' and the ')}`,
      );
    }
    for (const _socket of connecting) lines.push('connection attempt that has not ended');
    for (const { isPeer, address } of ports.listeners) {
      if (!isPeer) lines.push(`listener on ${describeAddress(address)}`);
    }
    return lines;
  }

  // ── Time ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Moves the clock. Timers that become due are called in order, and after each everything that follows from it is let
   * settle, before the clock moves on.
   */
  advance(milliseconds: number): Promise<void> {
    duration.read(milliseconds, 'milliseconds', this);
    this.#advancing = this.#advancing.then(() => this.#traffic.advance(milliseconds));
    return this.#advancing;
  }

  /** Resolves when nothing is on its way any more: nothing more happens unless somebody acts or the clock is moved. */
  settle(): Promise<void> {
    return this.#traffic.settle();
  }

  // ── Places ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Runs `act`. What it connects, also later, in its asynchronous parts, comes from `address`.
   *
   * @returns what `act` returns
   */
  from<Result>(address: string, act: () => Result): Result {
    return this.#network.from(plainAddress(address), act);
  }

  /**
   * Has an HTTP server of the application, with `server.attach` perhaps, take connections of this network. Its
   * `listening`, `address()` and `close()` are then as after its own `listen`.
   *
   * @throws (rejects) the system's EADDRINUSE or EADDRNOTAVAIL; WebSocketError ERR_WS_OPTION
   */
  async listen(server: HttpServer, options?: ListenOptions): Promise<AddressInfo> {
    const { host = '', port = 0 } = readOptions(networkListenSchema, options);
    const listening = await this.#network.listen(server, { host, port });
    showListening(server, listening);
    return addressInfo(listening.address as TcpAddress);
  }

  // ── Scripted peers ─────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Starts a scripted server.
   *
   * A host name that the network does not know is given its own address. Without a port, the one of the scheme
   * (80, 443); port 0 is any that is free.
   *
   * @param url     `ws:`, `wss:` or, for a proxy, `http:`. Requests for another path are answered with 404, unless the
   *                path is `/`.
   * @param script  what to do with each client. Absent: clients wait for `next()`.
   * @throws Error EADDRINUSE
   * @throws WebSocketError ERR_WS_OPTION
   */
  peer(url: string, script?: PeerScript, given?: PeerOptions): PeerServer {
    const options = readOptions(peerSchema, given);
    if (script !== undefined && typeof script !== 'function') {
      throw webSocketError(
        'ERR_WS_OPTION',
        'second argument of peer',
        script,
        'a script: a function that takes a peer',
      );
    }
    const { host, port, path, isSecure } = parsePlace(url);
    if (isSecure && options.tls === undefined)
      throw new TypeError(`a peer at ${url} needs a certificate: pass { tls: { cert, key } } as the third argument`);
    const realPort = port === 0 ? this.#network.ports.freePort() : port;
    const peer = new PeerServer({
      url: `${isSecure ? 'wss' : 'ws'}://${hostAndPort(host, realPort)}${path}`,
      address: this.#addressOf(host),
      port: realPort,
      path: path === '/' ? undefined : path,
      traffic: this.#traffic,
      script,
      tls: isSecure ? options.tls : undefined,
      stopped: (listener) => this.#network.ports.remove(listener),
    });
    this.#network.ports.add(peer.listener);
    this.#peers.push(peer);
    return peer;
  }

  /**
   * Connects a scripted client to a server under test.
   *
   * @returns the client, when the response has come, whatever it says; `receivedHead.status` is 101 when it was accepted
   * @throws (rejects) the system's ECONNREFUSED or ENOTFOUND, a TLS error, AssertionError when nothing is answered
   */
  async client(url: string, options?: ClientOptions): Promise<Peer> {
    return connectPeer(this.#network, this.#traffic, url, readOptions(clientSchema, options));
  }

  #addressOf(host: string): string {
    const name = plainAddress(host);
    if (isIP(name) !== 0) return name;
    let address = this.names.get(name);
    if (address === undefined) {
      // RFC 5737: addresses for documentation.
      address = `192.0.2.${++this.#hosts}`;
      this.names.set(name, address);
    }
    return address;
  }

  async #closeAll(): Promise<void> {
    const { connections, ports, connecting } = this.#network;
    for (const listener of [...ports.listeners]) listener.stop();
    const sockets: MemorySocket[] = [...connecting];
    for (const { client, server } of connections) sockets.push(client, server);
    for (const socket of sockets) socket.destroy();
    await this.settle();
  }
}

/**
 * Makes a network in memory and installs it.
 *
 * ```ts
 * await using network = useNetwork();                    // uninstalled at the end of the block
 *
 * const network = useNetwork();                          // the same by hand
 * try { … } finally { await network.uninstall(); }
 * ```
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function useNetwork(options?: NetworkOptions): TestNetwork {
  return new TestNetwork(options).install();
}

const installedNetworks = new Map<unknown, TestNetwork>();

function leakText(leaks: readonly string[]): string {
  const what = leaks.length === 1 ? 'something' : `${leaks.length} things`;
  return `the code under test has left ${what} open:\n${leaks.map((leak) => `  ${leak}`).join('\n')}`;
}

/** The line outside this package that called. */
function callerOf(): string {
  const lines = (new Error().stack ?? '').split('\n').slice(1);
  const own = import.meta.url;
  const line = lines.find((text) => !text.includes(own) && !text.includes(new URL(own).pathname));
  return line?.trim().replace(/^at /u, '') ?? 'an unknown caller';
}

/** Where a connection leads: a name with the address that it stands for. */
function describeTarget(asked: SocketAddress, to: SocketAddress): string {
  if (isUnixAddress(asked) || isUnixAddress(to) || isIP(asked.host) !== 0) return describeAddress(to);
  return `${asked.host}:${to.port} (${to.host})`;
}
