import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AsyncCallback, businessError } from '../../src/kit/business-error.ts';
import { Answers, callbackOf } from '../../src/kit/client/answers.ts';

/** A turn of the event loop: everything that is due has happened. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('kit specification §2.1: callback or Promise', () => {
  test('success calls back with (undefined, true), failure with (error, undefined) [kit §1.5 callback]', async () => {
    const answers = new Answers();
    const calls: unknown[][] = [];
    const callback = ((...args: unknown[]) => calls.push(args)) as unknown as AsyncCallback<boolean>;
    const error = businessError('unknown');
    assert.equal(answers.settle(callback), undefined);
    assert.equal(answers.settle(callback, error), undefined);
    assert.deepEqual(calls, [], 'never from inside the call');
    await turn();
    assert.deepEqual(calls, [
      [undefined, true],
      [error, undefined],
    ]);
  });

  test('without a callback there is a Promise [kit §1.5 result]', async () => {
    const answers = new Answers();
    assert.equal(await answers.settle(undefined), true);
    await assert.rejects(answers.settle(undefined, businessError('parameter'))!, { code: 401 });
  });

  test('the callback is the last argument, if that is a function [kit §2.1 callback position]', () => {
    const f = () => {};
    assert.equal(callbackOf(['url', {}, f]), f);
    assert.equal(callbackOf([f, 'url']), undefined);
    assert.equal(callbackOf([]), undefined);
  });

  test('an exception in one callback does not keep the others from being called', async () => {
    const answers = new Answers();
    const calls: string[] = [];
    const uncaught: unknown[] = [];
    const listener = (error: unknown) => uncaught.push(error);
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', listener);
    try {
      void answers.settle(() => {
        throw new Error('mine');
      });
      void answers.settle(() => calls.push('second'));
      await turn();
    } finally {
      process.off('uncaughtException', listener);
      for (const handler of before) process.on('uncaughtException', handler);
    }
    assert.deepEqual(calls, ['second']);
    assert.deepEqual(uncaught.map(String), ['Error: mine']);
  });
});

describe('kit specification §11: settlement order equals call order', () => {
  /** Makes calls in both forms and records the order of their settlements. */
  function recorder(answers: Answers): { order: string[]; callback(name: string): void; promise(name: string): void } {
    const order: string[] = [];
    return {
      order,
      callback: (name) => void answers.settle(() => order.push(name)),
      promise: (name) => void answers.settle(undefined)?.then(() => order.push(name)),
    };
  }

  test('callbacks and Promises mixed', async () => {
    const { order, callback, promise } = recorder(new Answers());
    callback('1');
    callback('2');
    promise('3');
    callback('4');
    promise('5');
    promise('6');
    callback('7');
    await turn();
    assert.deepEqual(order, ['1', '2', '3', '4', '5', '6', '7']);
  });

  test('calls made from a callback come after the calls made before it', async () => {
    const answers = new Answers();
    const order: string[] = [];
    void answers.settle(() => {
      order.push('1');
      void answers.settle(() => order.push('3'));
    });
    void answers.settle(() => order.push('2'));
    await turn();
    assert.deepEqual(order, ['1', '2', '3']);
  });

  for (const form of ['callback', 'Promise']) {
    test(`a call that is pending (${form}) holds back the later ones`, async () => {
      const answers = new Answers();
      const { order, callback, promise } = recorder(answers);
      const call = answers.begin(form === 'callback' ? () => order.push('pending') : undefined);
      void call.answer?.then(() => order.push('pending'));
      callback('1');
      promise('2');
      callback('3');
      await turn();
      assert.deepEqual(order, []);
      call.settle();
      assert.deepEqual(order, [], 'never from inside the call');
      callback('4');
      await turn();
      assert.deepEqual(order, ['pending', '1', '2', '3', '4']);
    });
  }

  test('a pending call is settled once', async () => {
    const answers = new Answers();
    const outcomes: unknown[] = [];
    const call = answers.begin((error, value) => outcomes.push(error ?? value));
    call.settle();
    call.settle(businessError('unknown'));
    await turn();
    call.settle();
    await turn();
    assert.deepEqual(outcomes, [true]);
  });
});
