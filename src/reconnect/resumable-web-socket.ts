// A WebSocket that loses nothing: the client's end of wsr1 (docs/resume.md) over `ReconnectingWebSocket`, for devices and off
// them. ArkTS, as the file beside it.

import type { webSocket } from '../kit/index.ts';
import { util } from '../kits/util/index.ts';
import type { ReconnectLoss, ReconnectPolicy, ReconnectRequest, ReconnectUrl } from './reconnecting-web-socket.ts';
import {
  checkNames,
  type ReconnectData,
  ReconnectError,
  ReconnectingWebSocket,
  utf8Size,
} from './reconnecting-web-socket.ts';

export interface ResumableOptions {
  /** As of `ReconnectOptions`. `wss:`, or an address of this device: the token of the session goes through it. */
  url: string | ReconnectUrl;
  /** As of `ReconnectOptions`, without `protocol`. It is asked before each attempt. */
  request?: ReconnectRequest;
  /** Subprotocol of the application, which the server sees as `protocol` and `protocol+wsr1`. Default: none. */
  protocol?: string;
  policy?: ReconnectPolicy;
  networkHints?: boolean;
  /** Bytes of messages that are kept until the server has handled them; 1,024 to 2^30. Default 1,048,576. */
  buffer?: number;
  /** Bytes of further messages that may wait to be sent. Default 16,777,216. */
  maxQueued?: number;
  /** The largest message that the server may send, in bytes; 16 to 2^30. Default 104,857,600. */
  maxMessage?: number;
  /**
   * Whether a server without wsr1 will do: nothing is resumed then. Absent: such a server ends it, because what it does not
   * acknowledge may be lost.
   */
  plainFallback?: boolean;
}

/** What of a session is missing. */
export interface ResumableExpiry {
  /** `unknown`, `expired`, `overflow`, `regressed` or `ended`, as the server says; `plain`: it has lost wsr1. */
  why: string;
  /** Messages of the server that will not come; -1: not known. */
  lost: number;
  /** Messages that the server has not handled, oldest first, each of them whole. None is sent again. */
  unsent: Array<ReconnectData>;
}

export interface ResumableEvents {
  /** Once: the session has begun. `isResumable` is false with a plain server. */
  open?: (isResumable: boolean) => void;
  /** When it returns, the message counts as handled. */
  message?: (data: ReconnectData) => void;
  /** The connection is gone; the next attempt is made in so many milliseconds. */
  interrupted?: (delay: number, loss: ReconnectLoss) => void;
  /** The session goes on. `lost`: messages of the server that it could not keep, usually 0. */
  resumed?: (lost: number) => void;
  /** The session was lost, and a new one begins. */
  expired?: (expiry: ResumableExpiry) => void;
  /** It is over. `unsent`: what the server has not handled. */
  closed?: (loss: ReconnectLoss, unsent: Array<ReconnectData>) => void;
}

export type ResumableState = 'idle' | 'waiting' | 'starting' | 'live' | 'plain' | 'closed';

const LEAD: string = '\u0010';
const VERSION: number = 1;
/** Messages that may be unacknowledged at a time. */
const MAX_UNACKNOWLEDGED: number = 4096;
/** Messages after which an acknowledgement is sent at once, and milliseconds after which one is. */
const ACKNOWLEDGE_MESSAGES: number = 64;
const ACKNOWLEDGE_DELAY: number = 250;
/** Milliseconds for the handshake, and for an answer to `Q`. */
const ANSWER_TIMEOUT: number = 10000;
const REPLACED: number = 4703;
const FINAL_CODES: Array<number> = [1008, 4700, REPLACED, 4704, 4706, 4709];

/** Members of the control messages of the server. */
interface ControlBody {
  v?: number;
  buf?: number;
  part?: number;
  max?: number;
  hb?: number;
  id?: string;
  tok?: string;
  rx?: number;
  resumed?: boolean;
  lost?: Array<number>;
  why?: string;
  code?: number;
  reason?: string;
  end?: boolean;
  drain?: boolean;
  after?: number;
  url?: string;
}

/** `S`. */
interface StartBody {
  v: number;
  n: number;
  buf: number;
  part: number;
  max: number;
  id?: string;
  tok?: string;
  rx?: number;
  new: string;
}

interface GoodbyeBody {
  end: boolean;
  why: string;
}

