// What passes between a task and its host: copies, memory that moves, objects that are shared.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArkTSUtils } from '../../../src/kits/arkts-utils/index.ts';
import { collections } from '../../../src/kits/collections/index.ts';
import { ArrayList, HashMap, PlainArray } from '../../../src/kits/containers/index.ts';
import { BusinessError } from '../../../src/kits/host.ts';
import taskpool from '../../../src/kits/taskpool/index.ts';

const sendable = Symbol.for('harmony-websocket.sendable');

class Plain {
  x = 1;
  double(): number {
    return this.x * 2;
  }
}

class Shared {
  static {
    Object.defineProperty(Shared, sendable, { value: true });
  }
  count = 0;
  increment(): void {
    this.count++;
  }
}

class Derived extends Shared {}

/** What a task got, not a copy. */
const seen: unknown[] = [];
function see(...values: unknown[]): void {
  'use concurrent';
  seen.length = 0;
  seen.push(...values);
}

function give(...values: unknown[]): unknown {
  'use concurrent';
  seen.length = 0;
  seen.push(...values);
  return values[0];
}

const object = (value: unknown) => value as object;

describe('copies', () => {
  test('of each kind of value', async () => {
    const map = new Map<unknown, unknown>([[{ key: 1 }, new Set([1, 'a'])]]);
    const make = () => ({
      numbers: [1, Number.NaN, 2n],
      nothing: [undefined, null],
      date: new Date(5),
      pattern: /a/g,
      map,
      boxed: new String('text'),
      error: new TypeError('bad'),
      view: Uint16Array.of(1, 2).subarray(1),
    });
    const value = make();
    const result = await taskpool.execute(give, value);
    assert.deepEqual(result, make());
    assert.notEqual(seen[0], value);
    assert.notEqual((seen[0] as typeof value).map, map);
  });

  test('a change in the task is not one in the host', async () => {
    const value = { list: [1] };
    await taskpool.execute(function change(copy: typeof value) {
      'use concurrent';
      copy.list.push(2);
    }, value);
    assert.deepEqual(value, { list: [1] });
  });

  test('a change in the host after the call does not reach the task', async () => {
    const value = { a: 1 };
    const promise = taskpool.execute(give, value);
    value.a = 2;
    assert.deepEqual(await promise, { a: 1 });
  });

  test('circles and shared parts', async () => {
    const value: { self?: unknown; left: object; right: object } = { left: {}, right: {} };
    value.self = value;
    value.right = value.left;
    await taskpool.execute(see, value);
    const copy = seen[0] as typeof value;
    assert.equal(copy.self, copy);
    assert.equal(copy.left, copy.right);
  });

  test('an instance of a class loses its methods', async () => {
    const copy = (await taskpool.execute(give, new Plain())) as Plain;
    assert.deepEqual(copy, { x: 1 });
    assert.equal(copy.double, undefined);
  });

  test('a BusinessError stays one', async () => {
    function fails(): never {
      'use concurrent';
      throw new BusinessError(5, 'text', { more: 1 });
    }
    await assert.rejects(taskpool.execute(fails), (error) => {
      assert.ok(error instanceof BusinessError);
      assert.deepEqual({ ...error }, { code: 5, message: 'text', data: { more: 1 } });
      return true;
    });
  });

  const refused: [what: string, value: unknown][] = [
    ['functions', { f() {} }],
    ['symbols', Symbol('a')],
    ['promises', Promise.resolve()],
    ['weak collections', new WeakMap()],
    ['proxies', new Proxy({}, {})],
    ['containers of keys', new HashMap()],
    ['containers of elements', new ArrayList()],
    ['a PlainArray', new PlainArray()],
  ];
  for (const [what, value] of refused) {
    test(`${what} cannot pass`, async () => {
      const code = 10200006;
      const message = /^An exception occurred during serialization, taskpool: failed to serialize arguments/;
      assert.throws(() => taskpool.execute(see, object(value)), { code, message });
      assert.throws(() => taskpool.execute(new taskpool.Task(see, object(value))), { code, message });
      const group = new taskpool.TaskGroup();
      group.addTask(see, object(value));
      assert.throws(() => taskpool.execute(group), { code, message });
    });
  }

  test('concurrent functions can pass, and be called', async () => {
    function add(one: number, other: number): number {
      'use concurrent';
      return one + other;
    }
    function apply(call: typeof add, ...values: [number, number]): number {
      'use concurrent';
      return call(...values);
    }
    assert.equal(await taskpool.execute(apply, add, 10, 20), 30);
  });

  test('a result that cannot pass', async () => {
    function make(): unknown {
      'use concurrent';
      return { f() {} };
    }
    await assert.rejects(taskpool.execute(make), { code: 10200006, message: /failed to serialize result/ });
  });
});

