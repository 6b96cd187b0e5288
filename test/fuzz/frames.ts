// Frames as fuzzed inputs are made of: read leniently from any bytes, written as they are described, right or wrong,
// and changed by their fields. Independent of the engine's own decoder and encoder.

import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import type { Role } from '../../src/core/constants.ts';
import { concat } from '../support/hex.ts';
import type { Random } from './random.ts';

/** One frame of any shape. */
export interface LooseFrame {
  /** FIN, RSV and opcode. */
  readonly first: number;
  /** Bits that the length is written in. */
  readonly lengthBits: 7 | 16 | 64;
  /** As written. Above 2^53 it is not exact. */
  readonly length: number;
  readonly hasSign: boolean;
  readonly key: Uint8Array | undefined;
  /** Unmasked; shorter than `length` where the bytes end. */
  readonly payload: Uint8Array;
  /** Where it lies in the bytes that it was read from. */
  readonly start: number;
  readonly payloadStart: number;
  readonly end: number;
}

export interface LooseFrames {
  readonly frames: readonly LooseFrame[];
  /** Behind the last whole header: a header that is cut. */
  readonly cutHeader: Uint8Array;
  /** The last frame lacks some of its payload. */
  readonly isPayloadCut: boolean;
}

/** Reads as RFC 6455 §5.2 lays frames out, without judging them. */
export function readLoosely(bytes: Uint8Array): LooseFrames {
  const frames: LooseFrame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const second = bytes[at + 1] ?? 0;
    const short = second & 0x7f;
    const lengthBits = short === 126 ? 16 : short === 127 ? 64 : 7;
    const lengthSize = lengthBits === 7 ? 0 : lengthBits >> 3;
    const isMasked = second >= 0x80;
    const payloadStart = at + 2 + lengthSize + (isMasked ? 4 : 0);
    if (bytes.length < payloadStart) return { frames, cutHeader: bytes.subarray(at), isPayloadCut: false };
    let length = short;
    if (lengthSize > 0) length = bytes.subarray(at + 2, at + 2 + lengthSize).reduce((sum, byte) => sum * 256 + byte, 0);
    const key = isMasked ? bytes.subarray(payloadStart - 4, payloadStart) : undefined;
    const end = Math.min(bytes.length, payloadStart + length);
    const raw = bytes.subarray(payloadStart, end);
    frames.push({
      first: bytes[at] as number,
      lengthBits,
      length,
      hasSign: lengthBits === 64 && (bytes[at + 2] as number) >= 0x80,
      key,
      payload: key === undefined ? raw : exclusiveOr(raw, key),
      start: at,
      payloadStart,
      end,
    });
    if (payloadStart + length > bytes.length) return { frames, cutHeader: new Uint8Array(0), isPayloadCut: true };
    at = end;
  }
  return { frames, cutHeader: new Uint8Array(0), isPayloadCut: false };
}

function exclusiveOr(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) result[at] = (bytes[at] as number) ^ (key[at & 3] as number);
  return result;
}

/** A frame to write. */
export type FrameToWrite = Pick<LooseFrame, 'first' | 'key' | 'payload'> & Partial<LooseFrame>;

/** What a frame's own fields say, even if they are wrong; what is left out follows from the payload. */
export function writeFrame({ first, key, payload, length = payload.length, lengthBits }: FrameToWrite): Uint8Array {
  const bits = lengthBits ?? (length < 126 ? 7 : length < 65536 ? 16 : 64);
  const mask = key === undefined ? 0 : 0x80;
  const header = bits === 7 ? [first, mask | (length & 0x7f)] : [first, mask | (bits === 16 ? 126 : 127)];
  for (let byte = bits === 7 ? -1 : (bits >> 3) - 1; byte >= 0; byte--) header.push(Math.floor(length / 256 ** byte));
  return concat(
    key === undefined ? [Uint8Array.from(header), payload] : [Uint8Array.from(header), key, exclusiveOr(payload, key)],
  );
}

