// What one node sends to others: a small binary header and a body. The body of a message is the frame that a server sends, so that
// the receiving node passes it on as it is (RFC 6455 §5.2). The broker is not trusted, and other programs may publish on our
// channels: everything that is read here is checked, the frame and its UTF-8 too, since a wrong one would end up in the streams
// of clients. That check is one pass of the runtime's own routine; nothing is decoded.
//
// ```
//  0  'H' 'B'        what it is
//  2  version        1
//  3  kind
//  4  flags          bit 0: the topic is UTF-16, since it is not well-formed
//                    bit 1: the message is not to be compressed; bit 2: it is, whatever its size; neither: from `threshold` on.
//                    Bits that a node does not know have no effect there
//  5  size of node id, size of except, size of topic (3 bytes)
// 10  number of the envelope, counted by its node (6 bytes)
// 16  sent at, milliseconds since the epoch (6 bytes)
// 22  node id, except, topic, body
// ```
//
// Every message of every node goes through here: numbers are read and written as bytes, without views.

import { Buffer } from 'node:buffer';
import { FIN_BIT, LENGTH_16, LENGTH_64, Opcode } from '../core/constants.ts';
import { webSocketError } from '../core/errors.ts';
import { headerSize, writeHeader } from '../core/frame/encoder.ts';
import { type MessageData, toBytes } from '../core/message/message-data.ts';
import { WholeFrame } from '../core/message/prepared-message.ts';
import { isAscii } from '../core/utf8.ts';
import { nodeHost } from '../node/environment.ts';
import { Recent } from './recent.ts';

/** What an envelope is for. */
export const Kind = {
  publish: 1,
  broadcast: 2,
  send: 3,
  close: 4,
  ask: 5,
  answer: 6,
  hello: 7,
  bye: 8,
} as const;

const MARK = 0x4842;
const VERSION = 1;
const HEADER = 22;
const NUMBER_AT = 10;
const TIME_AT = 16;
const TOPIC_IS_UTF16 = 1;
const COMPRESS_NEVER = 2;
const COMPRESS_ALWAYS = 4;
/** Bytes of the longest topic that an envelope can name. */
const MAX_TOPIC = 0xffffff;
const NODE_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Texts up to this size are looked at here, which costs less than a call of the runtime; most of them are ASCII. */
const SHORT = 128;

/** What goes beside the body. */
export interface Head {
  readonly kind: number;
  /** `''`: none. */
  readonly topic: string;
  /** Id of a connection, ASCII; `''`: none. */
  readonly except: string;
  /** Whether each node compresses the message: see `SendOptions`. */
  readonly compress?: boolean | undefined;
}

/** Writes the envelopes of one node. */
export class EnvelopeWriter {
  /** The header with the id, for every envelope. */
  readonly #start: Uint8Array;
  readonly #topics = new Recent(topicBytes);
  #number = 0;

