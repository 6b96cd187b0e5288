// The kit's server: `webSocket.createWebSocketServer()`. Each `start` adds a listening engine server; they share one
// table of clients and the limits given last (§4.1 of the kit specification).

import type { IncomingMessage } from 'node:http';
import type { CloseEvent } from '../../core/connection/close-event.ts';
import type { WebSocketError } from '../../core/errors.ts';
import { hostAndPort, peerAddress } from '../../node/address.ts';
import type { ServerOptions, UpgradeRequest } from '../../server/options.ts';
import { createServer, type Server } from '../../server/server.ts';
import type { ServerConnection } from '../../server/server-connection.ts';
import { type Accepted, accept, type Refused, refuse } from '../../server/upgrade-decision.ts';
import {
  businessError,
  type Callback,
  CONNECT_FAILED,
  type ErrorCallback,
  type EventText,
  LINK_DOWN,
  serverErrorEvent,
} from '../business-error.ts';
import { type Ending, endingOf, requestedClose, startClosing } from '../close-result.ts';
import { counted, described } from '../described.ts';
import { diagnostics } from '../diagnostics.ts';
import { dropError } from '../dropped-events.ts';
import {
  addListener,
  clearListener,
  type ListenerTable,
  notify,
  notifyPair,
  removeListener,
  setListener,
} from '../listeners.ts';
import { reportFailed } from '../own-errors.ts';
import { deliverable, deliverableCopy, payloadError, payloadOf } from '../payload.ts';
import { type Policy, policy } from '../policy.ts';
import type {
  ClientConnectionCloseCallback,
  CloseResult,
  WebSocketCloseOptions,
  WebSocketConnection,
  WebSocketMessage,
  WebSocketServer,
  WebSocketServerConfig,
} from '../types.ts';
import { type AdmissionLimits, admits, BanList, excess } from './admission.ts';
import { Client, ConnectionTable } from './connection-table.ts';
import { listenError } from './listen-error.ts';
import { addressOf, answered, failed, isObject, NO_ADDRESS, requirePermission } from './server-call.ts';
import { type ServerConfig, serverConfig } from './server-config.ts';

/** What every client is told by `stop`. */
const GOING_AWAY: CloseResult = { code: 1001, reason: 'server is going away' };

/** One for all servers of the process, as on a device: neither `stop` nor another server ends a ban. */
const banList = new BanList();

/** Why the kit itself refused a request, in its own words. */
const refusals = new WeakMap<IncomingMessage, string>();

interface ServerListeners {
  connect: Callback<WebSocketConnection>;
  messageReceive: Callback<WebSocketMessage>;
  close: ClientConnectionCloseCallback;
  error: ErrorCallback;
}

/** From the first `start` to a `stop`. */
interface Run {
  /** The listening ones, a port each. */
  readonly servers: Server<Client>[];
  /** Listeners of `start` calls not answered yet. */
  readonly starting: Set<Promise<void>>;
  /** As the latest `start` gave them. */
  limits: AdmissionLimits;
  /** Of the latest listener. */
  port: number | undefined;
}

