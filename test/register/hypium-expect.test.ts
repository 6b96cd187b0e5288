// The assertions of `@ohos/hypium`, by the rules that the device's have.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import vm from 'node:vm';
import { ArgumentMatchers } from '../../src/register/hypium/argument-matchers.ts';
import { deepEquals } from '../../src/register/hypium/deep-equals.ts';
import { type Assert, createExpect } from '../../src/register/hypium/expect.ts';
import { foreign, shapes } from '../support/binary-values.ts';

const failures: Error[] = [];
const expect = createExpect({ failed: (error) => failures.push(error), pending: () => {} });

/** Name of the assertion, the value, what it is given, whether it holds. */
type Case = readonly [name: keyof Assert, actual: unknown, expected: unknown[], holds: boolean];

const cases: Case[] = [
  ['assertEqual', 1, [1], true],
  ['assertEqual', 1, ['1'], false],
  ['assertEqual', Number.NaN, [Number.NaN], false],
  ['assertEqual', {}, [{}], false],
  ['assertTrue', true, [], true],
  ['assertTrue', 1, [], false],
  ['assertFalse', false, [], true],
  ['assertFalse', 0, [], false],
  ['assertFail', undefined, [], false],
  ['assertNull', null, [], true],
  ['assertNull', undefined, [], false],
  ['assertUndefined', undefined, [], true],
  ['assertUndefined', null, [], false],
  ['assertNaN', Number.NaN, [], true],
  ['assertNaN', 'NaN', [], false],
  ['assertNegUnlimited', Number.NEGATIVE_INFINITY, [], true],
  ['assertNegUnlimited', -Number.MAX_VALUE, [], false],
  ['assertPosUnlimited', Number.POSITIVE_INFINITY, [], true],
  ['assertPosUnlimited', Number.NEGATIVE_INFINITY, [], false],
  ['assertLarger', 3, [2], true],
  ['assertLarger', 2, [2], false],
  ['assertLargerOrEqual', 2, [2], true],
  ['assertLargerOrEqual', 1, [2], false],
  ['assertLess', 1, [2], true],
  ['assertLess', 2, [2], false],
  ['assertLessOrEqual', 2, [2], true],
  ['assertLessOrEqual', 3, [2], false],
  // The precision is a proportion of the value.
  ['assertClose', 100, [99, 0.1], true],
  ['assertClose', 100, [1, 0.1], false],
  ['assertClose', 100, [90, 0.1], false],
  ['assertClose', 0, [0, 0.1], true],
  ['assertClose', 0, [0.01, 0.1], false],
  ['assertContain', 'abc', ['b'], true],
  ['assertContain', 'abc', ['d'], false],
  ['assertContain', [1, 2], ['2'], true],
  ['assertContain', { a: 1 }, [1], true],
  ['assertContain', [1, 2], [3], false],
  ['assertContain', undefined, [3], false],
  ['assertInstanceOf', 'text', ['String'], true],
  ['assertInstanceOf', new ArrayBuffer(0), ['ArrayBuffer'], true],
  ['assertInstanceOf', new (class Own {})(), ['Object'], true],
  ['assertInstanceOf', new (class Own {})(), ['Own'], false],
  ['assertDeepEquals', { a: [1] }, [{ a: [1] }], true],
  ['assertDeepEquals', { a: [1] }, [{ a: [2] }], false],
  ['assertMatchObj', { a: 1, b: { c: 2, d: 3 } }, [{ a: 1, b: { c: 2 } }], true],
  ['assertMatchObj', { a: 1 }, [{}], true],
  ['assertMatchObj', { a: 1 }, [{ a: '1' }], false],
  ['assertMatchObj', { a: 1 }, [{ toString: Object.prototype.toString }], false],
  ['assertMatchObj', { a: { b: 1 } }, [{ a: { b: 2 } }], false],
  ['assertMatchObj', { a: 1 }, [{ a: { b: 2 } }], false],
  ['assertMatchObj', { a: [1] }, [{ a: [1] }], false],
  ['assertMatchObj', { a: 'x@y' }, [{ a: ArgumentMatchers.matchRegexs(/@/) }], true],
  ['assertMatchObj', { a: 1 }, [{ a: ArgumentMatchers.anyString }], false],
  ['assertMatchObj', null, [{}], false],
  ['assertMatchObj', { a: 1 }, [5], false],
  ['assertThrowError', () => thrower(new Error('text')), ['text'], true],
  ['assertThrowError', () => thrower(new Error('text')), ['other'], false],
  ['assertThrowError', () => thrower('text'), ['text'], false],
  ['assertThrowError', () => thrower(new TypeError('text')), [TypeError], true],
  ['assertThrowError', () => thrower(new TypeError('text')), [RangeError], false],
  ['assertThrowError', () => {}, ['text'], false],
  ['assertThrowError', () => thrower(new foreign.Error('text')), ['text'], true],
  ['assertThrowError', () => thrower(new foreign.TypeError('text')), [TypeError], true],
  ['assertThrowError', () => thrower(new foreign.TypeError('text')), [Error], true],
  ['assertThrowError', () => thrower(new foreign.TypeError('text')), [RangeError], false],
];

