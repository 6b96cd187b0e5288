// The parts of one message that is read while it arrives, between the assembler, which puts them in, and a reader, which
// takes them out. What waits is bounded: the queue asks its source to hold the peer back, and to go on when the reader has
// made room. Text has been checked; it is cut between characters here, and becomes strings when it is taken.

import type { WebSocketError } from '../errors.ts';
import type { Memory, TextCodec } from '../ports.ts';
import { completeUntil } from '../utf8.ts';

/** From so many bytes on the source is held. With what a chunk or an inflater adds to it, 256 KiB wait at most. */
const HOLD_FROM = 128 * 1024;
/** At so many bytes the source goes on. */
const GO_ON_AT = 64 * 1024;
/** Parts that are smaller are joined, up to this size: a peer that sends single bytes costs no object for each. */
const JOINED_SIZE = 16 * 1024;

/** Takes the payload of a message, however it was cut. */
export interface MessageSink {
  /** Whether nothing more should come until the source is told to go on. What comes all the same is taken. */
  readonly isFull: boolean;
  /** Bytes that it holds. */
  readonly held: number;
  /** The bytes are copied. */
  part(chunk: Uint8Array, start: number, end: number): void;
  /** The message is complete. */
  end(): void;
}

/** Where the parts come from. */
export interface PartSource {
  /** Nothing more is to come, of this message or what follows it, before {@link roomMade}. */
  hold(): void;
  /** There is room again, or the rest is not wanted. Called during calls of the reader. */
  roomMade(): void;
}

/** How a reader waits. */
interface Waiter {
  resolve(part: Uint8Array | undefined): void;
  reject(error: Error): void;
}

/** A piece of memory that is being filled. */
interface Piece {
  readonly bytes: Uint8Array;
  size: number;
}

/** `open`: parts come. `complete`: no further part comes. `dropped`: no part is kept, whether it is here or still comes. */
type State = 'open' | 'complete' | 'dropped';

export class PartQueue implements MessageSink {
  readonly isBinary: boolean;
  /** Whether parts of text are given as strings. */
  readonly givesStrings: boolean;
  readonly text: TextCodec;
  readonly memory: Memory;
  readonly #source: PartSource;
  readonly #pieces: Piece[] = [];
  readonly #waiters: Waiter[] = [];
  #state: State = 'open';
  /** What a reader gets after the parts, once. */
  #reason: (() => WebSocketError) | undefined;
  #isFull = false;
  #waiting = 0;
  #received = 0;
  /** Of a text: the beginning of a character whose rest has not come. It counts as waiting. */
  #cut: Uint8Array | undefined;

  constructor(source: PartSource, isBinary: boolean, givesStrings: boolean, text: TextCodec, memory: Memory) {
    this.#source = source;
    this.isBinary = isBinary;
    this.givesStrings = givesStrings && !isBinary;
    this.text = text;
    this.memory = memory;
  }

  /** Bytes of the message that have arrived so far. */
  get received(): number {
    return this.#received;
  }

  /** Whether the whole message has been taken. */
  get isRead(): boolean {
    return this.#state === 'complete' && this.#waiting === 0;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  get held(): number {
    return this.#waiting;
  }

  part(chunk: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.#received += size;
    if (this.#state !== 'open' || size === 0) return;
    this.#waiting += size;
    const last = this.#pieces[this.#pieces.length - 1];
    if (last !== undefined && last.bytes.length - last.size >= size) {
      last.bytes.set(chunk.subarray(start, end), last.size);
      last.size += size;
    } else this.#add(chunk, start, end, last);
    this.#serve();
    if (this.#waiting >= HOLD_FROM) this.#hold();
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'complete';
    this.#serve();
    // What follows the message waits until it has been read: one message at a time takes memory.
    if (this.#waiting > 0) this.#hold();
  }

  /** Nothing more comes, for this reason. What waits can still be read. Harmless if the message is complete. */
  fail(reason: () => WebSocketError): void {
    if (this.#state !== 'open') return;
    this.#state = 'complete';
    this.#reason = reason;
    this.#goOn();
    this.#serve();
  }

  /**
   * Takes the next part: what has arrived since the last one. Never empty.
   *
   * @returns `undefined` at the end
   * @throws (rejects) the reason for which nothing more comes, once
   */
  next(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#serve();
    });
  }

  /**
   * What waits is dropped, and the rest of the message as it comes.
   *
   * Harmless if it has been read.
   *
   * @param reason  for the reader. Absent: it gets the end
   */
  drop(reason?: () => WebSocketError): void {
    if (this.#state === 'dropped' || this.isRead) return;
    this.#state = 'dropped';
    this.#reason = reason;
    this.#pieces.length = 0;
    this.#waiting = 0;
    this.#cut = undefined;
    this.#goOn();
    this.#serve();
  }

  #add(chunk: Uint8Array, start: number, end: number, last: Piece | undefined): void {
    const cut = last === undefined ? this.#cut : this.#cutOf(last);
    this.#cut = undefined;
    const cutSize = cut?.length ?? 0;
    const size = cutSize + end - start;
    const bytes = this.memory.allocate(this.#waiters.length > 0 ? size : Math.max(size, JOINED_SIZE));
    if (cut !== undefined) bytes.set(cut);
    bytes.set(chunk.subarray(start, end), cutSize);
    this.#pieces.push({ bytes, size });
  }

  /** Takes the beginning of a character from the end of a piece of text. */
  #cutOf(piece: Piece): Uint8Array | undefined {
    if (this.isBinary) return undefined;
    const until = completeUntil(piece.bytes, 0, piece.size);
    if (until === piece.size) return undefined;
    const cut = new Uint8Array(piece.bytes.subarray(until, piece.size)); // a copy: the piece may become the reader's
    piece.size = until;
    return cut;
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      const part = this.#shift();
      if (part !== undefined) this.#waiters.shift()?.resolve(part);
      else if (this.#state === 'open') break;
      else if (this.#reason === undefined) this.#waiters.shift()?.resolve(undefined);
      else {
        const error = this.#reason();
        this.#reason = undefined;
        this.#waiters.shift()?.reject(error);
      }
    }
    if (this.#waiting <= (this.#state === 'open' ? GO_ON_AT : 0)) this.#goOn();
  }

  /** The oldest piece, without a character that is cut at its end. */
  #shift(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    if (piece === undefined) return undefined;
    if (this.#pieces.length === 0) this.#cut = this.#cutOf(piece);
    const { bytes, size } = piece;
    this.#waiting -= size;
    if (size === 0) return undefined;
    return bytes.length === size ? bytes : bytes.subarray(0, size);
  }

  #hold(): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#source.hold();
  }

  #goOn(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#source.roomMade();
  }
}
