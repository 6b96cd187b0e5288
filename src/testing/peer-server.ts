// A server made of scripted peers. It listens on an in-memory network and passes each client to a script, or to the test
// that asks for it.

import { AssertionError } from 'node:assert';
import { AsyncResource } from 'node:async_hooks';
import type { Duplex } from 'node:stream';
import type { ServerTlsOptions } from '../node/tls-options.ts';
import type { Listener } from './listener.ts';
import type { Pace } from './pace.ts';
import { Peer } from './peer.ts';
import type { PeerSocket } from './peer-socket.ts';
import { openStream } from './peer-tls.ts';

/**
 * Plays the server for one client.
 *
 * @param peer    the server end of the connection; the request has been received but not answered
 * @param number  1 for the first client, 2 for the second …
 */
export type PeerScript = (peer: Peer, number: number) => Promise<void> | void;

/** @internal The address and the parts of a scripted server. */
export interface PeerServerParts {
  readonly url: string;
  readonly address: string;
  readonly port: number;
  /** The only path that is served; absent: all paths. */
  readonly path: string | undefined;
  readonly traffic: Pace;
  readonly script: PeerScript | undefined;
  readonly tls: ServerTlsOptions | undefined;
  /** The port is free again. */
  readonly stopped: (listener: Listener) => void;
}

/** A scripted server. Made by `network.peer`. */
export class PeerServer {
  /** The URL as given, with the real port. */
  readonly url: string;
  /** The port that the server listens on. */
  readonly port: number;
  /** @internal */
  readonly listener: Listener;
  readonly #parts: PeerServerParts;
  readonly #connections: Peer[] = [];
  /** Clients that the test has not taken by `next` yet. */
  readonly #waiting: Peer[] = [];
  readonly #running = new Set<Peer>();
  readonly #failures: unknown[] = [];
  #count = 0;

  /** @internal */
  constructor(parts: PeerServerParts) {
    const { url, address, port, path, tls, stopped } = parts;
    this.url = url;
    this.port = port;
    this.#parts = parts;
    this.listener = {
      address: { host: address, port },
      isPeer: true,
      share: { takes: 'upgrades', path, tls, accept: (tcp, stream) => void this.#accept(tcp, stream) },
      allowHalfOpen: true,
      context: new AsyncResource('PEERSERVER'),
      accept: (socket) => this.accept(socket),
      stop: () => stopped(this.listener),
    };
  }

  /** All clients so far whose request has arrived, the oldest first. */
  get connections(): readonly Peer[] {
    return this.#connections;
  }

  /**
   * Waits for the next client of a server without a script. Each client is returned once.
   *
   * @throws (rejects) AssertionError if no client is on its way
   */
  async next(): Promise<Peer> {
    await this.#parts.traffic.wait(() => this.#waiting.length > 0);
    const peer = this.#waiting.shift();
    if (peer === undefined) throw this.#failure('a client', 'none');
    return peer;
  }

  /**
   * Waits until at least one client has connected and all scripts have ended.
   *
   * @throws (rejects) the error that a script threw, or an AssertionError that names what a script still waits for
   */
  async finished(): Promise<void> {
    const isDone = () => this.#count > 0 && this.#running.size === 0;
    await this.#parts.traffic.wait(() => isDone() || this.#failures.length > 0);
    if (this.#failures.length > 0) throw this.#failures.shift();
    if (this.#count === 0) throw this.#failure('a client', 'none');
    const [unfinished] = this.unfinished();
    if (unfinished !== undefined) throw this.#failure('the end of its script', unfinished);
    if (!isDone())
      throw this.#failure('the end of its script', 'nothing: the script waits for something other than its peer');
  }

  /** Stops listening: further clients get ECONNREFUSED. Existing connections stay open. */
  close(): void {
    this.#parts.stopped(this.listener);
  }

  /** @internal Takes a client. */
  accept(socket: PeerSocket): void {
    openStream(socket, this.#parts.tls, (stream) => void this.#accept(socket, stream));
  }

  /** @internal Returns the errors of scripts that were not reported yet. */
  takeFailures(): unknown[] {
    return this.#failures.splice(0);
  }

  /** @internal Returns what scripts still wait for, in words. */
  unfinished(): string[] {
    return [...this.#running].flatMap(({ wanted }) => (wanted === undefined ? [] : [`a script waits for ${wanted}`]));
  }

  async #accept(tcp: PeerSocket, stream: Duplex): Promise<void> {
    const { path, traffic, script, url } = this.#parts;
    const name = `${url} (connection ${++this.#count})`;
    const number = this.#count;
    const peer = new Peer({ role: 'server', name, traffic, tcp, stream, isScripted: script !== undefined });
    if (!(await peer.opened())) return;
    const { method, target } = peer.receivedHead;
    if (path !== undefined && method === 'GET' && target.split('?', 1)[0] !== path) {
      this.#count--;
      peer.refuse(404, { body: `nothing here; the scripted peer is at ${path}\n` });
      return;
    }
    this.#connections.push(peer);
    if (script === undefined) {
      this.#waiting.push(peer);
      return;
    }
    this.#running.add(peer);
    // The other end has lost its net: nothing will come that the script could wait for.
    tcp.once('severed', () => this.#running.delete(peer));
    try {
      await script(peer, number);
    } catch (error) {
      this.#failures.push(error);
      // The other end must not wait for a script that has failed.
      peer.reset();
    } finally {
      this.#running.delete(peer);
    }
  }

  #failure(expected: string, actual: string): AssertionError {
    this.#parts.traffic.hasFailed = true;
    const message = `${this.url}: expected ${expected}, received ${actual}; nothing is on its way`;
    return new AssertionError({ message, expected, actual, operator: 'finished' });
  }
}
