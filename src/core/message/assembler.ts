// Data frames to messages (RFC 6455 §5.4, §5.6): order of fragments, limits, UTF-8 as it comes (§8.1), and one string
// or one piece of memory for each message. That piece is the receiver's, or lent until the receiver is done with it.
// Messages from a size on may go in parts, as they come, to a sink of the receiver's.

import { ByteCollector } from '../bytes.ts';
import { FIN_BIT, OPCODE_BITS, Opcode, RSV1_BIT } from '../constants.ts';
import { webSocketError } from '../errors.ts';
import type { DataFrameReceiver } from '../frame/decoder.ts';
import type { MemoryPool } from '../memory-pool.ts';
import { NOBODY } from '../pool.ts';
import type { Memory, TextCodec } from '../ports.ts';
import { type TrafficCounts, UNASKED } from '../traffic-counts.ts';
import { completeUntil, isAscii, Utf8Validator } from '../utf8.ts';
import type { MessageSink } from './part-queue.ts';

/** Takes whole messages. */
export interface MessageReceiver {
  /**
   * Bytes belong to the receiver.
   *
   * @param isBinary   whether it is a binary message: text may come as bytes
   * @param fragments  bytes of each fragment, of a message in several, if they are noted
   */
  messageReceived(data: string | Uint8Array, isBinary: boolean, fragments?: readonly number[]): void;
  /**
   * Bytes that are lent; only called where `serve` was given a {@link Lending}.
   *
   * @returns what resolves when the receiver is done with the data; it never rejects. `undefined`: it is done
   */
  lentReceived?(data: Uint8Array, isBinary: boolean, fragments?: readonly number[]): Promise<void> | undefined;
  /** A message begins that is given in parts. Only called where `serve` was given a size. @returns where they go */
  streamBegun?(isBinary: boolean): MessageSink;
}

/** How binary messages are lent. */
export interface Lending {
  /** Whether their memory is overwritten when its time is over, so that late reads show at once. */
  readonly overwrites: boolean;
}

/** What lent memory is overwritten with. */
export const OVERWRITTEN = 0xdd;

/** The limits that apply while a message arrives; see `Limits`. */
export interface MessageLimits {
  readonly maxMessageSize: number;
  readonly maxFrameSize: number;
  readonly maxFragments: number;
  readonly maxEmptyFragments: number;
  readonly maxInflateRatio: number;
  /** The name of what bounds a message, if it is not `maxMessageSize`. */
  readonly sizeBound?: string;
}

/** Of UTF-8, for one UTF-16 unit. */
const MOST_BYTES_OF_UNIT = 3;
/** From this size on a native check beats the loop, view included. */
const NATIVE_FROM = 128;

/** Assembles the messages of one direction of one connection at a time. */
export class Assembler implements DataFrameReceiver {
  readonly #text: TextCodec;
  readonly #memory: Memory;
  readonly #pool: MemoryPool;
  /** UTF-16 units of a string. */
  readonly #longestText: number;
  #receiver: MessageReceiver = NOBODY;
  #limits: MessageLimits = NOBODY;
  #counts = UNASKED;
  /** Absent: binary messages are the receiver's. */
  #lending: Lending | undefined;
  /** Whether text is given as bytes. */
  #keepsBytes = false;
  #notesFragments = false;
  /** Bytes from which messages are given in parts. */
  #streamFrom = Infinity;

  /** Opcode of the message being assembled, -1 between messages. */
  #opcode = -1;
  #fragments = 0;
  #emptyFragments = 0;
  /** RSV1 of the current message: its frames announce compressed sizes. */
  #isDeflated = false;
  /** Payload bytes announced for the current message so far, the current frame included. */
  #announced = 0;
  /** Bytes of each fragment of the current message so far, and of all of them. */
  #sizes: number[] | undefined;
  #noted = 0;
  /** Made for the first message that does not arrive as one frame in one chunk. */
  #collector: ByteCollector | undefined;
  #validator: Utf8Validator | undefined;
  #isAscii = true;
  /** Where the parts of the current message go, if it is given in parts. */
  #sink: MessageSink | undefined;

  constructor(text: TextCodec, memory: Memory, pool: MemoryPool) {
    this.#text = text;
    this.#memory = memory;
    this.#pool = pool;
    this.#longestText = text.maxLength ?? Infinity;
  }

