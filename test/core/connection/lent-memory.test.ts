// The memory of binary messages that are lent: that it comes back by every way, when, and what it counts meanwhile.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Reports } from '../../../src/core/connection/reports.ts';
import { OPEN } from '../../../src/core/connection/state.ts';
import { UnfinishedBudget } from '../../../src/core/connection/unfinished-budget.ts';
import { CoreHost, type OpenConnection } from '../../support/core-connection.ts';
import { unhandledRejections } from '../../support/expect.ts';
import { assertBytes, pattern, utf8 } from '../../support/hex.ts';
import { Handlers, isOverwritten, lending, settled } from '../../support/lent-messages.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

for (const role of roles) {
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
      const done = reports.lentReceived(pattern(5), true);
      assert.deepEqual(ran, context === undefined ? [] : [context]);
      handlers.all[0]?.resolve();
      await done;
      const none = new Reports<string>({ ...owner, closeByApplication: () => {} }, {});
      assert.equal(none.lentReceived(pattern(5), true), undefined);
    });
  }

  test('the rejection of an async handler is unhandled without `failed`, and the memory comes back', async (t) => {
    const unhandled = unhandledRejections({ defer: (action) => t.after(action) });
    const boom = new Error('of the application');
    const { receive, pool } = lending('server', { handlers: { message: () => Promise.reject(boom) } });
    receive(wire('server', frame(0x82, pattern(5000))));
    assert.equal(await unhandled.next(), boom);
    assert.equal(pool.kept, 8192);
  });
});
