// Messages to bytes, for both roles, with and without compression: what leaves, and what is thrown before anything does.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Role } from '../../../src/core/constants.ts';
import { type CompressionOptions, completeCompression } from '../../../src/core/extension/compression-settings.ts';
import { MessageCompression } from '../../../src/core/extension/message-compression.ts';
import { Arena } from '../../../src/core/message/arena.ts';
import { MaskingKeys } from '../../../src/core/message/masking-keys.ts';
import { Outbox } from '../../../src/core/message/outbox.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { Scratch } from '../../../src/core/message/scratch.ts';
import type { SendOptions } from '../../../src/core/message/send-options.ts';
import { controlPayload, Sender } from '../../../src/core/message/sender.ts';
import type { Compression } from '../../../src/core/ports.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { concat, hex, pattern, toHex, utf8 } from '../../support/hex.ts';
import { ManualTurn } from '../../support/manual-clock.ts';
import { MemoryTransport } from '../../support/memory-transport.ts';
import { plainText } from '../../support/plain-text.ts';
import { frame, KEY, readFrames } from '../../support/wire.ts';

/** A frame in hex; a large one as its first byte, its size and its hash. */
function shown(bytes: Uint8Array): string {
  if (bytes.length < 200) return toHex(bytes);
  return `${toHex(bytes.subarray(0, 1))} ${bytes.length} ${createHash('sha1').update(bytes).digest('hex')}`;
}

interface Setup {
  readonly compression?: Compression;
  readonly threshold?: number;
  readonly keepsContext?: boolean;
}