  /** @param id  ASCII */
  constructor(id: string) {
    this.#start = new Uint8Array(HEADER + id.length);
    this.#start.set([MARK >>> 8, MARK & 0xff, VERSION]);
    this.#start[5] = id.length;
    writeAscii(this.#start, HEADER, id);
  }

  /** Number of the envelope that was written last. */
  get lastNumber(): number {
    return this.#number;
  }

  /** Bytes of an envelope with a message. @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_TOPIC_TOO_LONG */
  sizeOf(head: Head, data: MessageData): { size: number; payload: number } {
    const payload = typeof data === 'string' ? nodeHost.text.byteLength(data) : toBytes(data).length;
    return { size: this.#beside(head) + headerSize(payload, false) + payload, payload };
  }

  /** An envelope with a message, in one piece of memory that also is the frame for the connections of this node. */
  message(head: Head, data: MessageData, size: number, payload: number): { envelope: Uint8Array; frame: WholeFrame } {
    const envelope = nodeHost.memory.allocate(size);
    const at = this.#writeHead(envelope, head);
    const header = headerSize(payload, false);
    writeHeader(envelope, at, FIN_BIT | (typeof data === 'string' ? Opcode.text : Opcode.binary), payload);
    if (typeof data === 'string') nodeHost.text.encodeInto(data, envelope, at + header);
    else envelope.set(toBytes(data), at + header);
    return { envelope, frame: new WholeFrame(envelope.subarray(at), header) };
  }

  /** An envelope with another body. */
  control(head: Head, body: Uint8Array): Uint8Array {
    const envelope = nodeHost.memory.allocate(this.#beside(head) + body.length);
    envelope.set(body, this.#writeHead(envelope, head));
    return envelope;
  }

  /** Bytes of an envelope beside its body. */
  #beside({ topic, except }: Head): number {
    return this.#start.length + except.length + (topic === '' ? 0 : this.#topics.get(topic).bytes.length);
  }

  /** @returns index of the body */
  #writeHead(envelope: Uint8Array, { kind, topic, except, compress }: Head): number {
    const start = this.#start;
    envelope.set(start);
    envelope[3] = kind;
    if (compress !== undefined) envelope[4] = compress ? COMPRESS_ALWAYS : COMPRESS_NEVER;
    envelope[6] = except.length;
    writeNumber(envelope, NUMBER_AT, ++this.#number);
    writeNumber(envelope, TIME_AT, Math.floor(nodeHost.clock.wall?.() ?? 0));
    const at = writeAscii(envelope, start.length, except);
    if (topic === '') return at;
    const { bytes, isUtf16 } = this.#topics.get(topic);
    if (isUtf16) envelope[4] = (envelope[4] as number) | TOPIC_IS_UTF16;
    envelope[7] = bytes.length >>> 16;
    envelope[8] = bytes.length >>> 8;
    envelope[9] = bytes.length;
    envelope.set(bytes, at);
    return at + bytes.length;
  }
}

/** An envelope that was received. Its parts are read when they are needed. */
export class Envelope {
  readonly kind: number;
  readonly number: number;
  /** Milliseconds since the epoch, by the clock of its node. */
  readonly sentAt: number;
  readonly bytes: Uint8Array;
  readonly #idSize: number;
  readonly #exceptSize: number;
  readonly #topicSize: number;
  readonly #isUtf16: boolean;

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.kind = bytes[3] as number;
    this.#isUtf16 = ((bytes[4] as number) & TOPIC_IS_UTF16) !== 0;
    this.#idSize = bytes[5] as number;
    this.#exceptSize = bytes[6] as number;
    this.#topicSize = ((bytes[7] as number) << 16) | ((bytes[8] as number) << 8) | (bytes[9] as number);
    this.number = readNumber(bytes, NUMBER_AT);
    this.sentAt = readNumber(bytes, TIME_AT);
  }

  /** @returns `newer`: of a later version of this package. `foreign`: of another program, or damaged */
  static read(bytes: Uint8Array): Envelope | 'foreign' | 'newer' {
    if (bytes.length < HEADER || bytes[0] !== MARK >>> 8 || bytes[1] !== (MARK & 0xff)) return 'foreign';
    if (bytes[2] !== VERSION) return (bytes[2] as number) > VERSION ? 'newer' : 'foreign';
    const envelope = new Envelope(bytes);
    if (envelope.#idSize === 0 || envelope.#bodyAt > bytes.length) return 'foreign';
    // A later minor version may have kinds that this one does not know.
    if (envelope.kind < Kind.publish || envelope.kind > Kind.bye) return 'newer';
    return envelope;
  }

  get #bodyAt(): number {
    return HEADER + this.#idSize + this.#exceptSize + this.#topicSize;
  }

  /** Whether a node has sent it. @param id  its id, as ASCII */
  isOf(id: Uint8Array): boolean {
    const size = this.#idSize;
    if (size !== id.length) return false;
    const { bytes } = this;
    // The ends of ids differ.
    for (let at = size - 1; at >= 0; at--) if (bytes[HEADER + at] !== id[at]) return false;
    return true;
  }

  /** Id of its node; `undefined` where it cannot be one. */
  get node(): string | undefined {
    const id = nodeHost.text.decodeAscii(this.bytes, HEADER, HEADER + this.#idSize);
    return NODE_ID.test(id) ? id : undefined;
  }

  /** What its sender says of compression: see `SendOptions`. Both bits are none. */
  get compress(): boolean | undefined {
    const bits = (this.bytes[4] as number) & (COMPRESS_NEVER | COMPRESS_ALWAYS);
    if (bits === COMPRESS_NEVER) return false;
    return bits === COMPRESS_ALWAYS ? true : undefined;
  }

  /** `''`: none. */
  get except(): string {
    if (this.#exceptSize === 0) return '';
    const at = HEADER + this.#idSize;
    return nodeHost.text.decodeAscii(this.bytes, at, at + this.#exceptSize);
  }

  get topic(): string {
    const at = HEADER + this.#idSize + this.#exceptSize;
    const { bytes } = this;
    if (!this.#isUtf16) return nodeHost.text.decode(bytes, at, at + this.#topicSize);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf16le', at, at + this.#topicSize);
  }

  /** Shares the memory of the envelope. */
  get body(): Uint8Array {
    return this.bytes.subarray(this.#bodyAt);
  }

  /** The body as a frame that a server may send; `undefined` where it is not one. */
  get frame(): WholeFrame | undefined {
    const { bytes } = this;
    const at = this.#bodyAt;
    const first = bytes[at];
    if (first !== (FIN_BIT | Opcode.text) && first !== (FIN_BIT | Opcode.binary)) return undefined;
    const payload = payloadSize(bytes, at);
    const header = headerSize(payload, false);
    // Only the shortest form of a length fits (RFC 6455 §5.2), and the MASK bit makes the length wrong.
    if (payload < 0 || at + header + payload !== bytes.length) return undefined;
    if (first === (FIN_BIT | Opcode.text) && !isText(bytes, at + header)) return undefined;
    return new WholeFrame(keepable(bytes, at), header);
  }
}

/** Bytes of the payload by the header of a frame; -1 where it is not one that a server writes. */
function payloadSize(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1] ?? 255;
  if (second < LENGTH_16) return second;
  if (second === LENGTH_16) {
    const size = at + 4 <= bytes.length ? (bytes[at + 2] as number) * 256 + (bytes[at + 3] as number) : -1;
    return size < LENGTH_16 ? -1 : size;
  }
  if (second !== LENGTH_64 || at + 10 > bytes.length || bytes[at + 2] !== 0 || bytes[at + 3] !== 0) return -1;
  const size = readNumber(bytes, at + 4);
  return size < 0x10000 ? -1 : size;
}

/** Whether the rest of an envelope is UTF-8. */
function isText(bytes: Uint8Array, at: number): boolean {
  return (
    (bytes.length - at < SHORT && isAscii(bytes, at, bytes.length)) || nodeHost.text.isUtf8(bytes, at, bytes.length)
  );
}

/** A driver may give a view of a much larger chunk, which must not be kept for the sake of a small message that waits. */
function keepable(bytes: Uint8Array, at: number): Uint8Array {
  const frame = bytes.subarray(at);
  if (bytes.buffer.byteLength <= 2 * frame.length + 256) return frame;
  const copy = nodeHost.memory.allocate(frame.length);
  copy.set(frame);
  return copy;
}

/** @throws WebSocketError ERR_WS_TOPIC_TOO_LONG */
function topicBytes(topic: string): { readonly bytes: Uint8Array; readonly isUtf16: boolean } {
  const utf8 = Buffer.from(topic);
  const isUtf16 = SURROGATE.test(topic) && utf8.toString() !== topic;
  const bytes = isUtf16 ? Buffer.from(topic, 'utf16le') : utf8;
  if (bytes.length > MAX_TOPIC) throw webSocketError('ERR_WS_TOPIC_TOO_LONG', bytes.length, MAX_TOPIC);
  return { bytes, isUtf16 };
}

const SURROGATE = /[\ud800-\udfff]/;

/** Six bytes, big-endian. */
function writeNumber(target: Uint8Array, at: number, number: number): void {
  const high = Math.floor(number / 0x100000000);
  target[at] = high >>> 8;
  target[at + 1] = high;
  target[at + 2] = number >>> 24;
  target[at + 3] = number >>> 16;
  target[at + 4] = number >>> 8;
  target[at + 5] = number;
}

function readNumber(bytes: Uint8Array, at: number): number {
  const high = (bytes[at] as number) * 256 + (bytes[at + 1] as number);
  const low = ((bytes[at + 2] as number) << 24) | ((bytes[at + 3] as number) << 16) | ((bytes[at + 4] as number) << 8);
  return high * 0x100000000 + ((low | (bytes[at + 5] as number)) >>> 0);
}

/** @returns index after it */
function writeAscii(target: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) target[at + index] = text.charCodeAt(index);
  return at + text.length;
}
