// The sources of messages that are sent while they come, the fragments that they leave as, and the check of their text.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { deflateRawSync, inflateRawSync, constants as zlib } from 'node:zlib';
import { defaultLimits } from '../../../src/core/connection/limits.ts';
import { Opcode } from '../../../src/core/constants.ts';
import type { WebSocketError } from '../../../src/core/errors.ts';
import type { CompressionOptions } from '../../../src/core/extension/compression-settings.ts';
import { MessageCompression } from '../../../src/core/extension/message-compression.ts';
import { MemoryPool } from '../../../src/core/memory-pool.ts';
import { FRAGMENT_SIZE, Fragments } from '../../../src/core/message/fragments.ts';
import { MessageStream } from '../../../src/core/message/message-stream.ts';
import { PartQueue } from '../../../src/core/message/part-queue.ts';
import { Receiver } from '../../../src/core/message/receiver.ts';
import type { Sender } from '../../../src/core/message/sender.ts';
import { openSource } from '../../../src/core/message/stream-source.ts';
import { TextCheck } from '../../../src/core/message/text-check.ts';
import { nodeText } from '../../../src/node/text.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { compressionOptions } from '../../support/compression-options.ts';
import { openConnection } from '../../support/core-connection.ts';
import { turn } from '../../support/handles.ts';
import { concat, pattern, toHex, utf8 } from '../../support/hex.ts';
import { frame, readFrames } from '../../support/wire.ts';

const memory = { allocate: (size: number) => new Uint8Array(size) };

async function partsOf(source: unknown): Promise<unknown[]> {
  const open = openSource(source);
  const parts: unknown[] = [];
  for (let part = await open.next(); part !== undefined; part = await open.next()) parts.push(part);
  return parts;
}

describe('openSource', () => {
  test('iterables, async or not, and streams', async () => {
    assert.deepEqual(await partsOf(['a', 'b']), ['a', 'b']);
    assert.deepEqual(await partsOf(Readable.from(['a', 'b'])), ['a', 'b']);
    assert.deepEqual(await partsOf(ReadableStream.from(['a', 'b'])), ['a', 'b']);
    const queue = new PartQueue({ hold() {}, roomMade() {} }, true, true, nodeText, memory);
    queue.part(pattern(3), 0, 3);
    queue.end();
    assert.deepEqual(
      (await partsOf(new MessageStream(queue, 1))).map((part) => toHex(part as Uint8Array)),
      [toHex(pattern(3))],
    );
  });

  test('anything else is refused, and a part of nothing', async () => {
    for (const source of ['a', pattern(1), 5, null, {}]) {
      assert.throws(() => openSource(source), { code: 'ERR_WS_STREAM_SOURCE' });
    }
    for (const source of [['a', undefined], ReadableStream.from([undefined])]) {
      await assert.rejects(async () => partsOf(source), { code: 'ERR_WS_DATA_TYPE' });
    }
  });

  test('a source that cannot begin fails with what it threw', () => {
    const locked = new ReadableStream();
    locked.getReader();
    const broken = {
      [Symbol.iterator]() {
        throw new Error('broken');
      },
    };
    for (const source of [locked, broken]) {
      assert.throws(
        () => openSource(source),
        ({ code, cause }: WebSocketError) =>
          code === 'ERR_WS_SEND_STREAM' && /lock|reader|broken/iu.test(String(cause)),
      );
    }
  });

  test('cancel reaches the source, whatever that makes of it', async () => {
    const heard: string[] = [];
    const iterable = (result: () => unknown) => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: result }),
    });
    openSource(iterable(() => void heard.push('return'))).cancel('why');
    openSource(iterable(() => Promise.reject(new Error('x')))).cancel('why');
    openSource(
      iterable(() => {
        throw new Error('x');
      }),
    ).cancel('why');
    openSource({ [Symbol.iterator]: () => ({ next: () => ({ done: true }) }) }).cancel('why');
    openSource(new ReadableStream({ cancel: (reason) => void heard.push(String(reason)) })).cancel('why');
    const readable = new Readable({ read() {} });
    openSource(readable).cancel('why');
    const queue = new PartQueue({ hold() {}, roomMade() {} }, true, true, nodeText, memory);
    openSource(new MessageStream(queue, 1)).cancel('why');
    assert.equal(await queue.next(), undefined);
    assert.deepEqual(heard, ['return', 'why']);
    assert.equal(readable.destroyed, true);
  });
});

test('TextCheck: parts may be cut within a character, whatever their size', () => {
  for (const repeat of [1, 100]) {
    const bytes = utf8('a€𝄞'.repeat(repeat));
    for (let cut = 0; cut <= 8; cut++) {
      const check = new TextCheck(nodeText);
      assert.ok(check.passes(bytes.subarray(0, cut)) && check.passes(bytes.subarray(cut)) && check.isComplete);
    }
    const wrong = concat([bytes, Uint8Array.of(0xe2)]);
    const check = new TextCheck(nodeText);
    assert.ok(check.passes(wrong) && !check.isComplete);
    assert.equal(check.passes(utf8('b'.repeat(repeat * 3))), false);
    const broken = bytes.slice();
    broken[0] = 0xff;
    assert.equal(new TextCheck(nodeText).passes(broken), false);
  }
});

