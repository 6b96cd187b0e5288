// Binary messages that are lent (`binaryMessages: 'lent'`): whose their memory is at what time, that it comes back by
// every way, and what an application may do with it until then.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { machineOf } from '../../../src/core/connection/connection.ts';
import { Reports } from '../../../src/core/connection/reports.ts';
import { OPEN } from '../../../src/core/connection/state.ts';
import { UnfinishedBudget } from '../../../src/core/connection/unfinished-budget.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { nodeText } from '../../../src/node/text.ts';
import { CoreHost, type OpenConnection, openConnection, type Setup } from '../../support/core-connection.ts';
import { assertBytes, pattern, toHex, utf8 } from '../../support/hex.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;
/** Around the sizes of a header, of memory that is used again, and of what is written at once. */
const SIZES = [0, 1, 63, 64, 125, 126, 4095, 4096, 8192, 8193, 40_000, 65_535, 65_536, 70_000, 300_000];

/** Promises that the test settles, in the order of the messages. */
class Handlers {
  readonly all: { readonly data: Uint8Array; resolve(): void; reject(error: Error): void }[] = [];

  readonly message = (_: unknown, data: string | Uint8Array): Promise<void> => {
    assert.ok(typeof data !== 'string');
    return new Promise((resolve, reject) => this.all.push({ data, resolve, reject }));
  };
}

async function settled(): Promise<void> {
  for (let count = 0; count < 5; count++) await Promise.resolve();
}

/** With copies of its messages, and the messages as they were lent. */
function lending(role: 'client' | 'server', setup: Setup = {}) {
  const copies: Uint8Array[] = [];
  const kept: Uint8Array[] = [];
  const { handlers } = setup;
  const host = setup.host ?? new CoreHost();
  const open = openConnection(role, {
    binaryMessages: 'lent',
    ...setup,
    host,
    handlers: {
      ...handlers,
      message(connection, data) {
        if (typeof data !== 'string') {
          copies.push(data.slice());
          kept.push(data);
        }
        return handlers?.message?.(connection, data);
      },
    },
  });
  return { ...open, copies, kept, host, pool: host.workspace.memory };
}

