// The class `WebSocket` in the shape of `ws`: a client, or a connection that a server has accepted. It translates names,
// callbacks, events and errors. The protocol is the engine's: an open `Connection` gets under it by `adopt`.

import { Buffer } from 'node:buffer';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import { openOver } from '../client/upgraded-stream.ts';
import type { CloseEvent as EngineCloseEvent } from '../core/connection/close-event.ts';
import type { Connection } from '../core/connection/connection.ts';
import type { WebSocketError } from '../core/errors.ts';
import type { PeerHandlers } from '../node/handlers.ts';
import type { AdoptSettings } from './adopt-settings.ts';
import { dressSocket } from './carrier.ts';
import { finishClass, STATES } from './class-shape.ts';
import { type Attempt, openClient } from './client.ts';
import { type ClientOptions, connectionSettings, type SocketOptions } from './client-options.ts';
import { type BinaryType, type BufferLike, EMPTY, isBinaryType, shaped, sizeOf } from './data.ts';
import { DeferredEvents } from './deferred-events.ts';
import { connectionError } from './errors.ts';
import { WAS_CLEAN } from './event-target.ts';
import { EventfulSocket } from './eventful.ts';
import { type FrameSender, frameSender } from './frame-sender.ts';
import { Outgoing } from './outgoing.ts';
import type { SendOptions, Sent } from './transmit.ts';
import { emitError } from './unheard-error.ts';

/**
 * Puts an open connection of the engine under a WebSocket, and emits `open`. The connection must have been made with
 * {@link webSocketHandlers}. Call it in the `open` handler, before the first message.
 */
export let adopt: (webSocket: WebSocket, connection: Connection, settings?: AdoptSettings) => void;

/** Where a connection keeps its WebSocket. The handlers can then be the same for all connections. */
const OWNER = Symbol('WebSocket');

interface Owned extends Connection {
  [OWNER]: WebSocket;
}

function ownerOf(connection: Connection): WebSocket {
  return (connection as Owned)[OWNER];
}

/** The engine's handlers of all WebSockets. */
export let webSocketHandlers: PeerHandlers<Connection>;

/** A WebSocket: an EventEmitter, with the web's members as well. */
export class WebSocket extends EventfulSocket {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;

  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  #connection: Connection | undefined;
  #attempt: Attempt | undefined;
  #socket: Duplex | null = null;
  #frameSender: FrameSender | undefined;
  #binaryType: BinaryType = 'nodebuffer';
  /** Unless it is the connection's. */
  #state: 0 | 2 | 3 = 0;
  /** Present with the connection. */
  #outgoing: Outgoing | undefined;
  #isPaused = false;
  #wasClean = false;
  /** Its `error` has been emitted. */
  #hasFailed = false;
  #deferred: DeferredEvents | undefined;
  /** Bytes that were given to `send` when it was too late. */
  #unsent = 0;
  #url: string | undefined;

  static {
    adopt = (webSocket, connection, settings = {}) => webSocket.#adopt(connection, settings);
    // `adopt` gives each connection its WebSocket before the engine tells anything of it.
    webSocketHandlers = {
      message: (connection, data, isBinary, fragments) =>
        ownerOf(connection).#received(data as Buffer, isBinary, fragments),
      ping: (connection, payload) => ownerOf(connection).#emit('ping', payload),
      pong: (connection, payload) => ownerOf(connection).#emit('pong', payload),
      error: (connection, error) => ownerOf(connection).#failed(error),
      close: (connection, event) => ownerOf(connection).#closed(event),
    };
  }

  /** @param address  where to connect to; `null`: the connection comes by {@link adopt} */
  constructor(address: null, protocols?: undefined, options?: object);
  constructor(address: string | URL, options?: ClientOptions<WebSocket>);
  constructor(address: string | URL, protocols?: string | string[], options?: ClientOptions<WebSocket>);
  constructor(
    address: string | URL | null,
    protocols?: string | string[] | ClientOptions<WebSocket>,
    options?: ClientOptions<WebSocket>,
  ) {
    super();
    if (address === null) return;
    this._isServer = false;
    openClient(
      {
        begun: (attempt) => {
          this.#attempt = attempt;
        },
        webSocket: this,
        handlers: webSocketHandlers,
        opened: (connection, settings) => this.#adopt(connection, settings),
        ended: (error) => this.#attemptEnded(error),
        closing: () => {
          this.#state = 2;
        },
        isConnecting: () => this.#state === 0 && this.#connection === undefined,
        located: (url, redirects) => {
          this.#url = url;
          this._redirects = redirects;
        },
      },
      address,
      protocols,
      options,
    );
  }

