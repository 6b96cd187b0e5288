// Messages that are read in parts (`streamAbove`): the parts make up the message wherever the input is cut, and one that is
// not read holds the peer back, and what follows it, in bounded memory.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import type { Connection } from '../../../src/core/connection/connection.ts';
import { MessageStream } from '../../../src/core/message/message-stream.ts';
import { CoreHost, openConnection } from '../../support/core-connection.ts';
import { feeds } from '../../support/feeds.ts';
import { turn } from '../../support/handles.ts';
import { assertBytes, concat, pattern, toHex, utf8 } from '../../support/hex.ts';
import { openStreamed, readAll } from '../../support/streamed.ts';
import { frame, wire } from '../../support/wire.ts';

const KIB = 1024;

for (const role of ['client', 'server'] as const) {
  describe(`${role}: parts of a message`, () => {
    const euros = utf8('a€𝄞z'); // 61 e2 82 ac f0 9d 84 9e 7a
    const input = wire(
      role,
      frame(0x81, euros),
      frame(0x01, euros.subarray(0, 3)), // within a character
      '89 01 50',
      frame(0x00, ''),
      frame(0x80, euros.subarray(3)),
      frame(0x82, pattern(9)),
      frame(
        0x81,
        'abc'.replace(/./gu, (letter) => letter.charCodeAt(0).toString(16)),
      ),
      frame(0x81, ''),
      '02 00',
      '80 00',
    );
    const large = ['text "a€𝄞z"', 'text "a€𝄞z"', `binary ${toHex(pattern(9))}`];

    test('streamAbove: 0: all messages, of which some are empty, are read in parts, wherever the input is cut', async () => {
      const host = new CoreHost();
      for (const { how, chunks } of feeds(input)) {
        const run = openStreamed(role, { host });
        for (const chunk of chunks) run.receive(chunk);
        await run.settle();
        assert.deepEqual([...run.got].sort(), [...large, 'text "abc"', 'text ""', 'binary '].sort(), how);
        assert.ok(run.events.includes('ping 50'), how);
        assert.deepEqual(run.turn.uncaught, []);
      }
    });

    test('streamAbove: 8: a message of eight bytes is given whole, one of nine in parts', async () => {
      const host = new CoreHost();
      for (const { how, chunks } of feeds(input)) {
        const run = openStreamed(role, { host, streamAbove: 8 });
        for (const chunk of chunks) run.receive(chunk);
        await run.settle();
        assert.deepEqual([...run.got].sort(), [...large, 'whole "abc"', 'whole ""', 'whole '].sort(), how);
        assert.equal(run.streams.length, 3);
      }
      const small = openStreamed(role, { streamAbove: 8 });
      small.receive(wire(role, frame(0x82, pattern(8)), frame(0x02, pattern(4)), frame(0x80, pattern(4))));
      await small.settle();
      assert.equal(small.streams.length, 0);
    });

    test('one frame above the bound is given in parts before it is complete, fragments when they exceed it', async () => {
      const run = openStreamed(role, { streamAbove: 8 });
      run.receive(wire(role, frame(0x82, pattern(9))).subarray(0, role === 'client' ? 3 : 7));
      assert.equal(run.streams.length, 1);
      const fragments = openStreamed(role, { streamAbove: 8 });
      fragments.receive(wire(role, frame(0x02, pattern(8))));
      assert.equal(fragments.streams.length, 0);
      fragments.receive(wire(role, frame(0x00, pattern(1))));
      assert.equal(fragments.streams.length, 1);
    });

    test("textMessages: 'bytes' gives text as bytes", async () => {
      const run = openStreamed(role, { textMessages: 'bytes' });
      run.receive(wire(role, frame(0x81, euros)));
      await run.settle();
      assert.deepEqual(run.got, ['text 61 e2 82 ac f0 9d 84 9e 7a']);
    });

    test('a reader that waits gets each part as it comes; parts that nobody waits for are joined', async () => {
      const parts: unknown[] = [];
      const run = openStreamed(role, {
        read: async (message) => {
          for await (const part of message) parts.push(part);
        },
      });
      run.receive(wire(role, '01 02 61 62'));
      await run.settle();
      run.receive(wire(role, '00 01 63'));
      await run.settle();
      run.receive(wire(role, '00 01 64', '00 01 65', '80 01 66'));
      await run.settle();
      assert.deepEqual(parts, ['ab', 'c', 'd', 'ef']);
    });

    test('bytes belong to the reader', async () => {
      const given: Uint8Array[] = [];
      const run = openStreamed(role, {
        read: async (message) => {
          for await (const part of message) given.push(part as Uint8Array);
        },
      });
      run.receive(wire(role, '02 02 01 02'));
      await run.settle();
      given[0]?.fill(0xff);
      run.receive(wire(role, '80 02 03 04'));
      await run.settle();
      assert.deepEqual(
        given.map((part) => [...part]),
        [
          [255, 255],
          [3, 4],
        ],
      );
    });

    test('messages keep their order, small ones included', async () => {
      const run = openStreamed(role, { streamAbove: 2 });
      run.receive(wire(role, '81 01 61', '81 03 62 63 64', '81 01 65', '82 03 01 02 03', '81 01 66'));
      await run.settle();
      assert.deepEqual(run.events, ['message "a"', 'stream', 'message "e"', 'stream', 'message "f"']);
      assert.deepEqual([...run.got].sort(), ['binary 01 02 03', 'text "bcd"', 'whole "a"', 'whole "e"', 'whole "f"']);
    });
  });

  describe(`${role}: a message that is not read`, () => {
    function unread(setup: object = {}) {
      return openStreamed(role, { read: () => new Promise(() => {}), ...setup });
    }

    test('holds the peer back at 128 KiB; the parts that came before can be read, and reading makes the peer go on', async () => {
      const run = unread();
      const bytes = pattern(1024 * KIB);
      const input = wire(role, frame(0x82, bytes));
      for (let at = 0; at < input.length; at += 64 * KIB) run.receive(input.subarray(at, at + 64 * KIB));
      assert.equal(run.transport.isPaused, true);
      const [message] = run.streams;
      assert.ok(message !== undefined && message.received <= 192 * KIB, `${message?.received}`);
      const all = readOf(message);
      await run.settle();
      await run.settle();
      assertBytes(await all, bytes);
      assert.equal(run.transport.isPaused, false);
    });

    test('holds back what follows it, of the same chunk too: messages, pings, and the Close frame', async () => {
      const run = unread();
      run.receive(wire(role, '82 01 01', '89 01 02', '81 01 61', '88 02 03 e8'));
      await run.settle();
      assert.deepEqual(run.events, ['stream']);
      assert.equal(run.written.count, 0);
      assert.equal(run.transport.isPaused, true);
      void run.streams[0]?.bytes();
      await run.settle();
      assert.deepEqual(run.events, ['stream', 'ping 02', 'stream']);
      void run.streams[1]?.bytes();
      await run.settle();
      assert.equal(run.connection.state.kind, 'closing');
      run.written.equalsFrames('8a 01 02', '88 02 03 e8');
    });

    test('what a transport delivers while it pauses is kept in order', async () => {
      const run = unread();
      const bytes = pattern(300 * KIB);
      const input = wire(role, frame(0x82, bytes), '81 01 61');
      for (let at = 0; at < input.length; at += 50 * KIB) {
        run.machine.received(input.slice(at, at + 50 * KIB), Math.min(50 * KIB, input.length - at));
      }
      const all = readOf(run.streams[0]);
      await run.settle();
      await run.settle();
      assertBytes(await all, bytes);
      assert.equal(run.streams.length, 2);
    });

    test('does not fail by messageTimeout or the heartbeat, and other limits of time do not see it as idle', async () => {
      const run = unread({
        messageTimeout: 1_000,
        idleTimeout: 2_000,
        heartbeat: { interval: 1_000, timeout: 1_000 },
      });
      run.receive(wire(role, frame(0x02, pattern(200 * KIB))));
      run.clock.advance(60_000);
      assert.ok(run.connection.isOpen);
      assert.deepEqual(run.events, ['stream']);
    });

    test('a peer that stops in the middle fails by messageTimeout, which the reader is told', async () => {
      const run = openStreamed(role, { messageTimeout: 1_000 });
      run.receive(wire(role, '02 02 01 02'));
      await run.settle();
      run.clock.advance(2_000);
      await run.settle();
      assert.deepEqual(run.got, ['binary 01 02 … ERR_WS_MESSAGE_TIMEOUT']);
    });

    test('tiny fragments cost memory for their bytes, not for each of them', async () => {
      const host = new CoreHost();
      const run = unread({ host });
      host.allocations.length = 0;
      for (let count = 0; count < 60_000; count++)
        run.machine.received(wire(role, '02 01 61'.replace('02', count ? '00' : '02')), role === 'client' ? 3 : 7);
      const bytes = host.allocations.reduce((sum, size) => sum + size, 0);
      assert.ok(bytes <= 80 * KIB && host.allocations.length < 10, `${bytes} in ${host.allocations.length}`);
    });

    test('is dropped when its handler has returned, or its promise has settled, and nobody has begun to read', async () => {
      for (const read of [() => undefined, () => Promise.resolve()]) {
        const run = openStreamed(role, { read });
        run.receive(wire(role, '02 01 01'));
        await run.settle();
        const [message] = run.streams;
        await assert.rejects(readOf(message), { code: 'ERR_WS_STREAM_UNREAD' });
      }
      const run = openStreamed(role, { read: () => undefined });
      run.receive(wire(role, '82 01 01', '81 01 61'));
      await run.settle();
      assert.equal(run.streams.length, 2);
    });

    test('a handler may keep what it has begun to read', async () => {
      let iterator: AsyncIterator<unknown> | undefined;
      const run = openStreamed(role, {
        read: (message) => {
          iterator = message[Symbol.asyncIterator]();
        },
      });
      run.receive(wire(role, '81 01 61'));
      await run.settle();
      assert.deepEqual(await iterator?.next(), { value: 'a', done: false });
      assert.deepEqual(await iterator?.next(), { value: undefined, done: true });
    });
  });

  describe(`${role}: a reader that stops`, () => {
    test('by break: the rest is dropped as it comes, and the next message follows', async () => {
      const run = openStreamed(role, {
        read: async (message) => {
          for await (const _ of message) break;
        },
      });
      run.receive(wire(role, frame(0x02, pattern(300 * KIB))));
      await run.settle();
      run.receive(wire(role, frame(0x00, pattern(300 * KIB))));
      run.receive(wire(role, frame(0x80, pattern(300 * KIB)), '81 01 61'));
      await run.settle();
      assert.equal(run.streams.length, 2);
      assert.equal(run.streams[0]?.received, 900 * KIB);
      assert.ok(run.connection.isOpen && !run.transport.isPaused);
    });

    test('by cancel(): a read that waits gets the end', async () => {
      const run = openStreamed(role);
      run.receive(wire(role, '01 01 61'));
      await run.settle();
      run.streams[0]?.cancel();
      run.streams[0]?.cancel();
      await run.settle();
      assert.deepEqual(run.got, ['text "a"']);
      run.receive(wire(role, '00 01 ff'));
      await run.settle();
      assert.ok(run.events.includes('error ERR_WS_INVALID_UTF8'), 'text is checked all the same');
    });

    test('a message is read once', async () => {
      const run = openStreamed(role);
      run.receive(wire(role, '81 01 61'));
      await run.settle();
      assert.throws(() => run.streams[0]?.[Symbol.asyncIterator](), { code: 'ERR_WS_STREAM_USED' });
      await assert.rejects(readOf(run.streams[0]), { code: 'ERR_WS_STREAM_USED' });
    });
  });

  describe(`${role}: the end within a message`, () => {
    const begin = wire(role, '01 02 61 62');

    test('TCP breaks: the parts that have come, then ERR_WS_LOST', async () => {
      const run = openStreamed(role);
      run.receive(begin);
      run.transport.gone();
      await run.settle();
      assert.deepEqual(run.got, ['text "ab" … ERR_WS_LOST']);
    });

    test('the error is thrown once', async () => {
      let iterator: AsyncIterator<unknown> | undefined;
      const run = openStreamed(role, {
        read: (message) => {
          iterator = message[Symbol.asyncIterator]();
        },
      });
      run.receive(begin);
      run.transport.gone();
      assert.deepEqual(await iterator?.next(), { value: 'ab', done: false });
      await assert.rejects(async () => iterator?.next(), { code: 'ERR_WS_LOST' });
      assert.deepEqual(await iterator?.next(), { value: undefined, done: true });
    });

    test('a violation of the peer, and text that is not UTF-8', async () => {
      for (const [bytes, code] of [
        ['83 00', 'ERR_WS_RESERVED_OPCODE'],
        ['81 00', 'ERR_WS_EXPECTED_CONTINUATION'],
        ['80 02 63 ff', 'ERR_WS_INVALID_UTF8'],
        ['80 01 e2', 'ERR_WS_INVALID_UTF8'],
      ] as const) {
        const run = openStreamed(role);
        run.receive(begin, wire(role, bytes));
        await run.settle();
        assert.equal(run.got.length, 1);
        assert.match(run.got[0] as string, new RegExp(`^text "ab?c?" … ${code}$`, 'u'));
      }
    });

    test('the Close frame of the peer, which is answered', async () => {
      const run = openStreamed(role);
      run.receive(begin, wire(role, '88 02 03 e8'));
      await run.settle();
      assert.deepEqual(run.got, ['text "ab" … ERR_WS_MESSAGE_CUT']);
      run.written.equalsFrames('88 02 03 e8');
    });

    test('close() and terminate(): nothing more is given, not even the parts that came before', async () => {
      for (const end of ['close', 'terminate'] as const) {
        const run = openStreamed(role, { read: () => new Promise(() => {}) });
        run.receive(begin);
        void run.connection[end]();
        await assert.rejects(readOf(run.streams[0]), { code: 'ERR_WS_MESSAGE_CUT' });
        if (end === 'terminate') continue;
        run.receive(wire(role, '80 01 63', '88 02 03 e8'));
        run.transport.gone();
        await run.settle();
        assert.equal(run.connection.state.kind, 'closed');
        assert.ok(run.events.at(-1)?.startsWith('close'));
      }
    });

    test('close() while the peer is held back: its Close frame is seen', async () => {
      const run = openStreamed(role, { read: () => new Promise(() => {}) });
      const input = wire(role, frame(0x82, pattern(400 * KIB)), '88 00');
      for (let at = 0; at < input.length; at += 64 * KIB) run.receive(input.subarray(at, at + 64 * KIB));
      assert.equal(run.transport.isPaused, true);
      void run.connection.close(1000);
      run.turn.end();
      run.transport.gone();
      await run.settle();
      assert.deepEqual(run.events.at(-1), 'close 1005 clean');
    });

    test('a failure while the peer is held back: what it still sends is read, so that it gets our Close frame', async () => {
      const run = openStreamed(role, { read: () => new Promise(() => {}) });
      run.receive(wire(role, frame(0x02, pattern(200 * KIB))));
      assert.equal(run.transport.isPaused, true);
      run.machine.stalled();
      assert.equal(run.transport.isPaused, false);
      assert.equal((await run.streams[0]?.[Symbol.asyncIterator]().next())?.done, false);
    });

    test('a complete message can be read after the end of its connection', async () => {
      const run = openStreamed(role, { read: () => new Promise(() => {}) });
      run.receive(wire(role, '81 02 61 62'));
      run.transport.gone();
      await run.settle();
      assert.equal(await run.streams[0]?.text(), 'ab');
    });

    test('server.drain(): a message in transit still comes', async () => {
      const run = openStreamed(role);
      run.receive(begin);
      await run.settle();
      void run.machine.goAway(1001, '');
      run.receive(wire(role, '80 01 63'));
      await run.settle();
      assert.deepEqual(run.got, ['text "abc"']);
    });
  });

  describe(`${role}: for await over the connection`, () => {
    test('gives large messages in parts, and goes on when each has been read', async () => {
      const run = openConnection(role, { streamAbove: 2, pulls: true });
      const got: string[] = [];
      const loop = (async () => {
        for await (const message of run.connection as Connection<string | Uint8Array | MessageStream>) {
          got.push(message instanceof MessageStream ? await readAll(message) : `whole ${message}`);
        }
      })();
      run.receive(wire(role, '81 01 61', '81 03 62 63 64', '81 01 65', '88 00'));
      for (let round = 0; round < 4; round++) {
        await turn();
        run.turn.end();
      }
      run.transport.gone();
      await loop;
      assert.deepEqual(got, ['whole a', 'text "bcd"', 'whole e']);
    });

    test('asking for the next message drops one that nobody has begun to read', async () => {
      const run = openConnection(role, { streamAbove: 0, pulls: true });
      const iterator = (run.connection as Connection<string | Uint8Array | MessageStream>)[Symbol.asyncIterator]();
      run.receive(wire(role, '81 01 61', '82 01 01'));
      const first = (await iterator.next()).value as MessageStream;
      const second = iterator.next();
      await turn();
      run.turn.end();
      assert.equal(((await second).value as MessageStream).isBinary, true);
      await assert.rejects(first.text(), { code: 'ERR_WS_STREAM_UNREAD' });
    });
  });

  describe(`${role}: text(), bytes() and other streams`, () => {
    test('text() and bytes() read the whole message, up to a limit', async () => {
      const run = openStreamed(role, { read: () => new Promise(() => {}), limits: { maxMessageSize: 4 } });
      const next = async (...frames: string[]): Promise<MessageStream> => {
        run.receive(wire(role, ...frames));
        await run.settle();
        return run.streams.at(-1) as MessageStream;
      };
      assert.equal(await (await next('81 03 e2 82 ac')).text(), '€');
      assert.deepEqual([...(await (await next('81 03 e2 82 ac')).bytes())], [0xe2, 0x82, 0xac]);
      assert.equal(await (await next('82 03 e2 82 ac')).text(), '€');
      await assert.rejects((await next('82 01 ff')).text(), { code: 'ERR_WS_NOT_TEXT' });
      await assert.rejects((await next('82 05 01 02 03 04 05')).bytes(), { code: 'ERR_WS_STREAM_LIMIT' });
      assert.equal((await (await next('82 05 01 02 03 04 05')).bytes(5)).length, 5);
      await assert.rejects((await next('82 02 01 02')).bytes(1), /more than 1 bytes/u);
      await assert.rejects((await next('82 00')).bytes(-1), { code: 'ERR_WS_OPTION' });
    });

    test('Readable.from and ReadableStream.from', async () => {
      const run = openStreamed(role, { read: () => new Promise(() => {}) });
      run.receive(wire(role, frame(0x82, pattern(10))));
      const readable = Readable.from(run.streams[0] as MessageStream);
      assert.deepEqual(concat(await readable.toArray()), pattern(10));
      run.turn.end();
      run.receive(wire(role, '01 01 61'));
      const reader = ReadableStream.from(run.streams[1] as MessageStream).getReader();
      assert.deepEqual(await reader.read(), { value: 'a', done: false });
      await reader.cancel();
      run.receive(wire(role, '80 01 62', '81 01 63'));
      await run.settle();
      assert.equal(run.streams.length, 3);
    });

    test('are not constructed by an application', () => {
      assert.throws(() => new MessageStream({}, 1), { code: 'ERR_WS_OPTION' });
    });
  });

  describe(`${role}: limits`, () => {
    test('maxStreamSize bounds a message in parts by its headers, maxMessageSize one that is given whole: 1009', async () => {
      const setup = { streamAbove: 4, limits: { maxMessageSize: 8, maxStreamSize: 16 } };
      const passes = openStreamed(role, setup);
      passes.receive(wire(role, frame(0x82, pattern(16))));
      await passes.settle();
      assert.equal(passes.streams.length, 1);
      assert.ok(passes.connection.isOpen);
      for (const frames of [[frame(0x82, pattern(17))], [frame(0x02, pattern(9)), frame(0x80, pattern(8))]]) {
        const run = openStreamed(role, setup);
        run.receive(wire(role, ...frames));
        await run.settle();
        assert.ok(run.events.includes('error ERR_WS_MESSAGE_TOO_LARGE'));
        const { state } = run.connection;
        assert.ok(state.kind === 'closing' && state.startedBy === 'failure');
        assert.match(state.error.message, /maxStreamSize \(16 bytes\)/u);
      }
    });

    test('by default a stream has no bound, above maxMessageSize too, in one frame or in many', async () => {
      const run = openStreamed(role, { streamAbove: 1_000_000, limits: { maxMessageSize: 1_000 } });
      run.receive(wire(role, frame(0x82, pattern(1_001))));
      await run.settle();
      assert.match(run.got[0] as string, /^binary 1001 bytes/u);
      const head = wire(role, '82 7f 00 00 01 00 00 00 00 00'); // 2^40 bytes
      run.receive(head.subarray(0, role === 'client' ? 10 : 14));
      assert.ok(run.connection.isOpen);
    });

    test('maxFrameSize holds if it is set', async () => {
      const run = openStreamed(role, { limits: { maxFrameSize: 4 } });
      run.receive(wire(role, frame(0x82, pattern(5))));
      assert.ok(run.events.includes('error ERR_WS_FRAME_TOO_LARGE'));
    });
  });
}

/** As {@link MessageStream.bytes}, of a message that must be there. */
function readOf(message: MessageStream | undefined): Promise<Uint8Array> {
  assert.ok(message !== undefined);
  return message.bytes();
}
