// The kit's server: `webSocket.createWebSocketServer()`. It checks calls in the order of kit specification §2.3 and
// answers them. A run (server-run.ts) is responsible from `start` to `stop`.

import { hostAndPort } from '../../node/address.ts';
import { businessError } from '../business-error.ts';
import { requestedClose, startClosing } from '../close-result.ts';
import { counted, described } from '../described.ts';
import { addListener, clearListener, removeListener, setListener } from '../listeners.ts';
import { payloadError, payloadOf } from '../payload.ts';
import type { WebSocketCloseOptions, WebSocketConnection, WebSocketServer, WebSocketServerConfig } from '../types.ts';
import { type Client, ConnectionTable } from './connection-table.ts';
import { addressOf, answered, failed, isObject, NO_ADDRESS, requirePermission } from './server-call.ts';
import { serverConfig } from './server-config.ts';
import { ServerEvents } from './server-events.ts';
import { ServerRun } from './server-run.ts';

/** A server object. It can be started again after `stop`. */
export class KitWebSocketServer implements WebSocketServer {
  readonly #events = new ServerEvents();
  readonly #clients = new ConnectionTable();
  /** Absent while stopped. */
  #run: ServerRun | undefined;
  /** The end of the run before, while it lasts. */
  #stopping: Promise<void> | undefined;

  /**
   * The real port of the listener that started last, for `serverPort: 0`; `undefined` while stopped. This is an
   * extension, which the kit's types do not have.
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
    this.#run ??= new ServerRun(this.#clients, this.#events, config.limits);
    const run = this.#run;
    try {
      await run.start(config, this.#stopping);
    } finally {
      if (this.#run === run && run.isOver) this.#run = undefined;
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
    const stopping = run.end();
    this.#stopping = stopping;
    try {
      await stopping;
    } finally {
      if (this.#stopping === stopping) this.#stopping = undefined;
    }
  }

  send(data: string | ArrayBuffer, connection: WebSocketConnection): Promise<boolean>;
  send(...args: unknown[]): Promise<boolean> {
    // Not by `answered`: this runs for every message, and costs half without the function that `answered` calls.
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
      throw businessError('notConnected', `client ${client.name} is closing and accepts no more messages`);
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
        `close got ${counted(args.length, 'argument')}; expected a connection, and optionally options`,
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
      throw businessError('unknown', `client ${client.name} is already closing`);
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
    addListener(this.#events.listeners, args);
  }

  off(...args: unknown[]): void {
    removeListener(this.#events.listeners, args);
  }

  onConnect(...args: unknown[]): void {
    setListener(this.#events.staticListeners, 'connect', args);
  }

  offConnect(...args: unknown[]): void {
    clearListener(this.#events.staticListeners, 'connect', args);
  }

  onMessageReceive(...args: unknown[]): void {
    setListener(this.#events.staticListeners, 'messageReceive', args);
  }

  offMessageReceive(...args: unknown[]): void {
    clearListener(this.#events.staticListeners, 'messageReceive', args);
  }

  onWebSocketServerClose(...args: unknown[]): void {
    setListener(this.#events.staticListeners, 'close', args);
  }

  offWebSocketServerClose(...args: unknown[]): void {
    clearListener(this.#events.staticListeners, 'close', args);
  }

  onWebSocketServerError(...args: unknown[]): void {
    setListener(this.#events.staticListeners, 'error', args);
  }

  offWebSocketServerError(...args: unknown[]): void {
    clearListener(this.#events.staticListeners, 'error', args);
  }

  /** @throws BusinessError 2302999 while stopped, and if there are arguments */
  #started(method: string, args: readonly unknown[]): ServerRun {
    if (args.length > 0) {
      throw businessError('unknown', `${method} got ${counted(args.length, 'argument')}; expected none`);
    }
    if (this.#run !== undefined) return this.#run;
    throw businessError(
      'unknown',
      `${method} needs a running server, and this one is stopped; call start, and wait for its answer`,
    );
  }

  /** @throws BusinessError 2302006 if there is no such client */
  #find({ clientIP, clientPort }: WebSocketConnection): Client {
    const client = this.#clients.find(clientIP, clientPort);
    if (client !== undefined) return client;
    throw businessError(
      'noSuchConnection',
      `there is no client ${hostAndPort(clientIP, clientPort)}; it has left, or was never connected to this server`,
    );
  }
}
