// A message that is sent while its source is being read (`sendStream`): part after part is pulled as long as the peer takes
// them. Its fragments are in core/message/fragments.ts, its source in stream-source.ts.

import { plainBytesOf } from '../brands.ts';
import { Opcode } from '../constants.ts';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import { FRAGMENT_SIZE, Fragments } from '../message/fragments.ts';
import { encoded, type MessageData, toBytes } from '../message/message-data.ts';
import type { OpenSource } from '../message/stream-source.ts';
import { TextCheck } from '../message/text-check.ts';
import type { Context, Host, Job, TurnTask } from '../ports.ts';
import type { Entry } from './backlog.ts';
import { Deferred } from './deferred.ts';
import type { Outgoing } from './outgoing.ts';

/** No more parts are pulled while so many bytes wait for the peer. */
const WAIT_FROM = 256 * 1024;
/** And again from here. */
const GO_ON_AT = 64 * 1024;
/** Bytes that are sent in one turn, where nobody makes us wait: others have their turn, too. */
const PER_TURN = 256 * 1024;
/** Of a stream that is compressed. */
const DEFLATED_PER_TURN = 64 * 1024;
/** UTF-8 of one UTF-16 unit. */
const MOST_BYTES_OF_UNIT = 3;

/** What it needs of the connection. */
export interface StreamingOwner {
  readonly host: Host;
  /** The message is complete. */
  streamSent(): void;
  fail(error: WebSocketError): void;
}

/** What a message in parts is, before its first part has come. */
export interface StreamKind {
  /** Absent: by its first part. */
  readonly isBinary: boolean | undefined;
  /** Present if it is to be compressed. */
  readonly compression: MessageCompression | undefined;
}

export class StreamSending implements Entry, TurnTask, Job {
  readonly kind = 'stream';
  readonly size = 0;
  readonly #owner: StreamingOwner;
  readonly #outgoing: Outgoing;
  readonly #source: OpenSource;
  readonly #kind: StreamKind;
  /** Where `sendStream` was called: the source runs there. */
  readonly #context: Context | undefined;
  readonly #result = new Deferred<void>();
  #fragments: Fragments | undefined;
  /** Present if it is text whose bytes must be checked. */
  #check: TextCheck | undefined;
  /** A high surrogate at the end of the last string. */
  #high = '';
  #isPulling = false;
  #isFlushScheduled = false;
  #isOver = false;
  /** Bytes that were sent in this turn. */
  #inTurn = 0;
  /** Ends the wait for room, or for the next turn. */
  #goOn: (() => void) | undefined;
  #waitsForRoom = false;

  constructor(owner: StreamingOwner, outgoing: Outgoing, source: OpenSource, kind: StreamKind) {
    this.#owner = owner;
    this.#outgoing = outgoing;
    this.#source = source;
    this.#kind = kind;
    this.#context = owner.host.contexts.current();
  }

  /** Resolves when the system has the message; rejects when it was not sent. */
  get promise(): Promise<void> {
    return this.#result.promise;
  }

  begin(): boolean {
    this.#owner.host.contexts.run(this.#context, () => void this.#run());
    return false;
  }

