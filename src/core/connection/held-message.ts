// A message that waits in the backlog, and one that is deflated in pieces, each in another turn: a call of `send` does not
// stop the process for the time that this takes, whatever the size of the message. It leaves as one frame, as if it had
// been deflated at once.

import { FIN_BIT, RSV1_BIT } from '../constants.ts';
import type { WebSocketError } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import { type MessageData, opcodeOf, payloadAs, toBytes } from '../message/message-data.ts';
import { IN_PIECES_FROM, type PreparedMessage } from '../message/prepared-message.ts';
import type { SendOptions } from '../message/send-options.ts';
import type { Host, Job } from '../ports.ts';
import type { Entry } from './backlog.ts';
import type { Outgoing } from './outgoing.ts';

/** Bytes, or UTF-16 units, that are deflated in one turn. */
const PIECE = 64 * 1024;

/** What it needs of the connection. */
export interface HoldingOwner {
  readonly host: Host;
  readonly compression: MessageCompression | undefined;
  /** Fails it because of something that was thrown. */
  broken(exception: unknown): void;
}

/** Told what became of the message, after the turn. */
export type Told = ((error?: WebSocketError) => void) | undefined;

/** Whether a message is to be deflated in pieces. */
export function isLong(
  data: MessageData,
  compression: MessageCompression | undefined,
  { compress }: SendOptions,
): boolean {
  if (compression === undefined || compress === false) return false;
  const size = typeof data === 'string' ? data.length : toBytes(data).length;
  return size >= IN_PIECES_FROM && (compress === true || size >= compression.threshold);
}

export class HeldMessage implements Entry, Job {
  readonly kind = 'message';
  readonly size: number;
  readonly #owner: HoldingOwner;
  readonly #outgoing: Outgoing;
  readonly #opcode: number;
  readonly #data: string | Uint8Array;
  readonly #options: SendOptions;
  readonly #told: Told;
  /** Present while it is deflated. */
  #compression: MessageCompression | undefined;
  #at = 0;
  /** Of a text: memory for one piece. */
  #encoded: Uint8Array | undefined;
  readonly #pieces: Uint8Array[] = [];
  #deflatedSize = 0;
  #isOver = false;
  /** The transport may fail while it is queued: then it has been dropped. */
  #isDropped = false;

