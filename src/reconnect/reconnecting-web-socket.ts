// A WebSocket that comes back, over the kit's `webSocket`. ArkTS in one file: the package for devices in packages/reconnect
// has it with the imports of the SDK, see scripts/arkts-package.ts. So it keeps to what ArkTS allows: no `any` or `unknown`,
// no private names, no destructuring, every object literal has a declared type.

import type { BusinessError } from '../kit/index.ts';
import { webSocket } from '../kit/index.ts';
import { connection } from '../kits/connection/index.ts';

/**
 * `idle`: before `connect`. `connecting`: an attempt is being made. `open`: messages move. `waiting`: until the next attempt.
 * `closed`: it was closed or gave up; nothing follows.
 */
export type ReconnectState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

/** What may be sent, and comes: a text or bytes. */
export type ReconnectData = string | ArrayBuffer;

/** When the next attempt is made. */
export interface ReconnectPolicy {
  /** Milliseconds that the first wait takes at most; 0 to 2^31 - 1. Default 500. */
  initial?: number;
  /** Milliseconds that any wait takes at most; `initial` to 2^31 - 1. Default 30,000. */
  max?: number;
  /** By which the bound of the wait grows from attempt to attempt; 1 to 100. Default 2. */
  factor?: number;
  /** Attempts in a row that may fail before it gives up; 1 or more, or `Infinity` (default). */
  attempts?: number;
  /** Milliseconds that one attempt may take; 1 to 2^31 - 1. Default 20,000. */
  dialTimeout?: number;
  /** Milliseconds that a connection must have lived so that the next wait begins with `initial` again. Default 5,000. */
  stableAfter?: number;
}

/** Messages that are sent while no connection is open. */
export interface ReconnectOutbox {
  /** Messages; 0: a message is not sent unless an open connection takes it. Default 1,000. */
  maxMessages?: number;
  /** Bytes, texts counted as UTF-8. Default 1,048,576. */
  maxBytes?: number;
  /** What a message that does not fit does: it is refused (default), or the oldest ones make room. */
  policy?: ReconnectOutboxPolicy;
}

export type ReconnectOutboxPolicy = 'refuse' | 'drop-oldest';

/** Why a connection ended or an attempt failed. */
export interface ReconnectLoss {
  /** Close code of the peer, 0 for a connection that was lost, -1 for an attempt that failed. */
  code: number;
  /** Of the Close frame, or what the kit says. */
  reason: string;
  /** HTTP status of the answer to an attempt, 0 if there was none. */
  status: number;
}

/** Gives the URL of the next attempt: a fresh token in it, or another server. */
export type ReconnectUrl = () => Promise<string>;

/** Gives the options of the next attempt: a fresh `Authorization` header. */
export type ReconnectRequest = () => Promise<webSocket.WebSocketRequestOptions>;

/** Decides whether a loss is final. */
export type ReconnectFinal = (loss: ReconnectLoss) => boolean;

/** Decides how long the next wait takes. `delay` is what it would take; both in milliseconds. */
export type ReconnectDelay = (loss: ReconnectLoss, delay: number) => number;

export interface ReconnectOptions {
  /** `ws:` or `wss:`, or a function that is asked before each attempt. */
  url: string | ReconnectUrl;
  /** Options of the kit's `connect`, or a function that is asked before each attempt. */
  request?: webSocket.WebSocketRequestOptions | ReconnectRequest | undefined;
  policy?: ReconnectPolicy | undefined;
  outbox?: ReconnectOutbox | undefined;
  /**
   * Which losses end it. Default: HTTP 401, 403 and 404, and the close codes 1008 and 4000 to 4999.
   */
  isFinal?: ReconnectFinal | undefined;
  /** Default: the wait that `policy` or the server's `after=` says. */
  delay?: ReconnectDelay | undefined;
  /**
   * Whether it watches the default network: an attempt is made at once when a network comes, and a connection is given up
   * when the last one goes. It needs the permission `ohos.permission.GET_NETWORK_INFO`, and does without it if that is
   * missing. Default `true`.
   */
  networkHints?: boolean | undefined;
}

