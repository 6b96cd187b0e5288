// The listeners of a server, from `listen` until their ports are free.

import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocketError, webSocketError } from '../core/errors.ts';
import { Described } from '../core/shown-value.ts';
import { addressInfo, isUnixAddress, type UnixAddress } from '../node/address.ts';
import { clusterWorker } from '../node/cluster-worker.ts';
import { nodeHost } from '../node/environment.ts';
import { endsWithTask } from '../node/internals/async-stores.ts';
import type { ParsedHead } from '../node/internals/head-parser.ts';
import type { Listening } from '../node/network.ts';
import { ServerTls } from '../node/server-tls.ts';
import type { ServerTlsOptions } from '../node/tls-options.ts';
import { Arrivals, type ArrivedConnection } from './arrivals.ts';
import { afterEarlierResponses } from './earlier-responses.ts';
import type { HeadLimits } from './head-limits.ts';
import type { UpgradeSocket } from './http1-answer.ts';
import type { IncomingSockets } from './incoming-sockets.ts';
import { createListener, listeningAt, startListener } from './listener.ts';
import type { ListenOptions } from './options.ts';
import { answersProbes, type ProbedServer, probesOf } from './probes.ts';
import { offersWebSocket, selectUpgrades } from './upgrade-selection.ts';

export interface ListenerPolicy {
  readonly incoming: IncomingSockets;
  readonly headLimits: HeadLimits;
  /** Takes an upgrade, once its socket has no earlier response to write. */
  upgrade(request: IncomingMessage, upgraded: UpgradeSocket): void;
  /** Begins a connection without a stream, see `ArrivalsPolicy.open`. */
  open(head: ParsedHead, arrival: ArrivedConnection, rest: Uint8Array): boolean;
  /** A request was meant as a handshake, and has been refused as an ordinary one. */
  refused(request: IncomingMessage, error: WebSocketError): void;
  /** The application's function for SNI has failed. */
  certificateFailed(error: unknown): void;
  /** Takes failures of the application's `request` handler. Absent: they are uncaught. */
  readonly requestFailed: ((error: unknown, request: IncomingMessage) => unknown) | undefined;
  /** What is shown at `metrics` and `health`. */
  readonly server: ProbedServer;
}

/** Listeners that end with a drain. */
export interface Retirement {
  /** Stops those that still answer. Resolves when the ports of all of them are free. */
  stop(): Promise<void>;
}

export class Listeners {
  readonly #policy: ListenerPolicy;
  /** Each one is here before it listens, so that a drain ends it too. */
  readonly #all = new Set<StartedListener>();
  readonly #tls = new WeakMap<HttpServer, ServerTls>();
  /** Sockets whose upgrade waits for an earlier response. */
  readonly #waiting = new Set<Duplex>();

  constructor(policy: ListenerPolicy) {
    this.#policy = policy;
  }