  /** The caller wants no more of it. */
  abort(reason: unknown): void {
    if (!this.#isOver) this.#fail(reason, reason);
  }

  drop(error: WebSocketError): void {
    if (this.#isOver) return;
    this.#end();
    this.#source.cancel(error);
    this.#result.reject(error);
  }

  written(): void {
    if (this.#waitsForRoom && this.#outgoing.outbox.size <= GO_ON_AT) this.#wake();
  }

  /** The source makes us wait: what it has given leaves with this turn. */
  endOfTurn(): void {
    this.#isFlushScheduled = false;
    if (this.#isOver || !this.#isPulling) return;
    try {
      this.#fragments?.flush();
    } catch (error) {
      this.#fail(error);
    }
  }

  nextPiece(): void {
    this.#inTurn = 0;
    if (!this.#waitsForRoom) this.#wake();
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const part = await this.#pull();
        if (this.#isOver) return;
        if (part === undefined) break;
        await this.#put(part as MessageData);
        if (this.#isOver) return;
      }
      this.#finish();
    } catch (error) {
      if (!this.#isOver) this.#fail(error);
    }
  }

  async #pull(): Promise<unknown> {
    this.#isPulling = true;
    const part = this.#source.next();
    if (this.#fragments?.isWaiting === true && !this.#isFlushScheduled) {
      this.#isFlushScheduled = true;
      this.#owner.host.scheduler.afterTurn(this);
    }
    try {
      return await part;
    } finally {
      this.#isPulling = false;
    }
  }

  #open(isBinary: boolean): Fragments {
    const { host } = this.#owner;
    const opcode = isBinary ? Opcode.binary : Opcode.text;
    if (!isBinary && this.#source.isBinary !== false) this.#check = new TextCheck(host.text);
    this.#fragments = new Fragments(this.#outgoing.sender, host.memory, opcode, this.#kind.compression);
    return this.#fragments;
  }

  async #put(part: MessageData): Promise<void> {
    const isBinary = this.#kind.isBinary ?? this.#source.isBinary ?? typeof part !== 'string';
    const fragments = this.#fragments ?? this.#open(isBinary);
    if (typeof part === 'string') {
      await this.#putText(part, fragments);
      return;
    }
    toBytes(part); // or throws
    const bytes = plainBytesOf(part) as Uint8Array;
    await this.#putHigh(fragments);
    if (this.#check?.passes(bytes) === false) throw webSocketError('ERR_WS_SEND_UTF8');
    await this.#putBytes(bytes, fragments);
  }

  async #putText(part: string, fragments: Fragments): Promise<void> {
    // Bytes before it must not end within a character.
    if (this.#check?.isComplete === false) throw webSocketError('ERR_WS_SEND_UTF8');
    let text = this.#high + part;
    this.#high = '';
    if ((text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800) {
      this.#high = text.slice(-1);
      text = text.slice(0, -1);
    }
    const { host } = this.#owner;
    const room = fragments.reserve(text.length * MOST_BYTES_OF_UNIT);
    if (room === undefined) {
      await this.#putBytes(encoded(text, host.text, host.memory), fragments);
      return;
    }
    const size = host.text.encodeInto(text, room.bytes, room.at);
    fragments.commit(size);
    await this.#sent(size);
  }

  /** A lone surrogate becomes U+FFFD. */
  async #putHigh(fragments: Fragments): Promise<void> {
    if (this.#high === '') return;
    const { host } = this.#owner;
    const bytes = encoded(this.#high, host.text, host.memory);
    this.#high = '';
    await this.#putBytes(bytes, fragments);
  }

  async #putBytes(bytes: Uint8Array, fragments: Fragments): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#isOver; at += FRAGMENT_SIZE) {
      const end = Math.min(bytes.length, at + FRAGMENT_SIZE);
      fragments.put(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
      await this.#sent(end - at);
    }
  }

  /** Waits until the peer has room and others have had their turn. */
  async #sent(size: number): Promise<void> {
    this.#inTurn += size;
    const perTurn = this.#kind.compression === undefined ? PER_TURN : DEFLATED_PER_TURN;
    this.#waitsForRoom = this.#outgoing.outbox.size >= WAIT_FROM;
    if (!this.#waitsForRoom && this.#inTurn < perTurn) return;
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
      if (!this.#waitsForRoom) this.#owner.host.scheduler.inLaterTurn(this);
    });
    this.#inTurn = 0;
  }

  #wake(): void {
    this.#waitsForRoom = false;
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }

  #finish(): void {
    const isBinary = this.#kind.isBinary ?? this.#source.isBinary ?? false;
    const fragments = this.#fragments ?? this.#open(isBinary);
    if (this.#check?.isComplete === false) throw webSocketError('ERR_WS_SEND_UTF8');
    if (this.#high !== '') {
      const { host } = this.#owner;
      fragments.put(encoded(this.#high, host.text, host.memory));
    }
    fragments.end();
    if (this.#isOver) return; // the transport broke meanwhile
    this.#isOver = true;
    const result = this.#result;
    this.#outgoing.outbox.notify((error) => {
      if (error === undefined) result.resolve();
      else result.reject(error);
    });
    this.#owner.streamSent();
    this.#outgoing.backlog?.done();
  }

  /**
   * A message that has begun can neither be finished nor taken back (RFC 6455 has no frame for that): its connection fails.
   *
   * @param rejection  for the caller, if it is not the error that follows from `error`
   */
  #fail(error: unknown, rejection?: unknown): void {
    const hasBegun = this.#fragments?.hasBegun === true;
    const failure = webSocketErrorFrom(error, 'ERR_WS_SEND_STREAM');
    this.#end();
    this.#source.cancel(error);
    this.#result.reject(rejection ?? failure);
    if (hasBegun) this.#owner.fail(failure);
    else this.#outgoing.backlog?.remove(this);
  }

  #end(): void {
    this.#isOver = true;
    this.#fragments?.abandon();
    this.#wake();
  }
}