function sending(role: Role, { compression, threshold = 0, keepsContext = true }: Setup = {}) {
  const turn = new ManualTurn();
  const transport = new MemoryTransport(turn, false);
  const allocations = { isOver: false };
  const memory = {
    allocate(size: number) {
      if (allocations.isOver) throw new RangeError('Array buffer allocation failed');
      return new Uint8Array(size).fill(0xee);
    },
  };
  const outbox = new Outbox(new Arena(memory), memory, turn);
  const keys = new MaskingKeys({
    fill(bytes) {
      for (let at = 0; at < bytes.length; at++) bytes[at] = KEY[at % 4] as number;
    },
  });
  const sender = new Sender(outbox, keys, plainText, memory, new Scratch(memory));
  const thrown = (exception: unknown): never => {
    throw exception;
  };
  transport.start({ received() {}, written: () => outbox.written(), ended() {}, disconnected() {} });
  const seen: string[] = [];
  const frameQueued = (first: number, payload: Uint8Array) => void seen.push(shown(frame(first, payload)));
  outbox.serve({ transport, count: undefined, emptied() {}, turnEnded() {}, broken: thrown, frameQueued });
  const agreement = {
    serverNoContextTakeover: !keepsContext,
    clientNoContextTakeover: !keepsContext,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const options = completeCompression({ threshold }) as CompressionOptions;
  const accepted = { extension: { name: 'x', parameters: [] }, agreement };
  sender.serve(role, compression && new MessageCompression(role, accepted, options, compression));
  return {
    sender,
    transport,
    memory,
    allocations,
    /** The frames that observers were shown, each {@link shown}. */
    seen,
    /** The frames that have left by the end of the turn, each unmasked and {@link shown}; and forgets them. */
    frames(): string[] {
      turn.end();
      const frames = readFrames(concat(transport.writes.splice(0)));
      for (const { key } of frames) assert.deepEqual(key, role === 'client' ? KEY : undefined);
      return frames.map(({ first, payload }) => shown(frame(first, payload)));
    },
  };
}

const lengths = [0, 1, 24, 25, 63, 64, 125, 126, 10_922, 10_923, 32_768, 32_769, 65_535, 65_536, 200_000, 1_200_000];

for (const role of ['client', 'server'] as const) {
  describe(`a ${role}`, () => {
    test('sends bytes and text of every size in one frame each', () => {
      for (const length of lengths) {
        for (const isCongested of [false, true]) {
          const { sender, frames, transport } = sending(role);
          transport.isCongested = isCongested;
          sender.queueMessage(pattern(length));
          const texts = [`${'a'.repeat(length)}`, `${'é'.repeat(length >> 1)}中`];
          for (const text of texts) sender.queueMessage(text);
          while (transport.held > 0) transport.release();
          const expected = [frame(0x82, pattern(length)), ...texts.map((text) => frame(0x81, utf8(text)))];
          assert.deepEqual(frames(), expected.map(shown));
        }
      }
    });

    test('sends fragments, control frames between them, and what is published behind the last (RFC 6455 §5.4)', () => {
      const { sender, frames, memory } = sending(role);
      sender.queueFragment('He', { fin: false });
      assert.equal(sender.isMessageOpen, true);
      sender.queueControl(0x9, hex('61'));
      sender.queuePrepared(new PreparedMessage('later', plainText, memory));
      sender.queuePrepared(new PreparedMessage(hex('01'), plainText, memory));
      assert.equal(sender.heldSize, 7 + 3);
      sender.queueFragment('l', { fin: false });
      sender.queueFragment('lo', { fin: true });
      assert.deepEqual([sender.isMessageOpen, sender.heldSize], [false, 0]);
      sender.queueFragment(hex('01'), { fin: true });
      assert.deepEqual(frames(), [
        '01 02 48 65',
        '89 01 61',
        '00 01 6c',
        '80 02 6c 6f',
        '81 05 6c 61 74 65 72',
        '82 01 01',
        '82 01 01',
      ]);
    });

    test('refuses what would break a message, before anything leaves', () => {
      const { sender, frames } = sending(role);
      assert.throws(() => sender.queueMessage(5 as never), { code: 'ERR_WS_DATA_TYPE' });
      sender.queueFragment('a', { fin: false });
      assert.throws(() => sender.queueMessage('b'), { code: 'ERR_WS_FRAGMENT_OPEN' });
      assert.throws(() => sender.queueFragment(hex('01'), { fin: true }), { code: 'ERR_WS_FRAGMENT_KIND' });
      assert.throws(() => sender.queueFragment('\ud83d', { fin: false }), { code: 'ERR_WS_FRAGMENT_SURROGATE' });
      sender.queueFragment('\ud83d', { fin: true });
      sender.queueFragment(hex('01'), { fin: false });
      assert.throws(() => sender.queueFragment('a', { fin: true }), { code: 'ERR_WS_FRAGMENT_KIND' });
      sender.queueFragment(hex(''), { fin: true });
      assert.deepEqual(frames(), ['01 01 61', '80 03 ef bf bd', '02 01 01', '80 00']);
    });

    test('shows observers each frame without its mask, before the next, and only while they look', () => {
      for (const isCongested of [false, true]) {
        const { sender, frames, transport, seen, memory } = sending(role);
        transport.isCongested = isCongested;
        sender.queueMessage('not watched');
        while (transport.held > 0) transport.release();
        frames();
        sender.isWatched = true;
        for (const length of [0, 5, 200, 20_000, 70_000]) {
          sender.queueMessage(pattern(length));
          sender.queueMessage('é'.repeat(length));
        }
        sender.queuePrepared(new PreparedMessage('all', plainText, memory));
        sender.queueControl(0x9, hex('70'));
        for (let held = 1; held > 0; held = transport.held) {
          transport.release();
        }
        const before = [...seen];
        sender.isWatched = false;
        sender.queueMessage('not watched');
        while (transport.held > 0) transport.release();
        assert.deepEqual(frames(), [...before, shown(frame(0x81, utf8('not watched')))]);
        assert.equal(seen.length, 12);
      }
    });

    test('sends a large text over a transport that keeps it', () => {
      const { sender, frames, transport } = sending(role);
      transport.isCongested = true;
      const texts = ['a'.repeat(20_000), 'b'.repeat(20_000)];
      for (const text of texts) {
        sender.queueMessage(text);
        while (transport.held > 0) transport.release();
      }
      assert.deepEqual(
        frames(),
        texts.map((text) => shown(frame(0x81, utf8(text)))),
      );
    });

    test('goes on after a fragment for which there was no memory', () => {
      const { sender, frames, allocations } = sending(role);
      sender.queueFragment(hex('01'), { fin: false });
      allocations.isOver = true;
      assert.throws(() => sender.queueFragment(pattern(2_000_000), { fin: true }), { name: 'RangeError' });
      allocations.isOver = false;
      assert.equal(sender.isMessageOpen, true);
      sender.queueFragment(hex('02'), { fin: true });
      assert.deepEqual(frames(), ['02 01 01', '80 01 02']);
    });
  });
}

test('a frame that has begun to leave, and for whose rest there is no memory, ends the transport', () => {
  const { sender, transport, allocations } = sending('server');
  sender.queueMessage(pattern(1_200_000)); // its scratch is there
  transport.isCongested = true;
  allocations.isOver = true;
  assert.throws(() => sender.queueMessage(pattern(1_200_000)), { name: 'RangeError' });
  assert.deepEqual(transport.calls, ['destroy']);
});

test('the same for one whose beginning was taken from the memory of the application', () => {
  for (const taken of [1, 10, 1_000_000]) {
    const { sender, transport, allocations } = sending('server');
    transport.takenDirectly = taken;
    allocations.isOver = true;
    assert.throws(() => sender.queueMessage(pattern(1_200_000)), { name: 'RangeError' });
    assert.deepEqual(transport.calls, ['destroy']);
  }
});

describe('with compression', () => {
  const setup = { compression: nodeCompression() };

  test('messages are compressed, RSV1 is set (RFC 7692 §7.2.3), and fragments go as they are', () => {
    for (const role of ['client', 'server'] as const) {
      const { sender, frames } = sending(role, setup);
      sender.queueMessage('Hello');
      sender.queueMessage('Hello');
      sender.queueMessage(utf8('Hello').buffer as ArrayBuffer);
      sender.queueMessage('');
      sender.queueFragment('Hello', { fin: true });
      const [first, second, third, ...rest] = frames();
      assert.deepEqual([first, second], ['c1 07 f2 48 cd c9 c9 07 00', 'c1 05 f2 00 11 00 00']);
      assert.match(third as string, /^c2 0\d /);
      assert.deepEqual(rest, ['c1 01 00', '81 05 48 65 6c 6c 6f']);
    }
  });

  test('not below the threshold, which counts bytes', () => {
    const { sender, frames } = sending('server', { ...setup, threshold: 6 });
    sender.queueMessage('Hello');
    sender.queueMessage(utf8('Hello'));
    sender.queueMessage('a');
    sender.queueMessage('ééé');
    sender.queueMessage(utf8('Hello!'));
    assert.deepEqual(
      frames().map((bytes) => bytes.slice(0, 2)),
      ['81', '82', '81', 'c1', 'c2'],
    );
  });

  test('as its options say, whatever the threshold', () => {
    const first = (given: Setup, data: string | Uint8Array, options: SendOptions): string => {
      const { sender, frames } = sending('server', given);
      sender.queueMessageAs(data, options);
      return frames()[0]?.slice(0, 2) ?? '';
    };
    const above = { ...setup, threshold: 1000 };
    assert.equal(first(above, 'Hello', { compress: true }), 'c1');
    assert.equal(first(above, 'Hello', {}), '81');
    assert.equal(first(above, 'a'.repeat(1000), {}), 'c1');
    assert.equal(first(above, 'a'.repeat(1000), { compress: false }), '81');
    assert.equal(first(above, 'Hello', { binary: true, compress: true }), 'c2');
    for (const compress of [true, false, undefined]) assert.equal(first({}, utf8('Hello'), { compress }), '82');
  });

  test('observers are shown compressed frames as they leave, published ones among them', () => {
    const { sender, frames, memory, seen } = sending('server', setup);
    sender.isWatched = true;
    sender.queueMessage('Hello');
    sender.queuePrepared(new PreparedMessage('Hello, Hello, Hello', plainText, memory));
    const left = frames();
    assert.equal(left[0], 'c1 07 f2 48 cd c9 c9 07 00');
    assert.deepEqual(seen, left);
  });

  test('not where that is larger, without a context that the peer follows', () => {
    const { sender, frames } = sending('server', { ...setup, keepsContext: false });
    sender.queueMessage(hex('01 02'));
    sender.queueMessage('ab');
    assert.deepEqual(frames(), ['82 02 01 02', '81 02 61 62']);
  });

  test('texts and results of more than 32 KiB', () => {
    const { sender, frames } = sending('server', setup);
    let state = 1;
    const random = Uint8Array.from({ length: 60_000 }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    });
    sender.queueMessage('abc'.repeat(20_000));
    sender.queueMessage(random);
    const [text = '', binary = ''] = frames();
    assert.match(text, /^c1 [0-7]/); // 125 bytes at most
    assert.match(binary, /^c2 60\d{3} /);
  });

  test('after a failure in it, the next message begins without a context', () => {
    let fails = false;
    const real = nodeCompression();
    const { sender, frames } = sending('server', {
      compression: {
        canKeepContext: true,
        inflater: (options) => real.inflater(options),
        deflater(options) {
          const deflater = real.deflater(options);
          const { deflate } = deflater;
          return Object.assign(deflater, {
            deflate(bytes: Uint8Array, start: number, end: number) {
              if (fails) throw new RangeError('Array buffer allocation failed');
              return deflate.call(deflater, bytes, start, end);
            },
          });
        },
      },
    });
    sender.queueMessage('Hello');
    fails = true;
    assert.throws(() => sender.queueMessage('Hello'), { name: 'RangeError' });
    fails = false;
    sender.queueMessage('Hello');
    assert.deepEqual(frames(), ['c1 07 f2 48 cd c9 c9 07 00', 'c1 07 f2 48 cd c9 c9 07 00']);
  });

  test('a published message is compressed once, and ends the context of each connection that sends it', () => {
    const { sender, frames, memory } = sending('server', setup);
    sender.queueMessage('Hello');
    const message = new PreparedMessage('Hello, Hello, Hello', plainText, memory);
    sender.queuePrepared(message);
    sender.queueMessage('Hello');
    sender.queuePrepared(new PreparedMessage(hex('01'), plainText, memory));
    const [first, published, second, plain] = frames();
    assert.equal(first, second);
    assert.ok((published as string).startsWith('c1'));
    assert.equal(plain, '82 01 01');
  });
});

test('release and serve: the next connection may be of the other role', () => {
  const { sender, transport } = sending('client', { compression: nodeCompression() });
  sender.release();
  sender.serve('server', undefined);
  sender.queueMessage('Hello');
  sender.queueMessage(pattern(40_000));
  assert.equal(toHex(concat(transport.writes).subarray(0, 7)), '81 05 48 65 6c 6c 6f');
});

test('the payload of a Ping is at most 125 bytes (RFC 6455 §5.5)', () => {
  assert.equal(toHex(controlPayload('é', plainText)), 'c3 a9');
  assert.equal(toHex(controlPayload(hex('01 02'), plainText)), '01 02');
  assert.equal(controlPayload('x'.repeat(125), plainText).length, 125);
  for (const large of ['é'.repeat(63), new Uint8Array(126)]) {
    assert.throws(() => controlPayload(large, plainText), { code: 'ERR_WS_PING_TOO_LARGE' });
  }
  assert.throws(() => controlPayload(5 as never, plainText), { code: 'ERR_WS_DATA_TYPE' });
});