/** A message of the application, from `send` to its acknowledgement. */
class OutgoingMessage {
  readonly data: ReconnectData;
  readonly size: number;
  readonly resolve: (isHandled: boolean) => void;
  readonly reject: (error: ReconnectError) => void;
  /** Where the part begins that is cut next: UTF-16 units or bytes. */
  cut: number = 0;

  constructor(
    data: ReconnectData,
    size: number,
    resolve: (isHandled: boolean) => void,
    reject: (error: ReconnectError) => void,
  ) {
    this.data = data;
    this.size = size;
    this.resolve = resolve;
    this.reject = reject;
  }

  get length(): number {
    return typeof this.data === 'string' ? this.data.length : this.data.byteLength;
  }
}

/** One numbered data message: a message or a part of one. */
class Piece {
  readonly number: number;
  readonly data: ReconnectData;
  readonly size: number;
  readonly isLast: boolean;
  readonly message: OutgoingMessage;

  constructor(sequence: number, data: ReconnectData, size: number, isLast: boolean, message: OutgoingMessage) {
    this.number = sequence;
    this.data = data;
    this.size = size;
    this.isLast = isLast;
    this.message = message;
  }
}

/**
 * A WebSocket that loses nothing over a break: messages are numbered by counting, kept until the server has handled them, and
 * sent again on the next connection. The server must speak wsr1: `createServer({ resume: true })`.
 */
export class ResumableWebSocket {
  private readonly options: ResumableOptions;
  private readonly events: ResumableEvents;
  private readonly socket: ReconnectingWebSocket;
  private readonly buffer: number;
  private readonly maxQueued: number;
  private readonly maxMessage: number;

  private current: ResumableState = 'idle';
  private hasOpened: boolean = false;
  private nonce: string = '';
  /** Handshakes so far: a server ignores one that comes after a later one. */
  private attempts: number = 0;
  private id: string = '';
  private token: string = '';
  /** What the server has announced on this connection. */
  private window: number = 0;
  private part: number = 0;
  private peerMax: number = 0;
  private heartbeat: number = 0;
  private hasHello: boolean = false;

  /** Messages that are not numbered yet, and what is numbered and not acknowledged. */
  private waiting: Array<OutgoingMessage> = [];
  private waitingBytes: number = 0;
  private pieces: Array<Piece> = [];
  private held: number = 0;
  /** Number of the last piece, of the last one that was sent on this connection, and of the last acknowledged one. */
  private sent: number = 0;
  private cursor: number = 0;
  private acknowledged: number = 0;
  private isDraining: boolean = false;
  private askedFor: number = 0;

  /** Number of data messages of the server, those that were acknowledged, and bytes that were not. */
  private received: number = 0;
  private told: number = 0;
  private owedBytes: number = 0;
  /** `+` or `!` before the next data message. */
  private mark: string = '';
  private parts: Array<ReconnectData> = [];
  private partBytes: number = 0;

  private startTimer: number = 0;
  private acknowledgeTimer: number = 0;
  private isAcknowledgementDue: boolean = false;
  private watchTimer: number = 0;
  private isAsked: boolean = false;
  private drainAfter: number = -1;
  private isEndedByServer: boolean = false;
  private isClosing: boolean = false;
  private nextUrl: string = '';

  /**
   * Does nothing before `connect`.
   *
   * @throws ReconnectError 401 for an unknown option and for a value of the wrong type or outside its range
   */
  constructor(options: ResumableOptions, events: ResumableEvents) {
    checkNames(Object.keys(options), OPTION_NAMES, 'option');
    checkNames(Object.keys(events), EVENT_NAMES, 'event');
    this.buffer = sizeWithin('buffer', options.buffer, 1048576, 1024);
    this.maxQueued = sizeWithin('maxQueued', options.maxQueued, 16777216, 0);
    this.maxMessage = sizeWithin('maxMessage', options.maxMessage, 104857600, 16);
    this.options = options;
    this.events = events;
    this.socket = new ReconnectingWebSocket(
      {
        url: () => this.target(),
        request: () => this.request(),
        policy: options.policy,
        networkHints: options.networkHints,
        outbox: { maxMessages: 0 },
        isFinal: (loss: ReconnectLoss) => this.isFinal(loss),
        delay: (_loss: ReconnectLoss, delay: number) => this.delayAfter(delay),
      },
      {
        open: () => this.opened(),
        message: (data: ReconnectData) => this.heard(data),
        waiting: (delay: number, loss: ReconnectLoss) => this.interrupted(delay, loss),
        gaveUp: (loss: ReconnectLoss) => this.finish(loss),
        closed: () => this.finish({ code: 1000, reason: '', status: 0 }),
      },
    );
  }