function thrower(value: unknown): never {
  throw value;
}

const pending = new Promise(() => {});
const resolved = Promise.resolve({ a: 1 });
const promiseCases: Case[] = [
  ['assertPromiseIsPending', pending, [], true],
  ['assertPromiseIsPending', resolved, [], false],
  ['assertPromiseIsResolved', resolved, [], true],
  ['assertPromiseIsResolved', pending, [], false],
  ['assertPromiseIsResolvedWith', resolved, [{ a: 1 }], true],
  ['assertPromiseIsResolvedWith', resolved, [{ a: 2 }], false],
  ['assertPromiseIsResolvedWith', pending, [{ a: 1 }], false],
  ['assertPromiseIsRejected', rejected({ a: 1 }), [], true],
  ['assertPromiseIsRejected', resolved, [], false],
  ['assertPromiseIsRejected', pending, [], false],
  ['assertPromiseIsRejectedWith', rejected({ a: 1 }), [{ a: 1 }], true],
  ['assertPromiseIsRejectedWith', rejected({ a: 1 }), [{ a: 2 }], false],
  ['assertPromiseIsRejectedWith', resolved, [{ a: 1 }], false],
  ['assertPromiseIsRejectedWithError', rejected(new TypeError('text')), [TypeError], true],
  ['assertPromiseIsRejectedWithError', rejected(new TypeError('text')), ['text'], true],
  ['assertPromiseIsRejectedWithError', rejected(new TypeError('text')), [TypeError, 'text'], true],
  ['assertPromiseIsRejectedWithError', rejected(new TypeError('text')), [RangeError], false],
  ['assertPromiseIsRejectedWithError', rejected(new TypeError('text')), [RangeError, 'text'], false],
  ['assertPromiseIsRejectedWithError', rejected(new TypeError('text')), [TypeError, 'other'], false],
  ['assertPromiseIsRejectedWithError', rejected(new TypeError('text')), ['other'], false],
  ['assertPromiseIsRejectedWithError', resolved, ['text'], false],
  ['assertPromiseIsResolved', 'no promise', [], false],
];

function rejected(reason: unknown): Promise<never> {
  const promise = Promise.reject(reason);
  promise.catch(() => {});
  return promise;
}

/** Calls an assertion by its name. */
function call(face: Assert, name: keyof Assert, expected: unknown[]): unknown {
  return (face[name] as (...values: unknown[]) => unknown)(...expected);
}

describe('assertions', () => {
  for (const [index, [name, actual, expected, holds]] of cases.entries()) {
    test(`${index} ${name} ${holds ? 'holds' : 'fails'}, and not() the other way`, () => {
      const [passes, throws] = holds ? [expect(actual), expect(actual).not()] : [expect(actual).not(), expect(actual)];
      assert.equal(call(passes, name, expected), undefined);
      assert.throws(() => call(throws, name, expected), { name: 'AssertException' });
    });
  }
});

describe('assertions about promises', () => {
  for (const [index, [name, actual, expected, holds]] of promiseCases.entries()) {
    test(`${index} ${name} ${holds ? 'holds' : 'fails'}, and not() the other way`, async () => {
      const [passes, throws] = holds ? [expect(actual), expect(actual).not()] : [expect(actual).not(), expect(actual)];
      assert.equal(await call(passes, name, expected), undefined);
      await assert.rejects(call(throws, name, expected) as Promise<void>, { name: 'AssertException' });
    });
  }
});

describe('what a failure says', () => {
  const failure = (assertion: () => void): Error => {
    try {
      assertion();
    } catch (error) {
      return error as Error;
    }
    throw new Error('the assertion holds');
  };

  test('the value, and what was expected', () => {
    assert.equal(failure(() => expect({ a: 1 }).assertEqual('b')).message, "expected { a: 1 } to equal 'b'");
    assert.equal(failure(() => expect(2).not().assertEqual(2)).message, 'expected 2 not to equal 2');
  });

  test('of an object, each property that does not match', () => {
    const user = { name: 'Li', profile: { city: 'Wuhan' }, tags: [] };
    const wanted = { name: ArgumentMatchers.anyNumber, age: 3, profile: { city: 'Rome' } };
    assert.match(
      failure(() => expect(user).assertMatchObj(wanted)).message,
      /; name is 'Li', not <any number>; age is missing; profile\.city is 'Wuhan', not 'Rome'$/u,
    );
    const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
    expect(deep(6)).assertMatchObj(deep(6));
    assert.match(
      failure(() => expect(deep(8)).assertMatchObj(deep(8))).message,
      /is too deep: assertMatchObj compares 6/u,
    );
  });

  test('after the text of message()', () => {
    assert.equal(
      failure(() => expect(1).message('the size').assertEqual(2)).message,
      'the size: expected 1 to equal 2',
    );
  });

  test('the place of the assertion comes first in the stack', async () => {
    assert.match(failure(() => expect(1).assertEqual(2)).stack!.split('\n')[1]!, /hypium-expect\.test\.ts/u);
    const error = await expect(resolved)
      .assertPromiseIsPending()
      .then(
        () => assert.fail(),
        (reason: Error) => reason,
      );
    assert.match(error.stack!.split('\n')[1]!, /hypium-expect\.test\.ts/u);
  });

  test('the test hears of it even when the body catches the error', () => {
    failures.length = 0;
    const error = failure(() => expect(1).assertEqual(2));
    assert.deepEqual(failures, [error]);
  });

  test('what cannot be compared is an error of its own kind', () => {
    const misuse: Array<[assertion: () => void, message: string]> = [
      [() => expect(null).assertClose(null as never, 1), 'assertClose compares numbers; both values are null'],
      [() => expect('text').not().assertThrowError('text'), "assertThrowError needs a function, not 'text'"],
    ];
    for (const [assertion, message] of misuse) assert.throws(assertion, { name: 'Error', message });
  });
});

