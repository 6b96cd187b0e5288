// Headers, in and out (RFC 6455 §5.2).

import { type ControlFrameReceiver, type DataFrameReceiver, Decoder } from '../../src/core/frame/decoder.ts';
import { headerSize, writeHeader, writeMaskedHeader } from '../../src/core/frame/encoder.ts';
import { encodeFrame } from '../load/frames.ts';
import { payloadOf } from '../load/payload.ts';
import { type Case, mustEqual, sizeName } from './cases.ts';

const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
/** Frames of one chunk. */
const FRAMES = 16;

/** Adds up the payloads, so that the compiler cannot leave anything out. */
class Sum implements DataFrameReceiver, ControlFrameReceiver {
  total = 0;
  begin(): void {}
  whole(_: number, __: Uint8Array, start: number, end: number): void {
    this.total += end - start;
  }
  part(_: Uint8Array, start: number, end: number): void {
    this.total += end - start;
  }
  end(): void {}
  control(): void {}
}

/** A parser as one writes it first: views and an object for each frame. */
function plainDecode(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const short = rest.readUInt8(1) & 0x7f;
    const length = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const isMasked = rest.readUInt8(1) >= 0x80;
    const key = isMasked ? rest.subarray(header, header + 4) : undefined;
    const start = header + (isMasked ? 4 : 0);
    const payload = Buffer.from(rest.subarray(start, start + length));
    if (key !== undefined)
      for (let at = 0; at < length; at++) payload[at] = (payload[at] as number) ^ (key[at & 3] as number);
    frames.push({ opcode: rest.readUInt8(0) & 15, payload });
    rest = rest.subarray(start + length);
  }
  return frames;
}

function decoding(size: number, isMasked: boolean): Case {
  const frame = encodeFrame(2, payloadOf(size, 2), isMasked ? KEY : undefined);
  const chunk = Buffer.concat(new Array<Buffer>(FRAMES).fill(frame));
  const sum = new Sum();
  const decoder = new Decoder(isMasked ? 'server' : 'client', sum, sum);
  return {
    group: 'frames',
    name: `decoding ${FRAMES} ${isMasked ? 'masked' : 'unmasked'} frames of ${sizeName(size)}`,
    size: size * FRAMES,
    // Masked again and again: the headers stay what they are.
    run: () => decoder.decode(chunk, chunk.length),
    twin: { name: 'a view and an object for each frame', run: () => void plainDecode(chunk) },
    check() {
      const expected = plainDecode(chunk).reduce((total, { payload }) => total + payload.length, 0);
      sum.total = 0;
      decoder.decode(chunk, chunk.length);
      if (sum.total !== expected) throw new Error(`${this.name}: ${sum.total} bytes, not ${expected}`);
    },
  };
}

function encoding(length: number, isMasked: boolean): Case {
  const target = Buffer.alloc(16);
  const size = headerSize(length, isMasked);
  const plain = (): Buffer => {
    const short = length < 126 ? length : length < 65536 ? 126 : 127;
    const extended = Buffer.alloc(short < 126 ? 0 : short === 126 ? 2 : 8);
    if (short === 126) extended.writeUInt16BE(length);
    if (short === 127) extended.writeBigUInt64BE(BigInt(length));
    return Buffer.concat([Buffer.of(0x82, short | (isMasked ? 0x80 : 0)), extended, isMasked ? KEY : Buffer.alloc(0)]);
  };
  const run = isMasked
    ? () => writeMaskedHeader(target, 0, 0x82, length, 0x3d21fa37)
    : () => writeHeader(target, 0, 0x82, length);
  return {
    group: 'frames',
    name: `header of ${isMasked ? 'a masked' : 'an unmasked'} frame of ${sizeName(length)}`,
    size: 0,
    run,
    twin: { name: 'pieces put together', run: () => void plain() },
    check() {
      run();
      mustEqual(target.subarray(0, size), plain(), this.name);
    },
  };
}

export const frameCases: readonly Case[] = [
  ...[0, 64, 200, 4096].map((size) => decoding(size, true)),
  ...[64, 4096].map((size) => decoding(size, false)),
  ...[64, 4096, 1 << 20].flatMap((length) => [encoding(length, false), encoding(length, true)]),
];