  get state(): ResumableState {
    return this.current;
  }

  /** The id of the session: not secret. Empty before the first one. */
  get sessionId(): string {
    return this.id;
  }

  /** Bytes of messages that the server has not acknowledged, waiting ones included. */
  get bufferedAmount(): number {
    return this.held + this.waitingBytes;
  }

  /** Makes the first attempt. */
  connect(): void {
    if (this.current === 'idle') {
      this.current = 'waiting';
    }
    this.socket.connect();
  }

  /**
   * Sends a message, after those that were sent before. It is kept until the server has handled it.
   *
   * @param data  a text, or bytes, which must not be changed before the promise settles
   * @returns what resolves with `true` when the server has handled it; with a plain server, when the kit has taken it
   * @throws (rejects) ReconnectError -1 if too much waits, and if the session is lost or closed before; 401 for other values
   *         and for a message that is larger than the server takes
   */
  send(data: ReconnectData): Promise<boolean> {
    if (this.current === 'plain') {
      return this.socket.send(data);
    }
    const size: number = typeof data === 'string' ? utf8Size(data, 0, data.length) : (data?.byteLength ?? -1);
    if (size < 0) {
      return Promise.reject(new ReconnectError(401, 'data must be a string or an ArrayBuffer'));
    }
    if (this.current === 'closed' || this.isClosing) {
      return Promise.reject(new ReconnectError(-1, 'it is closed'));
    }
    if (this.peerMax > 0 && size > this.peerMax) {
      return Promise.reject(new ReconnectError(401, `a message of ${size} bytes; the server takes ${this.peerMax}`));
    }
    if (this.waitingBytes > 0 && this.waitingBytes + size > this.maxQueued) {
      const text: string = `${this.waitingBytes} bytes wait, and ${size} more exceed maxQueued, ${this.maxQueued}`;
      return Promise.reject(new ReconnectError(-1, text));
    }
    return new Promise<boolean>((resolve: (isHandled: boolean) => void, reject: (error: ReconnectError) => void) => {
      this.waiting.push(new OutgoingMessage(data, size, resolve, reject));
      this.waitingBytes += size;
      this.pump();
    });
  }

  /** Ends the session. What the server has not acknowledged comes back with `closed`. */
  close(): void {
    if (this.current === 'live') {
      this.acknowledge();
      const goodbye: GoodbyeBody = { end: true, why: 'closed' };
      this.isClosing = true;
      this.socket.send(`${LEAD}B${JSON.stringify(goodbye)}`).then(
        () => this.socket.close(),
        () => this.socket.close(),
      );
      return;
    }
    if (this.current === 'idle') {
      this.finish({ code: 1000, reason: '', status: 0 });
      return;
    }
    this.socket.close();
  }

  // ── Connections ──────────────────────────────────────────────────────────────────────────────────────────────────

  private target(): Promise<string> {
    const next: string = this.nextUrl;
    this.nextUrl = '';
    if (next !== '') {
      return Promise.resolve(next);
    }
    const url: string | ReconnectUrl = this.options.url;
    return typeof url === 'string' ? Promise.resolve(url) : url();
  }

  private async request(): Promise<webSocket.WebSocketRequestOptions> {
    const request: ReconnectRequest | undefined = this.options.request;
    const options: webSocket.WebSocketRequestOptions = request === undefined ? {} : await request();
    const name: string = this.options.protocol ?? '';
    options.protocol = name === '' ? 'wsr1' : `${name}+wsr1, ${name}`;
    return options;
  }

  private isFinal(loss: ReconnectLoss): boolean {
    const status: number = loss.status;
    const isRefused: boolean = status === 401 || status === 403 || status === 404;
    return this.isEndedByServer || isRefused || FINAL_CODES.includes(loss.code);
  }

  /** A server that drains has said when. */
  private delayAfter(delay: number): number {
    const told: number = this.drainAfter;
    this.drainAfter = -1;
    return told >= 0 ? told : delay;
  }