describe('memory', () => {
  test('moves: it is gone for the host', async () => {
    const memory = Uint8Array.of(1, 2).buffer;
    const view = Uint8Array.of(3, 4);
    await taskpool.execute(see, { memory }, view);
    assert.deepEqual([memory.byteLength, view.length], [0, 0]);
    assert.deepEqual(seen, [{ memory: Uint8Array.of(1, 2).buffer }, Uint8Array.of(3, 4)]);
  });

  test('stays, if something else cannot pass', () => {
    const memory = new ArrayBuffer(2);
    assert.throws(
      () =>
        taskpool.execute(
          see,
          memory,
          object(() => {}),
        ),
      { code: 10200006 },
    );
    assert.equal(memory.byteLength, 2);
  });

  test('setTransferList: only what is listed moves', async () => {
    const [moved, kept] = [new ArrayBuffer(1), new ArrayBuffer(2)];
    const task = new taskpool.Task(see, moved, kept);
    task.setTransferList([moved]);
    await taskpool.execute(task);
    assert.deepEqual([moved.byteLength, kept.byteLength], [0, 2]);
    const none = new taskpool.Task(see, kept);
    none.setTransferList();
    await taskpool.execute(none);
    assert.equal(kept.byteLength, 2);
    assert.throws(() => none.setTransferList({} as ArrayBuffer[]), { code: 401 });
    assert.throws(() => none.setTransferList([object({})] as ArrayBuffer[]), { code: 401 });
  });

  test('setCloneList: listed memory and objects are copied', async () => {
    const [moved, kept, shared] = [new ArrayBuffer(1), new ArrayBuffer(2), new Shared()];
    const task = new taskpool.Task(see, moved, kept, shared);
    task.setCloneList([kept, shared]);
    await taskpool.execute(task);
    assert.deepEqual([moved.byteLength, kept.byteLength], [0, 2]);
    assert.ok(seen[2] instanceof Shared && seen[2] !== shared);
    const both = {
      code: 10200029,
      message: 'An ArrayBuffer cannot be set as both a transfer list and a clone list',
    };
    assert.throws(() => task.setTransferList([kept]), both);
    const other = new taskpool.Task(see, kept);
    other.setTransferList([kept]);
    assert.throws(() => other.setCloneList([kept]), both);
    assert.throws(() => new taskpool.Task(see).setCloneList({} as object[]), { code: 401 });
    assert.throws(() => new taskpool.Task(see).setCloneList([new Plain()]), { code: 401 });
  });

  test('a SharedArrayBuffer is shared', async () => {
    const memory = new SharedArrayBuffer(1);
    await taskpool.execute(see, memory);
    assert.equal(seen[0], memory);
  });

  test('that is gone cannot pass again', async () => {
    const task = new taskpool.Task(see, Uint8Array.of(1));
    await taskpool.execute(task);
    assert.throws(() => taskpool.execute(task), { code: 10200006 });
  });
});

describe('objects of sendable classes', () => {
  test('are shared, even within others', async () => {
    const shared = new Shared();
    await taskpool.execute(
      function use({ inner }: { inner: Shared }) {
        'use concurrent';
        inner.increment();
      },
      { inner: shared },
    );
    assert.equal(shared.count, 1);
    assert.equal(await taskpool.execute(give, shared), shared);
  });

  test('a class below one is not sendable by itself', async () => {
    assert.deepEqual(await taskpool.execute(give, new Derived()), { count: 0 });
  });
});

test('containers of collections and locks are shared', async () => {
  const shared = [collections.Array.create(2, 0), new collections.Map(), new ArkTSUtils.locks.AsyncLock()];
  await taskpool.execute(see, ...shared);
  assert.deepEqual(
    shared.map((value, index) => value === seen[index]),
    [true, true, true],
  );
});
