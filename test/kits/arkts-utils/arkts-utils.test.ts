// `ArkTSUtils` of `@kit.ArkTS`: locks, ASON, isSendable.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArkTSUtils } from '../../../src/kits/arkts-utils/index.ts';
import { collections } from '../../../src/kits/collections/index.ts';
import { rejectsKitError, throwsKitError } from '../../support/kit-error.ts';

const { AsyncLock, AsyncLockMode, AsyncLockOptions } = ArkTSUtils.locks;

/** A promise and what resolves it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('ArkTSUtils.locks.AsyncLock', () => {
  test('one after the other, later than the call', async () => {
    const lock = new AsyncLock();
    const order: string[] = [];
    const first = lock.lockAsync(async () => {
      order.push('first');
      await Promise.resolve();
      order.push('first ends');
      return 1;
    });
    const second = lock.lockAsync(() => {
      order.push('second');
      return 2;
    });
    order.push('called');
    assert.deepEqual(await Promise.all([first, second]), [1, 2]);
    assert.deepEqual(order, ['called', 'first', 'first ends', 'second']);
  });

  test('an error of the function releases the lock', async () => {
    const lock = new AsyncLock();
    const failure = new Error('no');
    await assert.rejects(
      lock.lockAsync(() => {
        throw failure;
      }),
      failure,
    );
    assert.equal(await lock.lockAsync(() => 3), 3);
  });

  test('shared ones together, and none past an exclusive one that waits', async () => {
    const lock = new AsyncLock();
    const order: string[] = [];
    const { opened, open } = gate();
    const hold = (name: string, mode: 1 | 2): Promise<void> =>
      lock.lockAsync(async () => {
        order.push(name);
        await opened;
      }, mode);
    const all = [hold('shared 1', 1), hold('shared 2', 1), hold('exclusive', 2), hold('shared 3', 1)];
    await new Promise(setImmediate);
    assert.deepEqual(order, ['shared 1', 'shared 2']);
    open();
    await Promise.all(all);
    assert.deepEqual(order, ['shared 1', 'shared 2', 'exclusive', 'shared 3']);
  });

  test('request, query, queryAll', async () => {
    const lock = AsyncLock.request('test lock');
    assert.equal(AsyncLock.request('test lock'), lock);
    assert.equal(lock.name, 'test lock');
    const { opened, open } = gate();
    const all = [lock.lockAsync(() => opened), lock.lockAsync(() => {}, AsyncLockMode.SHARED)];
    const state = AsyncLock.query('test lock');
    assert.deepEqual(
      [state.held, state.pending].map((infos) => infos.map((info) => ({ ...info }))),
      [[{ name: 'test lock', mode: 2, contextId: 1 }], [{ name: 'test lock', mode: 1, contextId: 1 }]],
    );
    assert.deepEqual(AsyncLock.queryAll(), [state]);
    open();
    await Promise.all(all);
    assert.equal(AsyncLock.query('test lock').held.length, 0);
    throwsKitError(() => AsyncLock.query('no such lock'), 10200030, 'The lock does not exist.');
  });

  test('isAvailable: the lock must be free', async () => {
    const lock = new AsyncLock();
    const { opened, open } = gate();
    const held = lock.lockAsync(() => opened);
    const options = new AsyncLockOptions<void>();
    options.isAvailable = true;
    await assert.rejects(
      lock.lockAsync(() => {}, AsyncLockMode.EXCLUSIVE, options),
      /is not available$/,
    );
    open();
    await held;
    assert.equal(await lock.lockAsync(() => 4, AsyncLockMode.EXCLUSIVE, options), 4);
  });

  test('a signal takes a request back', async () => {
    const lock = new AsyncLock();
    const { opened, open } = gate();
    const held = lock.lockAsync(() => opened);
    const options = new AsyncLockOptions<string>();
    options.signal = { aborted: false, reason: 'changed my mind' };
    const waiting = lock.lockAsync(() => assert.fail(), AsyncLockMode.EXCLUSIVE, options);
    options.signal.aborted = true;
    open();
    await held;
    await assert.rejects(waiting, (reason) => reason === 'changed my mind');
  });

  test('timeout', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const lock = new AsyncLock();
    const { opened, open } = gate();
    const held = lock.lockAsync(() => opened);
    const options = new AsyncLockOptions<void>();
    options.timeout = 1000;
    const waiting = lock.lockAsync(() => assert.fail(), AsyncLockMode.EXCLUSIVE, options);
    context.mock.timers.tick(1000);
    await rejectsKitError(waiting, 10200031, /^Timeout exceeded\./);
    open();
    await held;
    assert.equal(await lock.lockAsync(() => 5, AsyncLockMode.EXCLUSIVE, options), 5);
    context.mock.timers.tick(1000);
  });

  test('what is refused', () => {
    const lock = new AsyncLock();
    const text = 'The input parameters are invalid.';
    throwsKitError(() => lock.lockAsync(5 as never), 401, text);
    throwsKitError(() => lock.lockAsync(() => {}, 3 as never), 401, text);
    throwsKitError(() => AsyncLock.request(5 as never), 401, text);
    throwsKitError(() => AsyncLock.query(5 as never), 401, text);
  });
});

describe('ArkTSUtils.locks.ConditionVariable', () => {
  const { ConditionVariable } = ArkTSUtils.locks;

  test('notifyOne and notifyAll', async () => {
    const variable = ConditionVariable.request('test variable');
    assert.equal(ConditionVariable.request('test variable'), variable);
    const order: string[] = [];
    const waits = ['a', 'b', 'c'].map((name) => variable.wait().then(() => order.push(name)));
    variable.notifyOne();
    await waits[0];
    assert.deepEqual(order, ['a']);
    variable.notifyAll();
    await Promise.all(waits);
    assert.deepEqual(order, ['a', 'b', 'c']);
    variable.notifyOne();
  });

  test('waitFor ends by itself', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const variable = new ConditionVariable();
    const over = variable.waitFor(1000);
    const notified = variable.waitFor(2000);
    context.mock.timers.tick(1000);
    await over;
    variable.notifyOne();
    await notified;
    throwsKitError(() => variable.waitFor('1' as never), 401, 'The input parameters are invalid.');
    throwsKitError(() => ConditionVariable.request(5 as never), 401);
  });
});

describe('ArkTSUtils.ASON', () => {
  const { ASON } = ArkTSUtils;

  test('parse makes containers of collections', () => {
    const value = ASON.parse('{"a":[1,{"b":2}]}') as { a: collections.Array<unknown> };
    assert.ok(value.a instanceof collections.Array);
    assert.deepEqual([...value.a], [1, { b: 2 }]);
    const map = ASON.parse('{"a":{"b":112233445566778899}}', undefined, {
      bigIntMode: ASON.BigIntMode.PARSE_AS_BIGINT,
      parseReturnType: ASON.ParseReturnType.MAP,
    });
    assert.ok(map instanceof collections.Map);
    assert.equal((map as collections.Map<string, Map<string, bigint>>).get('a')?.get('b'), 112233445566778899n);
    throwsKitError(() => ASON.parse('{'), 401, 'Parameter error. Invalid JSON string.');
  });

  test('stringify takes maps and sets, too', () => {
    const value = { map: new collections.Map([['a', 1]]), set: new collections.Set([1, 2]), big: 5n };
    assert.equal(ASON.stringify(value), '{"map":{"a":1},"set":[1,2],"big":5}');
    assert.equal(ASON.stringify(new collections.Array<number | string>(1, 'a')), '[1,"a"]');
    assert.equal(ASON.stringify(null), 'null');
    const own: Record<string, unknown> = {};
    own.own = own;
    throwsKitError(() => ASON.stringify(own), 401, 'Parameter error. The object circular Reference');
  });
});

describe('ArkTSUtils.isSendable', () => {
  test('primitive values, containers of collections, locks and what is decorated with @Sendable', () => {
    class Shared {}
    Object.defineProperty(Shared, Symbol.for('harmony-websocket.sendable'), { value: true });
    const kit = [new collections.Array(), new collections.Map(), new AsyncLock()];
    for (const value of [1, 'a', true, 5n, null, undefined, ...kit, new Shared(), Shared]) {
      assert.equal(ArkTSUtils.isSendable(value), true);
    }
    for (const value of [{}, [], new Map(), () => {}]) assert.equal(ArkTSUtils.isSendable(value), false);
  });
});
