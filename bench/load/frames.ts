// Frames for the load, written by hand so that the client of a benchmark depends on no implementation under test. A
// ring of them is made before anything is measured: sending some is one view of it and one write.

import { constants, deflateRawSync } from 'node:zlib';
import { jsonText, type Opcode, payloadOf } from './payload.ts';

/** What the messages of a workload are. */
export interface MessageKind {
  /** Bytes of payload. */
  readonly size: number;
  readonly opcode: Opcode;
  /** With permessage-deflate, and whether each end's context is taken over from message to message (RFC 7692 §7.1.1). */
  readonly deflate?: 'takeover' | 'no takeover' | undefined;
}

/** What a client asks for, as the field Sec-WebSocket-Extensions. */
export const OFFERS = {
  takeover: 'permessage-deflate; client_max_window_bits',
  'no takeover': 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
};

/** One final frame (RFC 6455 §5.2), masked when there is a key. */
export function encodeFrame(opcode: number, payload: Uint8Array, key?: Uint8Array, isCompressed = false): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const header = 2 + extended + (key === undefined ? 0 : 4);
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = 0x80 | (isCompressed ? 0x40 : 0) | opcode;
  frame[1] = (key === undefined ? 0 : 0x80) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.set(payload, header);
  if (key === undefined) return frame;
  frame.set(key, header - 4);
  for (let at = 0; at < length; at++) frame[header + at] = (payload[at] as number) ^ (key[at & 3] as number);
  return frame;
}

/** Where the unmasked frame at `at` ends; Infinity where its header is cut. */
export function frameEnd(bytes: Buffer, at: number, end: number): number {
  if (at + 2 > end) return Infinity;
  const length = (bytes[at + 1] as number) & 0x7f;
  if (length < 126) return at + 2 + length;
  if (length === 126) return at + 4 > end ? Infinity : at + 4 + bytes.readUInt16BE(at + 2);
  return at + 10 > end ? Infinity : at + 10 + Number(bytes.readBigUInt64BE(at + 2));
}

/** A fixed row of masking keys, no two alike. */
function keyOf(index: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32LE((0x12345678 + Math.imul(index, 0x9e3779b1)) >>> 0);
  return key;
}

/** Bytes that a ring may take; at least one frame goes in. */
const RING_SIZE = 1 << 20;
const RING_FRAMES = 64;

/** Masked request frames, each with its own key, that are sent round and round. */
export class FrameRing {
  /** What each frame's message is. Without compression all are the same. */
  readonly payloads: readonly Buffer[];
  /** All frames, and the first ones again, so that every run of `longest` frames is in one piece. */
  readonly #bytes: Buffer;
  readonly #offsets: readonly number[];

  /** @param longest  frames that are taken at once, at most */
  constructor(kind: MessageKind, longest: number) {
    const frames = Math.max(1, Math.min(RING_FRAMES, Math.floor(RING_SIZE / kind.size)));
    this.payloads = kind.deflate === undefined ? [payloadOf(kind.size, kind.opcode)] : messagesOf(kind.size, frames);
    const contents = kind.deflate === undefined ? this.payloads : deflateAll(this.payloads, kind.deflate);
    const pieces: Buffer[] = [];
    for (let index = 0; index < frames; index++) {
      const content = contents[index % contents.length] as Buffer;
      pieces.push(encodeFrame(kind.opcode, content, keyOf(index), kind.deflate !== undefined));
    }
    this.length = frames;
    const all = Array.from({ length: frames + longest }, (_, index) => pieces[index % frames] as Buffer);
    this.#bytes = Buffer.concat(all);
    let at = 0;
    this.#offsets = [0, ...all.map((piece) => (at += piece.length))];
  }

  /** Frames after which it begins anew. */
  readonly length: number;

  /** `count` frames from number `position` of the ring on. */
  take(position: number, count: number): Buffer {
    return this.#bytes.subarray(this.#offsets[position], this.#offsets[position + count]);
  }
}

function messagesOf(size: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(jsonText(size, 1 + index * 17), 'latin1'));
}

/** The end of every deflated message, which is not sent (RFC 7692 §7.2.1). */
const TAIL_SIZE = 4;

/**
 * Messages as DEFLATE makes them. With a context each refers to those before it, the first to none: going round, a
 * message finds the same bytes behind it as on the first round.
 */
function deflateAll(payloads: readonly Buffer[], mode: 'takeover' | 'no takeover'): Buffer[] {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  if (mode === 'no takeover') {
    return payloads.map((payload) => {
      const deflated = deflateRawSync(payload, options);
      return deflated.subarray(0, deflated.length - TAIL_SIZE);
    });
  }
  // A message's bytes are those that all messages up to it add to all before it. Done once per ring, so the square of
  // its length does not matter; `dictionary` is the window that a stream would have kept.
  return payloads.map((payload, index) => {
    const dictionary = Buffer.concat(payloads.slice(0, index));
    const window = dictionary.subarray(Math.max(0, dictionary.length - 32 * 1024));
    const deflated = deflateRawSync(payload, window.length > 0 ? { ...options, dictionary: window } : options);
    return deflated.subarray(0, deflated.length - TAIL_SIZE);
  });
}
