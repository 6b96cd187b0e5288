// The checks that options go through. test/options/ tries them at the public entries; here are their own promises.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import {
  handlersElsewhere,
  isPlainObject,
  isRecord,
  kindOf,
  readOptions,
  refuseArguments,
  type Schema,
} from '../../../src/core/option-check.ts';
import {
  anything,
  callable,
  type check,
  delay,
  handler,
  integer,
  listOf,
  nested,
  oneOf,
  orElse,
  secret,
  size,
  text,
  trueOrFalse,
} from '../../../src/core/option-kinds.ts';

const isOption = { code: 'ERR_WS_OPTION' };

function messageOf(task: () => unknown): string {
  try {
    task();
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'ERR_WS_OPTION', String(error));
    return (error as Error).message;
  }
  return assert.fail('nothing was thrown');
}

describe('kinds of values', () => {
  const kinds: [name: string, kind: ReturnType<typeof check<unknown>>, right: unknown[], wrong: unknown[]][] = [
    ['size', size, [0, 5, Infinity], [-1, 1.5, '1', Number.NaN]],
    ['delay', delay, [0, 1.5, 2 ** 31 - 1], [-1, 2 ** 31, '1']],
    ['trueOrFalse', trueOrFalse, [true, false], [0, 'true']],
    ['callable', callable, [() => {}], [{}]],
    ['anything', anything, [null, 5], []],
    ['text', text('a name'), ['a'], ['', 5]],
    ['integer', integer(8, 15), [8, 15], [7, 16, 9.5, '9']],
    ['oneOf', oneOf(['a', 'b']), ['a', 'b'], ['c', 5]],
    ['orElse', orElse([true, 'all'], integer(1, 2)), [true, 'all'], [false, 'x', null, []]],
  ];
  for (const [name, kind, right, wrong] of kinds) {
    test(name, () => {
      for (const value of right) assert.equal(kind.read(value, 'x', {}), value);
      for (const value of wrong) assert.throws(() => kind.read(value, 'x', {}), isOption);
    });
  }

  test('a list is copied, and a wrong element is named', () => {
    const given = ['a'];
    const list = listOf(text('a name'), 'an array of names').read(given, 'names', {});
    assert.deepEqual(list, given);
    assert.notEqual(list, given);
    assert.match(
      messageOf(() => listOf(text('a name'), 'names').read(['a', 5], 'names', {})),
      /names\[1\] is 5/,
    );
    assert.match(
      messageOf(() => listOf(text('a name'), 'names').read('a', 'names', {})),
      /names is "a"/,
    );
  });

  test('a secret is not shown', () => {
    const key = secret('a key', (value) => value === 'right');
    assert.equal(key.read('right', 'key', {}), 'right');
    assert.doesNotMatch(
      messageOf(() => key.read('hush', 'key', {})),
      /hush/,
    );
  });

  test('a handler is bound to the object that it is in', () => {
    const owner = { name: 'me' };
    const bound = handler.read(
      function (this: typeof owner) {
        return this.name;
      },
      'x',
      owner,
    ) as () => string;
    assert.equal(bound(), 'me');
    assert.throws(() => handler.read(5, 'x', owner), isOption);
  });
});

interface Inner {
  level?: number;
}
interface Outer {
  name?: string;
  inner?: boolean | Inner;
  message?: () => void;
}
const inner: Schema<Inner> = { of: 'inner', example: '{ level: 1 }', rows: { level: integer(0, 9) } };
const outer: Schema<Outer> = {
  of: 'outer',
  example: "{ name: 'a' }",
  rows: { name: text('a name'), inner: orElse([true, false], nested(inner)), message: handler },
  elsewhere: { title: 'use name' },
};
const instance: Schema<Outer> = { ...outer, mayBeInstance: true };

