// The network that a test puts under the code it tests: its names, its time, its scripted peers, and the report of what
// was left open at the end.

import { AssertionError } from 'node:assert';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { types } from 'node:util';
import { webSocketError } from '../core/errors.ts';
import { readOptions } from '../core/option-check.ts';
import { callable } from '../core/option-kinds.ts';
import { addressInfo, type TcpAddress } from '../node/address.ts';
import { network, replaceNetwork } from '../node/network.ts';
import { callerOf } from './caller.ts';
import type { NetworkCondition } from './conditions.ts';
import { replaceGlobalTimers } from './global-timers.ts';
import { servedAnswerSchema } from './http-answer.ts';
import { type HttpHandler, HttpPeer } from './http-peer.ts';
import { leakText, openThings, printRecord } from './leaks.ts';
import { showListening } from './listening-server.ts';
import { MemoryNetwork } from './memory-network.ts';
import type { NameAnswer } from './name-answers.ts';
import type { ListenOptions, NetworkOptions, OnlineOptions, PeerOptions } from './network-options.ts';
import {
  answerSchema,
  bearer,
  clientSchema,
  milliseconds as duration,
  hostName,
  httpPeerSchema,
  httpServer,
  ipAddress,
  networkListenSchema,
  networkSchema,
  onlineSchema,
  peerSchema,
  readCondition,
} from './option-rows.ts';
import type { Peer } from './peer.ts';
import { connectPeer } from './peer-client.ts';
import type { ClientOptions } from './peer-options.ts';
import { type PeerScript, PeerServer } from './peer-server.ts';
import { plainAddress } from './port-table.ts';
import { scriptedPlace } from './scripted-place.ts';
import { Traffic } from './traffic.ts';

/** An in-memory network. Made by {@link useNetwork}. */
export class TestNetwork {
  readonly #traffic: Traffic;
  readonly #network: MemoryNetwork;
  readonly #peers: (PeerServer | HttpPeer)[] = [];
  readonly #usesGlobalTimers: boolean;
  readonly #leaks: 'throw' | 'warn';
  readonly #record: 'failure' | 'always' | 'never';
  /** Present while this network is installed. */
  #restore: (() => void) | undefined;
  /** The line that called `install`. */
  #place = '';
  #advancing: Promise<void> = Promise.resolve();

  /** @throws WebSocketError ERR_WS_OPTION */
  constructor(given?: NetworkOptions) {
    const options = readOptions(networkSchema, given);
    const { latency = 0, chunkSize = 65536, bufferSize = 65536, names = {}, addresses = [] } = options;
    this.#traffic = new Traffic(latency, chunkSize, bufferSize);
    this.#network = new MemoryNetwork(this.#traffic);
    this.#usesGlobalTimers = options.globalTimers ?? false;
    this.#leaks = options.leaks ?? 'throw';
    this.#record = options.record ?? 'failure';
    for (const address of addresses) this.#network.addresses.add(plainAddress(address));
    for (const [name, address] of Object.entries(names)) this.names.set(plainAddress(name), plainAddress(address));
  }

  /** Host names, in lower case, and their addresses. Other names are not found. You may change the map at any time. */
  get names(): Map<string, string> {
    return this.#network.names;
  }

  /** Milliseconds by which the clock has been advanced. */
  get now(): number {
    return this.#traffic.clock.now();
  }

  // ── In place of the system's network ───────────────────────────────────────────────────────────────────────────