  /** As which class binary messages come. It may be `'blob'`, too, which the type leaves out as that of @types/ws does. */
  get binaryType(): Exclude<BinaryType, 'blob'> {
    return this.#binaryType as Exclude<BinaryType, 'blob'>;
  }

  set binaryType(type: BinaryType) {
    if (isBinaryType(type)) this.#binaryType = type;
  }

  /** Bytes that wait to be sent, or were given to `send` when it was too late. */
  get bufferedAmount(): number {
    return (this.#connection?.bufferedAmount ?? 0) + (this.#outgoing?.pendingSize ?? 0) + this.#unsent;
  }

  /** `'permessage-deflate'`, or `''`. */
  get extensions(): string {
    return this.#connection === undefined || this.#connection.extensions === '' ? '' : 'permessage-deflate';
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get protocol(): string {
    return this.#connection?.subprotocol ?? '';
  }

  get readyState(): 0 | 1 | 2 | 3 {
    if (this.#connection === undefined || this.#state !== 0) return this.#state;
    return this.#connection.isOpen ? 1 : 2;
  }

  /** `undefined` for a connection that a server has accepted. */
  get url(): string {
    return this.#url as string;
  }

  /** The socket that carries the connection; `null` before and where none is known. */
  get _socket(): Duplex | null {
    const connection = this.#connection;
    return this.#socket === null || connection === undefined ? null : dressSocket(this.#socket, connection);
  }

  /** The request of the opening handshake of a client, until it is answered; otherwise `null`. */
  get _req(): unknown {
    return this.#attempt?.request ?? null;
  }

  /** Sends frames that `Sender.frame` made; `null` before the connection is open. */
  get _sender(): FrameSender | null {
    const connection = this.#connection;
    if (connection === undefined) return null;
    this.#frameSender ??= frameSender(connection);
    return this.#frameSender;
  }

  override get [WAS_CLEAN](): boolean {
    return this.#wasClean;
  }

  /** Redirects that a client has followed. */
  _redirects = 0;
  /** Which end {@link setSocket} makes of it. */
  _isServer = true;

  /** For test tools: opens it over a stream whose opening handshake is done. */
  setSocket(socket: Duplex, head: Uint8Array = EMPTY, options: SocketOptions = {}): void {
    const settings = { ...connectionSettings(options), handlers: webSocketHandlers };
    const role = this._isServer ? 'server' : 'client';
    openOver(socket, head, role, settings, (connection) => this.#adopt(connection, { ...options, socket }));
  }

  // ── Methods ────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Sends a message, or with `fin: false` a fragment of one.
   *
   * @param sent  called when the system has it, or with an error
   * @throws Error while CONNECTING, TypeError for data without bytes
   */
  send(data: BufferLike, sent?: Sent): void;
  send(data: BufferLike, options: SendOptions, sent?: Sent): void;
  send(data: BufferLike, options?: SendOptions | Sent, sent?: Sent): void {
    const callback = typeof options === 'function' ? options : (sent ?? undefined);
    const connection = this.#usable(data, callback);
    if (connection === undefined) return;
    const given = typeof options === 'object' && options !== null ? options : undefined;
    (this.#outgoing as Outgoing).send(data, given, callback);
  }

  /** Sends a ping. @throws Error while CONNECTING, RangeError for more than 125 bytes */
  ping(data?: unknown, mask?: boolean, sent?: (error: Error) => void): void {
    this.#control('ping', data, mask, sent as Sent | undefined);
  }

  /** Sends a pong that no ping asked for. @throws as {@link ping} */
  pong(data?: unknown, mask?: boolean, sent?: (error: Error) => void): void {
    this.#control('pong', data, mask, sent as Sent | undefined);
  }

  /**
   * Starts the closing handshake.
   *
   * @throws TypeError for a code that may not be sent, RangeError for a reason of more than 123 bytes
   */
  close(code?: number, reason?: string | Buffer): void {
    const connection = this.#connection;
    if (this.#state === 3) return;
    if (connection === undefined) {
      this.#attempt?.abort();
      return;
    }
    if (!connection.isOpen || this.#state !== 0) return;
    this.#outgoing?.close(code, reason);
    if (connection.isOpen) this.#state = 2; // a Blob is read first
  }

  /** Drops the connection at once. */
  terminate(): void {
    if (this.#state === 3) return;
    if (this.#connection === undefined) this.#attempt?.abort();
    else this.#outgoing?.terminate();
  }

  /** Stops reading from the peer. */
  pause(): void {
    if (this.#connection === undefined || this.#state === 3) return;
    this.#isPaused = true;
    this.#connection.pause();
  }

  /** Reads from the peer again. */
  resume(): void {
    if (this.#connection === undefined || this.#state === 3) return;
    this.#isPaused = false;
    this.#connection.resume();
  }

  #control(kind: 'ping' | 'pong', data: unknown, mask: unknown, sent: Sent | undefined): void {
    let callback = sent;
    let given = data;
    if (typeof data === 'function') {
      callback = data as Sent;
      given = undefined;
    } else if (typeof mask === 'function') callback = mask as Sent;
    if (this.#usable(given, callback) !== undefined) this.#outgoing?.control(kind, given, callback ?? undefined);
  }

  /** Returns the connection where something can be sent; otherwise tells `sent`. @throws Error while CONNECTING */
  #usable(data: unknown, sent: Sent | undefined): Connection | undefined {
    const connection = this.#connection;
    if (connection?.isOpen === true && this.#state === 0) return connection;
    const state = this.readyState;
    const error = new Error(`WebSocket is not open: readyState ${state} (${STATES[state]})`);
    if (state === 0) throw error;
    if (data || typeof data === 'number') this.#unsent += sizeOf(data);
    if (typeof sent === 'function') process.nextTick(sent, error);
    return undefined;
  }

  // ── What happens ───────────────────────────────────────────────────────────────────────────────────────────────

  #adopt(connection: Connection, { socket, allowSynchronousEvents }: AdoptSettings): void {
    (connection as Owned)[OWNER] = this;
    this.#connection = connection;
    this.#outgoing = new Outgoing(connection, (error) => emitError(this, error));
    this.#attempt = undefined;
    this.#socket = socket ?? null;
    if (allowSynchronousEvents === false) this.#deferred = new DeferredEvents();
    this.emit('open');
  }

  #emit(name: 'ping' | 'pong', payload: Buffer): void {
    this.#tell(() => this.emit(name, payload));
  }

  #tell(task: () => void): void {
    if (this.#deferred === undefined) task();
    else this.#deferred.add(task);
  }

  #received(bytes: Buffer, isBinary: boolean, fragments: readonly number[] | undefined): void {
    const whole = bytes.length === 0 ? EMPTY : bytes;
    const data = isBinary && this.#binaryType !== 'nodebuffer' ? shaped(bytes, this.#binaryType, fragments) : whole;
    if (this.#deferred === undefined) this.emit('message', data, isBinary);
    else this.#deferred.add(() => this.emit('message', data, isBinary));
  }

  #failed(error: WebSocketError): void {
    const known = connectionError(error);
    if (known === undefined) return;
    this.#hasFailed = true;
    this.#tell(() => emitError(this, known));
  }

  #closed(event: EngineCloseEvent): void {
    try {
      // After close() the engine tells of a violation only here.
      if (event.error !== undefined && !this.#hasFailed) this.#failed(event.error);
    } finally {
      this.#tell(() => this.#emitClose(event));
    }
  }

  #emitClose({ code, reason, wasClean }: EngineCloseEvent): void {
    this.#state = 3;
    this.#wasClean = wasClean;
    this.emit('close', code, reason === '' || code === 1006 ? EMPTY : Buffer.from(reason));
  }

  /** The opening handshake of a client has failed. */
  #attemptEnded(error: Error): void {
    this.#attempt = undefined;
    this.#state = 2;
    try {
      this.emit('error', error);
    } finally {
      this.#state = 3;
      this.emit('close', 1006, EMPTY);
    }
  }
}

finishClass(WebSocket);