describe('deep equality', () => {
  const cycle = (value: number): object => {
    const object: { value: number; self?: object } = { value };
    object.self = object;
    return object;
  };
  class Own {
    a = 1;
  }
  const key = Symbol('key');
  const shared = {};
  const promise = Promise.resolve(1);
  const equal: Array<[left: unknown, right: unknown]> = [
    [Number.NaN, Number.NaN],
    [null, null],
    [new Error('text'), new TypeError('text')],
    [new Date(5), new Date(5)],
    [/a/g, /a/g],
    [new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [new Map([[shared, [1]]]), new Map([[shared, [1]]])],
    [new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
    [{ [key]: 1 }, { [key]: 1 }],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [cycle(1), cycle(1)],
    [promise, promise],
    [new Own(), new Own()],
    [new DataView(new Uint8Array([1, 2]).buffer), new DataView(new Uint8Array([1, 2]).buffer)],
    // Of another realm, as under Jest or Vitest with a DOM.
    [new Error('text'), new foreign.TypeError('text')],
    [new Date(5), new foreign.Date(5)],
    [/a/g, new foreign.RegExp('a', 'g')],
    [new Uint8Array([1, 2]).buffer, foreign.Uint8Array.of(1, 2).buffer],
    [new Uint8Array([1, 2]), foreign.Uint8Array.of(1, 2)],
    [new Map([[1, [2]]]), new foreign.Map([[1, [2]]])],
    [new Set([{ a: 1 }]), new foreign.Set([{ a: 1 }])],
    [{ a: [1] }, vm.runInNewContext('({ a: [1] })')],
  ];
  const different: Array<[left: unknown, right: unknown]> = [
    [0, -0],
    [1, '1'],
    [null, undefined],
    [null, {}],
    [new Error('text'), new Error('other')],
    [new Date(5), new Date(6)],
    [/a/g, /a/i],
    [new Uint8Array([1, 2]).buffer, new Uint8Array([1, 3]).buffer],
    [new Uint8Array([1]), new Int8Array([1])],
    [new Map([[{}, 1]]), new Map([[{}, 1]])],
    [new Map([[1, 1]]), new Map([[1, 2]])],
    [new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])],
    [{ [key]: 1 }, {}],
    [{ a: undefined }, { b: undefined }],
    [[1], [1, undefined]],
    [[1], { 0: 1 }],
    [cycle(1), cycle(2)],
    [Promise.resolve(1), Promise.resolve(1)],
    [() => 1, () => 1],
    [new Own(), { a: 1 }],
    [new DataView(new Uint8Array([1, 2]).buffer), new DataView(new Uint8Array([1, 3]).buffer)],
    [new Uint8Array([1, 2]).buffer, new SharedArrayBuffer(2)],
    [new Date(5), new foreign.Date(6)],
    [/a/g, new foreign.RegExp('a', 'i')],
    [new Uint8Array([1, 2]).buffer, foreign.Uint8Array.of(1, 3).buffer],
    [new Uint8Array([1]), foreign.Uint8Array.of(2)],
    [new Map([[1, 1]]), new foreign.Map([[1, 2]])],
    [new foreign.Map(), new foreign.Set()],
    [foreign.Promise.resolve(1), Promise.resolve(1)],
    [new Own(), vm.runInNewContext('({ a: 1 })')],
    // What only has their prototypes.
    [Object.create(Map.prototype), new Map()],
    [Object.create(Uint8Array.prototype), new Uint8Array(0)],
    [Object.create(Date.prototype), new Date(5)],
  ];
  test('binary data of every shape equals itself in another piece of memory', () => {
    for (const { name, make } of shapes) {
      const [one, same, other] = [
        [1, 2, 3],
        [1, 2, 3],
        [1, 2, 4],
      ].map((bytes) => make(Uint8Array.from(bytes)).data);
      assert.equal(deepEquals(one, same), true, name);
      assert.equal(deepEquals(one, other), false, name);
    }
  });

  for (const [index, [left, right]] of equal.entries()) {
    test(`${index} equal`, () => assert.equal(deepEquals(left, right), true));
  }
  for (const [index, [left, right]] of different.entries()) {
    test(`${index} different, both ways`, () => {
      assert.equal(deepEquals(left, right), false);
      assert.equal(deepEquals(right, left), false);
    });
  }
});
