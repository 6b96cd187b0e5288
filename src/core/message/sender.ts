// Messages and control frames to bytes (RFC 6455 §5.2, §5.3, §6.1). Small payloads are encoded straight behind their
// header in memory that is written as one. Large ones are written at once as far as the transport takes them: from the
// application's memory where the transport is done with it when its call returns, otherwise through memory that is used
// again. What it does not take is copied to memory of its own. The system never reads memory of the application after
// the call, when it may have been changed, transferred to a worker or freed.

import { plainBytesOf } from '../brands.ts';
import { FIN_BIT, MAX_CONTROL_PAYLOAD, OPCODE_BITS, Opcode, type Role, RSV1_BIT } from '../constants.ts';
import { webSocketError } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import { headerSize, writeHeader, writeMaskedHeader } from '../frame/encoder.ts';
import { maskInPlace, maskInto, rotateKey } from '../mask.ts';
import type { Memory, TextCodec } from '../ports.ts';
import { type TrafficCounts, UNASKED } from '../traffic-counts.ts';
import type { MaskingKeys } from './masking-keys.ts';
import { type MessageData, opcodeOf, payloadAs, toBytes } from './message-data.ts';
import { OpenMessage } from './open-message.ts';
import type { Outbox } from './outbox.ts';
import type { PreparedMessage } from './prepared-message.ts';
import type { Scratch } from './scratch.ts';
import type { FragmentOptions, SendOptions } from './send-options.ts';

/** Payloads up to this size are copied to where frames are written together: what is larger would leave at once anyway. */
const COPY_UP_TO = 32 * 1024;
/** Texts up to this many UTF-16 units are encoded in place: three bytes each at most. */
const ENCODE_IN_PLACE_UP_TO = COPY_UP_TO / 3;
/** Without a call into the runtime's encoder. */
const SHORT_TEXT = 24;

/** A prepared message, and whether this connection may compress it. */
interface HeldPrepared {
  readonly message: PreparedMessage;
  readonly mayCompress: boolean;
}

/** Encodes what one connection at a time sends. */
export class Sender {
  readonly #outbox: Outbox;
  readonly #maskingKeys: MaskingKeys;
  readonly #text: TextCodec;
  readonly #memory: Memory;
  readonly #scratch: Scratch;
  /** Present on clients, which mask. */
  #keys: MaskingKeys | undefined;
  /** Where permessage-deflate was agreed. */
  #compression: MessageCompression | undefined;
  /** The fragmented message being sent. */
  #open: OpenMessage | undefined;
  /** Prepared messages that wait for its end, and their bytes as plain frames. */
  #held: HeldPrepared[] | undefined;
  #heldSize = 0;
  /** Bytes of the text that was deflated last. */
  #textSize = 0;
  #counts = UNASKED;
  /** Whether observers want frames. */
  isWatched = false;
  /** The payload of the frame that is being written, a copy, if observers want it. */
  #seen: Uint8Array | undefined;

  constructor(outbox: Outbox, maskingKeys: MaskingKeys, text: TextCodec, memory: Memory, scratch: Scratch) {
    this.#outbox = outbox;
    this.#maskingKeys = maskingKeys;
    this.#text = text;
    this.#memory = memory;
    this.#scratch = scratch;
  }

  /** Encodes for one connection from now on. Only between messages. */
  serve(role: Role, compression: MessageCompression | undefined): void {
    this.#keys = role === 'client' ? this.#maskingKeys : undefined;
    this.#compression = compression;
  }

