// DEFLATE by contexts that are kept, beside the documented calls that make one for each message.

import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Inflater } from '../../src/core/ports.ts';
import { nodeCompression } from '../../src/node/zlib/compression.ts';
import { jsonText } from '../load/payload.ts';
import { type Case, mustEqual, sizeName } from './cases.ts';

const SIZES = [64, 1024, 16384];
const MiB = 1024 * 1024;
const options = { finishFlush: constants.Z_SYNC_FLUSH };

function inflateAll(inflater: Inflater, bytes: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  inflater.write(bytes, 0, bytes.length, true);
  for (let size = inflater.read(); size > 0; size = inflater.hasMore ? inflater.read() : 0) {
    parts.push(Buffer.from(inflater.output.subarray(0, size)));
  }
  return Buffer.concat(parts);
}

function casesOf(size: number): Case[] {
  const message = Buffer.from(jsonText(size, 1));
  const compression = nodeCompression();
  const alone = compression.deflater({ windowBits: 15, level: 6, memLevel: 8, keepsContext: false });
  const inflater = compression.inflater({ windowBits: 15, keepsContext: false, limit: MiB });
  const deflated = deflateRawSync(message, options);
  const withoutTail = deflated.subarray(0, deflated.length - 4);
  return [
    {
      group: 'deflate',
      name: `deflating JSON, ${sizeName(size)}`,
      size,
      run: () => void alone.deflate(message, 0, message.length),
      twin: { name: 'deflateRawSync', run: () => void deflateRawSync(message, options) },
      check() {
        mustEqual(alone.deflate(message, 0, message.length), withoutTail, this.name);
      },
    },
    {
      group: 'deflate',
      name: `inflating JSON, ${sizeName(size)}`,
      size,
      run: () => void inflateAll(inflater, withoutTail),
      twin: { name: 'inflateRawSync', run: () => void inflateRawSync(deflated, options) },
      check() {
        mustEqual(inflateAll(inflater, withoutTail), message, this.name);
      },
    },
  ];
}

export const deflateCases: readonly Case[] = SIZES.flatMap(casesOf);
