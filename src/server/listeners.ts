// The listeners of a server's own: from `listen` to the end of its ports.

import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocketError } from '../core/errors.ts';
import type { Listening } from '../node/network.ts';
import { afterEarlierResponses } from './earlier-responses.ts';
import type { Gate } from './gate.ts';
import type { HeadLimits } from './head-limits.ts';
import type { UpgradeSocket } from './http1-answer.ts';
import { createListener, startListener } from './listener.ts';
import type { ListenOptions } from './options.ts';
import { offersWebSocket, selectUpgrades } from './upgrade-selection.ts';

export interface ListenerPolicy {
  readonly gate: Gate;
  readonly headLimits: HeadLimits;
  /** Takes an upgrade once nothing before it is under way on its socket. */
  upgrade(request: IncomingMessage, upgraded: UpgradeSocket): void;
  /** A request was meant as a handshake and has been refused. */
  refused(request: IncomingMessage, error: WebSocketError): void;
  /** Takes failures of the application's `request`. Absent: they are uncaught. */
  readonly requestFailed: ((error: unknown, request: IncomingMessage) => unknown) | undefined;
}

export class Listeners {
  readonly #policy: ListenerPolicy;
  /** Each of them from the call on, so that a drain that comes before it listens ends it as well. */
  readonly #starting = new Set<Promise<Listening>>();
  /** Sockets whose upgrade waits for an earlier response. */
  readonly #waiting = new Set<Duplex>();

  constructor(policy: ListenerPolicy) {
    this.#policy = policy;
  }

  /**
   * Makes a listener.
   *
   * @throws WebSocketError ERR_WS_OPTION for a certificate or key that cannot be used
   */
  create(options: ListenOptions): HttpServer {
    const { gate, headLimits, refused, requestFailed } = this.#policy;
    const listener = createListener(options, headLimits, (socket) => gate.isOver(socket), refused, requestFailed);
    gate.guard(listener);
    const take = (request: IncomingMessage, socket: Duplex, head: Buffer): void => this.#take(request, socket, head);
    listener.on('upgrade', take);
    // CONNECT has an event of its own, and no answer at all where nobody listens.
    listener.on('connect', take);
    // Where there is HTTP as well, other protocols than ours are not asked for.
    if (options.request !== undefined) selectUpgrades(listener, (request) => offersWebSocket(request.rawHeaders));
    return listener;
  }

  /**
   * Listens.
   *
   * @param listener  made by {@link create} with the same options
   * @returns the address, with the real port
   * @throws (rejects) WebSocketError ERR_WS_LISTEN; its `cause` is the system's error
   */
  async listen(listener: HttpServer, options: ListenOptions): Promise<AddressInfo> {
    const starting = startListener(listener, options);
    this.#starting.add(starting);
    try {
      const { address } = await starting;
      // Errors of single sockets are theirs. Where file descriptors have run out (EMFILE), the system's connections are
      // taken and dropped below Node, without a word; whatever else may fail in an accept, the service goes on.
      listener.on('error', (error) => process.emitWarning(error));
      return address;
    } catch (error) {
      this.#starting.delete(starting);
      throw error;
    }
  }

  /** Stops all of them. @returns resolves when their ports are free */
  async stop(): Promise<void> {
    // As their HTTP servers do with requests that have not been answered.
    for (const socket of this.#waiting) socket.destroy();
    const stopped = [...this.#starting].map(stopWhenStarted);
    this.#starting.clear();
    await Promise.all(stopped);
  }

  #take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    afterEarlierResponses(request, socket, this.#waiting, () => {
      if (this.#policy.gate.endsBehindAnswer(socket as Socket)) return;
      this.#policy.upgrade(request, { socket: socket as Socket, head, isOurs: true });
    });
  }
}

async function stopWhenStarted(starting: Promise<Listening>): Promise<void> {
  let listening: Listening;
  try {
    listening = await starting;
  } catch {
    return; // told to the caller of listen
  }
  await listening.stop();
}