  /**
   * @param data  copied
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8
   */
  constructor(owner: HoldingOwner, outgoing: Outgoing, data: MessageData, options: SendOptions, told: Told) {
    const { text, memory } = owner.host;
    this.#owner = owner;
    this.#outgoing = outgoing;
    this.#opcode = opcodeOf(data, options.binary);
    const payload = payloadAs(this.#opcode, data, text, memory);
    if (typeof payload === 'string') {
      this.#data = payload;
      this.size = text.byteLength(payload);
    } else {
      const bytes = toBytes(payload);
      this.#data = memory.allocate(bytes.length);
      this.#data.set(bytes);
      this.size = bytes.length;
    }
    this.#options = options;
    this.#told = told;
  }

  begin(): boolean {
    const { compression, host } = this.#owner;
    if (!isLong(this.#data, compression, this.#options)) {
      this.#queue();
      return true;
    }
    this.#compression = compression;
    host.scheduler.inLaterTurn(this);
    return false;
  }

  nextPiece(): void {
    if (this.#isOver) return;
    try {
      if (!this.#deflatePiece()) this.#owner.host.scheduler.inLaterTurn(this);
      else this.#outgoing.backlog?.done();
    } catch (exception) {
      this.#owner.broken(exception);
    }
  }

  finish(): boolean {
    try {
      while (!this.#isOver && !this.#deflatePiece());
      return true;
    } catch (exception) {
      this.#owner.broken(exception);
      return false;
    }
  }

  drop(error: WebSocketError): void {
    if (this.#compression !== undefined) this.#compression.abandonParts();
    this.#isOver = this.#isDropped = true;
    const told = this.#told;
    if (told !== undefined) this.#owner.host.scheduler.afterTurn({ endOfTurn: () => told(error) });
  }

  /** @returns whether it was the last piece; the message is then queued */
  #deflatePiece(): boolean {
    const compression = this.#compression as MessageCompression;
    const deflater = compression.deflaterOfParts();
    const piece = this.#nextBytes();
    const isLast = this.#at === this.#data.length;
    deflater.write(piece.bytes, piece.start, piece.end, isLast ? 'last' : 'open');
    while (deflater.hasMore) {
      const size = deflater.read();
      if (size === 0) continue;
      const deflated = this.#owner.host.memory.allocate(size);
      deflated.set(deflater.output.subarray(0, size));
      this.#pieces.push(deflated);
      this.#deflatedSize += size;
    }
    if (!isLast) return false;
    this.#isOver = true;
    this.#outgoing.backlog?.release();
    if (compression.isLarger(this.#deflatedSize, this.size)) this.#queue({ compress: false });
    else this.#queueDeflated();
    return true;
  }

  #nextBytes(): { readonly bytes: Uint8Array; readonly start: number; readonly end: number } {
    const data = this.#data;
    const start = this.#at;
    let end = Math.min(data.length, start + PIECE);
    if (typeof data !== 'string') {
      this.#at = end;
      return { bytes: data, start, end };
    }
    // Not within a surrogate pair.
    if (end < data.length && (data.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
    this.#at = end;
    const { text, memory } = this.#owner.host;
    this.#encoded ??= memory.allocate(3 * PIECE);
    return { bytes: this.#encoded, start: 0, end: text.encodeInto(data.slice(start, end), this.#encoded, 0) };
  }

  #queueDeflated(): void {
    const { sender } = this.#outgoing;
    const { memory } = this.#owner.host;
    let payload = this.#pieces[0] as Uint8Array;
    if (this.#pieces.length > 1) {
      payload = memory.allocate(this.#deflatedSize);
      let at = 0;
      for (const piece of this.#pieces) {
        payload.set(piece, at);
        at += piece.length;
      }
    }
    sender.countDeflated(1, payload.length, this.size);
    sender.queuePart(FIN_BIT | RSV1_BIT | this.#opcode, payload);
    this.#notify();
  }

  #queue(options: SendOptions = this.#options): void {
    this.#outgoing.backlog?.release();
    this.#outgoing.sender.queueMessageAs(this.#data, { ...options, binary: this.#options.binary });
    this.#notify();
  }

  #notify(): void {
    if (this.#told !== undefined && !this.#isDropped) this.#outgoing.outbox.notify(this.#told);
  }
}

/** Whether a message of many connections is to be deflated in pieces. */
export function isLongShared(
  message: PreparedMessage,
  compression: MessageCompression,
  mayCompress: boolean,
  { sender }: Outgoing,
): boolean {
  return mayCompress && !sender.isMasking && !sender.isMessageOpen && message.isLong(compression);
}

/** A message that other connections send too. */
export class HeldPrepared implements Entry {
  readonly kind = 'message';
  readonly size: number;
  readonly #owner: HoldingOwner;
  readonly #outgoing: Outgoing;
  readonly #message: PreparedMessage;
  readonly #mayCompress: boolean;
  readonly #told: Told;
  #isDropped = false;
  /** Present while it is deflated, with others that wait for that. */
  #stopWaiting: (() => void) | undefined;

  constructor(owner: HoldingOwner, outgoing: Outgoing, message: PreparedMessage, mayCompress: boolean, told: Told) {
    this.#owner = owner;
    this.#outgoing = outgoing;
    this.#message = message;
    this.#mayCompress = mayCompress;
    this.#told = told;
    this.size = message.plain.size;
  }

  begin(): boolean {
    const { compression, host } = this.#owner;
    if (compression === undefined || !isLongShared(this.#message, compression, this.#mayCompress, this.#outgoing)) {
      this.#queue();
      return true;
    }
    this.#stopWaiting = this.#message.deflateInPieces(compression, host.scheduler, (exception) => {
      this.#stopWaiting = undefined;
      if (exception === undefined) this.#finishLater();
      else this.#owner.broken(exception);
    });
    return false;
  }

  finish(): boolean {
    if (this.#stopWaiting === undefined) return false;
    this.#stopWaiting();
    this.#stopWaiting = undefined;
    try {
      this.#queue();
      return !this.#isDropped;
    } catch (exception) {
      this.#owner.broken(exception);
      return false;
    }
  }

  #finishLater(): void {
    try {
      this.#queue();
      if (!this.#isDropped) this.#outgoing.backlog?.done();
    } catch (exception) {
      this.#owner.broken(exception);
    }
  }

  #queue(): void {
    this.#outgoing.backlog?.release();
    this.#outgoing.sender.queuePrepared(this.#message, this.#mayCompress);
    if (this.#told !== undefined && !this.#isDropped) this.#outgoing.outbox.notify(this.#told);
  }

  drop(error: WebSocketError): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#isDropped = true;
    const told = this.#told;
    if (told !== undefined) this.#owner.host.scheduler.afterTurn({ endOfTurn: () => told(error) });
  }
}
