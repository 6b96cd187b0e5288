// Messages of up to some hundred kilobytes, compressed or not, in frames and chunks of any size, some texts damaged in one place: the
// ways that short inputs do not take (unmasking by vectors, native UTF-8, memory that grows, output in several pieces).

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultLimits, type Limits } from '../../../src/core/connection/limits.ts';
import type { Role } from '../../../src/core/constants.ts';
import { WebSocketError } from '../../../src/core/errors.ts';
import type { CompressionOptions } from '../../../src/core/extension/compression-settings.ts';
import { MessageCompression } from '../../../src/core/extension/message-compression.ts';
import { MemoryPool } from '../../../src/core/memory-pool.ts';
import { Receiver } from '../../../src/core/message/receiver.ts';
import { nodeText } from '../../../src/node/text.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { compressionOptions } from '../../support/compression-options.ts';
import { assertBytes, concat } from '../../support/hex.ts';
import { decodeStrictly } from '../../support/plain-text.ts';
import { deflateMessage, writeFrame } from '../frames.ts';
import { Choices } from '../random.ts';
import type { FuzzTarget } from '../target.ts';

const SIZES = [0, 127, 128, 1000, 4095, 16_383, 16_384, 65_535, 65_536, 100_000, 150_000];
const CHUNKS = [1, 7, 997, 1460, 4096, 16_384, 65_536];
const UNITS = ['a', 'aaaaaaaaaaaaaaaé', '€', '😀b'];
const LARGEST_READ = 64 * 1024;

/** How much inflated data waits: all of a message in one frame; of a message in several frames it is bounded at 64 KiB, which does not matter here. */
const noRatio = { ...defaultLimits, maxInflateRatio: Infinity };

const readBuffer = new Uint8Array(LARGEST_READ);
const agreement = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const extension = { name: 'permessage-deflate', parameters: [] };

/** Input: choices. */
export const largeMessagesTarget: FuzzTarget = {
  name: 'large-messages',
  arbitrary: fc.uint8Array({ minLength: 4, maxLength: 60 }),
  run(input) {
    const choices = new Choices(input);
    const role: Role = choices.isTrue() ? 'server' : 'client';
    const chunk = choices.below(3) === 0 ? 1 + choices.below(3000) : choices.pick(CHUNKS);
    const wire: Uint8Array[] = [];
    const expected: (string | Uint8Array)[] = [];
    let isValid = true;
    let outline = role as string;
    const limits = choices.isTrue() ? defaultLimits : noRatio;
    for (let count = 0; count < 4 && isValid && choices.hasMore; count++) {
      const isText = choices.isTrue();
      const isCompressed = choices.isTrue();
      const message = isText ? text(choices) : binary(choices);
      wire.push(...framesOf(message, isText, isCompressed, role, limits, choices));
      const decoded = isText ? decodeStrictly(message) : message;
      isValid = decoded !== undefined;
      if (decoded !== undefined) expected.push(decoded);
      outline += ` ${isText ? 't' : 'b'}${isCompressed ? 'c' : ''}${Math.floor(Math.log2(message.length + 1))}`;
    }
    check(receive(role, limits, concat(wire), chunk), expected, isValid);
    return `${outline} ${Math.floor(Math.log2(chunk))} ${isValid}`;
  },
};

function text(choices: Choices): Uint8Array {
  const unit = new TextEncoder().encode(choices.pick(UNITS));
  const size = choices.pick(SIZES);
  const bytes = new Uint8Array(Math.floor(size / unit.length) * unit.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = unit[at % unit.length] as number;
  // One byte is something else, which mostly makes it invalid.
  if (choices.below(3) === 0 && size > 0) bytes[choices.below(65_536) % bytes.length] = choices.byte();
  return bytes;
}

function binary(choices: Choices): Uint8Array {
  const bytes = new Uint8Array(choices.pick(SIZES) + choices.byte());
  const step = choices.byte() + 1;
  for (let at = 0; at < bytes.length; at++) bytes[at] = (at * step + (at >> 8)) & 0xff;
  return bytes;
}

function framesOf(
  message: Uint8Array,
  isText: boolean,
  isCompressed: boolean,
  role: Role,
  limits: Limits,
  choices: Choices,
): Uint8Array[] {
  const payload = isCompressed ? deflateMessage(message, 1) : message;
  const pieces = isCompressed && limits !== noRatio ? 1 : 1 + choices.below(4);
  const key = role === 'server' ? Uint8Array.of(choices.byte(), choices.byte(), 0x5a, choices.byte()) : undefined;
  const frames: Uint8Array[] = [];
  let from = 0;
  for (let piece = 1; piece <= pieces; piece++) {
    const to = piece === pieces ? payload.length : Math.min(payload.length, from + choices.below(65_536));
    const first = (piece === pieces ? 0x80 : 0) | (piece > 1 ? 0 : (isText ? 1 : 2) | (isCompressed ? 0x40 : 0));
    frames.push(writeFrame({ first, key, payload: payload.subarray(from, to) }));
    from = to;
  }
  return frames;
}

interface Received {
  readonly messages: (string | Uint8Array)[];
  error: string;
}

function receive(role: Role, limits: Limits, wire: Uint8Array, chunk: number): Received {
  const received: Received = { messages: [], error: '' };
  const options = compressionOptions(true) as CompressionOptions;
  const compression = new MessageCompression(role, { extension, agreement }, options, nodeCompression());
  const events = {
    messageReceived: (message: string | Uint8Array) => void received.messages.push(message),
    pingReceived() {},
    pongReceived() {},
    closeReceived() {},
  };
  const memory = { allocate: (size: number) => Buffer.allocUnsafe(size) };
  const receiver = new Receiver(role, nodeText, memory, new MemoryPool(memory), compression);
  receiver.serve(events, limits);
  try {
    // Few chunks are that small where the wire is that long.
    const size = Math.max(chunk, wire.length >> 12);
    for (let at = 0; at < wire.length; at += size) {
      const bytes = wire.subarray(at, at + size);
      readBuffer.set(bytes);
      receiver.receive(readBuffer, bytes.length);
      readBuffer.fill(0xee, 0, bytes.length);
    }
  } catch (error) {
    if (!(error instanceof WebSocketError)) throw error;
    received.error = error.code;
  } finally {
    compression.close();
  }
  return received;
}

function check({ messages, error }: Received, expected: readonly (string | Uint8Array)[], isValid: boolean): void {
  assert.equal(error, isValid ? '' : 'ERR_WS_INVALID_UTF8');
  assert.equal(messages.length, expected.length);
  for (const [index, message] of messages.entries()) {
    const wanted = expected[index] as string | Uint8Array;
    if (typeof message === 'string' || typeof wanted === 'string') assert.ok(message === wanted, `text ${index}`);
    else assertBytes(message, wanted, `message ${index}`);
  }
}
