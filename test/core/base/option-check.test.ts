// Objects with options: what is read, what is refused, and how an error helps. The tables of real options are tested in
// test/options/.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { type Check, kindOf, readOptions, refuseArguments, type Schema } from '../../../src/core/option-check.ts';
import {
  anything,
  callable,
  check,
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

interface Inner {
  readonly interval?: number | undefined;
}
interface Outer {
  readonly timeout?: number | undefined;
  readonly message?: (() => unknown) | undefined;
  readonly inner?: Inner | undefined;
  readonly password?: string | undefined;
}

const inner: Schema<Inner> = { of: 'inner', rows: { interval: delay }, example: '{ interval: 1 }' };
const outer: Schema<Outer> = {
  of: 'connect',
  rows: {
    timeout: delay,
    message: handler as Check<() => unknown>,
    inner: nested(inner),
    password: secret<string>('a string', (value) => typeof value === 'string'),
  },
  example: '{ timeout: 1 }',
  elsewhere: { rejectUnauthorized: 'it is tls.rejectUnauthorized' },
};
const instances: Schema<Outer> = { ...outer, of: 'accept', mayBeInstance: true };

function refused(given: unknown, message: RegExp, schema = outer): void {
  assert.throws(() => readOptions(schema, given), { name: 'WebSocketError', code: 'ERR_WS_OPTION', message });
}

describe('an object with options', () => {
  test('is copied with what is given, and inherits nothing', () => {
    const given = { timeout: 5, message: undefined, inner: { interval: 1 } };
    const copy = readOptions(outer, given);
    assert.deepEqual({ ...copy, inner: { ...copy.inner } }, { timeout: 5, inner: { interval: 1 } });
    assert.equal(Object.getPrototypeOf(Object.getPrototypeOf(copy)), null);
    assert.deepEqual(Object.keys(readOptions(outer, undefined)), []);
    assert.equal(readOptions(outer, { password: 'hunter2' }).password, 'hunter2');
    assert.equal(readOptions(outer, runInNewContext('({ timeout: 6 })')).timeout, 6);
  });

  test('binds handlers to the object that they are in', () => {
    class Session {
      name = 'me';
      message(): string {
        return this.name;
      }
    }
    assert.equal(readOptions(instances, new Session()).message?.call(undefined), 'me');
  });

  test('is refused where it is something else', () => {
    for (const given of [null, 1, 'text', [], new Map(), new Uint8Array(1), new Date()]) {
      refused(given, /^argument with the options of connect is .*; expected an object such as \{ timeout: 1 \}$/u);
    }
    refused('hunter2', /a string of 7 characters/u, { ...outer, isSecret: true });
    refused({ inner: 1 }, /^inner is 1; expected an object such as \{ interval: 1 \}/u);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    refused(proxy, /a value that cannot be read/u);
    class Empty {}
    refused(new Empty(), /^argument with the options of accept is an object of class Empty/u, instances);
  });

  test('whose values are wrong is refused with path, value and what is expected', () => {
    refused({ timeout: -1 }, /^timeout is -1; expected milliseconds from 0 to 2147483647$/u);
    refused({ inner: { interval: '1' } }, /^inner\.interval is "1"; expected milliseconds/u);
    refused({ password: 5 }, /^password is 5; expected a string$/u);
    refused({ message: 'x' }, /^message is "x"; expected a function$/u);
    const broken = {
      get timeout(): number {
        throw new Error('of the getter');
      },
    };
    refused(broken, /^timeout is a value that cannot be read; expected milliseconds/u);
  });

  test('needs what is required', () => {
    const schema: Schema<Outer> = { ...outer, required: ['timeout'] };
    refused(undefined, /^argument with the options of connect is undefined/u, schema);
    refused({ inner: {} }, /^timeout is undefined; expected milliseconds/u, schema);
    assert.equal(readOptions(schema, { timeout: 1 }).timeout, 1);
  });
});

describe('a name that is not an option', () => {
  test('is refused with what to write instead', () => {
    refused({ timout: 1 }, /^timout \(1\) is not an option: did you mean timeout\?$/u);
    refused({ interval: 1 }, /use inner\.interval$/u);
    refused({ onmessage: () => 0 }, /use message$/u);
    refused({ onOpen: 1 }, /the options are timeout, message, inner, password$/u);
    refused({ rejectUnauthorized: true }, /it is tls\.rejectUnauthorized$/u);
    refused({ inner: { intervall: 1 } }, /^inner\.intervall \(1\) .*did you mean inner\.interval\?$/u);
    refused({ 'a b': 1 }, /^"a b" \(1\)/u);
    refused(
      { zzz: 1 },
      /the options are .*; an application keeps its own values in an instance of a class$/u,
      instances,
    );
    class Handlers {
      onmessage(): void {}
    }
    refused(new Handlers(), /^onmessage .* use message$/u, instances);
  });

  test('does not show what may be a secret', () => {
    refused({ token: 'hunter2' }, /^token \(a string of 7 characters\)/u);
    assert.equal(kindOf('abc'), 'a string of 3 characters');
    assert.equal(kindOf(5), '5');
    const broken = {
      get zzz(): number {
        throw new Error('of the getter');
      },
    };
    refused(broken, /^zzz \(a value that cannot be read\)/u);
  });

  test('is left alone where it is a field of an application’s own class', () => {
    class Handlers {
      timeout = 3;
      own = 'mine';
      get onmessage(): number {
        throw new Error('of the getter');
      }
    }
    const copy = readOptions(instances, new Handlers());
    assert.equal(copy.timeout, 3);
    assert.equal(copy.message, undefined);
  });

  test('counts when it is inherited from an object, and not when it is on all objects', () => {
    refused(Object.create({ timout: 1 }), /^timout \(1\) is not an option/u);
    assert.equal(readOptions(outer, Object.create({ timeout: 4 })).timeout, 4);
    const hidden = Object.defineProperty({ timeout: 1 }, 'zzz', { value: 1, enumerable: false });
    assert.equal(readOptions(outer, hidden).timeout, 1);
    assert.equal(readOptions(outer, Object.assign(Object.create(null), { timeout: 2 })).timeout, 2);
  });
});

test('arguments behind those of a call are refused, unless they are undefined', () => {
  refuseArguments('close', [undefined], 'await its promise');
  assert.throws(() => refuseArguments('close', [undefined, 1], 'await its promise'), {
    message: /^a further argument of close is 1; expected none: await its promise$/u,
  });
});

describe('kinds of values', () => {
  /** Whether a check takes a value. */
  function takes(kind: Check<unknown>, value: unknown): boolean {
    try {
      kind.read(value, 'x', {});
      return true;
    } catch {
      return false;
    }
  }

  test('take what they are for, and nothing else', () => {
    const even = check<number>('an even number', (value) => typeof value === 'number' && value % 2 === 0);
    const rows: readonly (readonly [Check<unknown>, right: readonly unknown[], wrong: readonly unknown[]])[] = [
      [even, [2], [3, '2']],
      [size, [0, 5, Infinity], [-1, 0.5, 2 ** 53, '1']],
      [delay, [0, 2 ** 31 - 1], [-1, 2 ** 31, '1', Number.NaN]],
      [trueOrFalse, [true, false], [0, 'true', null]],
      [callable, [() => 0], [{}, null]],
      [handler, [() => 0], [{}, null]],
      [anything, [1, null, {}], []],
      [text('a host name'), ['a'], ['', 1]],
      [integer(1, 3), [1, 3], [0, 4, 1.5, '2']],
      [oneOf(['a', 'b']), ['a', 'b'], ['c', 1]],
      [listOf(size, 'a list of sizes'), [[], [1, 2]], [1, [1, 'x'], Array(1)]],
      [orElse(['off', false], nested(inner)), ['off', false, { interval: 1 }], ['on', true, null, [], { x: 1 }]],
    ];
    for (const [kind, right, wrong] of rows) {
      for (const value of right) assert.ok(takes(kind, value), `${kind.expected}: ${String(value)}`);
      for (const value of wrong) assert.ok(!takes(kind, value), `${kind.expected}: ${String(value)}`);
    }
  });

  test('name an element of a list by its index, and the words of a choice', () => {
    assert.throws(() => listOf(size, 'a list of sizes').read([1, -1], 'sizes', {}), { message: /^sizes\[1\] is -1/u });
    assert.throws(() => orElse(['off', false], nested(inner)).read(1, 'x', {}), {
      message: /^x is 1; expected 'off', false or an object such as \{ interval: 1 \}$/u,
    });
  });
});
