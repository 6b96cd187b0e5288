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
//  5  size of node id, size of except, size of topic (3 bytes)
// 10  number of the envelope, counted by its node (6 bytes)
// 16  sent at, milliseconds since the epoch (double)
// 24  node id, except, topic, body
// ```

import { Buffer } from 'node:buffer';
import { FIN_BIT, LENGTH_16, LENGTH_64, Opcode } from '../core/constants.ts';
import { headerSize, writeHeader } from '../core/frame/encoder.ts';
import { type MessageData, toBytes } from '../core/message/message-data.ts';
import { WholeFrame } from '../core/message/prepared-message.ts';
import { nodeHost } from '../node/environment.ts';

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
const HEADER = 24;
const TOPIC_IS_UTF16 = 1;
/** Bytes of the longest topic that an envelope can name. */
export const MAX_TOPIC = 0xffffff;
const NODE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Bytes of an envelope beside its body. */
export function overhead(id: string, topic: string, except: string): number {
  return HEADER + id.length + except.length + sizeOfTopic(topic);
}

/** What goes beside the body. */
export interface Head {
  readonly kind: number;
  /** `''`: none. */
  readonly topic: string;
  /** Id of a connection, ASCII; `''`: none. */
  readonly except: string;
}

/** Writes the envelopes of one node. */
export class EnvelopeWriter {
  readonly #id: string;
  #number = 0;

  constructor(id: string) {
    this.#id = id;
  }

  /** Number of the envelope that was written last. */
  get lastNumber(): number {
    return this.#number;
  }

  /** Bytes of an envelope with a message. @throws WebSocketError ERR_WS_DATA_TYPE */
  sizeOf(head: Head, data: MessageData): { size: number; payload: number } {
    const payload = typeof data === 'string' ? nodeHost.text.byteLength(data) : toBytes(data).length;
    return { size: overhead(this.#id, head.topic, head.except) + headerSize(payload, false) + payload, payload };
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
    const envelope = nodeHost.memory.allocate(overhead(this.#id, head.topic, head.except) + body.length);
    envelope.set(body, this.#writeHead(envelope, head));
    return envelope;
  }

  /** @returns index of the body */
  #writeHead(envelope: Uint8Array, { kind, topic, except }: Head): number {
    const view = viewOf(envelope);
    const isWellFormed = wellFormed(topic);
    const topicSize = sizeOfTopic(topic);
    const id = this.#id;
    view.setUint16(0, MARK);
    view.setUint8(2, VERSION);
    view.setUint8(3, kind);
    view.setUint8(4, isWellFormed ? 0 : TOPIC_IS_UTF16);
    view.setUint8(5, id.length);
    view.setUint8(6, except.length);
    view.setUint8(7, topicSize >>> 16);
    view.setUint16(8, topicSize & 0xffff);
    writeNumber(view, 10, ++this.#number);
    view.setFloat64(16, nodeHost.clock.wall?.() ?? 0);
    let at = HEADER;
    at = writeAscii(envelope, at, id);
    at = writeAscii(envelope, at, except);
    if (isWellFormed) nodeHost.text.encodeInto(topic, envelope, at);
    else bufferOf(envelope).write(topic, at, 'utf16le');
    return at + topicSize;
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

  private constructor(bytes: Uint8Array, view: DataView) {
    this.bytes = bytes;
    this.kind = view.getUint8(3);
    this.#isUtf16 = (view.getUint8(4) & TOPIC_IS_UTF16) !== 0;
    this.#idSize = view.getUint8(5);
    this.#exceptSize = view.getUint8(6);
    this.#topicSize = view.getUint8(7) * 0x10000 + view.getUint16(8);
    this.number = readNumber(view, 10);
    this.sentAt = view.getFloat64(16);
  }

  /** @returns `newer`: of a later version of this package. `foreign`: of another program, or damaged */
  static read(bytes: Uint8Array): Envelope | 'foreign' | 'newer' {
    if (bytes.length < HEADER || bytes[0] !== MARK >>> 8 || bytes[1] !== (MARK & 0xff)) return 'foreign';
    if (bytes[2] !== VERSION) return (bytes[2] as number) > VERSION ? 'newer' : 'foreign';
    const envelope = new Envelope(bytes, viewOf(bytes));
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
    const id = latin1(this.bytes, HEADER, this.#idSize);
    return NODE_ID.test(id) ? id : undefined;
  }

  /** `''`: none. */
  get except(): string {
    return latin1(this.bytes, HEADER + this.#idSize, this.#exceptSize);
  }

  get topic(): string {
    const at = HEADER + this.#idSize + this.#exceptSize;
    return bufferOf(this.bytes).toString(this.#isUtf16 ? 'utf16le' : 'utf8', at, at + this.#topicSize);
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
    if (first === (FIN_BIT | Opcode.text) && !nodeHost.text.isUtf8(bytes, at + header, bytes.length)) return undefined;
    return new WholeFrame(keepable(bytes, at), header);
  }
}

/** Bytes of the payload by the header of a frame; -1 where it is not one that a server writes. */
function payloadSize(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1] ?? 255;
  if (second < LENGTH_16) return second;
  const view = viewOf(bytes);
  if (second === LENGTH_16) {
    const size = at + 4 <= bytes.length ? view.getUint16(at + 2) : -1;
    return size < LENGTH_16 ? -1 : size;
  }
  if (second !== LENGTH_64 || at + 10 > bytes.length) return -1;
  const size = view.getUint32(at + 2) * 0x100000000 + view.getUint32(at + 6);
  return size < 0x10000 ? -1 : size;
}

/** A driver may give a view of a much larger chunk, which must not be kept for the sake of a small message that waits. */
function keepable(bytes: Uint8Array, at: number): Uint8Array {
  const frame = bytes.subarray(at);
  if (bytes.buffer.byteLength <= 2 * frame.length + 256) return frame;
  const copy = nodeHost.memory.allocate(frame.length);
  copy.set(frame);
  return copy;
}

function wellFormed(topic: string): boolean {
  return !SURROGATE.test(topic) || Buffer.from(topic).toString() === topic;
}

const SURROGATE = /[\ud800-\udfff]/;

/** Bytes of a topic in an envelope. */
export function sizeOfTopic(topic: string): number {
  return wellFormed(topic) ? nodeHost.text.byteLength(topic) : topic.length * 2;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function writeNumber(view: DataView, at: number, number: number): void {
  view.setUint16(at, Math.floor(number / 0x100000000));
  view.setUint32(at + 2, number >>> 0);
}

function readNumber(view: DataView, at: number): number {
  return view.getUint16(at) * 0x100000000 + view.getUint32(at + 2);
}

/** @returns index after it */
function writeAscii(target: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) target[at + index] = text.charCodeAt(index);
  return at + text.length;
}

function latin1(bytes: Uint8Array, at: number, size: number): string {
  return bufferOf(bytes).toString('latin1', at, at + size);
}
