// Compressed messages that are read in parts: inflated as far as there is room, whatever they inflate to.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateRawSync, constants as zlib } from 'node:zlib';
import { CoreHost } from '../../support/core-connection.ts';
import { feeds } from '../../support/feeds.ts';
import { assertBytes, pattern } from '../../support/hex.ts';
import { openStreamed } from '../../support/streamed.ts';
import { frame, showData, wire } from '../../support/wire.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** RFC 7692 §7.2.1, by zlib itself. */
function deflated(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -4);
}

for (const role of ['client', 'server'] as const) {
  describe(`${role}: compressed messages in parts`, () => {
    test('wherever the input is cut, and whatever the bound is', async () => {
      const host = new CoreHost();
      const text = new TextEncoder().encode('a€𝄞z'.repeat(40));
      const payload = deflated(text);
      const input = wire(
        role,
        frame(0xc1, payload),
        frame(0x41, payload.subarray(0, 5)),
        frame(0x00, payload.subarray(5, 8)),
        frame(0x80, payload.subarray(8)),
        frame(0xc2, deflated(pattern(100))),
        '81 01 61',
        'c1 01 00',
      );
      for (const streamAbove of [0, 99, 100, 359, 360]) {
        for (const { how, chunks } of feeds(input)) {
          const run = openStreamed(role, { host, streamAbove, deflate: {} });
          for (const chunk of chunks) run.receive(chunk);
          await run.settle();
          const kind = (size: number, name: string): string =>
            size > streamAbove || streamAbove === 0 ? name : 'whole';
          const expected = [
            `${kind(360, 'text')} ${showData('a€𝄞z'.repeat(40))}`,
            `${kind(360, 'text')} ${showData('a€𝄞z'.repeat(40))}`,
            `${kind(100, 'binary')} ${showData(pattern(100))}`,
            `${kind(1, 'text')} "a"`,
            `${kind(0, 'text')} ""`,
          ];
          assert.deepEqual([...run.got].sort(), [...expected].sort(), `${streamAbove}, ${how}`);
        }
      }
    });

    test('64 MiB in a few frames that nobody reads take 256 KiB; read slowly, they all come', async () => {
      const host = new CoreHost();
      const bytes = new Uint8Array(64 * MIB);
      for (let at = 0; at < bytes.length; at += 97) bytes[at] = at; // ratio 50
      const payload = deflated(bytes);
      assert.ok(payload.length > 400 * KIB && payload.length < 2 * MIB, `${payload.length}`);
      const run = openStreamed(role, { host, deflate: {}, read: () => new Promise(() => {}) });
      const half = payload.length >> 1;
      const input = wire(role, frame(0x42, payload.subarray(0, half)), frame(0x80, payload.subarray(half)), '81 01 61');
      let before = 0;
      for (let at = 0; at < input.length; at += 64 * KIB) {
        run.receive(input.subarray(at, at + 64 * KIB));
        if (at === 0) before = host.allocations.length;
      }
      assert.equal(host.allocations.length, before, 'the transport is paused');
      const [message] = run.streams;
      assert.ok(message !== undefined && message.received <= 192 * KIB, `${message?.received}`);
      let at = 0;
      for await (const part of message) {
        assertBytes((part as Uint8Array).subarray(0, 8), bytes.subarray(at, at + 8));
        at += part.length;
        assert.ok(message.received - at <= 192 * KIB);
        run.turn.end();
      }
      assert.equal(at, bytes.length);
      await run.settle();
      assert.equal(run.streams.length, 2);
    });

    test('maxInflateRatio holds: a message of zeros fails with 1009 at 4 MiB, however slowly it is read', async () => {
      const payload = deflated(new Uint8Array(300 * MIB)); // ratio 1,029
      for (const frames of [[frame(0xc2, payload)], [frame(0x42, payload)]]) {
        const run = openStreamed(role, {
          deflate: {},
          read: async (message) => {
            for await (const _ of message) await Promise.resolve();
          },
          handlers: { failed() {} },
        });
        const input = wire(role, ...frames);
        for (let at = 0; at < input.length; at += 64 * KIB) {
          run.receive(input.subarray(at, at + 64 * KIB));
          await run.settle();
        }
        assert.ok(run.events.includes('error ERR_WS_INFLATE_RATIO'), run.events.join());
        assert.ok((run.streams[0]?.received as number) <= 14 * MIB, `${run.streams[0]?.received}`);
      }
    });

    test('a message that inflates to more than 1 MiB is inflated in several turns, even one that is given whole', async () => {
      const bytes = new Uint8Array(6 * MIB);
      for (let at = 0; at < bytes.length; at += 101) bytes[at] = at;
      for (const frames of [[frame(0xc2, deflated(bytes))], [frame(0x42, deflated(bytes)), frame(0x80, '')]]) {
        const run = openStreamed(role, { deflate: {}, streamAbove: Infinity });
        run.turn.holdsJobs = true;
        run.receive(wire(role, ...frames, '89 01 70', '81 01 61'));
        assert.deepEqual(run.events, []);
        assert.equal(run.transport.isPaused, true);
        let turns = 0;
        while (run.turn.nextPieces()) turns++;
        assert.ok(turns >= 5, `${turns}`);
        assert.deepEqual(run.got, [`whole ${showData(bytes)}`, 'whole "a"']);
        assert.deepEqual(run.events.slice(1), ['ping 70', 'message "a"']);
        assert.equal(run.transport.isPaused, false);
      }
    });

    test('maxStreamSize counts inflated bytes', async () => {
      const run = openStreamed(role, { deflate: {}, limits: { maxStreamSize: 100 * KIB } });
      run.receive(wire(role, frame(0xc2, deflated(pattern(101 * KIB)))));
      await run.settle();
      assert.ok(run.events.includes('error ERR_WS_MESSAGE_TOO_LARGE'));
      assert.match(run.got[0] as string, /ERR_WS_MESSAGE_TOO_LARGE$/u);
    });

    test('what is not DEFLATE, and text that is not UTF-8, found while the reader makes room', async () => {
      const text = new Uint8Array(400 * KIB).fill(0x61);
      text[text.length - 1] = 0xff;
      const run = openStreamed(role, { deflate: {} });
      run.receive(wire(role, frame(0xc1, deflated(text))));
      await run.settle();
      assert.match(run.got[0] as string, /ERR_WS_INVALID_UTF8$/u);
      const broken = openStreamed(role, { deflate: {} });
      const payload = deflated(pattern(400 * KIB, 3));
      payload.fill(0xff, payload.length - 40);
      broken.receive(wire(role, frame(0xc2, payload)));
      await broken.settle();
      assert.ok(
        broken.events.some((event) => event.startsWith('error ERR_WS_INFLATE')),
        broken.events.join(),
      );
    });

    test('close() while it is held: the window is kept for the messages before the Close frame', async () => {
      const run = openStreamed(role, { deflate: {}, read: () => new Promise(() => {}) });
      run.receive(
        wire(
          role,
          frame(0xc2, deflated(new Uint8Array(4000 * KIB))),
          frame(0xc1, deflated(new Uint8Array(32).fill(0x61))),
          '88 00',
        ),
      );
      void run.connection.close(1000);
      await run.settle();
      run.transport.gone();
      await run.settle();
      assert.equal(run.events.at(-1), 'close 1005 clean');
    });
  });
}
