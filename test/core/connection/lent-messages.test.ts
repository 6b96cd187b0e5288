// Binary messages that are lent (`binaryMessages: 'lent'`): what an application may do with one until its time is over, and
// what stays its own.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { machineOf } from '../../../src/core/connection/connection.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { nodeText } from '../../../src/node/text.ts';
import { CoreHost, type OpenConnection, openConnection, type Setup } from '../../support/core-connection.ts';
import { assertBytes, pattern, toHex } from '../../support/hex.ts';
import { isOverwritten, lending } from '../../support/lent-messages.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;
/** Around the sizes of a header, of memory that is used again, and of what is written at once. */
const SIZES = [0, 1, 63, 64, 125, 126, 4095, 4096, 8192, 8193, 40_000, 65_535, 65_536, 70_000, 300_000];

for (const role of roles) {
  describe(`${role}: a lent message`, () => {
    for (const size of SIZES) {
      test(`of ${size} bytes is complete while its handler runs, and overwritten after it`, () => {
        const { receive, copies, kept } = lending(role);
        const payload = pattern(size);
        receive(wire(role, frame(0x82, payload)));
        assertBytes(copies[0] as Uint8Array, payload);
        assert.equal(kept[0]?.length, size);
        assert.ok(isOverwritten(kept[0]));
      });
    }

    test('is complete wherever its bytes are cut', () => {
      const payload = pattern(300);
      const bytes = wire(role, frame(0x82, payload), frame(0x02, payload.slice(0, 130)), frame(0x80, payload));
      for (let cut = 1; cut < bytes.length; cut++) {
        const { receive, copies, kept } = lending(role);
        receive(bytes.slice(0, cut));
        receive(bytes.slice(cut));
        assert.deepEqual(copies.map(toHex), [
          toHex(payload),
          toHex(payload.slice(0, 130)) + toHex(payload).padStart(toHex(payload).length + 1),
        ]);
        assert.ok(kept.every(isOverwritten));
      }
    });

    test('of several chunks and fragments is complete', () => {
      for (const size of SIZES) {
        for (const step of [1000, 4096, 33_000]) {
          const { receive, copies, kept, pool } = lending(role);
          const payload = pattern(size, 7);
          const half = size >> 1;
          const whole = wire(role, frame(0x82, payload));
          const inTwo = wire(role, frame(0x02, payload.slice(0, half)), frame(0x80, payload.slice(half)));
          for (const bytes of [whole, inTwo]) {
            for (let at = 0; at < bytes.length; at += step) receive(bytes.slice(at, at + step));
          }
          assert.equal(copies.length, 2);
          for (const copy of copies) assertBytes(copy, payload);
          assert.ok(kept.every(isOverwritten));
          assert.ok(pool.kept >= (size < 4096 ? 0 : size), 'its memory is free again');
        }
      }
    });

    test('has its memory from the one before it', () => {
      const { receive, kept, host } = lending(role);
      const payload = pattern(50_000);
      for (let count = 0; count < 20; count++) receive(wire(role, frame(0x82, payload)));
      assert.equal(new Set(kept.map(({ buffer }) => buffer)).size, 1);
      assert.equal(host.allocations.filter((size) => size >= 50_000 && size !== 65_536).length, 1);
    });

    test('is not overwritten where that is switched off, and may be at any time', () => {
      const { receive, kept } = lending(role, { overwriteLent: false });
      receive(wire(role, frame(0x82, pattern(5000, 1))));
      assertBytes(kept[0] as Uint8Array, pattern(5000, 1));
      receive(wire(role, frame(0x82, pattern(5000, 2))));
      assertBytes(kept[0] as Uint8Array, pattern(5000, 2));
    });

    test('may be changed by its handler', () => {
      const { receive, written } = lending(role, {
        handlers: { message: (connection, data) => connection.send((data as Uint8Array).fill(1)) },
      });
      for (let count = 0; count < 2; count++) receive(wire(role, frame(0x82, pattern(9000))));
      written.equalsFrames(frame(0x82, new Uint8Array(9000).fill(1)), frame(0x82, new Uint8Array(9000).fill(1)));
    });

    test('with a property `fill` of its own is overwritten all the same', () => {
      const { receive, kept } = lending(role, {
        handlers: { message: (_, data) => Object.assign(data as Uint8Array, { fill: () => assert.fail('called') }) },
      });
      receive(wire(role, frame(0x82, pattern(5000))));
      receive(wire(role, frame(0x82, pattern(10))));
      assert.ok(kept.every(isOverwritten));
    });

    test('that was inflated is complete', () => {
      const peer = openConnection(role === 'server' ? 'client' : 'server', {
        deflate: {},
        compression: { threshold: 0 },
      });
      const run = lending(role, { deflate: {} });
      for (const size of SIZES) peer.connection.send(pattern(size, 3));
      peer.turn.end();
      const { bytes } = peer.written;
      for (let at = 0; at < bytes.length; at += 10_000) run.receive(bytes.slice(at, at + 10_000));
      assert.deepEqual(
        run.events.filter((event) => event.startsWith('error')),
        [],
      );
      for (const [index, size] of SIZES.entries()) assertBytes(run.copies[index] as Uint8Array, pattern(size, 3));
      // The memory of the others is in use again by now.
      assert.ok(isOverwritten(run.kept.at(-1) as Uint8Array));
    });
  });

  describe(`${role}: what stays the application's`, () => {
    test('a message, by default', () => {
      const { receive, kept, pool } = lending(role, { binaryMessages: 'owned' });
      for (let seed = 0; seed < 3; seed++) receive(wire(role, frame(0x82, pattern(5000, seed))));
      for (const [seed, bytes] of kept.entries()) assertBytes(bytes, pattern(5000, seed));
      assert.equal(pool.kept, 0);
    });

    test('messages that are pulled', async () => {
      const { receive, connection } = openConnection(role, { binaryMessages: 'lent', pulls: true });
      const iterator = connection[Symbol.asyncIterator]();
      for (let seed = 0; seed < 3; seed++) receive(wire(role, frame(0x82, pattern(5000, seed))));
      const pulled = [await iterator.next(), await iterator.next(), await iterator.next()];
      for (const [seed, { value }] of pulled.entries()) assertBytes(value as Uint8Array, pattern(5000, seed));
    });

    test('the payloads of pings and pongs', () => {
      const kept: Uint8Array[] = [];
      const keep = (_: unknown, payload: Uint8Array): void => void kept.push(payload);
      const { receive } = lending(role, { handlers: { ping: keep, pong: keep } });
      receive(wire(role, frame(0x89, pattern(100, 1)), frame(0x8a, pattern(100, 2))));
      for (const [index, bytes] of kept.entries()) assertBytes(bytes, pattern(100, index + 1));
    });
  });
}