  /** The server speaks first: a device cannot see which subprotocol it selected. */
  private opened(): void {
    this.current = 'starting';
    this.hasHello = false;
    this.mark = '';
    this.isDraining = false;
    this.startTimer = setTimeout(() => this.socket.reconnect('no session in time'), ANSWER_TIMEOUT);
  }

  private interrupted(delay: number, loss: ReconnectLoss): void {
    const wasPlain: boolean = this.current === 'plain';
    this.stopTimers();
    this.current = 'waiting';
    this.mark = '';
    if (wasPlain) {
      this.hasHello = false;
    }
    if (this.hasOpened) {
      this.events.interrupted?.(delay, loss);
    }
  }

  private stopTimers(): void {
    clearTimeout(this.startTimer);
    clearTimeout(this.acknowledgeTimer);
    clearTimeout(this.watchTimer);
    this.isAcknowledgementDue = false;
    this.isAsked = false;
  }

  /** The peer broke a rule. The kit cannot send the close code for it. */
  private fail(problem: string): void {
    this.forget('regressed', -1, this.acknowledged);
    this.socket.reconnect(problem);
  }

  private finish(loss: ReconnectLoss): void {
    if (this.current === 'closed') {
      return;
    }
    this.stopTimers();
    this.current = 'closed';
    const unsent: Array<ReconnectData> = this.takeBack(this.acknowledged, 'it was closed').unsent;
    this.events.closed?.(loss, unsent);
  }

  // ── Handshake ────────────────────────────────────────────────────────────────────────────────────────────────────

  private heard(data: ReconnectData): void {
    if (this.current === 'plain') {
      this.events.message?.(data);
      return;
    }
    this.watch();
    if (typeof data === 'string' && data.startsWith(LEAD) && data.charAt(1) !== LEAD) {
      this.controlled(data.charAt(1), data.substring(2));
    } else if (this.current === 'live') {
      this.take(typeof data === 'string' && data.startsWith(LEAD) ? data.substring(1) : data);
    } else if (!this.hasHello) {
      this.becomePlain(data);
    } else {
      this.fail('data before the session');
    }
  }

  private becomePlain(first: ReconnectData): void {
    clearTimeout(this.startTimer);
    if (this.options.plainFallback !== true) {
      this.isEndedByServer = true;
      this.socket.reconnect('the server does not speak wsr1; plainFallback: true goes on without it');
      return;
    }
    if (this.id !== '') {
      this.forget('plain', -1, this.acknowledged);
    }
    const waiting: Array<OutgoingMessage> = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    this.current = 'plain';
    if (!this.hasOpened) {
      this.hasOpened = true;
      this.events.open?.(false);
    }
    for (const message of waiting) {
      this.socket.send(message.data).then(
        () => message.resolve(true),
        (error: ReconnectError) => message.reject(error),
      );
    }
    this.events.message?.(first);
  }

  private controlled(kind: string, body: string): void {
    if (kind === 'A' || kind === 'Q' || kind === '+' || kind === '!') {
      this.liveControl(kind, body);
      return;
    }
    if (kind >= 'a' && kind <= 'z') {
      return; // of a later version
    }
    const members: ControlBody | undefined = readBody(body);
    if (members === undefined) {
      this.fail(`the body of ${kind} is not a JSON object`);
    } else if (kind === 'H' && this.current === 'starting' && !this.hasHello) {
      this.hello(members);
    } else if (kind === 'R' && this.current === 'starting' && this.hasHello) {
      this.ready(members);
    } else if (kind === 'X' && this.current === 'starting' && this.hasHello && this.id !== '') {
      this.gone(members);
    } else if (kind === 'B') {
      this.goodbye(members);
    } else {
      this.fail(`${kind} in a wrong place`);
    }
  }

  private hello(hello: ControlBody): void {
    if (hello.v !== VERSION || !isSize(hello.buf, 1024) || !isSize(hello.part, 16) || !isSize(hello.max, 0)) {
      this.fail('H is not of version 1, or lacks a member');
      return;
    }
    this.hasHello = true;
    this.window = Math.min(this.buffer, hello.buf ?? 0);
    this.part = Math.max(16, Math.min(hello.part ?? 0, Math.floor(this.window / 4)));
    this.peerMax = hello.max ?? 0;
    this.heartbeat = hello.hb ?? 0;
    if (this.nonce === '') {
      this.nonce = (util.generateRandomUUID(false) + util.generateRandomUUID(false)).split('-').join('');
    }
    this.attempts += 1;
    const start: StartBody = {
      v: VERSION,
      n: this.attempts,
      buf: this.buffer,
      part: Math.max(16, Math.floor(this.buffer / 4)),
      max: this.maxMessage,
      new: this.nonce,
    };
    if (this.id !== '') {
      start.id = this.id;
      start.tok = this.token;
      start.rx = this.received;
    }
    this.control(`S${JSON.stringify(start)}`);
  }