/** As a frame of this payload, with everything else as it is. */
export function withPayload(frame: LooseFrame, payload: Uint8Array): Uint8Array {
  return writeFrame({ first: frame.first, key: frame.key, payload });
}

// ── Frames by fast-check ─────────────────────────────────────────────────────────────────────────────────────────

/** Characters of every length in UTF-8, and the borders between them. */
const CHARACTERS = [
  'a',
  'Z',
  ' ',
  '\0',
  '\x7f',
  '\x80',
  'é',
  '\u07ff',
  '\u0800',
  '€',
  '\ufeff',
  '\uffff',
  '😀',
  '\u{10ffff}',
];
const text = fc
  .array(fc.constantFrom(...CHARACTERS), { maxLength: 40 })
  .map((characters) => new TextEncoder().encode(characters.join('')));
/** Cut anywhere, even within a character. */
const cutText = fc.tuple(text, fc.nat(60)).map(([bytes, at]) => bytes.subarray(0, at));
const fixedSize = fc
  .constantFrom(0, 1, 125, 126, 127, 200, 399, 400, 401)
  .map((size) => new Uint8Array(size).fill(0x61));
const closePayload = fc
  .tuple(
    fc.constantFrom(999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 1016, 2999, 3000, 4999, 5000),
    cutText,
  )
  .map(([code, reason]) => concat([Uint8Array.of(code >> 8, code & 0xff), reason]));

const payload = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: cutText },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 180 }) },
  { weight: 2, arbitrary: fixedSize },
);

/** First bytes: mostly those that may occur, sometimes any. */
const firstByte = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0x81, 0x82, 0x01, 0x02, 0x00, 0x00, 0x80, 0x80, 0x89, 0x8a) },
  { weight: 1, arbitrary: fc.nat(255) },
);
const key = fc.oneof(fc.constant(new Uint8Array(4)), fc.uint8Array({ minLength: 4, maxLength: 4 }));

const plainFrame = fc.tuple(firstByte, payload).map(([first, content]) => ({
  first,
  payload: first & 8 ? content.subarray(0, 125) : content,
}));
const closeFrame = closePayload.map((content) => ({ first: 0x88, payload: content.subarray(0, 125) }));
const longLength = fc
  .tuple(firstByte, fc.constantFrom(16 as const, 64 as const), payload)
  .map(([first, bits, content]) => ({
    first,
    lengthBits: bits,
    payload: content,
  }));
const hugeLength = fc
  .tuple(
    firstByte,
    fc.constantFrom(401, 65_535, 65_536, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 62, 2 ** 63),
    payload,
  )
  .map(([first, length, content]) => ({ first, length, payload: content }));
/** What DEFLATE makes of some data, in RSV1 frames. */
const compressedFrame = fc
  .tuple(
    fc.constantFrom(0xc1, 0xc2, 0x41, 0x42),
    fc.oneof(payload, fixedSize),
    fc.nat(9),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([first, content, level, times]) => ({
    first,
    payload: deflateMessage(concat(Array.from({ length: times }, () => content)), level),
  }));
/** A message in several frames with control frames between them. */
const fragmented = fc
  .record({
    first: fc.constantFrom(0x01, 0x02, 0x41, 0x42),
    whole: fc.oneof(text, payload),
    cuts: fc.array(fc.nat(100), { maxLength: 7 }),
    between: fc.constantFrom(undefined, 0x89, 0x8a, 0x88),
  })
  .map(({ first, whole, cuts, between }) => {
    const content = first & 0x40 ? deflateMessage(whole, 6) : whole;
    const borders = [...cuts.map((cut) => cut % (content.length + 1)), 0, content.length].sort((one, two) => one - two);
    return borders.slice(1).flatMap((end, index) => {
      const isLast = index === borders.length - 2;
      const frame = {
        first: (isLast ? 0x80 : 0) | (index === 0 ? first : 0),
        payload: content.subarray(borders[index], end),
      };
      return between === undefined || isLast ? [frame] : [frame, { first: between, payload: new Uint8Array(0) }];
    });
  });