function isOverwritten(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0xdd);
}

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

  describe(`${role}: memory comes back`, () => {
    const payload = pattern(60_000);
    const message = wire(role, frame(0x82, payload));

    test('when the promise of the handler resolves, and not before', async () => {
      const handlers = new Handlers();
      const { receive, kept, pool } = lending(role, { handlers });
      for (let seed = 0; seed < 3; seed++) receive(wire(role, frame(0x82, pattern(60_000, seed))));
      for (const [seed, { data }] of handlers.all.entries()) assertBytes(data, pattern(60_000, seed));
      assert.equal(new Set(kept.map(({ buffer }) => buffer)).size, 3);
      assert.equal(pool.kept, 0);
      handlers.all[1]?.resolve();
      await settled();
      assert.deepEqual(kept.map(isOverwritten), [false, true, false]);
      assert.equal(pool.kept, 65_536);
      receive(message);
      assert.equal(kept[3]?.buffer, kept[1]?.buffer);
      assertBytes(kept[0] as Uint8Array, pattern(60_000, 0));
      assertBytes(kept[2] as Uint8Array, pattern(60_000, 2));
      for (const { resolve } of handlers.all) resolve();
      await settled();
      assert.ok(kept.every(isOverwritten));
      assert.equal(pool.kept, 3 * 65_536);
    });

    test('when that promise rejects, which `failed` is told', async () => {
      const handlers = new Handlers();
      const failures: unknown[] = [];
      const failed = (_: unknown, error: unknown): void => void failures.push(error);
      const { receive, kept, pool } = lending(role, { handlers: { message: handlers.message, failed } });
      receive(message);
      const error = new Error('of the application');
      handlers.all[0]?.reject(error);
      await settled();
      assert.deepEqual(failures, [error]);
      assert.ok(kept.every(isOverwritten));
      assert.equal(pool.kept, 65_536);
    });

    test('when the handler returns another thenable, and it calls back more than once', async () => {
      let callBack: (() => void) | undefined;
      const thenable = {
        // biome-ignore lint/suspicious/noThenProperty: that is what it is about
        then(resolve: () => void): void {
          callBack = resolve;
        },
      };
      const { receive, kept, pool } = lending(role, { handlers: { message: () => thenable } });
      receive(message);
      await settled();
      assertBytes(kept[0] as Uint8Array, payload);
      callBack?.();
      callBack?.();
      await settled();
      assert.ok(kept.every(isOverwritten));
      assert.equal(pool.kept, 65_536);
    });

    test('when the handler returns anything else', () => {
      for (const result of [true, 'text', 5, {}, [], null, Symbol('any'), () => {}]) {
        const { receive, pool } = lending(role, { handlers: { message: () => result } });
        receive(message);
        assert.equal(pool.kept, 65_536);
      }
    });

    test('when the handler throws', () => {
      const { receive, kept, pool, turn } = lending(role, {
        handlers: {
          message() {
            throw new Error('of the application');
          },
        },
      });
      receive(message);
      assert.equal(turn.uncaught.length, 1);
      assert.ok(kept.every(isOverwritten));
      assert.equal(pool.kept, 65_536);
    });

    for (const end of ['terminate', 'close'] as const) {
      test(`when the handler calls ${end}(), and no further message comes`, () => {
        const { receive, kept, pool } = lending(role, {
          handlers: { message: (connection) => void connection[end]() },
        });
        receive(wire(role, frame(0x82, payload), frame(0x82, payload)));
        assert.equal(kept.length, 1);
        assert.ok(isOverwritten(kept[0] as Uint8Array));
        assert.equal(pool.kept, 65_536);
      });
    }

    test('when the connection is gone while the promise is pending: with the promise', async () => {
      const handlers = new Handlers();
      const { receive, kept, pool, transport, events } = lending(role, { handlers });
      receive(message);
      transport.gone();
      assert.equal(events.at(-1), 'close 1006 ERR_WS_LOST');
      assertBytes(kept[0] as Uint8Array, payload);
      assert.equal(pool.kept, 0);
      handlers.all[0]?.resolve();
      await settled();
      assert.ok(kept.every(isOverwritten));
      assert.equal(pool.kept, 65_536);
    });

    test('when the connection ends within a message, by its peer, a violation or terminate()', () => {
      for (const deflate of [undefined, {}]) {
        const ends: ((run: OpenConnection) => void)[] = [
          ({ transport }) => transport.gone(),
          ({ receive }) => receive(wire(role, frame(0xc3))),
          ({ connection }) => connection.terminate(),
        ];
        for (const end of ends) {
          const run = lending(role, deflate && { deflate });
          run.receive(wire(role, frame(0x02, payload)));
          assert.equal(run.pool.kept, 0);
          end(run);
          run.turn.end();
          assert.ok(run.pool.kept >= 65_536);
        }
      }
    });

    test('when one message too many comes', () => {
      const { receive, kept, pool, events } = lending(role, { limits: { maxMessagesPerSecond: 1 } });
      receive(wire(role, frame(0x82, payload), frame(0x82, payload)));
      assert.match(events.join(), /ERR_WS_TOO_MANY_MESSAGES|ERR_WS_.*RATE/);
      assert.equal(kept.length, 1);
      assert.equal(pool.kept, 65_536);
    });

    test('when a message grows: the smaller pieces at once', () => {
      const { receive, pool } = lending(role);
      for (let count = 0; count < 30; count++) receive(wire(role, frame(count === 0 ? 0x02 : 0x00, pattern(5000))));
      const before = pool.kept;
      assert.ok(before > 0);
      receive(wire(role, frame(0x80)));
      assert.ok(pool.kept > before);
    });

    test('of text, as soon as it is a string', () => {
      const { receive, pool, events } = lending(role, { binaryMessages: 'owned' });
      receive(wire(role, frame(0x01, utf8('é'.repeat(5000)))));
      receive(wire(role, frame(0x80, utf8('e'.repeat(5000)))));
      assert.match(events[0] as string, /^message /);
      assert.ok(pool.kept >= 15_000);
    });

    test('not if it was transferred; what it held is not reused', () => {
      const { receive, kept, pool, events } = lending(role, {
        handlers: {
          message: (_, data) => void structuredClone(data, { transfer: [(data as Uint8Array).buffer as ArrayBuffer] }),
        },
      });
      for (let count = 0; count < 3; count++) receive(message);
      assert.deepEqual(
        kept.map(({ length }) => length),
        [0, 0, 0],
      );
      assert.equal(pool.kept, 0);
      assert.equal(events.length, 3);
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

  test(`${role}: an unfinished message counts with half of the memory that it keeps at least`, () => {
    const host = new CoreHost();
    const all: OpenConnection[] = [];
    const unfinishedBudget = new UnfinishedBudget(Infinity, () => all.map(({ machine }) => machine));
    const run = lending(role, { host, unfinishedBudget });
    all.push(run);
    // 16 times the bytes received may be taken for the announced rest, in memory that others have written to.
    run.receive(wire(role, frame(0x82, new Uint8Array(1024 * 1024))).slice(0, 66_000));
    assert.equal(run.machine.unfinishedSize, 512 * 1024 + 32);
    assert.equal(unfinishedBudget.used, 512 * 1024 + 32);
  });

  test(`${role}: an announcement costs nothing`, () => {
    const run = lending(role);
    run.receive(wire(role, frame(0x82, new Uint8Array(10 * 1024 * 1024))).slice(0, 40));
    assert.ok(run.machine.unfinishedSize <= 8192, `${run.machine.unfinishedSize}`);
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

describe('a lent message in the context of its connection', () => {
  for (const context of [undefined, {}]) {
    test(context === undefined ? 'outside any' : 'in one', async () => {
      const host = new CoreHost().workspace.host;
      const ran: unknown[] = [];
      const contexts = {
        capture: () => context,
        current: () => context,
        run(where: unknown, task: () => void) {
          ran.push(where);
          task();
        },
      };
      const handlers = new Handlers();
      const owner = { peer: 'peer', host: { ...host, contexts }, isOpen: true, state: OPEN, pause() {}, resume() {} };
      const reports = new Reports<string>({ ...owner, closeByApplication: () => {} }, handlers);
      assert.ok(reports.hasMessageHandler);
      const done = reports.lentReceived(pattern(5));
      assert.deepEqual(ran, context === undefined ? [] : [context]);
      handlers.all[0]?.resolve();
      await done;
      const none = new Reports<string>({ ...owner, closeByApplication: () => {} }, {});
      assert.equal(none.lentReceived(pattern(5)), undefined);
    });
  }

  test('the rejection of an async handler is unhandled without `failed`, and the memory comes back', async () => {
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve));
      const boom = new Error('of the application');
      const { receive, pool } = lending('server', { handlers: { message: () => Promise.reject(boom) } });
      receive(wire('server', frame(0x82, pattern(5000))));
      assert.equal(await unhandled, boom);
      assert.equal(pool.kept, 8192);
    } finally {
      for (const listener of listeners) process.on('unhandledRejection', listener);
    }
  });
});