/** What the application is told. Each is called on the thread that made the object, never from inside a call of it. */
export interface ReconnectEvents {
  /** An attempt begins; counted from 1, anew after each stable connection. */
  connecting?: (attempt: number) => void;
  /** A connection is open, the first or a later one. What was sent meanwhile leaves next. */
  open?: () => void;
  message?: (data: ReconnectData) => void;
  /** The next attempt is made in so many milliseconds. */
  waiting?: (delay: number, loss: ReconnectLoss) => void;
  /** It gave up, because the loss is final or there were too many attempts. Messages that were not sent come back. */
  gaveUp?: (loss: ReconnectLoss, unsent: Array<ReconnectData>) => void;
  /** `close` has ended. */
  closed?: (result: webSocket.CloseResult) => void;
}

/** A message was refused or not sent, or an option is wrong. `code` as the kit uses it: 401, or -1. */
export class ReconnectError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'ReconnectError';
    this.code = code;
  }
}

const LONGEST_TIMER: number = 2147483647;
const PARAMETER: number = 401;
const NOT_SENT: number = -1;
/** The first messages of the queue are with the kit; more wait for its answers. */
const MOST_IN_FLIGHT: number = 64;

/** One message that has not been taken by a connection. */
class QueuedMessage {
  readonly data: ReconnectData;
  readonly size: number;
  readonly resolve: (isSent: boolean) => void;
  readonly reject: (error: ReconnectError) => void;

