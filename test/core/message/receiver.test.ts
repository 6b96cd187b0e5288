// Bytes of a peer to messages and control frames, with and without compression, and what is held meanwhile.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Role } from '../../../src/core/constants.ts';
import { type CompressionOptions, completeCompression } from '../../../src/core/extension/compression-settings.ts';
import { MessageCompression } from '../../../src/core/extension/message-compression.ts';
import { MemoryPool } from '../../../src/core/memory-pool.ts';
import type { MessageLimits } from '../../../src/core/message/assembler.ts';
import { Receiver, type ReceiverEvents } from '../../../src/core/message/receiver.ts';
import type { Compression, Inflater } from '../../../src/core/ports.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { hex, toHex } from '../../support/hex.ts';
import { plainText } from '../../support/plain-text.ts';
import { frame, wire } from '../../support/wire.ts';

const limits: MessageLimits = {
  maxMessageSize: 8 * 1024 * 1024,
  maxFrameSize: Infinity,
  maxFragments: Infinity,
  maxEmptyFragments: Infinity,
  maxInflateRatio: 200,
};
const memory = { allocate: (size: number) => new Uint8Array(size).fill(0xee) };

/** Compression as a client receives it; the server keeps its context. */
function agreed(codec: Compression = nodeCompression(), serverNoContextTakeover = false): MessageCompression {
  const agreement = {
    serverNoContextTakeover,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const options = completeCompression(true) as CompressionOptions;
  return new MessageCompression('client', { extension: { name: 'x', parameters: [] }, agreement }, options, codec);
}

function receiving(role: Role, compression?: MessageCompression, changed: Partial<MessageLimits> = {}) {
  const receiver = new Receiver(role, plainText, memory, new MemoryPool(memory), compression);
  const events: string[] = [];
  const note = (name: string) => (bytes: Uint8Array) => void events.push(`${name} ${toHex(bytes)}`);
  receiver.serve(
    {
      messageReceived(data) {
        if (typeof data === 'string') events.push(data.length < 100 ? `"${data}"` : `"${data[0]}" × ${data.length}`);
        else events.push(data.length < 100 ? toHex(data) : `${data[0]} × ${data.length}`);
      },
      pingReceived: note('ping'),
      pongReceived: note('pong'),
      closeReceived: ({ code, reason }) => void events.push(`close ${code} ${reason}`),
    },
    { ...limits, ...changed },
  );
  const push = (bytes: Uint8Array) => receiver.receive(bytes.slice(), bytes.length);
  return { receiver, events, push };
}

describe('without compression', () => {
  for (const role of ['client', 'server'] as const) {
    test(`a ${role} is told of every message, wherever its bytes are cut`, () => {
      const bytes = wire(
        role,
        '81 05 48 65 6c 6c 6f',
        '02 01 01',
        '89 01 61',
        '8a 00',
        '80 01 02',
        '88 05 03 e8 62 79 65',
      );
      const expected = ['"Hello"', 'ping 61', 'pong ', '01 02', 'close 1000 bye'];
      const whole = receiving(role);
      assert.equal(whole.receiver.role, role);
      whole.push(bytes);
      assert.deepEqual(whole.events, expected);
      assert.equal(whole.receiver.isIdle, true);
      for (let cut = 1; cut < bytes.length; cut++) {
        const { events, push } = receiving(role);
        push(bytes.slice(0, cut));
        push(bytes.slice(cut));
        assert.deepEqual(events, expected);
      }
    });
  }

  test('it is idle between messages only, tells of progress, and may then serve another connection', () => {
    const { receiver, events, push } = receiving('client');
    assert.deepEqual(
      [receiver.isIdle, receiver.messageProgress, receiver.frameProgress, receiver.held],
      [true, 0, 0, 0],
    );
    push(hex('02 03 01 02'));
    assert.deepEqual([receiver.isIdle, receiver.frameProgress, receiver.held], [false, 2, 2]);
    const before = receiver.messageProgress;
    push(hex('03'));
    assert.deepEqual([receiver.isIdle, receiver.isBetweenMessages], [false, false]);
    assert.ok(before > 0);
    push(hex('80 00'));
    assert.deepEqual([receiver.isIdle, receiver.held, events], [true, 0, ['01 02 03']]);
    receiver.release();
    const others: unknown[] = [];
    const nothing = { pingReceived() {}, pongReceived() {}, closeReceived() {} };
    receiver.serve({ messageReceived: (data) => void others.push(data), ...nothing }, limits);
    push(hex('81 01 61'));
    assert.deepEqual([others, events.length], [['a'], 1]);
  });

  test('discard frees the memory, and ignores further bytes', () => {
    const { receiver, events, push } = receiving('client');
    push(hex('82 03 01 02'));
    receiver.discard();
    assert.equal(receiver.held, 0);
    push(hex('03 81 00'));
    assert.deepEqual(events, []);
  });
});

describe('each frame is shown while the receiver is watched', () => {
  const bytes = wire('client', '81 01 61', '89 01 62', 'c1 07 f2 48 cd c9 c9 07 00');

  function watching(frameSeen: ReceiverEvents['frameSeen'], compression = agreed()) {
    const receiver = new Receiver('client', plainText, memory, new MemoryPool(memory), compression);
    const messages: unknown[] = [];
    const events: ReceiverEvents = {
      messageReceived: (data) => void messages.push(data),
      pingReceived() {},
      pongReceived() {},
      closeReceived() {},
    };
    receiver.serve(frameSeen === undefined ? events : { ...events, frameSeen }, limits);
    const push = () => receiver.receive(bytes.slice(), bytes.length);
    return { receiver, messages, push };
  }

  test('as it is on the wire, before its message, and not before or after', () => {
    const seen: string[] = [];
    const { receiver, messages, push } = watching((first, size, payload) => {
      seen.push(`${first.toString(16)} ${size}: ${toHex(payload)} behind ${messages.length}`);
    });
    push();
    assert.equal(receiver.isWatched, false);
    receiver.isWatched = true;
    assert.equal(receiver.isWatched, true);
    push();
    receiver.isWatched = false;
    push();
    assert.deepEqual(seen, ['81 1: 61 behind 2', '89 1: 62 behind 3', 'c1 7: f2 48 cd c9 c9 07 00 behind 3']);
    assert.deepEqual(messages, ['a', 'Hello', 'a', 'Hello', 'a', 'Hello']);
  });

  test('to nobody where its owner does not ask', () => {
    const { receiver, messages, push } = watching(undefined);
    receiver.isWatched = true;
    push();
    assert.deepEqual(messages, ['a', 'Hello']);
  });

  test('without compression, too', () => {
    const seen: number[] = [];
    const receiver = new Receiver('client', plainText, memory, new MemoryPool(memory));
    const nothing = { messageReceived() {}, pingReceived() {}, pongReceived() {}, closeReceived() {} };
    receiver.serve({ ...nothing, frameSeen: (first) => void seen.push(first) }, limits);
    receiver.isWatched = true;
    const input = hex('02 01 01', '8a 00', '80 00');
    for (const byte of input) receiver.receive(Uint8Array.of(byte), 1);
    assert.deepEqual(seen, [0x02, 0x8a, 0x80]);
  });
});

const HELLO = 'f2 48 cd c9 c9 07 00';

describe('with compression', () => {
  test('the messages of RFC 7692 §7.2.3, whole and cut everywhere', () => {
    const bytes = hex(
      'c1 07',
      HELLO,
      // A second one, which refers to the first; then one in two fragments, with a Ping inside.
      'c1 05 f2 00 11 00 00',
      '41 03 f2 00 11',
      '89 00',
      '80 02 00 00',
      // Not compressed; compressed without a byte; and without the byte that it should have.
      '82 01 07',
      'c2 01 00',
      'c2 00',
      '01 01 61',
      '80 01 62',
      'c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00',
    );
    const expected = ['"Hello"', '"Hello"', 'ping ', '"Hello"', '07', '', '', '"ab"', '"Hello"'];
    const whole = receiving('client', agreed());
    whole.push(bytes);
    assert.deepEqual(whole.events, expected);
    assert.deepEqual([whole.receiver.isIdle, whole.receiver.isBetweenMessages, whole.receiver.held], [false, true, 0]);
    for (let cut = 1; cut < bytes.length; cut++) {
      const { events, push } = receiving('client', agreed());
      push(bytes.slice(0, cut));
      push(bytes.slice(cut));
      assert.deepEqual(events, expected, `cut at ${cut}`);
    }
    const single = receiving('client', agreed());
    for (const byte of bytes) single.push(Uint8Array.of(byte));
    assert.deepEqual(single.events, expected);
  });

  /** `size` equal letters, compressed. */
  function blank(size: number): Uint8Array {
    const deflater = nodeCompression().deflater({ windowBits: 15, level: 9, memLevel: 8, keepsContext: false });
    const bytes = deflater.deflate(new Uint8Array(size).fill(0x61), 0, size).slice();
    deflater.close();
    return bytes;
  }

  test('messages of more than its output at once, in one frame and in parts', () => {
    const size = 300_000;
    const bytes = frame(0xc1, blank(size));
    for (const cut of [0, 5, 100, bytes.length - 1]) {
      const { events, push } = receiving('client', agreed(nodeCompression(), true), { maxInflateRatio: 2000 });
      if (cut > 0) push(bytes.slice(0, cut));
      push(bytes.slice(cut));
      assert.deepEqual(events, [`"a" × ${size}`]);
    }
  });

  test('no more is inflated of an unfinished frame than the ratio allows; the rest waits', () => {
    const size = 3_000_000;
    const payload = blank(size);
    const bytes = frame(0xc2, payload);
    const { events, push, receiver } = receiving('client', agreed());
    for (const byte of bytes.subarray(0, -1)) push(Uint8Array.of(byte));
    assert.ok(receiver.held < 1_200_000, `${receiver.held}`);
    push(bytes.slice(-1));
    assert.deepEqual(events, [`97 × ${size}`]);
    assert.equal(receiver.held, 0);
  });

  test('giving up a message frees its queued bytes', () => {
    const bytes = frame(0xc2, blank(3_000_000));
    const { push, receiver } = receiving('client', agreed());
    push(bytes.slice(0, 400));
    push(bytes.slice(400, 1000));
    assert.ok(receiver.held > 0);
    receiver.discard();
    assert.equal(receiver.held, 0);
  });

  const isRatio = { code: 'ERR_WS_INFLATE_RATIO' };
  test('the ratio is refused: above 4 MiB for a whole message, above 64 KiB for a fragment', () => {
    assert.throws(() => receiving('client', agreed()).push(frame(0xc2, blank(5_000_000))), isRatio);
    assert.throws(() => receiving('client', agreed()).push(frame(0x42, blank(300_000))), isRatio);
    const fine = receiving('client', agreed());
    fine.push(frame(0xc2, blank(4_000_000)));
    assert.deepEqual(fine.events, ['97 × 4000000']);
  });

  test('more than maxMessageSize is refused', () => {
    const isTooLarge = { code: 'ERR_WS_MESSAGE_TOO_LARGE', closeCode: 1009 };
    assert.throws(
      () => receiving('client', agreed(), { maxMessageSize: 99 }).push(frame(0xc2, blank(100))),
      isTooLarge,
    );
    const fits = receiving('client', agreed(), { maxMessageSize: 100 });
    fits.push(frame(0xc2, blank(100)));
    assert.deepEqual(fits.events, ['97 × 100']);
  });

  test('what is not DEFLATE, or ends within a block, is refused (RFC 7692 §7.2.2)', () => {
    for (const wrong of ['c1 01 07', 'c1 02 f2 48', '41 01 07', 'c1 01 07']) {
      assert.throws(() => receiving('client', agreed()).push(hex(wrong)), { code: 'ERR_WS_INFLATE', closeCode: 1007 });
    }
    assert.throws(() => receiving('client', agreed()).push(hex('c1 05 00 01 00 fe ff')), { code: 'ERR_WS_INFLATE' });
  });

  test('text that is not UTF-8 after inflating is refused', () => {
    // One stored block with FF, then the empty one.
    const bytes = hex('c1 07 00 01 00 fe ff ff 00');
    assert.throws(() => receiving('client', agreed()).push(bytes), { code: 'ERR_WS_INVALID_UTF8' });
  });

  test('missing memory passes as it is, and what is thrown that is not an Error becomes one', () => {
    const throwing = (thrown: unknown): Compression => ({
      ...nodeCompression(),
      canKeepContext: true,
      deflater: () => assert.fail(),
      inflater: () =>
        ({
          hasMore: true,
          output: new Uint8Array(0),
          write() {},
          read() {
            throw thrown;
          },
          keepInput() {},
          close() {},
        }) satisfies Inflater,
    });
    const push = (thrown: unknown) => () => receiving('client', agreed(throwing(thrown))).push(hex('c1 07', HELLO));
    assert.throws(push(new RangeError('Array buffer allocation failed')), { name: 'RangeError' });
    assert.throws(push('a text'), { code: 'ERR_WS_INFLATE' });
  });
});
