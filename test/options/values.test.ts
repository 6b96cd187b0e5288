// Every option of every call, at every depth, with values of every type. Each value is taken if it is of the option's
// kind; if not, it is refused with the path, the value and what is expected, before anything is opened.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AnySchema, readOptions, type Schema } from '../../src/core/option-check.ts';
import { WebSocketError } from '../../src/engine/index.ts';
import { policy } from '../../src/kit/policy.ts';
import { isError } from '../support/expect.ts';
import { openHandles } from '../support/handles.ts';
import { entries, type Option, optionsOf, withValue } from './entries.ts';

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

class Own {
  field = 1;
}

/** Of every type, and around every bound. */
const values: readonly (readonly [name: string, value: unknown])[] = [
  ['null', null],
  ['NaN', Number.NaN],
  ['-1', -1],
  ['-0', -0],
  ['0', 0],
  ['1', 1],
  ['1.5', 1.5],
  ['5', 5],
  ['9', 9],
  ['16', 16],
  ['65535', 65535],
  ['65536', 65536],
  ['2^31 - 1', 2 ** 31 - 1],
  ['2^31', 2 ** 31],
  ['2^53', 2 ** 53],
  ['Infinity', Number.POSITIVE_INFINITY],
  ["''", ''],
  ["'x'", 'x'],
  ["'5'", '5'],
  ["'none'", 'none'],
  ["'standard'", 'standard'],
  ["'/chat'", '/chat'],
  ["'a b'", 'a b'],
  ['true', true],
  ['false', false],
  ['1n', 1n],
  ['a symbol', Symbol('s')],
  ['a function', () => {}],
  ['[]', []],
  ["['x']", ['x']],
  ["['x', 'x']", ['x', 'x']],
  ['[5]', [5]],
  ['[undefined]', [undefined]],
  ['a hole', new Array(1)],
  ['{}', {}],
  ['{ colour }', { colour: 5 }],
  ['an object without prototype', Object.create(null)],
  ['an instance', new Own()],
  ['a Date', new Date(0)],
  ['a Map', new Map([['x', '1']])],
  ['a Set', new Set(['x'])],
  ['a Headers', new Headers({ x: '1' })],
  ['an Error', new Error('e')],
  ['a Promise', Promise.resolve()],
  ['a Buffer', Buffer.from('x')],
  ['an AbortSignal', new AbortController().signal],
  ['a revoked proxy', revoked()],
  ['an array of a revoked proxy', [revoked()]],
];

type Oracle = (value: unknown) => boolean;
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isString = (value: unknown): value is string => typeof value === 'string';
const isFunction: Oracle = (value) => typeof value === 'function';
const list =
  (isElement: Oracle): Oracle =>
  (value) =>
    isArray(value) && Array.from(value).every((one) => isElement(one));
const isArray = (value: unknown): value is readonly unknown[] => isReadable(value) && Array.isArray(value);
const between =
  (lowest: number, highest: number): Oracle =>
  (value) =>
    Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest;