  constructor(
    data: ReconnectData,
    size: number,
    resolve: (isSent: boolean) => void,
    reject: (error: ReconnectError) => void,
  ) {
    this.data = data;
    this.size = size;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/**
 * A WebSocket that comes back: it connects again, with growing random waits, until it is closed or a loss is final.
 *
 * Each connection is a new object of the kit. Messages that a connection had taken when it broke may be lost: their number is
 * not known. `ResumableWebSocket` keeps them.
 */
export class ReconnectingWebSocket {
  private readonly options: ReconnectOptions;
  private readonly events: ReconnectEvents;
  private readonly initial: number;
  private readonly max: number;
  private readonly factor: number;
  private readonly attempts: number;
  private readonly dialTimeout: number;
  private readonly stableAfter: number;
  private readonly maxMessages: number;
  private readonly maxBytes: number;
  private readonly dropsOldest: boolean;

  private current: ReconnectState = 'idle';
  private socket: webSocket.WebSocket | undefined = undefined;
  private net: connection.NetConnection | undefined = undefined;
  /** Until the next attempt, the end of the present one's time, or until the connection counts as stable. */
  private timer: number = -1;
  /** Attempts since the last stable connection. */
  private tried: number = 0;
  /** What the kit says of a connection before its close or of an attempt. */
  private status: number = 0;
  private queue: Array<QueuedMessage> = [];
  /** Bytes in the queue. */
  private queued: number = 0;
  /** How many messages of the queue, from its start, the present connection has been given. */
  private inFlight: number = 0;
  private closing: webSocket.CloseResult | undefined = undefined;

  /**
   * Does nothing before `connect`.
   *
   * @throws ReconnectError 401 for an unknown option and for a value of the wrong type or outside its range
   */
  constructor(options: ReconnectOptions, events: ReconnectEvents) {
    checkNames(Object.keys(options), OPTION_NAMES, 'option');
    checkNames(Object.keys(events), EVENT_NAMES, 'event');
    if (typeof options.url !== 'string' && typeof options.url !== 'function') {
      throw new ReconnectError(PARAMETER, 'url must be a string or a function that returns a Promise of one');
    }
    const policy: ReconnectPolicy = options.policy ?? {};
    const outbox: ReconnectOutbox = options.outbox ?? {};
    checkNames(Object.keys(policy), POLICY_NAMES, 'option of policy');
    checkNames(Object.keys(outbox), OUTBOX_NAMES, 'option of outbox');
    this.initial = numberWithin('policy.initial', policy.initial, 500, 0, LONGEST_TIMER);
    this.max = numberWithin('policy.max', policy.max, Math.max(30000, this.initial), this.initial, LONGEST_TIMER);
    this.factor = numberWithin('policy.factor', policy.factor, 2, 1, 100);
    this.attempts = numberWithin('policy.attempts', policy.attempts, Infinity, 1, Infinity);
    this.dialTimeout = numberWithin('policy.dialTimeout', policy.dialTimeout, 20000, 1, LONGEST_TIMER);
    this.stableAfter = numberWithin('policy.stableAfter', policy.stableAfter, 5000, 0, LONGEST_TIMER);
    this.maxMessages = numberWithin('outbox.maxMessages', outbox.maxMessages, 1000, 0, Infinity);
    this.maxBytes = numberWithin('outbox.maxBytes', outbox.maxBytes, 1048576, 0, Infinity);
    const full: string = outbox.policy ?? 'refuse';
    if (full !== 'refuse' && full !== 'drop-oldest') {
      throw new ReconnectError(PARAMETER, `outbox.policy is '${full}'; use 'refuse' or 'drop-oldest'`);
    }
    this.dropsOldest = full === 'drop-oldest';
    this.options = options;
    this.events = events;
  }

  get state(): ReconnectState {
    return this.current;
  }

  /** The kit's object of the present connection or attempt. It is another one after each break. */
  get connection(): webSocket.WebSocket | undefined {
    return this.socket;
  }

  /** Messages that wait for a connection. */
  get waitingMessages(): number {
    return this.queue.length;
  }

  /** Bytes that wait for a connection; texts counted as UTF-8. */
  get waitingBytes(): number {
    return this.queued;
  }

  /**
   * Makes the first attempt. It has no effect on one that has been connected.
   *
   * @throws ReconnectError -1 after `close` or when it has given up
   */
  connect(): void {
    if (this.current === 'closed') {
      throw new ReconnectError(NOT_SENT, 'it is closed; make a new ReconnectingWebSocket');
    }
    if (this.current !== 'idle') {
      return;
    }
    this.watchNetwork();
    this.attempt();
  }

  /** Makes the next attempt now, if it waits for one: the application knows that a server or a network is there. */
  retryNow(): void {
    if (this.current === 'waiting') {
      this.attempt();
    }
  }

  /**
   * Gives the present connection or attempt up, without waiting for it, and connects again.
   *
   * @param reason  for `waiting`
   * @param delay   milliseconds until the next attempt, 0 to 2^31 - 1. Default: as after a loss
   */
  reconnect(reason: string, delay?: number): void {
    const socket: webSocket.WebSocket | undefined = this.socket;
    if (socket === undefined || (this.current !== 'open' && this.current !== 'connecting')) {
      return;
    }
    const told: number = delay === undefined ? -1 : numberWithin('delay', delay, 0, 0, LONGEST_TIMER);
    abandon(socket);
    this.comeBack({ code: 0, reason: reason, status: 0 }, told);
  }

  /**
   * Sends a message, after those that were sent before. While no connection is open it waits in the outbox.
   *
   * @param data  a text, or bytes, which must not be changed before the promise settles
   * @returns what resolves with `true` when a connection has taken the message
   * @throws (rejects) ReconnectError -1 if the outbox is full, if the message had to make room, and if it was closed or gave
   *         up; 401 for one that the kit refuses
   */
  send(data: ReconnectData): Promise<boolean> {
    if (this.current === 'closed') {
      return Promise.reject(new ReconnectError(NOT_SENT, 'it is closed'));
    }
    const size: number = typeof data === 'string' ? utf8Size(data, 0, data.length) : (data?.byteLength ?? -1);
    if (size < 0) {
      return Promise.reject(new ReconnectError(PARAMETER, 'data must be a string or an ArrayBuffer'));
    }
    const isAway: boolean = this.current !== 'open';
    if (isAway && !this.makeRoom(size)) {
      const text: string = `no connection is open, and the outbox is full: ${this.queue.length} messages of ${this.queued} bytes wait, outbox takes ${this.maxMessages} of ${this.maxBytes} bytes`;
      return Promise.reject(new ReconnectError(NOT_SENT, text));
    }
    return new Promise<boolean>((resolve: (isSent: boolean) => void, reject: (error: ReconnectError) => void) => {
      this.queue.push(new QueuedMessage(data, size, resolve, reject));
      this.queued += size;
      this.pump();
    });
  }

  /**
   * Ends it: the present connection is closed, and none follows. Messages that wait are not sent.
   *
   * @param options  code and reason as of the kit; 1000 by default
   */
  close(options?: webSocket.WebSocketCloseOptions): void {
    if (this.current === 'closed') {
      return;
    }
    const result: webSocket.CloseResult = { code: options?.code ?? 1000, reason: options?.reason ?? '' };
    const socket: webSocket.WebSocket | undefined = this.socket;
    const wasOpen: boolean = this.current === 'open';
    this.current = 'closed';
    clearTimeout(this.timer);
    this.unwatchNetwork();
    this.failQueue('it was closed');
    if (socket === undefined) {
      setTimeout(() => this.events.closed?.(result), 0);
      return;
    }
    this.closing = result;
    if (!wasOpen) {
      // Nothing of an attempt is told any more.
      abandon(socket);
      this.socket = undefined;
      setTimeout(() => this.events.closed?.(result), 0);
      return;
    }
    socket.close(closeOptions(result)).catch(() => this.ended(socket, result));
  }

  // ── Attempts ─────────────────────────────────────────────────────────────────────────────────────────────────────

  private attempt(): void {
    clearTimeout(this.timer);
    this.current = 'connecting';
    this.tried += 1;
    this.status = 0;
    const socket: webSocket.WebSocket = webSocket.createWebSocket();
    this.socket = socket;
    this.timer = setTimeout(() => this.failed(socket, 'the attempt took too long'), this.dialTimeout);
    this.listen(socket);
    this.events.connecting?.(this.tried);
    this.dial(socket).catch((error: Error) => this.failed(socket, error.message));
  }

  private async dial(socket: webSocket.WebSocket): Promise<void> {
    const url: string = await this.nextUrl();
    const request: webSocket.WebSocketRequestOptions = await this.nextRequest();
    // It may have been closed meanwhile, or took too long.
    if (this.socket === socket) {
      await socket.connect(url, request);
    }
  }

  private nextUrl(): Promise<string> {
    const url: string | ReconnectUrl = this.options.url;
    return typeof url === 'string' ? Promise.resolve(url) : url();
  }

  private nextRequest(): Promise<webSocket.WebSocketRequestOptions> {
    const request: webSocket.WebSocketRequestOptions | ReconnectRequest | undefined = this.options.request;
    if (request === undefined) {
      return Promise.resolve<webSocket.WebSocketRequestOptions>({});
    }
    return typeof request === 'function' ? request() : Promise.resolve(request);
  }

  /** A callback of another connection than the present one is late, and tells nothing. */
  private listen(socket: webSocket.WebSocket): void {
    socket.on('open', () => this.opened(socket));
    socket.on('message', (_error: BusinessError, data: ReconnectData) => {
      if (this.socket === socket && this.current === 'open') {
        this.events.message?.(data);
      }
    });
    socket.on('error', (error: Error) => {
      if (this.socket === socket && this.current === 'connecting') {
        this.status = statusToldBy(error);
        this.failed(socket, error.message ?? '');
      }
    });
    socket.on('close', (_error: BusinessError, result: webSocket.CloseResult) => {
      if (this.closing !== undefined) {
        this.ended(socket, this.closing);
      } else if (this.current === 'connecting') {
        this.failed(socket, result.reason);
      } else {
        this.lost(socket, result.code, result.reason);
      }
    });
  }

  private opened(socket: webSocket.WebSocket): void {
    if (this.socket !== socket || this.current !== 'connecting') {
      return;
    }
    clearTimeout(this.timer);
    this.current = 'open';
    this.timer = setTimeout(() => {
      this.tried = 0;
    }, this.stableAfter);
    this.events.open?.();
    this.pump();
  }

  private failed(socket: webSocket.WebSocket, reason: string): void {
    if (this.socket !== socket || this.current !== 'connecting') {
      return;
    }
    abandon(socket);
    this.comeBack({ code: -1, reason: reason, status: this.status }, -1);
  }

  private lost(socket: webSocket.WebSocket, code: number, reason: string): void {
    if (this.socket !== socket || this.current !== 'open') {
      return;
    }
    this.comeBack({ code: code, reason: reason, status: 0 }, delayToldBy(code, reason));
  }

  /** @param told  milliseconds that the server asks for; -1: it does not */
  private comeBack(loss: ReconnectLoss, told: number): void {
    clearTimeout(this.timer);
    this.socket = undefined;
    this.inFlight = 0;
    if (this.maxMessages === 0) {
      this.failQueue('the connection was lost');
    }
    const isFinal: boolean = this.options.isFinal === undefined ? isFinalLoss(loss) : this.options.isFinal(loss);
    if (isFinal || this.tried >= this.attempts) {
      this.giveUp(loss);
      return;
    }
    this.current = 'waiting';
    const bound: number = Math.min(this.max, this.initial * this.factor ** Math.max(0, this.tried - 1));
    const planned: number = Math.round(told >= 0 ? Math.min(told, this.max) : Math.random() * bound);
    const asked: number = this.options.delay === undefined ? planned : this.options.delay(loss, planned);
    const delay: number = asked >= 0 && asked <= LONGEST_TIMER ? asked : planned;
    this.timer = setTimeout(() => this.attempt(), delay);
    this.events.waiting?.(delay, loss);
  }

  private giveUp(loss: ReconnectLoss): void {
    this.current = 'closed';
    this.unwatchNetwork();
    const unsent: Array<ReconnectData> = this.queue.map((message: QueuedMessage): ReconnectData => message.data);
    this.failQueue('it gave up');
    this.events.gaveUp?.(loss, unsent);
  }

  private ended(socket: webSocket.WebSocket, result: webSocket.CloseResult): void {
    if (this.socket !== socket) {
      return;
    }
    this.socket = undefined;
    this.closing = undefined;
    this.events.closed?.(result);
  }

  // ── Messages ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Gives waiting messages to the connection, in order. A message leaves the queue when the kit has taken it. */
  private pump(): void {
    const socket: webSocket.WebSocket | undefined = this.socket;
    if (socket === undefined || this.current !== 'open') {
      return;
    }
    while (this.inFlight < this.queue.length && this.inFlight < MOST_IN_FLIGHT) {
      const message: QueuedMessage | undefined = this.queue[this.inFlight];
      if (message === undefined) {
        return;
      }
      this.inFlight += 1;
      socket.send(message.data).then(
        () => this.taken(socket, message),
        (error: BusinessError) => this.refused(socket, message, error),
      );
    }
  }

  private taken(socket: webSocket.WebSocket, message: QueuedMessage): void {
    if (this.remove(socket, message)) {
      message.resolve(true);
      this.pump();
    }
  }

  private refused(socket: webSocket.WebSocket, message: QueuedMessage, error: BusinessError): void {
    // Other errors say that the connection is closing. The message then waits for the next one.
    if (Number(error.code) === PARAMETER && this.remove(socket, message)) {
      message.reject(
        new ReconnectError(PARAMETER, `the message of ${message.size} bytes is refused: ${error.message}`),
      );
      this.pump();
    }
  }

  /** Takes a message out of the queue. `false`: it has left it before. */
  private remove(socket: webSocket.WebSocket, message: QueuedMessage): boolean {
    const at: number = this.queue.indexOf(message);
    if (at < 0) {
      return false;
    }
    this.queue.splice(at, 1);
    this.queued -= message.size;
    if (this.socket === socket && at < this.inFlight) {
      this.inFlight -= 1;
    }
    return true;
  }

  private makeRoom(size: number): boolean {
    if (this.maxMessages === 0 || size > this.maxBytes) {
      return false;
    }
    while (this.queue.length >= this.maxMessages || this.queued + size > this.maxBytes) {
      const oldest: QueuedMessage | undefined = this.dropsOldest ? this.queue.shift() : undefined;
      if (oldest === undefined) {
        return false;
      }
      this.queued -= oldest.size;
      oldest.reject(new ReconnectError(NOT_SENT, 'the outbox was full, and newer messages took its place'));
    }
    return true;
  }

  private failQueue(why: string): void {
    const queue: Array<QueuedMessage> = this.queue;
    this.queue = [];
    this.queued = 0;
    this.inFlight = 0;
    for (const message of queue) {
      message.reject(new ReconnectError(NOT_SENT, `not sent: ${why}`));
    }
  }

  // ── Networks ─────────────────────────────────────────────────────────────────────────────────────────────────────

  private watchNetwork(): void {
    if (this.options.networkHints === false) {
      return;
    }
    try {
      const net: connection.NetConnection = connection.createNetConnection();
      net.on('netAvailable', () => this.retryNow());
      net.on('netLost', () => this.networkLost());
      // Without the permission there are no hints, and waits take their time.
      net.register(() => {});
      this.net = net;
    } catch (_error) {
      this.net = undefined; // a place without this kit: a page
    }
  }

  private unwatchNetwork(): void {
    const net: connection.NetConnection | undefined = this.net;
    this.net = undefined;
    try {
      net?.unregister(() => {});
    } catch (_error) {
      // It was never registered.
    }
  }

  /** A connection over the last network is dead, which its heartbeat would find out a minute later. */
  private networkLost(): void {
    const socket: webSocket.WebSocket | undefined = this.socket;
    if (socket === undefined || this.current !== 'open' || hasNetwork()) {
      return;
    }
    abandon(socket);
    this.lost(socket, 0, 'the network is gone');
  }
}

const OPTION_NAMES: Array<string> = ['url', 'request', 'policy', 'outbox', 'isFinal', 'delay', 'networkHints'];
const EVENT_NAMES: Array<string> = ['connecting', 'open', 'message', 'waiting', 'gaveUp', 'closed'];
const POLICY_NAMES: Array<string> = ['initial', 'max', 'factor', 'attempts', 'dialTimeout', 'stableAfter'];
const OUTBOX_NAMES: Array<string> = ['maxMessages', 'maxBytes', 'policy'];

/** @throws ReconnectError 401 for a name that is not known */
export function checkNames(given: Array<string>, known: Array<string>, kind: string): void {
  for (const name of given) {
    if (!known.includes(name)) {
      throw new ReconnectError(PARAMETER, `'${name}' is no ${kind}; there are ${known.join(', ')}`);
    }
  }
}

function numberWithin(name: string, value: number | undefined, fallback: number, least: number, most: number): number {
  if (value === undefined) {
    return fallback;
  }
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new ReconnectError(PARAMETER, `${name} is ${value}; use a number from ${least} to ${most}`);
  }
  return value;
}

function isFinalLoss(loss: ReconnectLoss): boolean {
  const isFinalStatus: boolean = loss.status === 401 || loss.status === 403 || loss.status === 404;
  return isFinalStatus || loss.code === 1008 || (loss.code >= 4000 && loss.code <= 4999);
}

/** The wait that a server asks for with 1012 or 1013 and a reason like `after=1500`, in milliseconds; -1: none. */
function delayToldBy(code: number, reason: string): number {
  if ((code !== 1012 && code !== 1013) || !reason.startsWith('after=')) {
    return -1;
  }
  const delay: number = Number.parseInt(reason.substring(6), 10);
  return delay >= 0 ? delay : -1;
}

/** HTTP status of a refused handshake, which the kit tells as a text; 0: there was no answer. */
function statusToldBy(error: Error): number {
  const status: number = Number.parseInt((error as BusinessError<string>).data ?? '0', 10);
  return status > 0 ? status : 0;
}

/** Lets go of a connection without waiting for it. What it says from here on is not heard. */
function abandon(socket: webSocket.WebSocket): void {
  socket.off('open');
  socket.off('message');
  socket.off('close');
  // A listener stays for `error`, and hears nothing: a connection may still fail.
  socket.on('error', () => {});
  socket.close().catch(() => {});
}

function closeOptions(result: webSocket.CloseResult): webSocket.WebSocketCloseOptions {
  const options: webSocket.WebSocketCloseOptions = { code: result.code };
  if (result.reason !== '') {
    options.reason = result.reason;
  }
  return options;
}

function hasNetwork(): boolean {
  try {
    return connection.hasDefaultNetSync();
  } catch (_error) {
    return true; // without the permission nothing is known
  }
}

/** Bytes of `text[start, end)` as UTF-8; a lone surrogate takes three. */
export function utf8Size(text: string, start: number, end: number): number {
  let size: number = 0;
  for (let at: number = start; at < end; at++) {
    const point: number = text.codePointAt(at) ?? 0;
    if (point > 0xffff) {
      at += 1;
    }
    size += point < 0x80 ? 1 : point < 0x800 ? 2 : point > 0xffff ? 4 : 3;
  }
  return size;
}
