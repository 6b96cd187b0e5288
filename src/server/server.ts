// The WebSocket server: listeners and attached HTTP servers on one side, connections and their handlers on the other.

import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { completeConnection } from '../core/connection/complete-settings.ts';
import type { ConnectionHandlers } from '../core/connection/handlers.ts';
import { defaultHeartbeat } from '../core/connection/heartbeat.ts';
import type { ConnectionOptions } from '../core/connection/options.ts';
import { QueueBudget } from '../core/connection/queue-budget.ts';
import { UnfinishedBudget } from '../core/connection/unfinished-budget.ts';
import type { WebSocketError } from '../core/errors.ts';
import { closePayload } from '../core/frame/close-payload.ts';
import { type MessageData, toBytes } from '../core/message/message-data.ts';
import { PreparedMessage } from '../core/message/prepared-message.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { nodeHost } from '../node/environment.ts';
import { adaptHandlers, callApplication } from '../node/handlers.ts';
import type { Listening } from '../node/network.ts';
import { type NodeTransport, transportOf } from '../node/transport/choice.ts';
import { Admission } from './admission.ts';
import { AllowedOrigins } from './allowed-origins.ts';
import { attachTo, takeOnce } from './attachments.ts';
import { afterEarlierResponses } from './earlier-responses.ts';
import { Gate } from './gate.ts';
import { serverLimits } from './limits.ts';
import { createListener, defaultHeadLimits, type HeadLimits, startListener } from './listener.ts';
import {
  attachSchema,
  type CheckedServerOptions,
  drainSchema,
  listenSchema,
  publishSchema,
  serverSchema,
} from './option-rows.ts';
import type { AttachOptions, DrainOptions, ListenOptions, PublishOptions, ServerOptions } from './options.ts';
import { checkHandshakeArguments, checkHttpServer, checkNoServer } from './receivers.ts';
import { RefusedSockets } from './refused-sockets.ts';
import { type Handshake, ServerConnection, type TopicHost } from './server-connection.ts';
import { checkTopic, Topics } from './topics.ts';
import { TrustedProxies } from './trusted-proxies.ts';
import { declineUpgrade } from './unclaimed-upgrade.ts';
import { type PendingUpgrade, type UpgradePolicy, upgrade } from './upgrade.ts';
import { refuse } from './upgrade-decision.ts';
import { failedOn, UpgradeFailures } from './upgrade-failures.ts';
import { offersWebSocket, selectUpgrades } from './upgrade-selection.ts';

const GOING_AWAY = refuse(503, 'the server is going away');

/** What became of the connections in a drain. */
export interface DrainResult {
  /** Ended by a closing handshake. */
  readonly closed: number;
  /** Cut: lost, or still open at the deadline. */
  readonly terminated: number;
}

/**
 * Creates a server. It takes connections after `listen` or `attach`.
 *
 * @typeParam Context  what `upgrade` gives to `accept({ context })`, found as `connection.context`. With one, there must
 *                     be an `upgrade` that provides it
 * @param options  handlers and settings in one object, see {@link ServerHandlers}. They are copied
 * @throws WebSocketError ERR_WS_OPTION for an unknown name, which it says how to write, and for a value that is not one of
 *         its setting
 */
export function createServer(): Server<undefined>;
export function createServer<Context = undefined>(options: ServerOptions<Context>): Server<Context>;
export function createServer<Context>(options?: ServerOptions<Context>, ...rest: unknown[]): Server<Context> {
  refuseArguments('createServer', rest, 'handlers are in its options, and listen() returns a Promise');
  return new Server(options);
}

/** Made by {@link createServer}. */
export class Server<Context = undefined> {
  readonly #connectionHandlers: ConnectionHandlers;
  readonly #options: ConnectionOptions;
  readonly #headLimits: HeadLimits;
  readonly #policy: UpgradePolicy<Context>;
  /** For sockets that come from a listener of this server's own: nobody else needs them after the handshake. */
  readonly #listenerPolicy: UpgradePolicy<Context>;
  readonly #topics: Topics<ServerConnection<Context>>;
  readonly #topicHost: TopicHost<Context>;
  readonly #connections = new Set<ServerConnection<Context>>();
  readonly #listeners = new Set<Promise<Listening>>();
  readonly #detachments = new Set<() => void>();
  readonly #pending = new Set<PendingUpgrade>();
  /** Sockets of listeners whose upgrade waits for a response before it. */
  readonly #waiting = new Set<Duplex>();
  readonly #refusedSockets = new RefusedSockets();
  readonly #gate: Gate;
  readonly #requestFailed: ((error: unknown, request: IncomingMessage) => unknown) | undefined;
  #isDraining = false;