  /**
   * Sends its messages to `receiver` from now on, within `limits`. Only before the first message or between two.
   *
   * @param lending     present: bytes are lent. Absent: they are the receiver's
   * @param keepsBytes  whether text is given as bytes
   * @param notesFragments  whether the receiver is told the sizes of fragments
   * @param streamFrom  bytes from which messages are given in parts. Infinity: none is
   */
  serve(
    receiver: MessageReceiver,
    limits: MessageLimits,
    lending?: Lending,
    keepsBytes = false,
    notesFragments = false,
    streamFrom = Infinity,
  ): void {
    this.#receiver = receiver;
    this.#limits = limits;
    this.#lending = lending;
    this.#keepsBytes = keepsBytes;
    this.#notesFragments = notesFragments;
    this.#streamFrom = streamFrom;
  }

  /** Counts data frames from now on. */
  count(counts: TrafficCounts): void {
    if (this.#counts !== counts) this.#counts = counts;
  }

  /** Forgets its receiver. Only between messages. */
  release(): void {
    this.#receiver = NOBODY;
    this.#limits = NOBODY;
    this.#lending = undefined;
  }

  /** Whether it is between messages and holds no bytes. */
  get isIdle(): boolean {
    return this.#opcode < 0;
  }

  /** Bytes that it keeps for an unfinished message. */
  get held(): number {
    return (this.#collector?.held ?? 0) + (this.#sink?.held ?? 0);
  }

  /** Whether the sink of the current message is full: what can wait should. */
  get isFull(): boolean {
    return this.#sink?.isFull === true;
  }

  /** A number that grows with each frame of a message; 0 between messages. */
  get progress(): number {
    return this.#opcode < 0 ? 0 : this.#announced + this.#fragments;
  }

  /** Frees the memory of a message that will never be finished. */
  discard(): void {
    this.#collector?.clear();
    this.#collector = undefined;
    this.#validator = undefined;
    this.#sink = undefined;
  }

  /** Checks the place and the size of a data frame by its header, so that a refused frame is never buffered. */
  begin(first: number, length: number): void {
    const opcode = first & OPCODE_BITS;
    const { maxMessageSize, maxFrameSize, maxFragments } = this.#limits;
    if (opcode === Opcode.continuation) {
      if (this.#opcode < 0) throw webSocketError('ERR_WS_UNEXPECTED_CONTINUATION');
      this.#announced += length;
      if (++this.#fragments > maxFragments) throw webSocketError('ERR_WS_TOO_MANY_FRAGMENTS', maxFragments);
    } else {
      if (this.#opcode >= 0) throw webSocketError('ERR_WS_EXPECTED_CONTINUATION', opcode);
      this.#opcode = opcode;
      this.#isDeflated = (first & RSV1_BIT) !== 0;
      this.#announced = length;
      this.#fragments = 1;
      this.#emptyFragments = 0;
    }
    if (length === 0) this.#countEmpty(first);
    if (this.#announced > maxMessageSize) {
      throw webSocketError('ERR_WS_MESSAGE_TOO_LARGE', this.#announced, maxMessageSize, this.#limits.sizeBound);
    }
    if (
      this.#announced > this.#longestText &&
      this.#announced < this.#streamFrom &&
      this.#opcode === Opcode.text &&
      !this.#keepsBytes
    ) {
      this.#checkLength(this.#announced);
    }
    if (length > maxFrameSize) throw webSocketError('ERR_WS_FRAME_TOO_LARGE', length, maxFrameSize);
    this.#counts.frame(first, length);
  }

  /** Throws when a text of `size` bytes cannot fit into a string. */
  #checkLength(size: number): void {
    const known = this.#isAscii ? (this.#collector?.size ?? 0) : 0;
    if (Math.max(known, size / MOST_BYTES_OF_UNIT) <= this.#longestText) return;
    throw webSocketError('ERR_WS_TEXT_TOO_LONG', `${size} bytes or more, for ${this.#longestText} characters at most`);
  }

  /** Bounds empty fragments, which cost us time for two bytes each. A message that is one empty frame does not count. */
  #countEmpty(first: number): void {
    if (first >= FIN_BIT && (first & OPCODE_BITS) !== Opcode.continuation) return;
    const { maxEmptyFragments } = this.#limits;
    if (++this.#emptyFragments > maxEmptyFragments) {
      throw webSocketError('ERR_WS_TOO_MANY_EMPTY_FRAGMENTS', maxEmptyFragments);
    }
  }

  /** Takes a frame that lies in one chunk. Most messages are one such frame, and take the short way. */
  whole(first: number, chunk: Uint8Array, start: number, end: number, bits: number): void {
    if (first < FIN_BIT || (first & OPCODE_BITS) === Opcode.continuation || end - start >= this.#streamFrom) {
      this.part(chunk, start, end, bits, 0);
      this.end(first);
      return;
    }
    const isText = this.#opcode === Opcode.text;
    this.#opcode = -1;
    if (isText && !this.#keepsBytes) {
      this.#receiver.messageReceived(this.#wholeText(chunk, start, end, bits), false);
      return;
    }
    if (isText) this.#checkWhole(chunk, start, end, bits);
    if (this.#lending === undefined) {
      this.#receiver.messageReceived(this.#wholeBinary(chunk, start, end), !isText);
      return;
    }
    const piece = this.#pool.take(end - start);
    copy(chunk, start, end, piece);
    this.#lend(piece, end - start, this.#lending, !isText);
  }

  /** Takes some payload of the current frame, of which `remaining` bytes are still to come. */
  part(chunk: Uint8Array, start: number, end: number, bits: number, remaining: number): void {
    const isText = this.#opcode === Opcode.text;
    if (isText) this.#checkText(chunk, start, end, bits);
    if (this.#sink !== undefined || (this.#streamFrom !== Infinity && this.#isStream(end - start))) {
      this.#sink ??= this.#beginStream(this.#receiver);
      this.#sink.part(chunk, start, end);
      return;
    }
    this.#collector ??= new ByteCollector(this.#memory);
    const isGivenBack = (isText && !this.#keepsBytes) || this.#lending !== undefined;
    this.#collector.append(chunk, start, end, remaining, isGivenBack ? this.#pool : undefined);
  }

  /** Whether the current message, of which `size` bytes more are here, is one that is given in parts. */
  #isStream(size: number): boolean {
    if (!this.#isDeflated && this.#announced >= this.#streamFrom) return true;
    return (this.#collector?.size ?? 0) + size >= this.#streamFrom;
  }

  #beginStream(receiver: MessageReceiver): MessageSink {
    const sink = receiver.streamBegun?.(this.#opcode !== Opcode.text) as MessageSink;
    this.#collector?.pour(sink);
    return sink;
  }

  #endStream(sink: MessageSink): void {
    if (this.#opcode === Opcode.text) this.#endText();
    this.#opcode = -1;
    this.#sizes = undefined;
    this.#sink = undefined;
    sink.end();
  }

  /** The current frame is complete. */
  end(first: number): void {
    if (this.#notesFragments && this.#sink === undefined) this.#note(first);
    if (first < FIN_BIT) return;
    if ((first & OPCODE_BITS) === Opcode.continuation) this.#counts.fragmented(this.#opcode === Opcode.binary);
    if (this.#streamFrom === 0) this.#sink ??= this.#beginStream(this.#receiver); // an empty message
    if (this.#sink !== undefined) {
      this.#endStream(this.#sink);
      return;
    }
    const isText = this.#opcode === Opcode.text;
    this.#opcode = -1;
    const sizes = this.#sizes;
    this.#sizes = undefined;
    this.#collector ??= new ByteCollector(this.#memory);
    const isAscii = isText && this.#endText();
    if (isText && !this.#keepsBytes) {
      this.#receiver.messageReceived(this.#collectedText(this.#collector, isAscii), false, sizes);
    } else if (this.#lending === undefined) this.#receiver.messageReceived(this.#collector.take(), !isText, sizes);
    else {
      const { size } = this.#collector;
      this.#lend(this.#collector.takePiece(), size, this.#lending, !isText, sizes);
    }
  }

  /** Notes the size of a frame of a message in several, after inflating. */
  #note(first: number): void {
    if (this.#sizes === undefined) {
      if (first >= FIN_BIT) return; // its only frame
      this.#sizes = [];
      this.#noted = 0;
    }
    const size = this.#collector?.size ?? 0;
    this.#sizes.push(size - this.#noted);
    this.#noted = size;
  }

  /** @returns whether the text is ASCII */
  #endText(): boolean {
    if (this.#validator?.isComplete === false) throw webSocketError('ERR_WS_INVALID_UTF8', 'text message');
    const isAscii = this.#isAscii;
    this.#isAscii = true;
    return isAscii;
  }

  #collectedText(collector: ByteCollector, ascii: boolean): string {
    const { size } = collector;
    const bytes = collector.takePiece();
    const text = ascii ? this.#text.decodeAscii(bytes, 0, size) : this.#text.decode(bytes, 0, size);
    this.#pool.giveBack(bytes);
    return text;
  }

  /** @param piece  of the pool; the message is its first `size` bytes */
  #lend(piece: Uint8Array, size: number, { overwrites }: Lending, isBinary: boolean, sizes?: readonly number[]): void {
    const pool = this.#pool;
    const message = piece.length === size ? piece : piece.subarray(0, size);
    const takeBack = (): void => {
      // Memory that was transferred has no bytes any more.
      if (overwrites && piece.length > 0) fill.call(piece, OVERWRITTEN, 0, size);
      pool.giveBack(piece);
    };
    let done: Promise<void> | undefined;
    try {
      done = this.#receiver.lentReceived?.(message, isBinary, sizes);
    } finally {
      if (done === undefined) takeBack();
    }
    void done?.then(takeBack);
  }

  #wholeText(chunk: Uint8Array, start: number, end: number, bits: number): string {
    // Unmasking has shown whether it is ASCII, which becomes a string without a decoder.
    if (bits >= 0 ? bits < 0x80 : this.#isAsciiIn(chunk, start, end)) return this.#text.decodeAscii(chunk, start, end);
    if (!this.#text.isUtf8(chunk, start, end)) throw webSocketError('ERR_WS_INVALID_UTF8', 'text message');
    return this.#text.decode(chunk, start, end);
  }

  #checkWhole(chunk: Uint8Array, start: number, end: number, bits: number): void {
    if (bits >= 0 ? bits < 0x80 : this.#isAsciiIn(chunk, start, end)) return;
    if (!this.#text.isUtf8(chunk, start, end)) throw webSocketError('ERR_WS_INVALID_UTF8', 'text message');
  }

  #isAsciiIn(chunk: Uint8Array, start: number, end: number): boolean {
    return end - start < NATIVE_FROM ? isAscii(chunk, start, end) : this.#text.isAscii(chunk, start, end);
  }

  #wholeBinary(chunk: Uint8Array, start: number, end: number): Uint8Array {
    const bytes = this.#memory.allocate(end - start);
    copy(chunk, start, end, bytes);
    return bytes;
  }

  /** RFC 6455 §8.1: throws in the chunk in which the text becomes invalid, within a fragment too. */
  #checkText(chunk: Uint8Array, start: number, end: number, bits: number): void {
    if (bits >= 0 && bits < 0x80 && this.#validator?.isComplete !== false) return;
    this.#validator ??= new Utf8Validator();
    const validator = this.#validator;
    let from = start;
    if (end - start >= NATIVE_FROM) {
      // First the rest of a sequence that the part before has begun: three bytes at most.
      for (; !validator.isComplete; from++) {
        if (validator.validate(chunk, from, from + 1) >= 0) throw webSocketError('ERR_WS_INVALID_UTF8', 'text message');
      }
      const until = completeUntil(chunk, from, end);
      if (!this.#text.isUtf8(chunk, from, until)) throw webSocketError('ERR_WS_INVALID_UTF8', 'text message');
      from = until;
    }
    if (validator.validate(chunk, from, end) >= 0) throw webSocketError('ERR_WS_INVALID_UTF8', 'text message');
    this.#isAscii = false;
  }
}

/** The application may have given its message a method of this name. */
const { fill } = Uint8Array.prototype;

function copy(chunk: Uint8Array, start: number, end: number, target: Uint8Array): void {
  const size = end - start;
  if (size < 32) for (let at = 0; at < size; at++) target[at] = chunk[start + at];
  else target.set(chunk.subarray(start, end));
}