  /** Counts what it queues from now on. */
  count(counts: TrafficCounts): void {
    if (this.#counts !== counts) this.#counts = counts;
  }

  /** Forgets its connection. Only between messages. */
  release(): void {
    this.#compression = undefined;
  }

  /** Whether each frame is masked anew (RFC 6455 §5.3): of a client. */
  get isMasking(): boolean {
    return this.#keys !== undefined;
  }

  /** Whether a fragmented message has begun and not ended. */
  get isMessageOpen(): boolean {
    return this.#open !== undefined;
  }

  /**
   * Queues one message as one frame.
   *
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_FRAGMENT_OPEN
   */
  queueMessage(data: MessageData): void {
    const compression = this.#compression;
    this.#queue(data, typeof data === 'string' ? Opcode.text : Opcode.binary, compression, compression?.threshold);
  }

  /**
   * As {@link queueMessage}, of another kind than its data, or compressed whatever its size, or not at all.
   *
   * @throws WebSocketError as well ERR_WS_SEND_UTF8
   */
  queueMessageAs(data: MessageData, { binary, compress }: SendOptions): void {
    const opcode = opcodeOf(data, binary);
    const compression = compress === false ? undefined : this.#compression;
    const payload = payloadAs(opcode, data, this.#text, this.#memory);
    this.#queue(payload, opcode, compression, compress === true ? 0 : compression?.threshold);
  }

  #queue(
    data: MessageData,
    opcode: number,
    compression: MessageCompression | undefined,
    threshold: number | undefined,
  ): void {
    if (this.#open !== undefined) throw webSocketError('ERR_WS_FRAGMENT_OPEN');
    if (compression !== undefined) {
      try {
        if (this.#compressed(data, opcode, compression, threshold as number)) return;
      } catch (error) {
        // The peer's window may lack what ours has by now.
        compression.endSendingContext();
        throw error;
      }
    }
    if (typeof data === 'string') this.#textFrame(FIN_BIT | opcode, data);
    else this.#binaryFrame(FIN_BIT | opcode, toBytes(data));
  }

  /**
   * Queues one fragment of a message (RFC 6455 §5.4). The first decides on text or binary, and on compression: by default
   * there is none, which RFC 7692 §6 leaves to the sender.
   *
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_FRAGMENT_KIND, ERR_WS_FRAGMENT_SURROGATE, ERR_WS_SEND_UTF8
   */
  queueFragment(data: MessageData, options: FragmentOptions): void {
    const { fin } = options;
    const open = this.#open;
    const message = open ?? new OpenMessage(data, options, this.#compression);
    const checked = message.check(data, options);
    const first = (fin ? FIN_BIT : 0) | (open === undefined ? message.first : Opcode.continuation);
    this.#open = fin ? undefined : message;
    try {
      const payload = message.payloadOf(data, fin, this.#text, this.#memory);
      if (typeof payload === 'string') this.#textFrame(first, payload);
      else this.#binaryFrame(first, toBytes(payload));
      if ((message.first & RSV1_BIT) !== 0) {
        const size = typeof data === 'string' ? this.#text.byteLength(data) : toBytes(data).length;
        this.#counts.compressed(fin ? 1 : 0, toBytes(payload).length, size);
      }
    } catch (error) {
      this.#open = open; // no memory for it: it was not sent
      throw error;
    }
    if (fin && open !== undefined) this.#counts.fragmented((message.first & OPCODE_BITS) === Opcode.binary);
    message.proceed(checked);
    if (fin && this.#held !== undefined) this.#release(this.#held);
  }

  /**
   * Queues one frame of a message in parts, whose payload is ready. It is copied, or written, during the call.
   *
   * @param first  the first byte of the frame
   */
  queuePart(first: number, payload: Uint8Array): void {
    this.#binaryFrame(first, payload);
  }

  /** A message in parts has ended. @param opcode  of its first frame */
  countFragmented(opcode: number): void {
    this.#counts.fragmented(opcode === Opcode.binary);
  }

  /** As `TrafficCounts.compressed`. */
  countDeflated(messages: number, size: number, uncompressed: number): void {
    this.#counts.compressed(messages, size, uncompressed);
  }

  /** Bytes of prepared messages that wait for the end of a fragmented one. */
  get heldSize(): number {
    return this.#heldSize;
  }

  /**
   * Queues a message that other connections send as well. Inside a fragmented message it waits for the end of that:
   * the publisher does not know of it, and fragments of two messages must not be interleaved (RFC 6455 §5.4).
   */
  queuePrepared(message: PreparedMessage, mayCompress = true): void {
    if (this.#open !== undefined) {
      this.#held ??= [];
      this.#held.push({ message, mayCompress });
      this.#heldSize += message.plain.size;
      return;
    }
    if (this.#keys !== undefined) {
      this.#binaryFrame(FIN_BIT | message.opcode, message.payload); // RFC 6455 §5.3: masked, for each frame anew
      return;
    }
    const deflated = mayCompress ? this.#compression && message.deflated(this.#compression) : undefined;
    if (deflated !== undefined) {
      this.#compression?.endSendingContext();
      this.#counts.compressed(1, deflated.payloadSize, message.plain.payloadSize);
    }
    const frame = deflated ?? message.plain;
    const { first, payloadSize } = frame;
    this.#counts.frame(first, payloadSize);
    if (this.isWatched) this.#outbox.frameSeen(first, frame.bytes.subarray(frame.size - payloadSize));
    this.#outbox.share(frame);
  }

  #release(held: readonly HeldPrepared[]): void {
    this.#held = undefined;
    this.#heldSize = 0;
    for (const { message, mayCompress } of held) this.queuePrepared(message, mayCompress);
  }

  /** Queues a control frame of at most 125 bytes; the payload is copied. */
  queueControl(opcode: number, payload: Uint8Array): void {
    this.#smallFrame(FIN_BIT | opcode, payload);
  }

  /** RFC 7692 §7.2.1. @returns whether the message has been queued, as one compressed frame */
  #compressed(data: MessageData, opcode: number, compression: MessageCompression, threshold: number): boolean {
    const payload =
      typeof data === 'string'
        ? this.#deflatedText(data, compression, threshold)
        : deflated(data, compression, threshold);
    if (payload === undefined) return false;
    this.#counts.compressed(1, payload.length, typeof data === 'string' ? this.#textSize : toBytes(data).length);
    const first = FIN_BIT | RSV1_BIT | opcode;
    if (payload.length <= COPY_UP_TO) this.#smallFrame(first, payload);
    else this.#largeFrame(first, payload);
    return true;
  }

  #deflatedText(text: string, compression: MessageCompression, threshold: number): Uint8Array | undefined {
    const units = text.length;
    // Between one byte and three for each unit.
    if (units * 3 < threshold || (units < threshold && this.#text.byteLength(text) < threshold)) return undefined;
    if (units > ENCODE_IN_PLACE_UP_TO) {
      const bytes = this.#memory.allocate(this.#text.byteLength(text));
      this.#textSize = this.#text.encodeInto(text, bytes, 0);
      return compression.deflate(bytes, 0, this.#textSize);
    }
    // Where its frame will be, which is written when the text has been used.
    const outbox = this.#outbox;
    const at = outbox.reserve(3 * units);
    const { block } = outbox;
    this.#textSize = this.#text.encodeInto(text, block, at);
    return compression.deflate(block, at, at + this.#textSize);
  }

  #textFrame(first: number, text: string): void {
    const units = text.length;
    if (units > ENCODE_IN_PLACE_UP_TO) {
      this.#largeText(first, text);
      return;
    }
    const outbox = this.#outbox;
    const isMasked = this.#keys !== undefined;
    // The header's size depends on the number of bytes; most text is ASCII, where it equals the number of units.
    const guess = headerSize(units, isMasked);
    const at = outbox.reserve(guess + 2 + 3 * units);
    const block = outbox.block;
    let size = units <= SHORT_TEXT ? writeAscii(text, block, at + guess) : -1;
    if (size < 0) size = this.#text.encodeInto(text, block, at + guess);
    const header = headerSize(size, isMasked);
    if (header !== guess) block.copyWithin(at + header, at + guess, at + guess + size);
    this.#finishInPlace(block, at, first, header, size);
    outbox.commit(header + size);
    if (this.#seen !== undefined) this.#tellSeen(first, this.#seen);
  }

  #binaryFrame(first: number, bytes: Uint8Array): void {
    if (bytes.length <= COPY_UP_TO) this.#smallFrame(first, bytes);
    else this.#largeFrame(first, bytes);
  }

  #smallFrame(first: number, bytes: Uint8Array): void {
    const outbox = this.#outbox;
    const size = bytes.length;
    const header = headerSize(size, this.#keys !== undefined);
    const at = outbox.reserve(header + size);
    const block = outbox.block;
    const payload = at + header;
    if (size < 16) for (let index = 0; index < size; index++) block[payload + index] = bytes[index];
    else block.set(bytes, payload);
    this.#finishInPlace(block, at, first, header, size);
    outbox.commit(header + size);
    if (this.#seen !== undefined) this.#tellSeen(first, this.#seen);
  }

  #largeFrame(first: number, bytes: Uint8Array): void {
    this.#counts.frame(first, bytes.length);
    this.#writeLarge(first, bytes);
    if (this.isWatched) this.#outbox.frameSeen(first, bytes);
  }

  #writeLarge(first: number, bytes: Uint8Array): void {
    const size = bytes.length;
    const key = this.#keys?.next();
    const header = headerSize(size, key !== undefined);
    const isClear = this.#outbox.isClear;
    if (isClear && key === undefined && this.#writeDirectly(first, header, bytes)) return;
    const frame = isClear ? this.#scratch.take(header + size) : this.#memory.allocate(header + size);
    if (key === undefined) writeHeader(frame, 0, first, size);
    else writeMaskedHeader(frame, 0, first, size, key);
    if (isClear) {
      this.#writeThrough(frame, header, bytes, key);
    } else {
      copyPayload(bytes, frame, header, key);
      this.#outbox.append(frame);
    }
  }

  /** @param scratch  holds the frame's header, and is used for one part of the payload after the other */
  #writeThrough(scratch: Uint8Array, header: number, bytes: Uint8Array, key: number | undefined): void {
    const outbox = this.#outbox;
    const size = bytes.length;
    let start = header;
    for (let from = 0; from < size; start = 0) {
      const until = Math.min(size, from + scratch.length - start);
      copyPayload(bytes.subarray(from, until), scratch, start, key === undefined ? key : rotateKey(key, from));
      const end = start + until - from;
      from = until;
      if (outbox.writeNow(scratch.subarray(0, end))) continue;
      this.#scratch.retire(header + size);
      if (until === size) return;
      const rest = this.#memoryOfRest(size - until);
      copyPayload(bytes.subarray(until), rest, 0, key === undefined ? key : rotateKey(key, until));
      outbox.writeNow(rest);
      return;
    }
  }

  /** @returns whether the beginning of the frame has left, and with it, or behind it, the rest */
  #writeDirectly(first: number, header: number, bytes: Uint8Array): boolean {
    const outbox = this.#outbox;
    const size = bytes.length;
    const head = this.#scratch.header(header);
    writeHeader(head, 0, first, size);
    const taken = outbox.writeSome(head, bytes);
    const left = header + size - taken;
    if (taken === 0 || left === 0) return left === 0;
    const rest = this.#memoryOfRest(left);
    if (taken < header) rest.set(head.subarray(taken));
    rest.set(bytes.subarray(Math.max(0, taken - header)), Math.max(0, header - taken));
    outbox.writeNow(rest);
    return true;
  }

  /** Memory for `size` bytes of a frame that has begun to leave. */
  #memoryOfRest(size: number): Uint8Array {
    try {
      return this.#memory.allocate(size);
    } catch (error) {
      this.#outbox.cut(); // the peer has the beginning of a frame: nothing but its rest may follow
      throw error;
    }
  }

  #largeText(first: number, text: string): void {
    const size = this.#text.byteLength(text);
    const header = headerSize(size, this.#keys !== undefined);
    const scratch = this.#outbox.isClear ? this.#scratch.take(header + size) : undefined;
    const isScratch = scratch !== undefined && scratch.length >= header + size;
    const frame = isScratch ? scratch : this.#memory.allocate(header + size);
    this.#text.encodeInto(text, frame, header);
    this.#finishInPlace(frame, 0, first, header, size);
    if (!isScratch) this.#outbox.append(frame);
    else if (!this.#outbox.writeNow(frame.subarray(0, header + size))) this.#scratch.retire(header + size);
    if (this.#seen !== undefined) this.#tellSeen(first, this.#seen);
  }

  /** Tells observers of a frame when it is written: one that sends, on whatever connection, may use the same memory. */
  #tellSeen(first: number, payload: Uint8Array): void {
    this.#seen = undefined;
    this.#outbox.frameSeen(first, payload);
  }

  /** Header before, and masking of, a payload that lies behind the header's place. */
  #finishInPlace(block: Uint8Array, at: number, first: number, header: number, size: number): void {
    this.#counts.frame(first, size);
    if (this.isWatched) this.#seen = Uint8Array.from(block.subarray(at + header, at + header + size));
    const keys = this.#keys;
    if (keys === undefined) {
      writeHeader(block, at, first, size);
      return;
    }
    const key = keys.next();
    writeMaskedHeader(block, at, first, size, key);
    maskInPlace(block, at + header, at + header + size, key);
  }
}

/** Copies `bytes` to `target[at…]`, masked where there is a key. */
function copyPayload(bytes: Uint8Array, target: Uint8Array, at: number, key: number | undefined): void {
  if (key === undefined) target.set(bytes, at);
  else maskInto(bytes, target, at, key);
}

/**
 * The payload of a Ping or Pong frame.
 *
 * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_PING_TOO_LARGE
 */
export function controlPayload(data: MessageData, text: TextCodec): Uint8Array {
  const size = typeof data === 'string' ? text.byteLength(data) : toBytes(data).length;
  if (size > MAX_CONTROL_PAYLOAD) throw webSocketError('ERR_WS_PING_TOO_LARGE', size);
  if (typeof data !== 'string') return toBytes(data);
  const bytes = new Uint8Array(size);
  text.encodeInto(data, bytes, 0);
  return bytes;
}

function deflated(
  data: Exclude<MessageData, string>,
  compression: MessageCompression,
  threshold: number,
): Uint8Array | undefined {
  const { length } = toBytes(data);
  if (length < threshold) return undefined;
  return compression.deflate(plainBytesOf(data) as Uint8Array, 0, length);
}

/** @returns bytes written, or -1 where the text is not ASCII */
function writeAscii(text: string, target: Uint8Array, at: number): number {
  const length = text.length;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return -1;
    target[at + index] = unit;
  }
  return length;
}
