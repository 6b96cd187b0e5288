// `emitter`: subscriptions, delivery, data, and what is ignored.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import byDefault, { emitter } from '../../../src/kits/emitter/index.ts';
import { uncaughtExceptions } from '../../support/expect.ts';
import { leavingNothing } from '../../support/handles.ts';
import { Recorder, unsubscribeAll } from './recorder.ts';

let recorder: Recorder;
beforeEach(() => {
  recorder = new Recorder();
});
afterEach(() => unsubscribeAll(1, 2, 0, 'a', 'b', '1'));

describe('emitter', () => {
  test('is the default export, too, with its class and its enum', () => {
    assert.equal(byDefault, emitter);
    assert.deepEqual(Object.keys(emitter).sort(), [
      'Emitter',
      'EventPriority',
      'emit',
      'getListenerCount',
      'off',
      'on',
      'once',
    ]);
    assert.deepEqual(emitter.EventPriority, { IMMEDIATE: 0, HIGH: 1, LOW: 2, IDLE: 3 });
  });

  test('an event with a number reaches its callback with its data, in a later turn', async () => {
    emitter.on({ eventId: 1 }, recorder.as('on'));
    emitter.emit({ eventId: 1 }, { data: { content: 'c', id: 5 } });
    assert.deepEqual(recorder.events, [], 'not within the call');
    await Promise.resolve();
    assert.deepEqual(recorder.events, [], 'not in a microtask');
    assert.deepEqual(await recorder.delivered(), [['on', { content: 'c', id: 5 }]]);
  });

  test('an event with a text does the same, with and without data', async () => {
    emitter.on('a', recorder.as('on'));
    emitter.emit('a');
    emitter.emit('a', { data: { x: 1 } });
    assert.deepEqual(await recorder.delivered(), ['on', ['on', { x: 1 }]]);
  });

  test('an event without data is an object with data undefined', async () => {
    const events: unknown[] = [];
    emitter.on('a', (event) => events.push(event));
    emitter.emit('a');
    emitter.emit('a', {});
    await turn();
    assert.deepEqual(events, [{ data: undefined }, { data: undefined }]);
  });

  test('the number 1 and the text 1 are two events', async () => {
    emitter.on({ eventId: 1 }, recorder.as('number'));
    emitter.on('1', recorder.as('text'));
    emitter.emit({ eventId: 1 });
    assert.deepEqual(await recorder.delivered(), ['number']);
    emitter.emit('1');
    assert.deepEqual(await recorder.delivered(), ['text']);
  });

  test('numbers are unsigned integers of 32 bits', async () => {
    emitter.on({ eventId: 2 ** 32 + 2 }, recorder.as('on'));
    assert.equal(emitter.getListenerCount(2), 1);
    emitter.on({ eventId: -1 }, recorder.as('on'));
    assert.equal(emitter.getListenerCount(2 ** 32 - 1), 1);
    emitter.off(-1);
  });

  test('of a text, 10,240 bytes count', () => {
    const id = 'é'.repeat(5_120);
    emitter.on(`${id}x`, recorder.as('on'));
    assert.equal(emitter.getListenerCount(id), 1);
    assert.equal(emitter.getListenerCount(`${id}y`), 1);
    emitter.off(id);
  });

  test('all callbacks of an event are called, in the order of their subscription', async () => {
    for (const name of ['x', 'y', 'z']) emitter.on('a', recorder.as(name));
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), ['x', 'y', 'z']);
  });

  test('the same callback is subscribed once to an event', async () => {
    const callback = recorder.as('on');
    emitter.on('a', callback);
    emitter.on('a', callback);
    emitter.on('b', callback);
    assert.deepEqual([emitter.getListenerCount('a'), emitter.getListenerCount('b')], [1, 1]);
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), ['on']);
  });

  test('callbacks are called without this', async () => {
    let self: unknown = 'not called';
    emitter.on('a', function (this: unknown) {
      self = this;
    });
    emitter.emit('a');
    await turn();
    assert.equal(self, undefined);
  });
});

describe('emitter.once', () => {
  test('is called for one event, even if two are on their way', async () => {
    emitter.once('a', recorder.as('once'));
    emitter.once({ eventId: 1 }, recorder.as('once 1'));
    assert.equal(emitter.getListenerCount('a'), 1);
    emitter.emit('a');
    emitter.emit('a');
    emitter.emit({ eventId: 1 });
    assert.deepEqual(await recorder.delivered(), ['once', 'once 1']);
    assert.deepEqual([emitter.getListenerCount('a'), emitter.getListenerCount(1)], [0, 0]);
  });

  test('on after once keeps the callback; once after on gives it up', async () => {
    const [kept, given] = [recorder.as('kept'), recorder.as('given')];
    emitter.once('a', kept);
    emitter.on('a', kept);
    emitter.on('a', given);
    emitter.once('a', given);
    emitter.emit('a');
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), ['kept', 'given', 'kept']);
  });

  test('on within the callback keeps it', async () => {
    const callback = (): void => {
      recorder.events.push('called');
      emitter.on('a', callback);
    };
    emitter.once('a', callback);
    emitter.emit('a');
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), ['called', 'called']);
  });
});

