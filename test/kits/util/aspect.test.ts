// `util.Aspect`, and `util.AutoFinalizerCleaner`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { util } from '../../../src/kits/util/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

function classUnderTest() {
  return class Account {
    static rate = 2;
    static convert(amount: number): number {
      return amount * Account.rate;
    }
    balance = 10;
    add(amount: number): number {
      this.balance += amount;
      return this.balance;
    }
    async fetch(): Promise<number> {
      return this.balance;
    }
  };
}

describe('util.Aspect', () => {
  test('addBefore gets this and the arguments', () => {
    const Account = classUnderTest();
    util.Aspect.addBefore(Account, 'add', false, (self: { balance: number }, amount: number) => {
      self.balance = amount * 100;
    });
    assert.equal(new Account().add(1), 101);
  });

  test('addAfter gets the result, too, and returns its own', () => {
    const Account = classUnderTest();
    const seen: unknown[] = [];
    util.Aspect.addAfter(Account, 'add', false, (...all: unknown[]) => {
      seen.push(...all.slice(1));
      return 'after';
    });
    assert.equal(new Account().add(5), 'after');
    assert.deepEqual(seen, [15, 5]);
  });

  test('both, in their order', () => {
    const Account = classUnderTest();
    const order: string[] = [];
    util.Aspect.addBefore(Account, 'add', false, () => order.push('before'));
    util.Aspect.addAfter(Account, 'add', false, () => order.push('after'));
    new Account().add(1);
    assert.deepEqual(order, ['before', 'after']);
  });

  test('replace', () => {
    const Account = classUnderTest();
    util.Aspect.replace(Account, 'add', false, (self: { balance: number }, amount: number) => self.balance - amount);
    assert.equal(new Account().add(3), 7);
  });

  test('static and async methods', async () => {
    const Account = classUnderTest();
    util.Aspect.addBefore(Account, 'convert', true, (type: { rate: number }) => {
      type.rate = 3;
    });
    assert.equal(Account.convert(2), 6);
    util.Aspect.addAfter(
      Account,
      'fetch',
      false,
      async (_self: unknown, result: Promise<number>) => (await result) + 1,
    );
    assert.equal(await new Account().fetch(), 11);
    util.Aspect.replace(Account, 'fetch', false, () => 5);
    assert.ok(new Account().fetch() instanceof Promise);
  });

  test('what is refused', () => {
    const Account = classUnderTest();
    const work = (): void => {};
    throwsKitError(() => util.Aspect.addBefore(undefined as never, 'add', false, work), 401);
    throwsKitError(
      () => util.Aspect.addBefore(Account, 5 as never, false, work),
      401,
      'Parameter error. The type of 5 must be string',
    );
    throwsKitError(
      () => util.Aspect.addAfter(Account, 'add', 1 as never, work),
      401,
      'Parameter error. The type of 1 must be boolean',
    );
    throwsKitError(
      () => util.Aspect.replace(Account, 'add', false, 1 as never),
      401,
      'Parameter error. The type of 1 must be function',
    );
    throwsKitError(
      () => util.Aspect.addBefore(Account, 'nothing', false, work),
      401,
      'Parameter error. The type of nothing must be a method of targetClass',
    );
  });
});

describe('util.AutoFinalizerCleaner', () => {
  test('onFinalization is called with the value after the object was collected', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const gone = new Promise<string>((resolve) => {
      util.AutoFinalizerCleaner.register({ onFinalization: resolve }, 'held');
    });
    let told: string | undefined;
    void gone.then((value) => {
      told = value;
    });
    while (told === undefined) {
      collect();
      await turn();
    }
    assert.equal(told, 'held');
  });
});
