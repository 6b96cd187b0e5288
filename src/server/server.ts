// The WebSocket server as its users see it: where connections come from (listeners, attached HTTP servers, single
// upgrades), who is connected, messages to many, and the end.

import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type CountOptions,
  countSchema,
  type ListOptions,
  listSchema,
  type MembersOptions,
  membersSchema,
} from '../bus/list-options.ts';
import { broadcastSchema, dataOfKind, sendToSchema } from '../bus/message-options.ts';
import type { BusLink, BusState, CountOfNodes, Listing, NodeInfo, Reach } from '../bus/seam.ts';
import { webSocketError } from '../core/errors.ts';
import type { MessageData } from '../core/message/message-data.ts';
import type { SendOptions } from '../core/message/send-options.ts';
import { Meter, type ServerMetrics } from '../core/meter.ts';
import { type Observer, Observers } from '../core/observer.ts';
import { observerSchema } from '../core/observer-rows.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { clusterWorker } from '../node/cluster-worker.ts';
import { eventLoopDelay } from '../node/event-loop-delay.ts';
import { serverTlsSchema } from '../node/option-rows.ts';
import type { ServerTlsOptions } from '../node/tls-options.ts';
import type { MetricNaming, MetricsTextOptions } from '../observe/metric-options.ts';
import {
  checkAttachedPath,
  checkHandshakeArguments,
  checkHttpServer,
  checkListenOptions,
  checkNoServer,
  checkProbePaths,
} from './argument-checks.ts';
import { attachTo, takeOnce } from './attachments.ts';
import type { Connections } from './connections.ts';
import { Drain, drainSettings } from './drain.ts';
import { hearProgram, isProgramTopic, programTopic } from './ear.ts';
import { afterEarlierResponses } from './earlier-responses.ts';
import { defaultHeadLimits } from './head-limits.ts';
import type { Listeners } from './listeners.ts';
import {
  attachSchema,
  type CheckedServerOptions,
  listenSchema,
  ownerSchema,
  publishSchema,
  serverSchema,
} from './option-rows.ts';
import type {
  AttachOptions,
  DrainOptions,
  DrainResult,
  ListenOptions,
  PublishOptions,
  ServerOptions,
  StreamingServerOptions,
} from './options.ts';
import { handleHealth, handleMetrics, textOf } from './probes.ts';
import type { Publisher } from './publisher.ts';
import type { RefusedSockets } from './refused-sockets.ts';
import type { ServerConnection } from './server-connection.ts';
import { serverParts } from './server-parts.ts';
import type { SessionsOf } from './session-seam.ts';
import { checkTopic } from './topics.ts';
import type { TrustedProxies } from './trusted-proxies.ts';
import type { UpgradeOwner } from './upgrade-owner.ts';
import type { Upgrades } from './upgrades.ts';

/**
 * Creates a server. It takes connections after `listen` or `attach`, and single upgrades by `handleUpgrade`.
 *
 * @typeParam Context  type of `connection.context`, which `upgrade` sets by `accept({ context })`. With a context type,
 *                     an `upgrade` handler is required
 * @param options  handlers and settings in one object: see {@link ServerOptions}. They are read once, during the call
 * @throws WebSocketError ERR_WS_OPTION for an unknown option, with the name that was probably meant, and for a value of
 *         the wrong type or outside its range
 */
export function createServer(): Server<undefined>;
export function createServer<Context = undefined>(options: StreamingServerOptions<Context>): Server<Context>;
export function createServer<Context = undefined>(options: ServerOptions<Context>): Server<Context>;
export function createServer<Context>(options?: ServerOptions<Context>, ...rest: unknown[]): Server<Context> {
  refuseArguments('createServer', rest, 'handlers are in its options, and listen() returns a Promise');
  return new Server(options);
}

/**
 * A WebSocket server. Made by {@link createServer}.
 *
 * @typeParam Context  type of `connection.context`
 */