describe('emitter.off', () => {
  test('removes all callbacks of an event, or one', async () => {
    const x = recorder.as('x');
    emitter.on('a', x);
    emitter.on('a', recorder.as('y'));
    emitter.off('a', x);
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), ['y']);
    emitter.off('a');
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), []);
    assert.equal(emitter.getListenerCount('a'), 0);
  });

  test('by number, too, and only of that number', async () => {
    const x = recorder.as('x');
    emitter.on({ eventId: 1 }, x);
    emitter.on({ eventId: 2 }, x);
    emitter.off(1, x);
    emitter.emit({ eventId: 1 });
    emitter.emit({ eventId: 2 });
    assert.deepEqual(await recorder.delivered(), ['x']);
  });

  test('an unknown callback is ignored', () => {
    emitter.off('a', () => {});
    emitter.off(1);
  });

  test('stops what was emitted and not delivered', async () => {
    emitter.on('a', recorder.as('on'));
    emitter.emit('a');
    emitter.off('a');
    assert.deepEqual(await recorder.delivered(), []);
  });

  test('during a delivery: a callback that is removed by one before it is not called', async () => {
    const second = recorder.as('second');
    emitter.on('a', () => {
      recorder.events.push('first');
      emitter.off('a', second);
    });
    emitter.on('a', second);
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), ['first']);
  });

  test('and a callback that is added during a delivery is called from the next event on', async () => {
    emitter.once('a', () => emitter.on('a', recorder.as('added')));
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), []);
    emitter.emit('a');
    assert.deepEqual(await recorder.delivered(), ['added']);
  });
});

describe('emitter.emit', () => {
  test('without a subscription nothing is kept: one that is made afterwards gets nothing', async () => {
    emitter.emit('a');
    emitter.on('a', recorder.as('on'));
    assert.deepEqual(await recorder.delivered(), []);
  });

  test('events are delivered by priority, then by time', async () => {
    const { EventPriority } = emitter;
    emitter.on('a', recorder.as('a'));
    emitter.on({ eventId: 1 }, recorder.as('1'));
    emitter.emit('a', { priority: EventPriority.IDLE }, { data: { n: 1 } });
    emitter.emit('a', { data: { n: 2 } });
    emitter.emit({ eventId: 1 }, { data: { n: 3 } });
    emitter.emit('a', { priority: EventPriority.LOW }, { data: { n: 4 } });
    emitter.emit({ eventId: 1, priority: EventPriority.HIGH }, { data: { n: 5 } });
    emitter.emit('a', { priority: EventPriority.IMMEDIATE }, { data: { n: 6 } });
    emitter.emit('a', { priority: EventPriority.HIGH }, { data: { n: 7 } });
    const order = (await recorder.delivered()).map((event) => (event as [string, { n: number }])[1].n);
    assert.deepEqual(order, [6, 5, 7, 2, 3, 4, 1]);
  });

  test('one that a callback emits with a higher priority comes before those that wait', async () => {
    emitter.on('a', (event) => {
      recorder.events.push(event.data?.n);
      if (event.data?.n === 1) emitter.emit('a', { priority: emitter.EventPriority.IMMEDIATE }, { data: { n: 3 } });
    });
    emitter.emit('a', { data: { n: 1 } });
    emitter.emit('a', { data: { n: 2 } });
    await turn();
    await turn();
    assert.deepEqual(recorder.events, [1, 3, 2]);
  });

  test('promises of one callback settle before the next event', async () => {
    emitter.on('a', (event) => {
      void Promise.resolve().then(() => recorder.events.push(`then ${event.data?.n}`));
      recorder.events.push(`called ${event.data?.n}`);
    });
    emitter.emit('a', { data: { n: 1 } });
    emitter.emit('a', { data: { n: 2 } });
    assert.deepEqual(await recorder.delivered(), ['called 1', 'then 1', 'called 2', 'then 2']);
  });

  test('options without a priority, and an unknown one, count as LOW', async () => {
    emitter.on('a', recorder.as('a'));
    emitter.emit('a', {}, { data: { n: 1 } });
    emitter.emit('a', { priority: 9 as emitter.EventPriority }, { data: { n: 2 } });
    emitter.emit('a', { priority: emitter.EventPriority.HIGH });
    assert.deepEqual(await recorder.delivered(), ['a', ['a', { n: 1 }], ['a', { n: 2 }]]);
  });

  test(
    'an exception of a callback is an uncaught one, and the other callbacks and events are not disturbed',
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const failure = new Error('of the application');
      emitter.once('a', () => {
        throw failure;
      });
      emitter.on('a', recorder.as('second'));
      emitter.emit('a');
      emitter.emit('a');
      assert.equal(await uncaught.next(), failure);
      assert.deepEqual(await recorder.delivered(), ['second', 'second']);
      assert.equal(emitter.getListenerCount('a'), 1, 'once holds after an exception');
    }),
  );
});