describe('Fragments', () => {
  function fragments(compression?: MessageCompression) {
    const frames: string[] = [];
    const sizes: number[] = [];
    const counts: unknown[] = [];
    const sender = {
      queuePart: (first: number, payload: Uint8Array) => {
        frames.push(first.toString(16));
        sizes.push(payload.length);
      },
      countFragmented: (opcode: number) => void counts.push(opcode),
      countDeflated: () => {},
    } as unknown as Sender;
    return { message: new Fragments(sender, memory, Opcode.binary, compression), frames, sizes, counts };
  }

  test('are as large as 64 KiB, whatever is put', () => {
    const { message, frames, sizes, counts } = fragments();
    message.flush();
    assert.equal(message.hasBegun, false);
    message.put(pattern(10));
    message.put(pattern(FRAGMENT_SIZE));
    const room = message.reserve(20);
    assert.deepEqual([room?.at, message.reserve(FRAGMENT_SIZE + 1)], [0, undefined]);
    message.commit(15);
    assert.equal(message.isWaiting, true);
    assert.notEqual(message.reserve(FRAGMENT_SIZE), undefined);
    message.commit(FRAGMENT_SIZE);
    message.flush();
    message.put(pattern(3));
    message.end();
    assert.deepEqual(frames, ['2', '0', '0', '0', '80']);
    assert.deepEqual(sizes, [10, FRAGMENT_SIZE, 15, FRAGMENT_SIZE, 3]);
    assert.deepEqual(counts, [Opcode.binary]);
    message.abandon();
  });

  test('that are given up: a deflater that holds something of them is given up, too', () => {
    const codec = nodeCompression();
    const deflater = codec.deflater({ windowBits: 15, level: 6, memLevel: 8, keepsContext: true });
    let abandoned = 0;
    const compression = {
      deflaterOfParts: () => deflater,
      abandonParts: () => void abandoned++,
    } as unknown as MessageCompression;
    const unbegun = fragments(compression).message;
    unbegun.put(pattern(10));
    unbegun.abandon();
    assert.equal(abandoned, 0, 'the deflater has nothing of it');
    const open = fragments(compression);
    open.message.put(new Uint8Array(FRAGMENT_SIZE));
    assert.deepEqual([open.message.hasBegun, open.message.isWaiting], [false, true]);
    open.message.abandon();
    assert.equal(abandoned, 1, 'it has, though no frame has been queued');
    const begun = fragments(compression);
    begun.message.put(pattern(10));
    begun.message.flush();
    assert.deepEqual([begun.message.hasBegun, begun.message.isWaiting], [true, false]);
    begun.message.abandon();
    assert.equal(abandoned, 2);
    deflater.close();
  });

  test('of a message without bytes: one frame', () => {
    const { message, frames, counts } = fragments();
    message.end();
    assert.deepEqual([frames, counts], [['82'], []]);
  });
});

for (const role of ['client', 'server'] as const) {
  test(`${role}: fragments that are deflated can be inflated as they come, and make up one message`, async () => {
    const run = openConnection(role, { deflate: {} });
    let give = (_: string | undefined): void => {};
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise<IteratorResult<string>>((resolve) => {
            give = (value) => resolve(value === undefined ? { value, done: true } : { value, done: false });
          }),
      }),
    };
    const sent = run.connection.sendStream(source);
    const all: Uint8Array[] = [];
    for (const text of ['one '.repeat(500), 'two '.repeat(40_000), undefined]) {
      await turn();
      give(text);
      for (let count = 0; count < 6; count++) {
        await turn();
        run.turn.end();
      }
      if (text !== undefined) all.push(utf8(text));
      const frames = readFrames(run.written.bytes);
      assert.equal(frames[0]?.first, 0x41);
      const payload = concat([...frames.map((frame) => frame.payload), Uint8Array.of(0, 0, 0xff, 0xff)]);
      const inflated = inflateRawSync(payload, { finishFlush: zlib.Z_SYNC_FLUSH });
      assert.ok(concat(all).every((byte, at) => byte === inflated[at]));
    }
    await sent;
    assert.equal(readFrames(run.written.bytes).at(-1)?.first, 0x80);
    const cut = run.connection.sendStream(Readable.from(['three']));
    const rejected = assert.rejects(cut, { code: 'ERR_WS_DROPPED' });
    await turn();
    run.transport.gone();
    run.turn.end();
    await rejected;
  });
}

test('a receiver that nobody makes wait inflates a message of any size at once', () => {
  const role = 'client';
  const compression = new MessageCompression(
    role,
    {
      extension: { name: 'permessage-deflate', parameters: [] },
      agreement: {
        serverNoContextTakeover: false,
        clientNoContextTakeover: false,
        serverMaxWindowBits: 15,
        clientMaxWindowBits: 15,
      },
    },
    compressionOptions(true) as CompressionOptions,
    nodeCompression(),
  );
  const receiver = new Receiver(role, nodeText, memory, new MemoryPool(memory), compression);
  const got: number[] = [];
  receiver.serve(
    {
      messageReceived: (data) => void got.push(data.length),
      pingReceived() {},
      pongReceived() {},
      closeReceived() {},
    },
    { ...defaultLimits, maxInflateRatio: Infinity },
  );
  const deflated = deflateRawSync(new Uint8Array(3 * 2 ** 20), { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -4);
  const input = frame(0xc2, deflated);
  assert.equal(receiver.receive(input, input.length), input.length);
  assert.deepEqual(got, [3 * 2 ** 20]);
  receiver.hold();
  assert.equal(receiver.isHeld, true);
  assert.equal(receiver.receive(frame(0x82, pattern(1)), 3), 0);
  receiver.goOn();
  assert.equal(receiver.isHeld, false);
});