describe('until its time is over a lent message may be sent anywhere, to peers that are slow too', () => {
  const SENT = [100, 5000, 40_000, 70_000, 1_100_000];

  for (const role of roles) {
    for (const isCongested of [false, true]) {
      const slow = isCongested ? 'to slow peers' : 'to quick peers';

      /** Receives messages one after the other, then lets the peers read, and compares. */
      function forwards(
        send: (to: OpenConnection, data: Uint8Array, host: CoreHost) => void,
        setup: Setup = {},
        sent = (payload: Uint8Array): (Uint8Array | string)[] => [frame(0x82, payload)],
      ): void {
        const host = new CoreHost();
        const targets = roles.map((each) => openConnection(each, { host, ...setup }));
        for (const { transport } of targets) transport.isCongested = isCongested;
        const from = lending(role, {
          host,
          handlers: {
            message(_, data) {
              for (const target of targets) send(target, data as Uint8Array, host);
              (data as Uint8Array).fill(0x11); // bytes may be changed as soon as a call has returned
            },
          },
        });
        for (const [seed, size] of SENT.entries()) from.receive(wire(role, frame(0x82, pattern(size, seed))));
        for (const { transport } of targets) {
          while (transport.held > 0) transport.release(1);
        }
        host.turn.end();
        for (const target of targets)
          target.written.equalsFrames(...SENT.flatMap((size, seed) => sent(pattern(size, seed))));
      }

      test(`${role}: send, ${slow}`, () => {
        forwards(({ connection }, data) => void connection.send(data));
      });

      test(`${role}: a view of its memory, ${slow}`, () => {
        forwards(({ connection }, { buffer, byteOffset, byteLength }) => {
          connection.send(new DataView(buffer, byteOffset, byteLength));
        });
      });

      test(`${role}: sendFragment, ${slow}`, () => {
        forwards(
          ({ connection }, data) => {
            connection.sendFragment(data, { fin: false });
            connection.sendFragment(data, { fin: true });
          },
          {},
          (payload) => [frame(0x02, payload), frame(0x80, payload)],
        );
      });

      test(`${role}: what is prepared for many, ${slow}`, () => {
        forwards(({ connection }, data, host) => {
          const prepared = new PreparedMessage(data, nodeText, host.workspace.host.memory);
          data.fill(0x11);
          machineOf(connection).sendPrepared(prepared);
          data.set(prepared.payload); // for the next target
        });
      });
    }

    test(`${role}: an echo to a peer that does not read`, () => {
      const run = lending(role, { handlers: { message: (connection, data) => void connection.send(data) } });
      run.transport.isCongested = true;
      for (let round = 0; round < 4; round++) {
        for (const [seed, size] of SENT.entries()) run.receive(wire(role, frame(0x82, pattern(size, seed + round))));
        run.transport.release(2);
      }
      while (run.transport.held > 0) run.transport.release(1);
      const rounds = [0, 1, 2, 3];
      run.written.equalsFrames(
        ...rounds.flatMap((round) => SENT.map((size, seed) => frame(0x82, pattern(size, seed + round)))),
      );
    });
  }
});