  constructor(given?: ServerOptions<Context>) {
    checkNoServer(given);
    const options = readOptions(serverSchema, given) as CheckedServerOptions<Context>;
    const limits = serverLimits(options.limits);
    this.#options = {
      ...completeConnection('server', options, defaultHeartbeat),
      queueBudget: new QueueBudget(limits.server.maxTotalQueuedBytes, () => this.#connections),
      unfinishedBudget: new UnfinishedBudget(limits.server.maxTotalUnfinishedBytes, () => this.#connections),
    };
    this.#topics = new Topics(limits.server, nodeHost.text);
    this.#topicHost = {
      topics: this.#topics,
      publish: (topic, data, except) => this.#publish(topic, data, except),
    };
    this.#headLimits = {
      handshakeTimeout: options.handshakeTimeout ?? defaultHeadLimits.handshakeTimeout,
      maxHeaderSize: options.maxHeaderSize ?? defaultHeadLimits.maxHeaderSize,
      maxHeaderCount: options.maxHeaderCount ?? defaultHeadLimits.maxHeaderCount,
    };
    this.#connectionHandlers = adaptHandlers<ServerConnection<Context>>(
      options,
      (connection) => {
        this.#connections.delete(connection);
        connection.leave();
      },
      (connection) => connection.leaveTopics(),
    );
    const { allowedOrigins, trustedProxies } = options;
    const proxies = new TrustedProxies(trustedProxies);
    const refused = (request: IncomingMessage | undefined, error: WebSocketError): void =>
      callApplication(() => options.refused?.(request, error), failedOn(options, request));
    const failures = new UpgradeFailures(options);
    this.#requestFailed = options.failed;
    this.#gate = new Gate({
      limits: this.#headLimits,
      admission: new Admission(limits, nodeHost.clock),
      proxies,
      refusedSockets: this.#refusedSockets,
      refused: (error) => refused(undefined, error),
    });
    this.#policy = {
      subprotocols: options.subprotocols ?? [],
      compression: this.#options.compression,
      decisionTimeout: this.#headLimits.handshakeTimeout,
      maxHeaderCount: this.#headLimits.maxHeaderCount,
      origins: allowedOrigins === undefined ? undefined : new AllowedOrigins(allowedOrigins),
      proxies,
      slotOf: (socket) => this.#gate.slotOf(socket),
      refusal: () => (this.#isDraining ? GOING_AWAY : undefined),
      pending: this.#pending,
      refusedSockets: this.#refusedSockets,
      decide:
        options.upgrade === undefined
          ? undefined
          : (request) => options.upgrade?.(request) as ReturnType<NonNullable<typeof options.upgrade>>,
      accepted: (socket, head, response, handshake) => this.#open(socket, head, response, handshake, false),
      refused,
      failed: (request, exception, error, wasTold) => failures.tell(request, exception, error, wasTold),
    };
    this.#listenerPolicy = {
      ...this.#policy,
      accepted: (socket, head, response, handshake) => this.#open(socket, head, response, handshake, true),
    };
  }

  /** The open connections, and those that are closing. */
  get connections(): ReadonlySet<ServerConnection<Context>> {
    return this.#connections;
  }

  /** The topics that somebody is subscribed to. */
  get topics(): readonly string[] {
    return this.#topics.names;
  }

  /** How many connections are subscribed to a topic. */
  subscribers(topic: string): number {
    return this.#topics.count(topic);
  }

  /**
   * Sends a message to every connection that is subscribed to a topic, in the order of subscribing and behind what was
   * sent to it before. The message is encoded once, and compressed once where connections agreed on compression; what
   * is published in one turn leaves each connection in one write.
   *
   * It never waits. A connection whose peer does not read keeps what is published, up to `maxQueuedBytes`; from there on
   * `slowConsumer` decides. Where it drops this message, or fails the connection, that one is not counted: the
   * difference to {@link subscribers} tells how many were passed over.
   *
   * Handlers that are called meanwhile may subscribe, unsubscribe, close and publish: a connection that leaves before
   * its turn gets nothing, one that subscribes gets what is published later.
   *
   * @param data  text or bytes; they are copied, and may be changed afterwards
   * @returns number of connections that it was queued for
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_DATA_TYPE, ERR_WS_OPTION
   */
  publish(topic: string, data: MessageData, options?: PublishOptions<Context>): number {
    const except = options === undefined ? undefined : readOptions(publishSchema, options).except;
    return this.#publish(topic, data, except as ServerConnection<Context> | undefined);
  }

  #publish(topic: string, data: MessageData, except: ServerConnection<Context> | undefined): number {
    checkTopic(topic);
    if (typeof data !== 'string') toBytes(data); // refused even if nobody is subscribed
    return this.#topics.publish(topic, () => prepare(data), except);
  }

  /**
   * Sends a message to every open connection; otherwise as {@link publish}. One that opens meanwhile may get it too.
   *
   * @returns number of connections that it was queued for
   * @throws WebSocketError ERR_WS_DATA_TYPE
   */
  broadcast(data: MessageData): number;
  broadcast(data: MessageData, ...rest: unknown[]): number {
    refuseArguments('broadcast', rest, 'publish(topic, data, { except }) leaves one out');
    const message = prepare(data);
    let count = 0;
    for (const connection of this.#connections) if (connection.sendPrepared(message)) count++;
    return count;
  }

  /**
   * Listens on a port of its own. May be called several times, for several addresses.
   *
   * @returns the address and the real port
   * @throws (rejects) WebSocketError ERR_WS_OPTION for a bad option, ERR_WS_LISTEN when the system refuses, with the
   *         system's error as `cause`
   */
  listen(options?: ListenOptions): Promise<AddressInfo>;
  async listen(given?: ListenOptions, ...rest: unknown[]): Promise<AddressInfo> {
    refuseArguments('listen', rest, 'it returns a Promise');
    const options = readOptions(listenSchema, given);
    const listener = createListener(
      options,
      this.#headLimits,
      (socket) => this.#gate.isOver(socket),
      this.#policy.refused,
      this.#requestFailed,
    );
    this.#gate.guard(listener);
    const take = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
      afterEarlierResponses(request, socket, this.#waiting, () => {
        if (!this.#gate.endsBehindAnswer(socket as Socket)) {
          upgrade(request, socket as Socket, head, this.#listenerPolicy);
        }
      });
    listener.on('upgrade', take);
    // CONNECT has an event of its own, and no answer at all where nobody listens.
    listener.on('connect', take);
    // Where there is HTTP as well, other protocols than ours are not asked for.
    if (options.request !== undefined) selectUpgrades(listener, (request) => offersWebSocket(request.rawHeaders));
    this.#isDraining = false;
    const starting = startListener(listener, options);
    // Known from now on: a drain that comes before it listens ends it as well.
    this.#listeners.add(starting);
    try {
      const { address } = await starting;
      // Errors of single sockets are theirs. Where file descriptors have run out (EMFILE), the system's connections are
      // taken and dropped below Node, without a word; whatever else may fail in an accept, the service goes on.
      listener.on('error', (error) => process.emitWarning(error));
      return address;
    } catch (error) {
      this.#listeners.delete(starting);
      throw error;
    }
  }

  /**
   * Takes the upgrade requests of an HTTP server that the application runs, beside other listeners: these do not see
   * requests for `path`, and what one of them has taken is left alone. A request that nobody takes is answered 404.
   * Requests that ask for another protocol than WebSocket are ordinary requests of the HTTP server.
   *
   * @returns a function that stops this; connections stay
   * @throws WebSocketError ERR_WS_OPTION
   */
  attach(httpServer: HttpServer, options?: AttachOptions): () => void {
    checkHttpServer(httpServer);
    const { path } = readOptions(attachSchema, options);
    const stop = attachTo(httpServer, {
      path,
      patience: this.#headLimits.handshakeTimeout || defaultHeadLimits.handshakeTimeout,
      take: (request, socket, head) => this.handleUpgrade(request, socket, head),
      decline: (request, socket, head) => declineUpgrade(request, socket, head, path),
    });
    const detach = (): void => {
      stop();
      this.#detachments.delete(detach);
    };
    this.#detachments.add(detach);
    this.#isDraining = false;
    return detach;
  }

  /**
   * Takes one upgrade request, for routers of the application's own: the arguments of Node's `upgrade` event. Where a
   * response to an earlier request of the same connection is still under way, it waits for the end of that. A request
   * that has been taken before is left alone.
   *
   * @param request  Node's, or an object with at least its `url` and its `rawHeaders` or `headers`
   * @param socket   any byte stream with two directions; it belongs to the server from here on
   * @param head     what was read behind the request
   * @throws WebSocketError ERR_WS_OPTION for what is none of these; nothing has been done then
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array, ...rest: unknown[]): void {
    refuseArguments('handleUpgrade', rest, 'its connection comes to the open handler');
    checkHandshakeArguments(request, socket, head);
    if (!takeOnce(request)) return;
    afterEarlierResponses(request, socket, undefined, () => upgrade(request, socket as Socket, head, this.#policy));
  }

  /**
   * Ends the service in good order: takes no new connections, closes each open one after what was sent to it, and
   * resolves when all are gone and the ports are free. Requests of HTTP that `listen({ request })` has not answered are
   * cut; those of an attached HTTP server are not touched. May be called again after `listen` or `attach`.
   *
   * @throws WebSocketError ERR_WS_SEND_CLOSE_CODE, ERR_WS_CLOSE_REASON_TOO_LONG, ERR_WS_OPTION
   */
  async drain(options?: DrainOptions): Promise<DrainResult> {
    const { code = 1001, reason = 'server is going away', deadline = 10_000 } = readOptions(drainSchema, options);
    closePayload({ code, reason }, nodeHost.text); // refused here, before anything is done
    this.#isDraining = true;
    for (const pending of this.#pending) pending.refuse(GOING_AWAY);
    // As their HTTP servers do with requests that have not been answered.
    for (const socket of this.#waiting) socket.destroy();
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    const stopped = listeners.map(stopWhenStarted);
    const timer = nodeHost.clock.timer({ expired: () => this.#terminateAll() });
    if (deadline > 0) timer.set(deadline);
    const ends = [...this.#connections].map((connection) => connection.goAway(code, reason));
    if (deadline === 0) this.#terminateAll();
    const events = await Promise.all(ends);
    timer.clear();
    await Promise.all(stopped);
    for (const detach of this.#detachments) detach();
    const closed = events.filter((event) => event.wasClean).length;
    return { closed, terminated: events.length - closed };
  }

  /** Ends everything at once: no closing handshakes. */
  close(): Promise<void>;
  async close(...rest: unknown[]): Promise<void> {
    refuseArguments('close', rest, 'it returns a Promise; drain({ code, reason, deadline }) has options');
    await this.drain({ deadline: 0 });
  }

  #terminateAll(): void {
    for (const connection of this.#connections) connection.terminate();
    this.#refusedSockets.end();
  }

  /** @returns why the socket cannot be used */
  #open(socket: Socket, head: Uint8Array, response: string, handshake: Handshake<Context>, isOurs: boolean): unknown {
    let transport: NodeTransport;
    try {
      transport = transportOf(socket, isOurs);
      transport.writeHead(response);
    } catch (error) {
      return error; // a stream that does not do what one should
    }
    const connection = new ServerConnection(
      this.#topicHost,
      transport,
      this.#options,
      this.#connectionHandlers,
      handshake,
    );
    this.#connections.add(connection);
    connection.opened();
    transport.start(connection, head);
    return undefined;
  }
}

function prepare(data: MessageData): PreparedMessage {
  return new PreparedMessage(data, nodeHost.text, nodeHost.memory);
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
