// Promises of calls that fail are Promises like all others, except that nobody needs to handle them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, types } from 'node:util';
import { answerPromise } from '../../src/kit/answer-promise.ts';
import { businessError } from '../../src/kit/business-error.ts';

const failed = (): Promise<boolean> => answerPromise(Promise.reject(businessError('unknown', 'for a test')), 'X.test');
const fails = { code: 2302999 };

describe('a Promise of a call', () => {
  test('is a Promise by every test for one', async () => {
    const promise = failed();
    assert.ok(promise instanceof Promise);
    assert.ok(types.isPromise(promise));
    assert.equal(promise.constructor, Promise);
    assert.equal(Object.prototype.toString.call(promise), '[object Promise]');
    assert.match(inspect(promise), /^(AnswerPromise|Promise)/);
    assert.equal(Promise.resolve(promise), promise);
    await assert.rejects(promise, fails);
  });

  test('reactions come in the order of calls, even with await', async () => {
    const order: number[] = [];
    const waits = [failed(), Promise.resolve(true), failed(), answerPromise(Promise.resolve(true), 'X.test')];
    await Promise.all(
      waits.map(async (promise, index) => {
        await promise.then(undefined, () => {});
        order.push(index);
      }),
    );
    await Promise.all(
      waits.map(async (promise, index) => {
        try {
          await promise;
        } catch {}
        order.push(index);
      }),
    );
    assert.deepEqual(order, [0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test('all, race, any, allSettled, finally, for await', async () => {
    await assert.rejects(Promise.all([failed()]), fails);
    await assert.rejects(Promise.race([failed()]), fails);
    await assert.rejects(Promise.any([failed()]), AggregateError);
    assert.equal((await Promise.allSettled([failed()]))[0]?.status, 'rejected');
    let isFinal = false;
    await assert.rejects(
      failed().finally(() => {
        isFinal = true;
      }),
      fails,
    );
    assert.ok(isFinal);
    await assert.rejects(async () => {
      const failing: AsyncIterable<boolean> | Promise<boolean>[] = [failed()];
      // oxlint-disable-next-line typescript/await-thenable -- a list of Promises may be iterated like this
      for await (const _value of failing);
    }, fails);
    assert.equal(await failed().then(undefined, () => 5), 5);
    assert.equal(await answerPromise(Promise.resolve(true), 'X.test').then((value) => `${value}`), 'true');
  });
});