export class Server<Context = undefined> {
  readonly #meter = new Meter();
  readonly #observers = new Observers<ServerConnection<Context>>();
  readonly #connections: Connections<Context>;
  readonly #publisher: Publisher<Context>;
  readonly #upgrades: Upgrades<Context>;
  readonly #listeners: Listeners;
  /** Absent: this server is the only node. */
  readonly #bus: BusLink | undefined;
  readonly #reach: Reach;
  readonly #detachments = new Set<() => void>();
  readonly #refusedSockets: RefusedSockets;
  readonly #proxies: TrustedProxies;
  /** Milliseconds for others on an attached HTTP server to take a request. */
  readonly #othersTimeout: number;
  /** The latest. It has an effect until its connections are gone. */
  #drain: Drain<Context> | undefined;

  constructor(given?: ServerOptions<Context>);
  /**
   * @internal
   * @param sessionsOf  makes its sessions, from options that go beyond those of a server; `given` has been checked then
   */
  constructor(given: ServerOptions<Context> | undefined, sessionsOf: SessionsOf<Context>);
  constructor(given?: ServerOptions<Context>, sessionsOf?: SessionsOf<Context>) {
    if (sessionsOf === undefined) checkNoServer(given);
    const options = (
      sessionsOf === undefined ? readOptions(serverSchema, given) : given
    ) as CheckedServerOptions<Context>;
    const parts = serverParts(options, sessionsOf, this.#meter, this.#observers, this);
    this.#proxies = parts.proxies;
    this.#refusedSockets = parts.refusedSockets;
    this.#connections = parts.connections;
    this.#publisher = parts.publisher;
    this.#bus = parts.bus;
    this.#reach = parts.reach;
    this.#upgrades = parts.upgrades;
    this.#listeners = parts.listeners;
    this.#othersTimeout = parts.handshakeTimeout || defaultHeadLimits.handshakeTimeout;
    clusterWorker()?.add({
      metrics: () => this.metrics(),
      drain: (settings) => this.drain(settings),
      handshakes: () => parts.admission.handshakes,
    });
  }

  /** The connections that are open or closing. The set changes as they come and go. */
  get connections(): ReadonlySet<ServerConnection<Context>> {
    return this.#connections.all;
  }

  /**
   * What this server has done since it was made, as numbers: connections, handshakes, messages and bytes each way, errors.
   * They are always counted; a call adds them up, which takes some microseconds.
   *
   * The first call of a process starts to measure how late its event loop is.
   *
   * @returns a copy, which does not change any more
   */
  metrics(): ServerMetrics;
  metrics(...rest: unknown[]): ServerMetrics {
    refuseArguments('metrics', rest, 'it returns an object');
    const { size: topics, subscriptions } = this.#publisher.topics;
    const snapshot = this.#meter.serverSnapshot(this.#connections.queued, { topics, subscriptions }, eventLoopDelay());
    const { sessionMetrics: sessions } = this.#connections;
    const all = sessions === undefined ? snapshot : { ...snapshot, sessions };
    return this.#bus === undefined ? all : { ...all, bus: this.#bus.metrics() };
  }

  /**
   * {@link metrics} as text for a scraper: OpenMetrics, or the older text format of Prometheus. docs/metrics.md lists the names.
   *
   * @param options  `format` (`'openmetrics'`); `prefix` of the names (`'websocket_'`); `labels` on each sample
   * @throws WebSocketError ERR_WS_OPTION
   */
  metricsText(options?: MetricsTextOptions): string {
    return textOf(this, options);
  }

  /**
   * Answers a request with {@link metricsText}, as `listen({ metrics })` does: for an HTTP server that you run. Call it for the
   * path of your choice. OpenMetrics for scrapers that ask for it; methods other than GET and HEAD get 405.
   *
   * @param response  not begun; it is ended during the call
   * @param naming    `prefix` and `labels`
   * @throws WebSocketError ERR_WS_OPTION; nothing has been answered then
   */
  handleMetrics(request: IncomingMessage, response: ServerResponse, naming?: MetricNaming): void {
    handleMetrics(this, request, response, naming);
  }

  /**
   * Answers a request with the health of the server, as `listen({ health })` does: 200, or 503 while {@link isDraining}.
   *
   * @param response  not begun; it is ended during the call
   * @throws WebSocketError ERR_WS_OPTION; nothing has been answered then
   */
  handleHealth(request: IncomingMessage, response: ServerResponse): void;
  handleHealth(request: IncomingMessage, response: ServerResponse, ...rest: unknown[]): void {
    refuseArguments('handleHealth', rest, 'it has no options');
    handleHealth(this, request, response);
  }

  /**
   * Has an observer told of everything that happens on this server, beside that of the option `observer`: of open
   * connections too, from the next frame.
   *
   * @returns ends it
   * @throws WebSocketError ERR_WS_OPTION
   */
  observe(observer: Observer<ServerConnection<Context>>): () => void;
  observe(observer: Observer<ServerConnection<Context>>, ...rest: unknown[]): () => void {
    refuseArguments('observe', rest, 'the observer has a method for each event');
    const checked = readOptions(observerSchema, observer) as Observer<ServerConnection<Context>>;
    return this.#observers.add(checked);
  }

  /** The topics that have at least one subscriber. */
  get topics(): readonly string[] {
    return this.#publisher.topics.names.filter((topic) => !isProgramTopic(topic));
  }

  /**
   * How many connections are subscribed to a topic.
   *
   * @returns 0 for a topic that nobody is subscribed to
   */
  subscribers(topic: string): number {
    return this.#publisher.topics.count(topic);
  }

  /**
   * The connections of this server that are subscribed to a topic at this moment, in the order of subscribing; or with
   * `{ everywhere: true }` those of all nodes, as {@link list} shows them.
   *
   * @returns a copy, which is yours and does not change; empty for a topic that nobody is subscribed to
   * @throws WebSocketError ERR_WS_TOPIC for what cannot be a topic, ERR_WS_OPTION for further arguments
   */
  members(topic: string): Set<ServerConnection<Context>>;
  members(topic: string, options: MembersOptions): Promise<Listing>;
  members(
    topic: string,
    options?: MembersOptions,
    ...rest: unknown[]
  ): Set<ServerConnection<Context>> | Promise<Listing> {
    refuseArguments('members', rest, 'it returns a Set');
    checkTopic(topic);
    if (options !== undefined) {
      const { timeout, limit } = readOptions(membersSchema, options);
      return this.#reach.list({ topic, timeout, limit });
    }
    const members = new Set<ServerConnection<Context>>();
    if (isProgramTopic(topic)) return members;
    for (const { peer } of this.#publisher.topics.members(topic)) members.add(peer);
    return members;
  }

  /**
   * Sends a message to every connection that is subscribed to a topic, in the order of subscribing, and on each
   * connection after what was sent to it before. The message is encoded once, and compressed once where connections
   * agreed on compression. What you publish in one turn of the event loop leaves each connection in one write.
   *
   * It never waits. A connection whose peer does not read keeps what is published, up to `maxQueuedBytes`; beyond that
   * `slowConsumer` decides. A connection that drops this message, or fails, is not counted: the difference to
   * {@link subscribers} tells how many were passed over.
   *
   * Handlers that are called meanwhile may subscribe, unsubscribe, close and publish: a connection that leaves before
   * its turn gets nothing; one that subscribes gets what is published later.
   *
   * @param topic    not empty; compared exactly
   * @param data     text or bytes. They are copied during the call, and you may change them afterwards
   * @param options  `except`: a connection that gets nothing; `binary` and `compress`: as for `connection.send`, on all nodes
   * @returns how many connections of this server it was queued for. With a bus, the subscribers of other nodes get it too: in
   *          the order of the calls on this server, at most once, and not while the bus is lost
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8, ERR_WS_OPTION; ERR_WS_BUS_PAYLOAD for more than the
   *         broker takes, nothing has been sent then
   */
  publish(topic: string, data: MessageData, options?: PublishOptions<Context>): number {
    if (options === undefined) return this.#publisher.publish(topic, data, undefined);
    const { except: given, binary, compress } = readOptions(publishSchema, options);
    const except = given as ServerConnection<Context> | string | undefined;
    const sent = dataOfKind(data, binary);
    if (typeof except !== 'string') return this.#publisher.publish(topic, sent, except, undefined, compress);
    const here = this.#connections.findById(except, this.#publisher.idPrefix);
    return this.#publisher.publish(topic, sent, here, except, compress);
  }

  /**
   * Sends a message to every open connection. In everything else it is like {@link publish}. A connection that opens
   * during the call may get it too.
   *
   * @param data     text or bytes. They are copied during the call, and you may change them afterwards
   * @param options  `binary` and `compress`: as for `connection.send`, on all nodes
   * @returns how many connections of this server it was queued for
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8, ERR_WS_OPTION, ERR_WS_BUS_PAYLOAD
   */
  broadcast(data: MessageData, options?: SendOptions): number {
    if (options === undefined) return this.#publisher.broadcast(data);
    const { binary, compress } = readOptions(broadcastSchema, options);
    return this.#publisher.broadcast(dataOfKind(data, binary), compress);
  }

  /**
   * Sends a message to one connection, of whichever node. It takes the way to that node and back.
   *
   * @param id       `connection.id` there
   * @param data     text or bytes. They are copied during the call
   * @param options  `binary` and `compress`: as for `connection.send`
   * @returns whether it was queued; `false` where no such connection is open
   * @throws (rejects) WebSocketError ERR_WS_CONNECTION_ID for anything but an id; ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8, ERR_WS_OPTION,
   *         ERR_WS_BUS_PAYLOAD; ERR_WS_NODE_GONE where its node is not there any more; ERR_WS_NODE_SILENT, ERR_WS_BUS_LOST where it has not answered: it may have been
   *         sent then
   */
  sendTo(id: string, data: MessageData, options?: SendOptions): Promise<boolean>;
  async sendTo(id: string, data: MessageData, options?: SendOptions, ...rest: unknown[]): Promise<boolean> {
    refuseArguments('sendTo', rest, 'it returns a Promise');
    if (options === undefined) return this.#reach.sendTo(id, data);
    const { binary, compress } = readOptions(sendToSchema, options);
    return this.#reach.sendTo(id, dataOfKind(data, binary), compress);
  }

  /**
   * Closes one connection, of whichever node, as `connection.close` does there.
   *
   * @returns whether it was open; its end is not waited for
   * @throws (rejects) as {@link sendTo}; ERR_WS_SEND_CLOSE_CODE, ERR_WS_CLOSE_REASON_TOO_LONG
   */
  closeConnection(id: string, code?: number, reason?: string): Promise<boolean>;
  async closeConnection(id: string, code?: number, reason = '', ...rest: unknown[]): Promise<boolean> {
    refuseArguments('closeConnection', rest, 'it returns a Promise');
    return this.#reach.closeConnection(id, code, reason);
  }

  /**
   * The connections of all nodes. Each is asked; without a bus, this is the only one.
   *
   * @param options  `topic`: only its subscribers; `timeout`, `limit`
   * @returns the connections, how many there are, and which nodes did not answer in time
   * @throws (rejects) WebSocketError ERR_WS_OPTION
   */
  async list(options?: ListOptions): Promise<Listing> {
    return this.#reach.list(readOptions(listSchema, options));
  }

  /** How many connections all nodes have. In everything else it is like {@link list}. */
  async count(options?: CountOptions): Promise<CountOfNodes> {
    return this.#reach.count(readOptions(countSchema, options));
  }

  /** This node and the others that it knows of: those that were heard within three times `liveness` of the bus. */
  nodes(): NodeInfo[] {
    return this.#reach.nodes();
  }

  /** The state of the bus; `undefined` without one. `listen({ health })` shows it. */
  get busState(): BusState | undefined {
    return this.#bus?.state;
  }

  /**
   * Says something to the programs of all nodes that {@link hear} a topic, this one among them: for caches that must be emptied,
   * and for what nodes have to agree on. No connection gets it. Like {@link publish}, it never waits, and comes at most once.
   *
   * @param topic  not empty. It has nothing to do with a topic of connections of the same name
   * @param data   a text, for example of JSON
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_OPTION
   */
  tell(topic: string, data: string): void;
  tell(topic: string, data: string, ...rest: unknown[]): void {
    refuseArguments('tell', rest, 'all nodes that hear the topic get it');
    checkTopic(topic);
    if (typeof data !== 'string') throw webSocketError('ERR_WS_OPTION', 'data of tell', data, 'a text');
    this.publish(programTopic(topic), data);
  }

  /**
   * Calls a function with each text that a node {@link tell}s of a topic. What it throws is an uncaught exception, and disturbs
   * nobody else.
   *
   * @param topic  as for {@link tell}
   * @returns ends it
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_TOPIC_TOO_LONG, ERR_WS_OPTION
   */
  hear(topic: string, listener: (data: string) => void): () => void;
  hear(topic: string, listener: (data: string) => void, ...rest: unknown[]): () => void {
    refuseArguments('hear', rest, 'the function gets the text');
    checkTopic(topic);
    return hearProgram(this.#publisher.topics, topic, listener);
  }

  /**
   * Listens on its own port, or on a Unix socket (`path`). You may call it several times, for several addresses. With a bus, it
   * first waits until that is ready.
   *
   * @returns the address and the real port; for a Unix socket its `path`
   * @throws (rejects) WebSocketError ERR_WS_OPTION for a bad option; ERR_WS_LISTEN when the system refuses, with the
   *         system's error as `cause`; ERR_WS_BUS_CONNECT, ERR_WS_BUS_REFUSED where the bus is required and cannot be used: it
   *         goes on trying until `close`
   */
  listen(options: ListenOptions & { readonly path: string }): Promise<{ readonly path: string }>;
  listen(options?: ListenOptions): Promise<AddressInfo>;
  async listen(given?: ListenOptions, ...rest: unknown[]): Promise<AddressInfo | { readonly path: string }> {
    refuseArguments('listen', rest, 'it returns a Promise');
    const options = readOptions(listenSchema, given);
    checkListenOptions(options, this.#proxies);
    checkProbePaths(options, this.#upgrades.routes);
    if (this.#bus !== undefined) await this.#bus.open();
    const listener = this.#listeners.create(options);
    this.#upgrades.resume();
    return this.#listeners.listen(listener, options);
  }

  /**
   * Gives new certificates to all listeners with TLS, for the handshakes that begin from here on. Connections stay, and so do
   * handshakes in progress. Options that are absent here count as absent, whatever `listen` got, except for `requestCert`.
   *
   * @param tls  as for `listen`. `requestCert` cannot change; `sni` is only for a listener that began with it
   * @throws WebSocketError ERR_WS_OPTION for what cannot be used, often with the reason as its `cause`, and where no listener
   *         has TLS. Nothing has changed then: the old certificates stay
   */
  setSecureContext(tls: ServerTlsOptions): void;
  setSecureContext(tls: ServerTlsOptions, ...rest: unknown[]): void {
    refuseArguments('setSecureContext', rest, 'it returns when the new certificates are in use');
    this.#listeners.setSecureContext(readOptions(serverTlsSchema, tls, 'tls'));
  }

  /**
   * Takes the upgrade requests of an HTTP server that you run, beside its other listeners. They do not see requests for
   * `path`; a request that one of them has taken is left alone. A request that nobody takes is answered 404. Requests
   * that ask for a protocol other than WebSocket stay ordinary requests of the HTTP server.
   *
   * An HTTP server takes each path once, and one server without a path.
   *
   * @param httpServer  of `node:http`, `node:https` or `node:http2` (with HTTP/1.1). You start and stop it
   * @param options     `path`: takes only the upgrades of this path
   * @returns a function that stops this; connections stay open
   * @throws WebSocketError ERR_WS_OPTION for a bad option, and for a path that is attached already
   */
  attach(httpServer: HttpServer, options?: AttachOptions): () => void {
    checkHttpServer(httpServer);
    const { path } = readOptions(attachSchema, options);
    checkAttachedPath(path, this.#upgrades.routes);
    const stop = attachTo(httpServer, {
      path,
      othersTimeout: this.#othersTimeout,
      take: (request, socket, head) => this.handleUpgrade(request, socket, head),
    });
    const detach = (): void => {
      stop();
      this.#detachments.delete(detach);
    };
    this.#detachments.add(detach);
    this.#bus?.start();
    this.#upgrades.resume();
    return detach;
  }

  /**
   * Takes one upgrade request, with the arguments of Node's `upgrade` event: for routers of your own. If a response to
   * an earlier request on the same connection is still being written, the upgrade waits for its end. A request that a
   * server has taken before is left alone.
   *
   * @param request  Node's request, or an object with at least its `url` and its `rawHeaders` or `headers`
   * @param socket   any Duplex stream of bytes. It belongs to the server from here on
   * @param head     bytes that were read after the request; empty if there were none. They are copied
   * @param owner    decides on this upgrade instead of the server's `upgrade` handler, and gets its connection: see
   *                 {@link UpgradeOwner}. Its methods are read once
   * @throws WebSocketError ERR_WS_OPTION for an argument of another kind; nothing has been done then
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array, owner?: UpgradeOwner<Context>): void;
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    given?: UpgradeOwner<Context>,
    ...rest: unknown[]
  ): void {
    refuseArguments('handleUpgrade', rest, 'its connection comes to the open handler');
    checkHandshakeArguments(request, socket, head);
    const owner = given === undefined ? undefined : readOptions(ownerSchema, given);
    if (!takeOnce(request)) return;
    this.#bus?.start();
    const upgraded = { socket, head, isOurs: false };
    const take = (): void => this.#upgrades.take(request, upgraded, owner as UpgradeOwner<Context> | undefined);
    afterEarlierResponses(request, socket, undefined, take);
  }

  /**
   * Whether the server takes no connections: from `drain()` or `close()` on, until you call `listen` or `attach` again.
   * `listen({ health })` answers 503 meanwhile.
   */
  get isDraining(): boolean {
    return this.#upgrades.isGoingAway;
  }

  /**
   * Drains the server: takes no new connections, closes each open one after the messages that were sent to it, all at once
   * or spread over some time, and resolves when all are gone and the ports are free. HTTP requests that
   * `listen({ request })` has not answered are cut; those of an attached HTTP server are not touched. You may call `listen`
   * or `attach` again afterwards; not with a bus, which ends with the connections.
   *
   * A further call of `drain` or `close` takes over with its own options: connections that still wait for their turn get it
   * by the later call. Both resolve when all is gone.
   *
   * @param options  `code` and `reason` of the Close frames (1001, `'server is going away'`); `spread`: milliseconds over
   *                 which they are spread (0); `order`: which connections are first (`'oldest'`); `deadline`: milliseconds
   *                 after the spread until open connections are cut (10,000)
   * @returns how many connections a closing handshake ended, and how many were cut; the close codes, and the time
   * @throws (rejects) WebSocketError ERR_WS_SEND_CLOSE_CODE, ERR_WS_CLOSE_REASON_TOO_LONG, ERR_WS_OPTION; nothing has
   *         been done then
   */
  async drain(given?: DrainOptions<Context>): Promise<DrainResult> {
    const settings = drainSettings(given);
    const server = {
      upgrades: this.#upgrades,
      listeners: this.#listeners,
      connections: this.#connections,
      refusedSockets: this.#refusedSockets,
      detachments: this.#detachments,
    };
    this.#drain?.yield();
    this.#drain = new Drain(server, settings);
    const result = await this.#drain.result;
    await this.#bus?.close();
    return result;
  }

  /** Ends everything at once, without closing handshakes. Resolves when the ports are free. */
  close(): Promise<void>;
  async close(...rest: unknown[]): Promise<void> {
    refuseArguments('close', rest, 'it returns a Promise; drain({ code, reason, deadline }) has options');
    await this.drain({ deadline: 0 });
  }
}