  /**
   * Makes a listener.
   *
   * @throws WebSocketError ERR_WS_OPTION for a certificate or key that cannot be used, and for two probes with one path
   */
  create(options: ListenOptions): HttpServer {
    const { incoming, headLimits: limits, refused, requestFailed: failed } = this.#policy;
    const probe = probesOf(options, this.#policy.server);
    const isOver = (socket: Socket): boolean => incoming.isOver(socket);
    const { certificateFailed } = this.#policy;
    const tls = options.tls && new ServerTls(options.tls, certificateFailed);
    const listener = createListener(options, { limits, isOver, probe, refused, failed }, tls);
    if (tls !== undefined) this.#tls.set(listener, tls);
    incoming.guard(listener, options.proxyProtocol === true);
    const take = (request: IncomingMessage, socket: Duplex, head: Buffer): void => this.#take(request, socket, head);
    listener.on('upgrade', take);
    // CONNECT has its own event, and gets no answer if nothing listens for it.
    listener.on('connect', take);
    // Beside what is answered as HTTP, a request for another protocol is an ordinary request.
    if (options.request !== undefined || answersProbes(options))
      selectUpgrades(listener, (request) => offersWebSocket(request.rawHeaders));
    return listener;
  }

  /**
   * Listens.
   *
   * @param listener  made by {@link create} with the same options
   * @returns the address, with the real port; that of a Unix socket is its path
   * @throws (rejects) WebSocketError ERR_WS_LISTEN; its `cause` is the system's error
   */
  async listen(listener: HttpServer, options: ListenOptions): Promise<AddressInfo | UnixAddress> {
    const starting = start(listener, options);
    const started = new StartedListener(starting, answersProbes(options), listener);
    this.#all.add(started);
    try {
      const { address } = await starting;
      const hasStreams = options.tls !== undefined || options.proxyProtocol === true || options.path !== undefined;
      if (!hasStreams) started.arrivals = this.#takeArrivals(listener);
      // Sockets report their own errors. When file descriptors have run out (EMFILE), Node takes and drops connections
      // in silence. Whatever else fails in an accept, the service goes on.
      listener.on('error', (error) => process.emitWarning(error));
      const told = isUnixAddress(address) ? { path: address.path } : addressInfo(address);
      clusterWorker()?.listening(told);
      return told;
    } catch (error) {
      this.#all.delete(started);
      throw error;
    }
  }

  /**
   * Stops the listeners.
   *
   * @param keepsProbes  whether those that answer a monitor go on with it until the retirement stops them, too
   */
  retire(keepsProbes: boolean): Retirement {
    const all = [...this.#all];
    const stop = async (list: readonly StartedListener[]): Promise<void> => {
      // Node's `closeAllConnections` does not know the sockets of upgrades.
      for (const socket of this.#waiting) socket.destroy();
      this.#policy.incoming.endWaiting();
      await Promise.all(
        list.map((one) => {
          this.#all.delete(one);
          return one.stop();
        }),
      );
    };
    const first = stop(all.filter((one) => !(keepsProbes && one.answersProbes)));
    return {
      stop: async () => {
        await first;
        await stop(all);
      },
    };
  }

  /**
   * Gives other certificates to all listeners with TLS. All of them take the new ones, or none does.
   *
   * @throws WebSocketError ERR_WS_OPTION for what cannot be used, and where none has TLS
   */
  setSecureContext(options: ServerTlsOptions): void {
    const replace: (() => void)[] = [];
    for (const { server } of this.#all) {
      const tls = this.#tls.get(server);
      if (tls !== undefined) replace.push(tls.prepare(options, server as HttpsServer));
    }
    if (replace.length === 0) {
      const expected = 'a server that listens with TLS: call listen({ tls: { cert, key } }) first';
      throw webSocketError('ERR_WS_OPTION', 'tls', new Described('given without a listener that has it'), expected);
    }
    for (const one of replace) one();
  }

  #takeArrivals(listener: HttpServer): Arrivals | undefined {
    const { incoming, headLimits, open } = this.#policy;
    return Arrivals.of(listener, {
      limits: headLimits,
      clock: nodeHost.clock,
      contexts: nodeHost.contexts,
      // Without such contexts, Node makes sockets in that of the listener, but reads from them outside any.
      handlesInContext: endsWithTask,
      arrive: (peer) => incoming.arrive(peer),
      enterWith: (slot, peer, makeSocket) => incoming.enterWith(slot, peer, makeSocket),
      open,
    });
  }

  #take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    afterEarlierResponses(request, socket, this.#waiting, () => {
      const { incoming, upgrade } = this.#policy;
      if (!incoming.endsBehindResponse(socket)) upgrade(request, { socket, head, isOurs: true });
    });
  }
}

/**
 * Begins to listen: in a worker of a cluster on the socket that its primary process holds, so that all workers have one port.
 *
 * @throws (rejects) WebSocketError ERR_WS_LISTEN
 */
async function start(
  listener: HttpServer,
  { host = '', port = 0, path, mode, reusePort }: ListenOptions,
): Promise<Listening> {
  const worker = clusterWorker();
  if (path !== undefined) return startListener(listener, { path, mode });
  if (worker === undefined || reusePort === true) return startListener(listener, { host, port, reusePort });
  const shared = await listeningAt({ host, port }, () => worker.place(host, port));
  const listening = await startListener(listener, { host, port, handle: shared?.handle });
  if (shared === undefined) return listening;
  return {
    address: listening.address,
    stop: async () => {
      await listening.stop();
      shared.stopped();
    },
  };
}

/** A listener from the call of `listen` on. */
class StartedListener {
  readonly #starting: Promise<Listening>;
  readonly answersProbes: boolean;
  readonly server: HttpServer;
  /** Absent for TLS, where they have streams. */
  arrivals: Arrivals | undefined;
  #stopped: Promise<void> | undefined;

  constructor(starting: Promise<Listening>, hasProbes: boolean, server: HttpServer) {
    this.#starting = starting;
    this.answersProbes = hasProbes;
    this.server = server;
  }

  /** Stops it as soon as it has started. Resolves when its port is free. */
  stop(): Promise<void> {
    this.arrivals?.end();
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    let listening: Listening;
    try {
      listening = await this.#starting;
    } catch {
      return; // the caller of listen gets the error
    }
    this.arrivals?.end();
    await listening.stop();
  }
}