  private ready(ready: ControlBody): void {
    const peerHas: number = ready.rx ?? -1;
    const wasResumed: boolean = this.id !== '';
    const id: string = ready.id ?? '';
    const token: string = ready.tok ?? '';
    if (id === '' || token === '' || (wasResumed && id !== this.id)) {
      this.fail('R lacks a member, or is of another session');
      return;
    }
    const lost: Array<number> = ready.lost ?? [];
    const isGap: boolean = lost.length === 2;
    if (peerHas < this.acknowledged || peerHas > this.sent || (isGap && lost[0] !== this.received + 1)) {
      this.fail(`the counts differ: the server has ${peerHas} of ${this.acknowledged} to ${this.sent}`);
      return;
    }
    clearTimeout(this.startTimer);
    this.id = id;
    this.token = token;
    this.nonce = '';
    let missing: number = 0;
    if (isGap) {
      missing = (lost[1] ?? this.received) - this.received;
      this.received += missing;
      this.dropParts();
    }
    this.cursor = peerHas;
    this.askedFor = -1;
    this.current = 'live';
    // Before anything else: it makes the token valid that came with R.
    this.acknowledge();
    if (!this.hasOpened) {
      this.hasOpened = true;
      this.events.open?.(true);
    } else if (wasResumed) {
      this.events.resumed?.(missing);
    }
    this.watch();
    this.replay();
    this.pump();
  }

  private gone(gone: ControlBody): void {
    const lost: Array<number> = gone.lost ?? [];
    const why: string = gone.why ?? 'unknown';
    const first: number | undefined = lost[0];
    const last: number | undefined = lost[1];
    const count: number = first !== undefined && last !== undefined ? last - first + 1 : -1;
    this.isEndedByServer = why === 'ended';
    this.forget(why, count, gone.rx ?? this.acknowledged);
    if (this.isEndedByServer) {
      this.socket.reconnect(gone.reason ?? 'the server has ended the session');
    }
  }

  private goodbye(goodbye: ControlBody): void {
    this.isDraining = true;
    if (goodbye.end === true) {
      this.isEndedByServer = true;
      return;
    }
    this.drainAfter = isSize(goodbye.after, 0) ? (goodbye.after ?? 0) : -1;
    this.nextUrl = allowedUrl(this.options.url, goodbye.url ?? '');
  }

  /** The session is lost: what it held goes back to the application, and a new one may begin. */
  private forget(why: string, lost: number, handled: number): void {
    const had: boolean = this.id !== '';
    const expiry: ResumableExpiry = this.takeBack(handled, 'the session was lost');
    expiry.why = why;
    expiry.lost = lost;
    this.id = '';
    this.token = '';
    this.sent = 0;
    this.cursor = 0;
    this.acknowledged = 0;
    this.received = 0;
    this.told = 0;
    this.owedBytes = 0;
    this.dropParts();
    if (had) {
      this.events.expired?.(expiry);
    }
  }

  /** @param handled  number of the last piece that the server has handled */
  private takeBack(handled: number, why: string): ResumableExpiry {
    const expiry: ResumableExpiry = { why: why, lost: 0, unsent: [] };
    // The parts of one message lie together, and the first waiting message may be the rest of the last one.
    const messages: Array<OutgoingMessage> = [];
    for (const piece of this.pieces) {
      if (piece.number > handled && messages[messages.length - 1] !== piece.message) {
        messages.push(piece.message);
      }
      if (piece.number <= handled && piece.isLast) {
        piece.message.resolve(true);
      }
    }
    for (const message of this.waiting) {
      if (messages[messages.length - 1] !== message) {
        messages.push(message);
      }
    }
    for (const message of messages) {
      expiry.unsent.push(message.data);
      message.reject(new ReconnectError(-1, `not known to be handled: ${why}`));
    }
    this.pieces = [];
    this.held = 0;
    this.waiting = [];
    this.waitingBytes = 0;
    return expiry;
  }