describe('emitter: data', () => {
  async function sent<T>(data: T): Promise<T | undefined> {
    let got: T | undefined;
    emitter.once<T>('b', (event) => {
      got = event.data;
    });
    emitter.emit<T>('b', { data });
    await turn();
    return got;
  }

  test('is a copy, made during the call', async () => {
    const data = { list: [1, { deep: true }], text: 'x' };
    emitter.on('a', recorder.as('on'));
    emitter.emit('a', { data });
    data.text = 'changed';
    (data.list as unknown[]).push(2);
    assert.deepEqual(await recorder.delivered(), [['on', { list: [1, { deep: true }], text: 'x' }]]);
  });

  test('each callback gets its own copy', async () => {
    const got: Array<{ [key: string]: unknown } | undefined> = [];
    emitter.on('a', (event) => {
      got.push(event.data);
      if (event.data !== undefined) event.data.seen = true;
    });
    emitter.on('a', (event) => got.push(event.data));
    emitter.emit('a', { data: { x: 1 } });
    await turn();
    assert.deepEqual(got, [{ x: 1, seen: true }, { x: 1 }]);
  });

  const values: Array<[what: string, value: unknown]> = [
    ['a Map of Sets', new Map([['x', new Set([1, 'y'])]])],
    ['a Date', new Date(5)],
    ['a RegExp', /x/g],
    ['bytes', new Uint8Array([1, 2, 3])],
    ['an ArrayBuffer', new Uint8Array([1]).buffer],
    ['a DataView', new DataView(new ArrayBuffer(2))],
    ['a text', 'x'],
    ['null', null],
    ['a bigint', 5n],
    ['an object without prototype', Object.assign(Object.create(null), { x: 1 })],
    ['a name that is special', JSON.parse('{"__proto__": {"x": 1}}')],
  ];
  for (const [what, value] of values) {
    test(`${what} arrives as it was`, async () => {
      const got = await sent(value);
      if (typeof value === 'object' && value !== null) assert.notEqual(got, value);
      assert.deepEqual(
        Object(got),
        Object(Object.getPrototypeOf(value ?? {}) === null ? { ...(value as object) } : value),
      );
    });
  }

  test('a cycle, and an object that occurs twice, keep their shape', async () => {
    const shared = { x: 1 };
    const cycle: Record<string, unknown> = { one: shared, two: shared };
    cycle.self = cycle;
    const got = (await sent(cycle))!;
    assert.equal(got.self, got);
    assert.equal(got.one, got.two);
    assert.notEqual(got.one, shared);
  });

  test('an instance of a class is the object itself, with its methods', async () => {
    class Sample {
      count = 100;
      twice(): number {
        return this.count * 2;
      }
    }
    const sample = new Sample();
    const got = await sent(sample);
    assert.equal(got, sample);
    assert.equal(got?.twice(), 200);
    const within = await sent({ sample });
    assert.equal(within?.sample, sample);
  });

  for (const [what, value] of [
    ['a function', () => {}],
    ['a symbol', Symbol('s')],
    ['a Promise', Promise.resolve()],
  ] as const) {
    test(`${what} cannot be sent: the event comes without data`, async () => {
      emitter.on('a', recorder.as('on'));
      emitter.emit('a', { data: { value } });
      assert.deepEqual(await recorder.delivered(), ['on']);
    });
  }
});

describe('emitter: what is ignored, as on a device', () => {
  const wrong: Array<[call: 'on' | 'once' | 'off' | 'emit', args: unknown[]]> = [
    ['on', []],
    ['on', ['a']],
    ['on', ['a', 5]],
    ['on', ['', () => {}]],
    ['on', [{}, () => {}]],
    ['on', [1, () => {}]],
    ['once', [null, () => {}]],
    ['emit', []],
    ['emit', [1]],
    ['emit', ['']],
  ];
  for (const [call, args] of wrong) {
    test(`${call}(${args.map((arg) => (typeof arg === 'function' ? 'f' : JSON.stringify(arg))).join(', ')})`, () => {
      const calls = emitter as unknown as Record<string, (...args: unknown[]) => unknown>;
      assert.equal(calls[call]!(...args), undefined);
      assert.equal(emitter.getListenerCount('a'), 0);
    });
  }

  test('off with a second argument that is not a function removes nothing', () => {
    emitter.on('a', recorder.as('on'));
    (emitter.off as (...args: unknown[]) => void)('a', undefined);
    (emitter.off as (...args: unknown[]) => void)('a', 5);
    (emitter.off as (...args: unknown[]) => void)('');
    (emitter.off as (...args: unknown[]) => void)();
    assert.equal(emitter.getListenerCount('a'), 1);
  });

  test('getListenerCount returns undefined for wrong IDs', () => {
    const count = emitter.getListenerCount as (id?: unknown) => unknown;
    assert.deepEqual([count(), count(''), count({ eventId: 1 })], [undefined, undefined, undefined]);
  });

  test('an eventId that is not a number counts as 0', () => {
    emitter.on({ eventId: 'x' as unknown as number }, recorder.as('on'));
    assert.equal(emitter.getListenerCount(0), 1);
  });
});