describe('an object with options', () => {
  test('is copied, without what is undefined and without a prototype of others', () => {
    assert.deepEqual({ ...readOptions(outer, undefined) }, {});
    const read = readOptions(outer, { name: 'a', message: undefined, inner: { level: 1 } });
    assert.deepEqual(Object.keys(read), ['name', 'inner']);
    assert.equal('toString' in read, false);
    assert.equal((read.inner as Inner).level, 1);
    assert.deepEqual({ ...readOptions(outer, read, 'again') }, { ...read });
  });

  const wrong: [what: string, given: unknown, message: RegExp][] = [
    ['a value that is not an object', 5, /argument with the options of outer is 5/],
    ['a list', [], /is \[\]/],
    ['a Map', new Map(), /outer/],
    ['a revoked proxy', revoked(), /cannot be read/],
    ['a wrong value', { name: '' }, /^name is ""/],
    ['a wrong value further down', { inner: { level: 10 } }, /^inner\.level is 10/],
    ['a name of another library', { title: 'x' }, /use name/],
    ['a handler of another library', { onMessage() {} }, /use message/],
    ['a handler that it does not have', { onOpen() {} }, /the options are/],
    ['a part of an inner object', { level: 1 }, /use inner\.level/],
    ['a misspelling', { nmae: 'a' }, /did you mean name\?/],
    ['an unknown name', { zzzzzz: 1 }, /the options are name, inner, message/],
    ['a name that needs quotes', { 'a b': 1 }, /^"a b" /],
    ['an unknown name further down', { inner: { speed: 1 } }, /^inner\.speed/],
    ['a secret', { password: 'hush' }, /a string of 4 characters/],
    ['a getter that throws', Object.defineProperty({}, 'name', { enumerable: true, get: fail }), /cannot be read/],
    [
      'an unknown getter that throws',
      Object.defineProperty({}, 'zzz', { enumerable: true, get: fail }),
      /cannot be read/,
    ],
    ['an instance without options', new (class Foreign {})(), /outer/],
    ['an inherited unknown name', Object.create({ zzzzzz: 1, name: 'a' }), /zzzzzz/],
  ];
  for (const [what, given, message] of wrong) {
    test(`not ${what}`, () =>
      assert.match(
        messageOf(() => readOptions(outer, given)),
        message,
      ));
  }

  test('may need some', () => {
    const needy: Schema<Outer> = { ...outer, required: ['name'] };
    assert.match(
      messageOf(() => readOptions(needy, {})),
      /^name is undefined; expected a name/,
    );
    assert.match(
      messageOf(() => readOptions(needy, undefined, 'a.b')),
      /^a\.b is undefined/,
    );
    assert.match(
      messageOf(() => readOptions(needy, {}, 'a.b')),
      /^a\.b\.name is undefined/,
    );
    assert.equal(readOptions(needy, { name: 'x' }).name, 'x');
  });

  test('may be secret', () => {
    const hidden: Schema<Outer> = { ...outer, isSecret: true };
    assert.doesNotMatch(
      messageOf(() => readOptions(hidden, 'hush')),
      /hush/,
    );
    assert.doesNotMatch(
      messageOf(() => readOptions(hidden, { zzzzzz: 'hush' })),
      /hush/,
    );
  });

  test('inherits its options, and may have been made in another realm', () => {
    assert.equal(readOptions(outer, Object.create({ name: 'a' })).name, 'a');
    assert.equal(readOptions(outer, runInNewContext("({ name: 'a' })")).name, 'a');
    assert.equal(readOptions(outer, Object.assign(Object.create(null) as object, { name: 'a' })).name, 'a');
    class Base {
      get name() {
        return 'a';
      }
    }
    const given = Object.defineProperty(new Base(), 'hidden', { value: 1 });
    assert.equal(readOptions(outer, given).name, 'a');
  });

  test('may be an instance of a class with fields of its own, where handlers are its methods', () => {
    class Application {
      count = 0;
      message() {}
    }
    assert.equal(typeof readOptions(instance, new Application()).message, 'function');
    class Other extends Application {
      onMessage = 5;
      get onerror(): never {
        return fail();
      }
    }
    void readOptions(instance, new Other());
    class Foreign {
      name = 'a';
      onmessage() {}
    }
    assert.match(
      messageOf(() => readOptions(instance, new Foreign())),
      /use message/,
    );
    assert.match(
      messageOf(() => readOptions(instance, { zzzzzz: 1 })),
      /instance of a class/,
    );
    class Getter {
      name = 'a';
      get onmessage(): never {
        return fail();
      }
    }
    void readOptions(instance, new Getter());
  });
});

test('arguments behind those of a call are refused', () => {
  refuseArguments('send', [undefined, undefined], 'x');
  assert.match(
    messageOf(() => refuseArguments('send', [undefined, 5], 'do so')),
    /send is 5; expected none: do so/,
  );
});

test('what values are', () => {
  assert.deepEqual(
    [isRecord({}), isRecord(null), isRecord([]), isRecord(new Uint8Array(1))],
    [true, false, false, false],
  );
  assert.deepEqual(
    [isPlainObject({}), isPlainObject(new Map()), isPlainObject(Object.create(null) as object)],
    [true, false, true],
  );
  assert.deepEqual([kindOf('abc'), kindOf(5)], ['a string of 3 characters', '5']);
  assert.equal(handlersElsewhere.onMessage, 'message');
});

function fail(): never {
  throw new Error('of the application');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