  // ── Messages to the server ───────────────────────────────────────────────────────────────────────────────────────

  /** Sends again what the server does not hold. */
  private replay(): void {
    if (this.current !== 'live' || this.isDraining || this.isClosing) {
      return;
    }
    for (const piece of this.pieces) {
      if (piece.number > this.cursor) {
        this.transmit(piece);
      }
    }
  }

  private pump(): void {
    if (this.current !== 'live' || this.isDraining || this.isClosing) {
      return;
    }
    while (this.current === 'live' && this.waiting.length > 0 && this.pieces.length < MAX_UNACKNOWLEDGED) {
      const message: OutgoingMessage | undefined = this.waiting[0];
      if (message !== undefined && message.size > this.peerMax) {
        this.waiting.shift();
        this.waitingBytes -= message.size;
        const text: string = `a message of ${message.size} bytes; the server takes ${this.peerMax}`;
        message.reject(new ReconnectError(401, text));
        continue;
      }
      if (message === undefined || (this.held > 0 && this.held + Math.min(this.part, message.size) > this.window)) {
        break;
      }
      this.transmit(this.cutNext(message));
    }
    const isHalfFull: boolean = this.held * 2 >= this.window || this.pieces.length * 2 >= MAX_UNACKNOWLEDGED;
    if (isHalfFull && !this.isAsked && this.askedFor !== this.cursor) {
      this.ask();
    }
  }

  /** Numbers the next part of a message, or all of it. */
  private cutNext(message: OutgoingMessage): Piece {
    const start: number = message.cut;
    const end: number = endOfPart(message.data, start, this.part);
    const data: ReconnectData =
      start === 0 && end === message.length
        ? message.data
        : typeof message.data === 'string'
          ? message.data.substring(start, end)
          : message.data.slice(start, end);
    const size: number = typeof data === 'string' ? utf8Size(data, 0, data.length) : data.byteLength;
    const isLast: boolean = end === message.length;
    message.cut = end;
    this.sent += 1;
    this.waitingBytes -= size;
    if (isLast) {
      this.waiting.shift();
    }
    const piece: Piece = new Piece(this.sent, data, size, isLast, message);
    this.pieces.push(piece);
    this.held += size;
    return piece;
  }

  private transmit(piece: Piece): void {
    this.cursor = piece.number;
    if (!piece.isLast) {
      this.control('+');
    }
    const data: ReconnectData = piece.data;
    this.give(typeof data === 'string' && data.startsWith(LEAD) ? LEAD + data : data);
  }

  private control(text: string): void {
    this.give(LEAD + text);
  }

  private give(data: ReconnectData): void {
    // What the connection does not take is sent again on the next one.
    this.socket.send(data).catch(() => {});
  }

  private ask(): void {
    this.isAsked = true;
    this.askedFor = this.cursor;
    this.control('Q');
    this.watch();
  }

  /** Sets the time at which the server's silence means something. */
  private watch(): void {
    clearTimeout(this.watchTimer);
    if (this.current !== 'live') {
      return;
    }
    if (this.isAsked) {
      this.watchTimer = setTimeout(() => this.socket.reconnect('no answer', 0), ANSWER_TIMEOUT);
    } else if (this.heartbeat > 0) {
      this.watchTimer = setTimeout(() => this.ask(), this.heartbeat);
    }
  }

  private liveControl(kind: string, body: string): void {
    if (this.current !== 'live') {
      this.fail(`${kind} before the session`);
    } else if (kind === 'A') {
      this.answered(body);
    } else if (body !== '' || (kind !== 'Q' && this.mark !== '')) {
      this.fail(`${kind} in a wrong place`);
    } else if (kind === 'Q') {
      this.acknowledge();
    } else {
      this.mark = kind;
    }
  }

  private answered(body: string): void {
    const counts: Array<string> = body.split(' ');
    const handled: number = Number(counts[0]);
    const sent: number = Number(counts[1]);
    if (counts.length !== 2 || sent !== this.received || !(handled <= this.cursor)) {
      this.fail(`the counts differ: A${body} at ${this.received} received and ${this.cursor} sent`);
      return;
    }
    this.isAsked = false;
    this.watch();
    if (handled <= this.acknowledged) {
      return;
    }
    this.acknowledged = handled;
    let count: number = 0;
    for (const piece of this.pieces) {
      if (piece.number > handled) {
        break;
      }
      count += 1;
      this.held -= piece.size;
      if (piece.isLast) {
        piece.message.resolve(true);
      }
    }
    this.pieces.splice(0, count);
    this.pump();
  }