/** Bytes that arrive at `role`: sequences of frames, mostly valid ones. */
export function wireArbitrary(role: Role, compresses = true): fc.Arbitrary<Uint8Array> {
  const one = fc.oneof(
    { weight: 8, arbitrary: plainFrame },
    { weight: 1, arbitrary: closeFrame },
    { weight: 1, arbitrary: longLength },
    { weight: 1, arbitrary: hugeLength },
    ...(compresses ? [{ weight: 4, arbitrary: compressedFrame }] : []),
  );
  const item = fc.oneof({ weight: 3, arbitrary: one.map((frame) => [frame]) }, { weight: 1, arbitrary: fragmented });
  const list = fc.array(fc.tuple(item, key), { maxLength: 6 });
  return list.map((items) =>
    concat(
      items.flatMap(([frames, maskingKey]) =>
        frames.map((frame) => writeFrame({ ...frame, key: role === 'server' ? maskingKey : undefined })),
      ),
    ),
  );
}

/** RFC 7692 §7.2.1. */
export function deflateMessage(bytes: Uint8Array, level: number, windowBits = 15): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(0);
  return deflateRawSync(bytes, { level, windowBits, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

// ── Changes ──────────────────────────────────────────────────────────────────────────────────────────────────────

const FIRSTS = [
  0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a, 0xc1, 0xc2, 0x41, 0x42, 0x40, 0xc0, 0x08, 0x83, 0x90,
];
const LENGTHS = [0, 1, 125, 126, 127, 400, 401, 65_535, 65_536, 2 ** 53, 2 ** 63];

/** Changes one field of one frame, or the order of frames; everything else stays what it means. */
export function mutateFrames(bytes: Uint8Array, random: Random): Uint8Array {
  const { frames, cutHeader } = readLoosely(bytes);
  if (frames.length === 0) return bytes;
  const at = random.below(frames.length);
  const frame = frames[at] as LooseFrame;
  const pieces = frames.map(({ start, end }) => bytes.subarray(start, end));
  const { first, key: maskingKey, payload: content } = frame;
  const cut = random.below(content.length + 1);
  const fields = { first, key: maskingKey, payload: content };
  switch (random.below(11)) {
    case 0:
      pieces[at] = writeFrame({ ...fields, first: random.pick(FIRSTS) });
      break;
    case 1:
      pieces[at] = writeFrame({ ...fields, first: first ^ (0x80 >> random.below(8)) });
      break;
    case 2:
      pieces[at] = writeFrame({ ...fields, lengthBits: random.pick([16, 64] as const) });
      break;
    case 3:
      pieces[at] = writeFrame({ ...fields, length: random.pick(LENGTHS) });
      break;
    case 4:
      pieces[at] = writeFrame({ ...fields, key: maskingKey === undefined ? random.bytes(4) : undefined });
      break;
    case 5: // in two fragments
      pieces.splice(
        at,
        1,
        writeFrame({ ...fields, first: first & 0x7f, payload: content.subarray(0, cut) }),
        writeFrame({ ...fields, first: first & 0x80, payload: content.subarray(cut) }),
      );
      break;
    case 6:
      pieces.splice(at, 1);
      break;
    case 7:
      pieces.splice(at, 0, pieces[at] as Uint8Array);
      break;
    case 8:
      pieces.splice(random.below(pieces.length), 0, ...pieces.splice(at, 1));
      break;
    case 9: {
      const changed = content.slice();
      if (content.length > 0) changed[cut % content.length] = random.below(256);
      pieces[at] = writeFrame({ ...fields, payload: changed });
      break;
    }
    default:
      pieces[at] = writeFrame({ ...fields, payload: content.subarray(0, cut) });
  }
  return concat([...pieces, cutHeader]);
}