/** A server object. */
export class KitWebSocketServer implements WebSocketServer {
  readonly #listeners: ListenerTable<ServerListeners> = {
    connect: undefined,
    messageReceive: undefined,
    close: undefined,
    error: undefined,
  };
  readonly #staticListeners: ListenerTable<ServerListeners> = {
    connect: undefined,
    messageReceive: undefined,
    close: undefined,
    error: undefined,
  };
  readonly #clients = new ConnectionTable();
  /** Absent while stopped. */
  #run: Run | undefined;
  /** The end of the run before, while it lasts. */
  #stopping: Promise<void> | undefined;

  /**
   * Extension, not part of the kit's types: the real port of the listener started last, for `serverPort: 0`; `undefined`
   * while stopped.
   */
  get serverPort(): number | undefined {
    return this.#run?.port;
  }

  start(config: WebSocketServerConfig): Promise<boolean>;
  start(...args: unknown[]): Promise<boolean> {
    return answered('start', () => this.#start(args));
  }

  async #start(args: readonly unknown[]): Promise<void> {
    const config = serverConfig(args);
    this.#run ??= { servers: [], starting: new Set(), limits: config.limits, port: undefined };
    const run = this.#run;
    const listening = this.#listen(run, config);
    run.starting.add(listening);
    try {
      await listening;
    } finally {
      run.starting.delete(listening);
      if (this.#run === run && run.servers.length === 0 && run.starting.size === 0) this.#run = undefined;
    }
  }

  stop(): Promise<boolean>;
  stop(...args: unknown[]): Promise<boolean> {
    return answered('stop', () => this.#stop(args));
  }

  async #stop(args: readonly unknown[]): Promise<void> {
    requirePermission();
    const run = this.#started('stop', args);
    this.#run = undefined;
    const stopping = this.#end(run);
    this.#stopping = stopping;
    try {
      await stopping;
    } finally {
      if (this.#stopping === stopping) this.#stopping = undefined;
    }
  }

  send(data: string | ArrayBuffer, connection: WebSocketConnection): Promise<boolean>;
  send(...args: unknown[]): Promise<boolean> {
    // Without a function to call: this is called for every message, and a Promise that is there already costs half.
    try {
      this.#send(args);
      return Promise.resolve(true);
    } catch (error) {
      return failed('send', error);
    }
  }

  #send(args: readonly unknown[]): void {
    if (args.length !== 2) {
      throw businessError('parameter', `send got ${counted(args.length, 'argument')}; expected data and a connection`);
    }
    const payload = payloadOf(args[0]);
    if (payload === undefined) throw payloadError(args[0]);
    const address = addressOf(args[1]);
    requirePermission();
    if (address.clientIP === '') throw businessError('notConnected', NO_ADDRESS);
    const client = this.#find(address);
    if (!client.isOpen) {
      throw businessError('notConnected', `client ${client.name} is being closed, and is sent no more messages`);
    }
    client.connection?.send(payload);
  }

  close(connection: WebSocketConnection, options?: WebSocketCloseOptions): Promise<boolean>;
  close(...args: unknown[]): Promise<boolean> {
    return answered('close', () => this.#close(args));
  }

  #close(args: readonly unknown[]): void {
    const [first, options] = args;
    const address = addressOf(first);
    if (args.length > 2) {
      throw businessError(
        'parameter',
        `close got ${counted(args.length, 'argument')}; expected a connection and, perhaps, options`,
      );
    }
    if (options !== undefined && !isObject(options)) {
      throw businessError('parameter', `the options of close are ${described(options)}; expected an object`);
    }
    const requested = requestedClose(options);
    requirePermission();
    if (address.clientIP === '') throw businessError('unknown', NO_ADDRESS);
    const client = this.#find(address);
    const { connection } = client;
    if (!client.isOpen || connection === undefined) {
      throw businessError('unknown', `client ${client.name} is being closed already`);
    }
    client.requested = requested;
    startClosing(connection, requested);
  }

  listAllConnections(): WebSocketConnection[];
  listAllConnections(...args: unknown[]): WebSocketConnection[] {
    requirePermission();
    this.#started('listAllConnections', args);
    return Array.from(this.#clients, (client) => client.address);
  }

  on(...args: unknown[]): void {
    addListener(this.#listeners, args);
  }

  off(...args: unknown[]): void {
    removeListener(this.#listeners, args);
  }

  onConnect(...args: unknown[]): void {
    setListener(this.#staticListeners, 'connect', args);
  }

  offConnect(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'connect', args);
  }

  onMessageReceive(...args: unknown[]): void {
    setListener(this.#staticListeners, 'messageReceive', args);
  }

  offMessageReceive(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'messageReceive', args);
  }

  onWebSocketServerClose(...args: unknown[]): void {
    setListener(this.#staticListeners, 'close', args);
  }

  offWebSocketServerClose(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'close', args);
  }

  onWebSocketServerError(...args: unknown[]): void {
    setListener(this.#staticListeners, 'error', args);
  }

  offWebSocketServerError(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'error', args);
  }

  async #listen(run: Run, { host, port, certificate, subprotocols, limits }: ServerConfig): Promise<void> {
    // A stop in progress still has the port.
    if (this.#stopping !== undefined) await this.#stopping;
    const server = createServer(this.#handlers(run, subprotocols, policy()));
    try {
      const address = await server.listen({ host, port, tls: certificate });
      run.port = address.port;
    } catch (error) {
      throw listenError(error);
    }
    run.servers.push(server);
    run.limits = limits;
  }

  #handlers(run: Run, subprotocols: readonly string[], settings: Policy): ServerOptions<Client> {
    return {
      heartbeat: settings.serverHeartbeat,
      closeTimeout: settings.closeTimeout,
      limits: {
        maxMessageSize: settings.maxMessageSize,
        // `send` has no way to say "wait": like a device, the kit keeps what the peer has not taken.
        maxQueuedBytes: Number.POSITIVE_INFINITY,
        // Whom a server takes is said by the two limits of its configuration, `admits`, and bans.
        maxConnections: Number.POSITIVE_INFINITY,
        maxConnectionsPerAddress: Number.POSITIVE_INFINITY,
        maxConnectionsPerMinute: Number.POSITIVE_INFINITY,
      },
      upgrade: (request) => this.#decide(run, subprotocols, settings, request),
      refused: (request, error) => this.#refused(request, error),
      open: (connection) => this.#opened(connection),
      message: (connection, data) => this.#message(connection, data),
      close: (connection, event) => this.#closed(connection.context, event),
      failed: reportFailed,
    };
  }

  #decide(run: Run, spoken: readonly string[], settings: Policy, request: UpgradeRequest): Accepted<Client> | Refused {
    const { remoteAddress, remotePort } = request;
    const refusal = this.#refusal(run.limits, remoteAddress, settings);
    if (refusal !== undefined) {
      const reason =
        refusal.status === 503 ? excess(run.limits, this.#clients, remoteAddress) : 'its address is banned';
      refusals.set(request.message, `client ${hostAndPort(remoteAddress, remotePort)} was refused: ${reason}`);
      // A device says nothing and hangs up. What the engine writes after this reaches nobody.
      if (settings.profile === 'device') request.message.socket.destroy();
      return refusal;
    }
    // Without a match the client is taken all the same, without a subprotocol: RFC 6455, §4.2.2.
    const subprotocol = request.subprotocols.find((name) => spoken.includes(name)) ?? '';
    return accept({ context: new Client(remoteAddress, remotePort), subprotocol });
  }

  #refusal(limits: AdmissionLimits, ip: string, settings: Policy): Refused | undefined {
    if (!admits(limits, this.#clients, ip)) return refuse(503, 'too many connections');
    if (limits.hasBans && !banList.admits(ip, settings.wallClock()))
      return refuse(429, 'too many connections within a minute');
    return undefined;
  }

  #refused(request: IncomingMessage | undefined, error: WebSocketError): void {
    if (request === undefined) {
      // On a device, what is no request leaves no trace.
      diagnostics().debug?.(`refused a client that sent no request: ${error.message}`);
      return;
    }
    const { address, port } = peerAddress(request.socket);
    // Of one that has gone the system does not know the address any more.
    const client = address === '' ? 'a client that has left' : `client ${hostAndPort(address, port)}`;
    const reason = refusals.get(request) ?? `${client} was refused: ${error.message}`;
    diagnostics().debug?.(reason);
    this.#error(CONNECT_FAILED, new Error(reason, { cause: error }));
  }

  #opened(connection: ServerConnection<Client>): void {
    const client = connection.context;
    client.connection = connection;
    this.#clients.add(client);
    if (this.#listeners.connect !== undefined) notify(this.#listeners.connect, client.address);
    if (this.#staticListeners.connect !== undefined) notify(this.#staticListeners.connect, client.address);
  }

  #message(connection: ServerConnection<Client>, data: string | Uint8Array): void {
    const client = connection.context;
    // By `close` the engine delivers nothing more; by `stop`, whatever was still in flight.
    if (client.requested !== undefined) return;
    const { messageReceive } = this.#listeners;
    if (this.#staticListeners.messageReceive === undefined) {
      if (messageReceive === undefined) return;
      notify(messageReceive, { clientConnection: client.address, data: deliverable(data) });
      return;
    }
    // Two listeners, and each owns what it gets: the first may already have transferred its buffer.
    const second = deliverableCopy(data);
    notify(messageReceive, { clientConnection: client.address, data: deliverable(data) });
    notify(this.#staticListeners.messageReceive, { clientConnection: client.address, data: second });
  }

  #closed(client: Client, event: CloseEvent): void {
    const { result, failure }: Ending = client.requested === undefined ? endingOf(event) : { result: client.requested };
    this.#clients.remove(client);
    if (failure !== undefined) {
      this.#error(LINK_DOWN, new Error(`client ${client.name} was lost: ${failure.message}`, { cause: failure }));
    }
    const { close } = this.#listeners;
    if (close !== undefined) notifyPair(close, client.address, closeReason(result));
    const staticClose = this.#staticListeners.close;
    if (staticClose !== undefined) notifyPair(staticClose, client.address, closeReason(result));
  }

  #error(text: EventText, cause: Error): void {
    if (this.#listeners.error === undefined && this.#staticListeners.error === undefined) {
      // The end of a connection is told by `close`.
      dropError('WebSocketServer', serverErrorEvent(text, cause), text === CONNECT_FAILED);
      return;
    }
    if (this.#listeners.error !== undefined) notify(this.#listeners.error, serverErrorEvent(text, cause));
    if (this.#staticListeners.error !== undefined) notify(this.#staticListeners.error, serverErrorEvent(text, cause));
  }

  async #end(run: Run): Promise<void> {
    // A `start` that is still under way is answered first.
    if (run.starting.size > 0) await Promise.allSettled(run.starting);
    for (const client of this.#clients) if (client.isOpen) client.requested = GOING_AWAY;
    const deadline = policy().stopTimeout;
    await Promise.all(run.servers.map((server) => server.drain({ ...GOING_AWAY, deadline })));
  }

  /** @throws BusinessError 2302999 while stopped, and for surplus arguments */
  #started(method: string, args: readonly unknown[]): Run {
    if (args.length > 0) {
      throw businessError('unknown', `${method} got ${counted(args.length, 'argument')}; expected none`);
    }
    if (this.#run !== undefined) return this.#run;
    throw businessError(
      'unknown',
      `${method} needs a server that is started: start was not called, has failed, or stop was called since`,
    );
  }

  /** @throws BusinessError 2302006 when there is no such client */
  #find({ clientIP, clientPort }: WebSocketConnection): Client {
    const client = this.#clients.find(clientIP, clientPort);
    if (client !== undefined) return client;
    throw businessError(
      'noSuchConnection',
      `there is no client ${hostAndPort(clientIP, clientPort)}: it has left, or was never connected to this server`,
    );
  }
}

/** A fresh result; devices have the reason under another name, which stays readable here. */
function closeReason({ code, reason }: CloseResult): CloseResult {
  return Object.defineProperty({ code, reason }, 'closeReason', { value: reason });
}