  // ── Messages of the server ───────────────────────────────────────────────────────────────────────────────────────

  private take(data: ReconnectData): void {
    const mark: string = this.mark;
    this.mark = '';
    this.received += 1;
    const size: number = typeof data === 'string' ? utf8Size(data, 0, data.length) : data.byteLength;
    this.owedBytes += size;
    const first: ReconnectData | undefined = this.parts[0];
    if (first !== undefined && typeof first !== typeof data && mark !== '!') {
      this.fail('parts of two types');
      return;
    }
    if (mark === '!') {
      this.dropParts();
    } else if (mark === '+' || first !== undefined) {
      this.partBytes += size;
      if (this.partBytes > this.maxMessage) {
        this.fail(`a message of more than ${this.maxMessage} bytes`);
        return;
      }
      this.parts.push(data);
      if (mark === '') {
        const whole: ReconnectData = joined(this.parts, this.partBytes);
        this.dropParts();
        this.events.message?.(whole);
      }
    } else {
      this.events.message?.(data);
    }
    this.considerAcknowledging();
  }

  private dropParts(): void {
    this.parts = [];
    this.partBytes = 0;
  }

  private considerAcknowledging(): void {
    if (this.current !== 'live' || this.received === this.told) {
      return;
    }
    if (this.received - this.told >= ACKNOWLEDGE_MESSAGES || this.owedBytes >= this.window / 4) {
      this.acknowledge();
    } else if (!this.isAcknowledgementDue) {
      this.isAcknowledgementDue = true;
      this.acknowledgeTimer = setTimeout(() => this.acknowledge(), ACKNOWLEDGE_DELAY);
    }
  }

  private acknowledge(): void {
    clearTimeout(this.acknowledgeTimer);
    this.isAcknowledgementDue = false;
    if (this.current === 'live') {
      this.told = this.received;
      this.owedBytes = 0;
      this.control(`A${this.received} ${this.cursor}`);
    }
  }
}

const OPTION_NAMES: Array<string> = [
  'url',
  'request',
  'protocol',
  'policy',
  'networkHints',
  'buffer',
  'maxQueued',
  'maxMessage',
  'plainFallback',
];
const EVENT_NAMES: Array<string> = ['open', 'message', 'interrupted', 'resumed', 'expired', 'closed'];

function sizeWithin(name: string, value: number | undefined, fallback: number, least: number): number {
  if (value === undefined) {
    return fallback;
  }
  if (!isSize(value, least) || value > 1073741824) {
    throw new ReconnectError(401, `${name} is ${value}; use an integer from ${least} to 1073741824`);
  }
  return value;
}

function isSize(value: number | undefined, least: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function readBody(body: string): ControlBody | undefined {
  try {
    const value = JSON.parse(body) as ControlBody | null;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (_error) {
    return undefined;
  }
}

/** Where a server sends its clients: only to the same scheme and host. */
function allowedUrl(own: string | ReconnectUrl, next: string): string {
  if (typeof own !== 'string' || next === '') {
    return '';
  }
  const origin: string = own.split('/').slice(0, 3).join('/');
  return next === origin || next.startsWith(`${origin}/`) ? next : '';
}

/** The end of a part of at most `limit` bytes, which does not lie within a character. */
function endOfPart(data: ReconnectData, start: number, limit: number): number {
  if (typeof data !== 'string') {
    return Math.min(data.byteLength, start + limit);
  }
  let size: number = 0;
  let at: number = start;
  while (at < data.length) {
    const width: number = unitsAt(data, at);
    size += utf8Size(data, at, at + width);
    if (size > limit) {
      return at;
    }
    at += width;
  }
  return at;
}

/** UTF-16 units of the character at a place. */
function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function joined(parts: Array<ReconnectData>, size: number): ReconnectData {
  if (typeof parts[0] === 'string') {
    return parts.join('');
  }
  const whole: Uint8Array = new Uint8Array(size);
  let at: number = 0;
  for (const part of parts) {
    const bytes: ArrayBuffer = part as ArrayBuffer;
    whole.set(new Uint8Array(bytes), at);
    at += bytes.byteLength;
  }
  return whole.buffer as ArrayBuffer;
}