  /**
   * Replaces the current network with this one, for all code in this process that uses this package.
   *
   * @throws Error if this network or another one is already installed
   */
  install(): this {
    const installed = installedNetworks.get(network());
    if (installed !== undefined) {
      const which = installed === this ? 'this network is already' : 'another network is already';
      throw new Error(
        `${which} installed, by ${installed.#place}; call await network.uninstall() at the end of the test that installed it`,
      );
    }
    this.#place = callerOf(import.meta.url);
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
   * Closes everything that is still open, and restores the previous network. A second call does nothing.
   *
   * @throws (rejects) the error that a script threw; if there is none, an AssertionError that lists what the code under
   *         test left open and what scripts still wait for. The network is uninstalled in any case.
   */
  async uninstall(): Promise<void> {
    if (this.#restore === undefined) return;
    await this.settle();
    const leaks = this.open();
    const failures = this.#peers.flatMap((peer) => peer.takeFailures());
    const unfinished = this.#peers.flatMap((peer) => peer.unfinished().map((what) => `${peer.url}: ${what}`));
    const hasFailed = this.#traffic.hasFailed || failures.length + unfinished.length > 0;
    if (this.#record === 'always' || (this.#record === 'failure' && hasFailed)) printRecord(this.record());
    this.#network.closeAll();
    await this.settle();
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
   * Calls {@link uninstall} at the end of an `await using` block. After a failed assertion of a scripted peer, it does not
   * reject: a second error would hide the failure in a SuppressedError.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.uninstall().catch((error: unknown) => {
      if (!this.#traffic.hasFailed) throw error;
    });
  }

  /** Returns the connections and listeners that the code under test has open, one line of text for each. */
  open(): string[] {
    return openThings(this.#network);
  }

  /** Returns what has passed so far, in words: a line for each connection, head, frame and end of TCP. */
  record(): string {
    return this.#network.record.text();
  }

  // ── Time ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Moves the clock forward. Timers that become due are called in order. After each timer, the network settles before the
   * clock moves on.
   *
   * @param milliseconds  at least 0
   * @throws WebSocketError ERR_WS_OPTION
   */
  advance(milliseconds: number): Promise<void> {
    duration.read(milliseconds, 'milliseconds', this);
    this.#advancing = this.#advancing.then(() => this.#traffic.advance(milliseconds));
    return this.#advancing;
  }

  /** Waits, without moving the clock, until nothing is on its way any more. */
  settle(): Promise<void> {
    return this.#traffic.settle();
  }

  // ── The state of the network ───────────────────────────────────────────────────────────────────────────────────

  /**
   * Sets how the network behaves from now on: latency, jitter, bandwidth, loss, silence; for all hosts or one, in one
   * direction or both. Later conditions win, option by option.
   *
   * @returns a function that takes these conditions back
   * @throws WebSocketError ERR_WS_OPTION
   */
  condition(condition: NetworkCondition): () => void {
    return this.#network.conditions.add(readCondition(condition));
  }

  /**
   * Takes the device under test off its network. `connection` emits `netLost`; connections to other hosts than the
   * device itself fail with ECONNABORTED, and their scripted peers hear nothing; names are not found (EAI_AGAIN), and
   * addresses are not reached (ENETUNREACH).
   */
  goOffline(): void {
    this.#network.goOffline();
  }

  /**
   * Puts the device under test on a network, instead of the one that it is on. If it is of another kind, `connection` emits
   * `netLost` and `netAvailable`, and what was open fails as in {@link goOffline}. If it is of the same kind, its
   * capabilities change.
   *
   * @param type     default `'wifi'`, on which a device is at first
   * @throws WebSocketError ERR_WS_OPTION
   */
  goOnline(type: 'wifi' | 'cellular' | 'ethernet' | 'bluetooth' | 'vpn' = 'wifi', options?: OnlineOptions): void {
    this.#network.goOnline(bearer.read(type, 'first argument of goOnline', this), readOptions(onlineSchema, options));
  }

  /**
   * Sets how lookups of a host name are answered: with several addresses, late, or not at all.
   *
   * @param answer  addresses, or a whole answer; absent: as {@link names} says
   * @throws WebSocketError ERR_WS_OPTION
   */
  dns(host: string, answer?: readonly string[] | NameAnswer): void {
    const name = hostName.read(host, 'first argument of dns', this);
    // A revoked proxy is neither a list nor an answer.
    const isList = !types.isProxy(answer) && Array.isArray(answer);
    const whole = isList ? { addresses: answer as readonly string[] } : answer;
    this.#network.answers.set(name, whole === undefined ? undefined : readOptions(answerSchema, whole));
  }

  // ── Places ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Runs `act`. All connections that it makes come from `address`, including those that it makes later, asynchronously.
   *
   * @returns what `act` returns
   */
  from<Result>(address: string, act: () => Result): Result {
    const origin = plainAddress(ipAddress.read(address, 'first argument of from', this));
    callable.read(act, 'second argument of from', this);
    return this.#network.from(origin, act);
  }

  /**
   * Makes an HTTP server of the application, such as one used with `server.attach`, take connections of this network. Its
   * `listening`, `address()` and `close()` then work as after its own `listen`.
   *
   * @throws (rejects) the system's EADDRINUSE or EADDRNOTAVAIL; WebSocketError ERR_WS_OPTION
   */
  async listen(server: HttpServer, options?: ListenOptions): Promise<AddressInfo> {
    const { host = '', port = 0 } = readOptions(networkListenSchema, options);
    const checked = httpServer.read(server, 'first argument of listen', this);
    const listening = await this.#network.listen(checked, { host, port });
    showListening(checked, listening);
    return addressInfo(listening.address as TcpAddress);
  }

  // ── Scripted peers ─────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Starts a scripted server.
   *
   * A host name that the network does not know gets its own address. Without a port, the default port of the scheme (80 or
   * 443) is used. Port 0 takes any free port. Several peers with different paths can share a port, and so can one
   * {@link serveHTTP}, which then gets the requests that do not upgrade to WebSocket.
   *
   * @param url     `ws:`, `wss:` or, for a proxy, `http:`. Requests for another path are answered with 404. The path `/`
   *                takes all that no other peer of the port takes.
   * @param script  runs for each client. Absent: clients wait for `next()`.
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
    const { place, path, ...parts } = scriptedPlace(this.#network, url, 'peer', options);
    const peer = new PeerServer({
      ...parts,
      url: `${parts.tls === undefined ? 'ws' : 'wss'}://${place}`,
      path: path === '/' ? undefined : path,
      traffic: this.#traffic,
      script,
    });
    this.#network.ports.add(peer.listener);
    this.#peers.push(peer);
    return peer;
  }

  /**
   * Starts a scripted server of plain HTTP. Names and ports are as for {@link peer}.
   *
   * @param url      `http:` or `https:`. Its path does not matter: the handler gets all requests.
   * @param handler  the answer to each request, or a function that returns it. If it throws, `uninstall` rejects with that.
   *                 Absent: 200 without a body.
   * @throws Error EADDRINUSE
   * @throws WebSocketError ERR_WS_OPTION
   */
  serveHTTP(url: string, handler: HttpHandler = {}, given?: PeerOptions): HttpPeer {
    const options = readOptions(httpPeerSchema, given);
    if (typeof handler !== 'function') readOptions(servedAnswerSchema, handler);
    const { place, path: _path, ...parts } = scriptedPlace(this.#network, url, 'server', options);
    const scheme = parts.tls === undefined ? 'http' : 'https';
    const server = new HttpPeer({ ...parts, url: `${scheme}://${place}`, clock: this.#traffic.clock, handler });
    this.#network.ports.add(server.listener);
    this.#peers.push(server);
    return server;
  }

  /**
   * Connects a scripted client to a server under test.
   *
   * @returns the client, once any response has arrived; `receivedHead.status` is 101 if the server accepted it
   * @throws (rejects) an error of the system: ECONNREFUSED if nothing listens there, ENOTFOUND if the name does not exist; a
   *   TLS error; an AssertionError if no response arrives
   */
  async client(url: string, options?: ClientOptions): Promise<Peer> {
    return connectPeer(this.#network, this.#traffic, url, readOptions(clientSchema, options));
  }
}

/**
 * Makes an in-memory network and installs it.
 *
 * ```ts
 * await using network = useNetwork();                    // uninstalled at the end of the block
 *
 * const network = useNetwork();                          // the same without `using`
 * try { … } finally { await network.uninstall(); }
 * ```
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function useNetwork(options?: NetworkOptions): TestNetwork {
  return new TestNetwork(options).install();
}

const installedNetworks = new Map<unknown, TestNetwork>();
