// The functions of `util`: errors of the system, callbacks and promises, UUIDs, hashes, the stack.

import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { util } from '../../../src/kits/util/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

describe('util.errnoToString', () => {
  test('the texts of the system', () => {
    assert.equal(util.errnoToString(-1), 'operation not permitted');
    assert.equal(util.errnoToString(-2), 'no such file or directory');
    assert.equal(util.getErrorString(-13), 'permission denied');
    assert.equal(util.errnoToString(-9999), 'Unknown system error -9999');
  });

  test('a number of 32 bits is made of others', () => {
    const texts = [401.7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, Number.MAX_VALUE, Number.MIN_VALUE, 0];
    assert.deepEqual(texts.map(util.errnoToString), [
      'Unknown system error 401',
      'operation not permitted',
      'Unknown system error 1',
      'Unknown system error 0',
      'Unknown system error 0',
      'Unknown system error 0',
    ]);
  });

  test('other types are refused', () => {
    throwsKitError(() => util.errnoToString('1' as never), 401, 'Parameter error. The type of 1 must be number');
  });
});

describe('callbacks and promises', () => {
  type Call = (...args: unknown[]) => void;

  test('callbackWrapper gives null and the value', async () => {
    const call = util.callbackWrapper(async (word: string) => `${word}!`) as Call;
    const args = await new Promise((resolve) => call('hello', (...all: unknown[]) => resolve(all)));
    assert.deepEqual(args, [null, 'hello!']);
  });

  test('callbackWrapper gives the reason of a rejection and null', async () => {
    const failure = new Error('no');
    const call = util.callbackWrapper(async () => {
      throw failure;
    }) as Call;
    const args = await new Promise((resolve) => call(0, (...all: unknown[]) => resolve(all)));
    assert.deepEqual(args, [failure, null]);
  });

  test('callbackWrapper prints a line for a function that is not async', (context) => {
    const printed = context.mock.method(console, 'error', () => {});
    util.callbackWrapper(() => Promise.resolve());
    assert.deepEqual(
      printed.mock.calls.map((call) => call.arguments[0]),
      ['callbackWrapper: The type of Parameter must be AsyncFunction'],
    );
  });

  test('callbackWrapper: a call without a callback throws', () => {
    const call = util.callbackWrapper(async () => {}) as Call;
    assert.throws(() => call(1), { message: 'maybe is not function' });
  });

  test('promisify resolves with the value, or several', async () => {
    const one = util.promisify(((value: number, done: Call) => done(null, value + 1)) as never);
    const two = util.promisify(((done: Call) => done(null, 'a', 'b')) as never);
    assert.equal(await one(1), 2);
    assert.deepEqual(await two(), ['a', 'b']);
  });

  test('promisify rejects with the error', async () => {
    const failure = new Error('no');
    const call = util.promisify(((done: Call) => done(failure)) as never);
    await assert.rejects(call(), failure);
    const old = util.promiseWrapper(((done: Call) => done(null, 1)) as never) as () => Promise<number>;
    assert.equal(await old(), 1);
  });

  test('promisify and callbackWrapper are inverse to each other', async () => {
    const call = util.promisify(util.callbackWrapper(async () => 'hello world') as never);
    assert.equal(await call(), 'hello world');
  });

  test('other types are refused', () => {
    throwsKitError(() => util.callbackWrapper(1 as never), 401, 'Parameter error. The type of 1 must be function');
    throwsKitError(
      () => util.promisify({} as never),
      401,
      'Parameter error. The type of [object Object] must be function',
    );
  });
});

describe('UUIDs', () => {
  const version4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

  test('generateRandomUUID', () => {
    assert.match(util.generateRandomUUID(), version4);
    assert.match(util.generateRandomUUID(false), version4);
    assert.notEqual(util.generateRandomUUID(true), util.generateRandomUUID(true));
    throwsKitError(() => util.generateRandomUUID(1 as never), 401, 'Parameter error. The type of 1 must be boolean');
  });

  test('generateRandomBinaryUUID', () => {
    const bytes = util.generateRandomBinaryUUID();
    assert.equal(bytes.length, 16);
    assert.equal(bytes[6]! >> 4, 4);
    throwsKitError(() => util.generateRandomBinaryUUID('x' as never), 401);
  });

  test('parseUUID', () => {
    const bytes = util.parseUUID('84bdf796-66cc-4655-9b89-d6218d100f9c');
    assert.equal(String(bytes), '132,189,247,150,102,204,70,85,155,137,214,33,141,16,15,156');
    throwsKitError(() => util.parseUUID('84bdf796'), 10200002, 'Syntax Error.Invalid 84bdf796 string');
    throwsKitError(() => util.parseUUID(5 as never), 10200002, 'Syntax Error.Invalid 5 string');
    throwsKitError(() => util.parseUUID(null as never), 10200002);
    throwsKitError(() => util.parseUUID('84Wdf796-66cc-4655-9b89-d6218d100f9c'), 10200002);
  });

  test('parseUUID finds a UUID in a text', () => {
    const bytes = util.parseUUID('Namespace UUID FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFF00');
    assert.equal(Buffer.from(bytes).toString('hex'), 'ffffffffffffffffffffffffffffff00');
  });
});

describe('util.getHash', () => {
  test('the same for the same object, a number of 32 bits', () => {
    const object = {};
    const hash = util.getHash(object);
    assert.equal(util.getHash(object), hash);
    assert.equal(hash | 0, hash);
    throwsKitError(() => util.getHash(5 as never), 401, 'Parameter error. The type of 5 must be object');
  });
});

describe('util.getMainThreadStackTrace', () => {
  test('the frames of the caller, and no more than 64', () => {
    function deep(level: number): string {
      return level === 0 ? util.getMainThreadStackTrace() : deep(level - 1);
    }
    const lines = deep(100).split('\n');
    assert.equal(lines.length, 64);
    assert.match(lines[0]!, /at deep /);
  });
});

describe('util.ArkTSVM', () => {
  test('switches have no effect, what cannot be is refused', async () => {
    util.ArkTSVM.setMultithreadingDetectionEnabled(true, { abort: false, frequency: 100, interval: 5 });
    util.ArkTSVM.setTrackGlobalRef(true);
    util.ArkTSVM.enableLocalHandleDetection();
    throwsKitError(() => util.ArkTSVM.onVMHeapMemoryPressure(mock.fn(), {}), 801, 'Capability not supported.');
    throwsKitError(() => util.ArkTSVM.offVMHeapMemoryPressure(), 801);
    const [heap] = await util.ArkTSVM.getAllVMHeapMemoryInfo();
    assert.ok(heap!.heapObjectSize > 0);
  });
});