const isToken: Oracle = (value) => isString(value) && /^[A-Za-z0-9]+$/.test(value);
const isPem: Oracle = (value) => isString(value) || (isReadable(value) && Buffer.isBuffer(value));
const isColour: Oracle = (value) =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'colour' && value.constructor === Object;
const isEmptyObject: Oracle = (value) => {
  if (typeof value !== 'object' || value === null || !isReadable(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype) && Object.keys(value).length === 0;
};

/** Whether it is not a revoked proxy. */
function isReadable(value: unknown): boolean {
  try {
    return typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== undefined;
  } catch {
    return false;
  }
}

/** What each kind takes, said a second time, by the words that an error has for it. */
const kinds: readonly (readonly [expected: RegExp, Oracle])[] = [
  [/^an integer of at least 0, or Infinity$/, (value) => value === Infinity || between(0, 2 ** 53 - 1)(value)],
  [/^milliseconds from 0 to 2147483647$/, (value) => isNumber(value) && value >= 0 && value <= 2 ** 31 - 1],
  [/^false; connect\(\)/, (value) => value === false],
  [/^a connection of this server, or the id/, (value) => isString(value) && /^\d+$/.test(value)],
  [/^true, or no options: members/, (value) => value === true],
  [/^an integer from 0 to 2147483647$/, between(0, 2 ** 31 - 1)],
  [/^true or false$/, (value) => value === true || value === false],
  [/^a function$/, isFunction],
  [/^anything$/, () => true],
  [/^an integer 0–9$/, between(0, 9)],
  [/^an integer 1–5$/, between(1, 5)],
  [/^an integer 0–60000$/, between(0, 60_000)],
  [/^an integer 1000–600000$/, between(1_000, 600_000)],
  [/^an integer 1–9$/, between(1, 9)],
  [/^an integer 8–15$/, between(8, 15)],
  [/^an integer 0–7$/, between(0, 7)],
  [/^an integer of at least 0$/, between(0, 2 ** 53 - 1)],
  [/^an integer from 0 \(any free port\) to 65535$|^a port from 0 to 65535$/, between(0, 65535)],
  [/^bytes from 1024 to 2147483647$/, between(1024, 2 ** 31 - 1)],
  [/^bytes from 16 to 2147483647$/, between(16, 2 ** 31 - 1)],
  [/^an integer from 1 to 1024, or 'cores'$/, between(1, 1024)],
  [/^an integer 1–1000000$/, between(1, 1_000_000)],
  [/^a file such as|^a directory$/, (value) => isString(value) && value !== ''],
  [/^a string of at most 123 bytes/, isString],
  [/^an integer from 1 to 2147483647$/, between(1, 2 ** 31 - 1)],
  [/^a store such as fileStore|^a bus, such as/, () => false],
  [/^a URL such as nats:|^a connection of @nats-io|^the path of a credentials file/, () => false],
  [/^a user name$|^a token$/, (value) => isString(value) && value !== ''],
  [/^a password$/, isString],
  [/^an authenticator of/, isFunction],
  [/^an object with TLS options/, (value) => isEmptyObject(value) || (isReadable(value) && isColour(value))],
  [/^milliseconds from 50 to/, between(50, 2 ** 31 - 1)],
  [/^milliseconds from 60,000$/, between(60_000, Number.MAX_SAFE_INTEGER / 1e6)],
  [/^letters, digits, _ and -/, (value) => isString(value) && /^[\w-]+$/.test(value)],
  [/^milliseconds from 100 to/, between(100, 2 ** 31 - 1)],
  [/^a topic$|^a name$/, (value) => isString(value) && value !== ''],
  [/^a number of at least 0$/, (value) => isNumber(value) && value >= 0 && value !== Infinity],
  [/^a number of at least 1$/, (value) => isNumber(value) && value >= 1 && value !== Infinity],
  [/^a close code such as 1001$/, isNumber],
  [/^an integer of at least 1, or Infinity$/, (value) => value === Infinity || between(1, 2 ** 53 - 1)(value)],
  [/^an array of close codes$/, list(between(1000, 4999))],
  [/^an integer of at least 1024$/, between(1024, 2 ** 53 - 1)],
  [/^an integer of at least 16$/, between(16, 2 ** 53 - 1)],
  [/^an array of hosts$/, list((value) => isString(value) && /^[^/?#@\s]+$/.test(value))],
  [/^an array of HTTP statuses$/, list(between(100, 599))],
  [/^a number$/, (value) => isNumber(value) && !Number.isNaN(value)],
  [/^a string$|^a string without a colon|^one of the client's offers/, isString],
  [/^a host name or an IP address, without/, (value) => isString(value) && /^[^\s/]+$/.test(value as string)],
  [/^a host name or address, without/, (value) => isString(value) && !/[\s/]/.test(value)],
  [
    /^a host name|^an address$|^the path of a folder$|^the name of a time zone/,
    (value) => isString(value) && value !== '',
  ],
  [/^an object of names such as/, (value) => isFunction(value) || isEmptyObject(value)],
  [/^an object of paths such as/, () => false],
  [/^the path of a Unix socket/, (value) => isString(value) && value !== ''],
  [/^permissions from 0 to 0o777/, between(0, 0o777)],
  [/^a path that begins with \//, (value) => value === '/chat'],
  [
    /^a token such as chat\.v1, or an array/,
    (value) => isToken(value) || (list(isToken)(value) && (value as []).length < 2),
  ],
  [/^a list of|^an array of strings$|^an array of header names$/, list(isString)],
  [/^an array of addresses$/, list((value) => isString(value) && value !== '')],
  [/^an array of strings, or a function/, (value) => isFunction(value) || list(isString)(value)],
  [/^an AbortSignal$/, (value) => isReadable(value) && value instanceof AbortSignal],
  [/^a string or Buffer in PEM format/, (value) => isPem(value) || list(isPem)(value)],
  [/^a string, or a function that returns one/, (value) => isString(value) || isFunction(value)],
  [/^the beginning of a metric's name/, (value) => isString(value) && /^(?:[A-Za-z_]\w*)?$/.test(value)],
  [/^an object of strings such as/, isEmptyObject],
  [/^close codes from 3000 to 4999/, list(between(3000, 4999))],
  [/^an object with the methods debug, info, warn and error/, () => false],
  [/^at least 16 characters of/, (value) => isString(value) && /^[\w.~-]{16,}$/.test(value)],
  [/^a string or bytes$/, (value) => isString(value) || (isReadable(value) && value instanceof Uint8Array)],
];

/** `undefined`: the test has no second opinion on this kind. */
function isRight({ check }: Option, value: unknown): boolean | undefined {
  for (const [expected, oracle] of kinds) if (expected.test(check.expected)) return oracle(value);
  const [, lowest, highest] = /^an integer (\d+)–(\d+)$/u.exec(check.expected) ?? [];
  if (lowest !== undefined) return between(Number(lowest), Number(highest))(value);
  const words = /^one of (.*)$/.exec(check.expected)?.[1]?.split(', ');
  if (words !== undefined) return isString(value) && words.includes(value);
  if (check.schema === undefined) return undefined;
  if (check.expected.startsWith('an object')) return isEmptyObject(value);
  const [choices = ''] = check.expected.split(' or an object');
  if (choices.split(', ').includes(isString(value) ? `'${value}'` : show(value))) return true;
  return isEmptyObject(value) && (check.schema as AnySchema).required === undefined;
}

function show(value: unknown): string {
  return typeof value === 'boolean' ? String(value) : '';
}

async function refusal(option: Option, value: unknown): Promise<unknown> {
  try {
    await option.entry.call(withValue(option, value));
  } catch (error) {
    return error;
  }
  return undefined;
}

function isTaken(option: Option, value: unknown): boolean {
  try {
    readOptions(option.entry.schema as unknown as Schema<object>, withValue(option, value));
    return true;
  } catch (error) {
    assert.ok(error instanceof WebSocketError, `${option.path}: ${error}`);
    return false;
  }
}

for (const entry of entries) {
  describe(`options of ${entry.name}`, () => {
    for (const option of optionsOf(entry)) {
      test(option.path, async () => {
        const before = openHandles();
        const settings = policy();
        const isNeeded = option.around.some((needed) => option.path.split('.').at(-1)! in needed);
        assert.ok(isTaken(option, undefined) || isNeeded, `${option.path} cannot be left out`);
        for (const [name, value] of values) {
          const right = isRight(option, value);
          const taken = isTaken(option, value);
          if (right !== undefined) assert.equal(taken, right, `${option.path}: ${name}; ${option.check.expected}`);
          if (taken) continue;
          const error = isError(await refusal(option, value), 'ERR_WS_OPTION', /expected |is not an option/);
          const { message } = error;
          assert.ok(/headers?\b|name of a header/.test(message) || message.includes(option.path), message);
          assert.ok(message.length < 1_000 && !message.includes('\n'), message);
        }
        assert.deepEqual(openHandles(), before, 'nothing was opened');
        assert.equal(policy(), settings, 'nothing was set');
      });
    }

    test('a value that is not an object with options', async () => {
      const before = openHandles();
      const wrong = [
        null,
        0,
        8080,
        Number.NaN,
        '',
        'x',
        true,
        1n,
        Symbol('s'),
        [],
        ['x'],
        () => {},
        new Map(),
        revoked(),
      ];
      for (const value of [
        ...wrong,
        new Date(0),
        Buffer.from('x'),
        Promise.resolve(),
        new Error('e'),
        new URL('ws://a/'),
      ]) {
        let error: unknown;
        try {
          await entry.call(value);
        } catch (thrown) {
          error = thrown;
        }
        isError(error, 'ERR_WS_OPTION', `options of ${entry.schema.of} is `, 'expected an object such as {');
      }
      assert.deepEqual(openHandles(), before, 'nothing was opened');
    });

    test('a getter that throws: ERR_WS_OPTION with its error as the cause', async () => {
      for (const { path, around } of optionsOf(entry)) {
        const boom = new Error('boom');
        const names = path.split('.');
        const last = names.pop() as string;
        const inner = Object.defineProperty({ ...around.at(-1) }, last, {
          enumerable: true,
          get() {
            throw boom;
          },
        });
        const options = names.length === 0 ? inner : withValue({ path: names.join('.'), around }, inner);
        await assert.rejects(
          async () => entry.call(options),
          (error) => isError(error, 'ERR_WS_OPTION', `${path} is a value that cannot be read`).cause === boom,
        );
      }
    });

    test('each option is read once', () => {
      for (const { path, check, around } of optionsOf(entry)) {
        if (path.includes('.')) continue;
        const right = values.find(([, value]) => isTaken({ entry, path, check, around }, value));
        if (right === undefined) continue;
        let reads = 0;
        const options = Object.defineProperty({ ...around[0] }, path, {
          enumerable: true,
          get() {
            reads++;
            return right[1];
          },
        });
        const copy = readOptions(entry.schema as unknown as Schema<Record<string, unknown>>, options);
        assert.ok(path in copy, path);
        assert.equal(reads, 1, path);
      }
    });
  });
}

test('the test has a second opinion on nearly all options', () => {
  const all = entries.flatMap((entry) => optionsOf(entry));
  const unknown = all.filter((option) => isRight(option, 'x') === undefined).map(({ path }) => path);
  assert.ok(all.length > 100, String(all.length));
  assert.ok(unknown.length <= 21, unknown.join(', '));
});
