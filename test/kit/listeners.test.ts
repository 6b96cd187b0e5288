import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { webSocket } from '../../src/kit/index.ts';
import { addListener, type ListenerTable, notify, notifyPair, removeListener } from '../../src/kit/listeners.ts';

interface Events {
  open: (value: string) => void;
}

function table(): ListenerTable<Events> {
  return { open: undefined };
}

describe('kit specification §1.7: on and off', () => {
  const f = () => {};
  const g = () => {};

  for (const create of [webSocket.createWebSocket, webSocket.createWebSocketServer]) {
    const object = create() as unknown as Record<'on' | 'off', (...args: unknown[]) => void>;
    const wrong: ['on' | 'off', unknown[]][] = [
      ['on', []],
      ['on', ['open']],
      ['on', [null, f]],
      ['on', [5, f]],
      ['on', ['open', null]],
      ['on', ['open', 5]],
      ['on', ['open', f, f]],
      ['off', []],
      ['off', [null]],
      ['off', [null, f]],
      ['off', ['error', 5]],
      ['off', ['error', null]],
      ['off', ['error', f, f]],
      ['off', ['unheard-of', 5]],
    ];
    for (const [method, args] of wrong) {
      test(`${create.name}: ${method}(${args.map(String).join(', ')}) throws 401, a number [kit §1.7 on arguments; kit §1.7 off arguments; kit §10 on(null), off(null); S16; kit §2.1 on, off; kit §2.2 401]`, () => {
        assert.throws(() => object[method](...args), { code: 401, message: 'Parameter error' });
      });
    }

    test(`${create.name}: an unknown event is accepted and ignored; names are case sensitive [kit §1.7 unknown event]`, () => {
      object.on('unheard-of', f);
      object.off('unheard-of');
      object.on('Error', f);
      object.on('toString', f);
      object.on('__proto__', f);
      assert.equal(Object.getPrototypeOf(object), Object.getPrototypeOf(create()));
    });
  }

  test('one listener an event: the second replaces the first [kit §1.7 one listener; S3]', () => {
    const events = table();
    addListener(events, ['open', f]);
    addListener(events, ['open', g]);
    assert.equal(events.open, g);
  });

  test('off(type) clears, repeatedly [kit §1.7 off; kit §10 on, off repeated]', () => {
    const events = table();
    addListener(events, ['open', f]);
    removeListener(events, ['open']);
    removeListener(events, ['open']);
    assert.equal(events.open, undefined);
  });

  test('off(type, undefined) is off(type) [kit §1.7 off undefined]', () => {
    const events = table();
    addListener(events, ['open', f]);
    removeListener(events, ['open', undefined]);
    assert.equal(events.open, undefined);
  });

  test('off(type, callback) clears only the callback that is registered [kit §1.7 off]', () => {
    const events = table();
    addListener(events, ['open', f]);
    removeListener(events, ['open', g]);
    assert.equal(events.open, f);
    removeListener(events, ['open', f]);
    assert.equal(events.open, undefined);
  });

  test('a callback is called with this undefined and with as many arguments as its kind has [kit §1.6 this and turn]', () => {
    const calls: unknown[][] = [];
    function listener(this: unknown, ...args: unknown[]): void {
      calls.push([this, ...args]);
    }
    notify(listener, 'a');
    notify(listener, undefined);
    notifyPair(listener, undefined, 'b');
    assert.deepEqual(calls, [
      [undefined, 'a'],
      [undefined, undefined],
      [undefined, undefined, 'b'],
    ]);
  });

  test('an exception in a callback surfaces as an uncaught one, and not where the callback was called [kit §1.7 exceptions]', () => {
    const program = `
      import { notify } from ${JSON.stringify(new URL('../../src/kit/listeners.ts', import.meta.url).href)};
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      notify(() => { throw new Error('mine'); }, 1);
      console.log('went on');`;
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    assert.equal(stdout, 'went on\nuncaught mine\n');
  });
});
