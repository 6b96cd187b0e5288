// The class `WebSocketServer` in the shape of `ws`. It translates options, events and callbacks; the engine's server checks
// handshakes and has the connections.

import { Buffer } from 'node:buffer';
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from '../node/http.ts';
import type { ServerConnection } from '../server/server-connection.ts';
import { ServerEmitter } from './server-emitter.ts';
import { ServerEngines } from './server-engines.ts';
import { completeServerOptions, type ServerOptions } from './server-options.ts';
import { ServerUpgrade, type UpgradeHost } from './server-upgrade.ts';
import { adopt, WebSocket } from './websocket.ts';

/** Sockets that carry a WebSocket of one of these servers. */
const carrying = new WeakSet<Duplex>();

/**
 * A server in the shape of `ws`.
 *
 * @typeParam Class    the class of its connections
 * @typeParam Request  the class of the requests of its HTTP server
 */
export class WebSocketServer<
  Class extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends ServerEmitter<InstanceType<Class>, InstanceType<Request>> {
  /** The options, with their defaults. Those of an upgrade are read when it comes, so you may change them. */
  options: ServerOptions<Class, Request>;
  /** Of the options. */
  path: string;
  /** The connections that have not ended; absent without `clientTracking`. */
  declare clients: Set<InstanceType<Class>>;
  /** The HTTP server; `null` after `close()`, absent with `noServer`. */
  _server: HttpServer | null | undefined;
  /** 0: running; 1: closing; 2: closed. */
  _state: 0 | 1 | 2 = 0;
  readonly #engines = new ServerEngines();
  readonly #host: UpgradeHost;
  #stopListening: (() => void) | undefined;
  /** Whether `close` is emitted when the last client has ended. */
  #isWaitingForClients = false;

  /**
   * @param options   one of `port`, `server` and `noServer` must be given
   * @param callback  with `port`: called when it listens
   * @throws TypeError if not exactly one of those is given
   */
  constructor(options?: ServerOptions<Class, Request>, callback?: () => void) {
    super();
    const complete = completeServerOptions(options);
    this.options = complete;
    this.path = complete.path as string;
    this.#engines.for(complete);
    this.#host = this.#hostOf();
    if (complete.clientTracking) this.clients = new Set();
    if (typeof complete.port === 'number' || typeof complete.port === 'string') {
      this._server = createHttpServer(upgradeRequired);
      // The listener is there before those of this server, as in `ws`.
      const { port, host, backlog } = complete;
      this._server.listen(port, host as string, backlog as number, callback);
    } else if (complete.server) this._server = complete.server as HttpServer;
    if (this._server) this.#stopListening = this.#listenTo(this._server);
  }

  /**
   * The address that the HTTP server listens on; `null` after `close()`.
   *
   * @throws Error with `noServer`
   */
  address(): AddressInfo | string | null {
    if (this.options.noServer) throw new Error('The server is operating in "noServer" mode');
    return this._server?.address() ?? null;
  }

  /**
   * Takes no new connections; the present ones stay open. An HTTP server that was made for `port` is closed.
   *
   * @param callback  called when all connections have ended; with an error if the server was closed before
   */
  close(callback?: (error?: Error) => void): void {
    if (this._state === 2) {
      if (callback) this.once('close', () => callback(new Error('The server is not running')));
      process.nextTick(() => this.#ended());
      return;
    }
    if (callback) this.once('close', callback as () => void);
    if (this._state === 1) return;
    this._state = 1;
    const server = this._server;
    this.#stopListening?.();
    this.#stopListening = undefined;
    if (server) this._server = null;
    if (server && !this.options.server) server.close(() => this.#ended());
    else if (this.clients !== undefined && this.clients.size > 0) this.#isWaitingForClients = true;
    else process.nextTick(() => this.#ended());
  }

  /** Whether this server takes a request: whether its path is `path`. You may override it. */
  shouldHandle(request: InstanceType<Request>): boolean | Promise<boolean> {
    const { path } = this.options;
    if (!path) return true;
    const { url = '' } = request;
    const query = url.indexOf('?');
    return (query < 0 ? url : url.slice(0, query)) === path;
  }

  /**
   * Takes an upgrade, with the arguments of Node's `upgrade` event.
   *
   * @param callback  called with the connection and the request, before the first message
   * @throws Error for a socket that a server has taken before; WebSocketError ERR_WS_OPTION for other arguments
   */
  handleUpgrade(
    request: InstanceType<Request>,
    socket: Duplex,
    head: Buffer,
    callback: (client: InstanceType<Class>, request: InstanceType<Request>) => void,
  ): void {
    if (carrying.has(socket)) {
      throw new Error(
        'server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration',
      );
    }
    const upgrade = new ServerUpgrade(
      this.#host,
      request,
      socket,
      callback as ConstructorParameters<typeof ServerUpgrade>[3],
    );
    this.#engines.for(this.options).handleUpgrade(withHost(request), socket, head ?? Buffer.alloc(0), upgrade);
  }

  #hostOf(): UpgradeHost {
    const server = this;
    const forget = function (this: WebSocket): void {
      server.#forget(this as InstanceType<Class>);
    };
    return {
      options: this.options as unknown as ServerOptions,
      get isRunning() {
        return server._state === 0;
      },
      shouldHandle: (request) => this.shouldHandle(request as InstanceType<Request>),
      emit: (event: string, ...values: unknown[]) => this.emit(event, ...values),
      listenerCount: (event) => this.listenerCount(event),
      makeWebSocket: () => {
        const Class = (this.options.WebSocket ?? WebSocket) as typeof WebSocket;
        return new Class(null, undefined, this.options);
      },
      opened: (webSocket, connection, socket) => {
        this.#opened(webSocket, connection, socket, forget);
      },
    };
  }

  #opened(
    webSocket: WebSocket,
    connection: ServerConnection<WebSocket>,
    socket: Duplex,
    forget: (this: WebSocket) => void,
  ): void {
    carrying.add(socket);
    const { allowSynchronousEvents } = this.options;
    adopt(webSocket, connection, { socket, allowSynchronousEvents });
    if (this.clients === undefined) return;
    this.clients.add(webSocket as InstanceType<Class>);
    webSocket.on('close', forget);
  }

  #forget(webSocket: InstanceType<Class>): void {
    this.clients.delete(webSocket);
    if (this.#isWaitingForClients && this.clients.size === 0) process.nextTick(() => this.#ended());
  }

  #ended(): void {
    this._state = 2;
    this.emit('close');
  }

  /** @returns what removes the listeners */
  #listenTo(server: HttpServer): () => void {
    const emitConnection = (client: unknown, request: unknown): void => {
      this.emit('connection', client as InstanceType<Class>, request as InstanceType<Request>);
    };
    const listeners: Record<string, (...values: never[]) => void> = {
      listening: () => this.emit('listening'),
      error: (error: Error) => this.emit('error', error),
      upgrade: (request: InstanceType<Request>, socket: Duplex, head: Buffer) => {
        this.handleUpgrade(request, socket, head, emitConnection);
      },
    };
    for (const [event, listener] of Object.entries(listeners)) server.on(event, listener as () => void);
    return () => {
      for (const [event, listener] of Object.entries(listeners)) server.off(event, listener as () => void);
    };
  }
}

/** A request that a test tool has made may lack Host, which Node's do not. */
function withHost<Kind extends IncomingMessage>(request: Kind): Kind {
  if (Array.isArray(request.rawHeaders) || request.headers.host !== undefined) return request;
  // The same object: the engine compares it with that of the response which waits on the socket.
  return Object.assign(request, { headers: { ...request.headers, host: 'localhost' } });
}

/** Answers requests other than upgrades, of an HTTP server that was made for `port`. */
function upgradeRequired(_request: IncomingMessage, response: ServerResponse): void {
  const body = STATUS_CODES[426] as string;
  response.writeHead(426, { 'Content-Length': body.length, 'Content-Type': 'text/plain' });
  response.end(body);
}
