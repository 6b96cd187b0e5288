// `preferences`: values, both forms of each call, what is kept, observers, errors.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { configure } from '../../../src/kit/configure.ts';
import { BusinessError } from '../../../src/kit/index.ts';
import byDefault, { preferences } from '../../../src/kits/preferences/index.ts';
import { uncaughtExceptions } from '../../support/expect.ts';
import { leavingNothing } from '../../support/handles.ts';

const context = { stageMode: true };
let restore: () => void;
let store: preferences.Preferences;
beforeEach(async () => {
  restore = configure({ device: { preferences: 'memory' } });
  store = await preferences.getPreferences(context, 'store');
});
afterEach(() => restore());

/** The result of a call with a callback. */
function called<T>(call: (callback: (err: BusinessError | undefined, data: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    let isInside = true;
    const result = call((err, data) => {
      if (isInside) reject(new Error('answered from inside the call'));
      if (err) reject(err);
      else resolve(data);
    });
    isInside = false;
    assert.equal(result, undefined, 'no Promise beside the callback');
  });
}

/** Checks that a call throws an error with a code and a text. */
function refuses(call: () => unknown, code: number, message: string): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof BusinessError);
    assert.deepEqual([error.code, error.message], [code, message]);
    return true;
  });
}

/** Any arguments. */
const loose = (object: object) => object as Record<string, (...args: unknown[]) => unknown>;

describe('preferences', () => {
  test('is the default export, too; its constants', () => {
    assert.equal(byDefault, preferences);
    assert.equal(preferences.MAX_KEY_LENGTH, 1024);
    assert.equal(preferences.MAX_VALUE_LENGTH, 16 * 1024 * 1024);
    assert.deepEqual(preferences.StorageType, { XML: 0, GSKV: 1 });
    assert.equal(preferences.isStorageTypeSupported(preferences.StorageType.XML), true);
    assert.equal(preferences.isStorageTypeSupported(preferences.StorageType.GSKV), false);
  });

  test('getPreferences in its four forms, and getPreferencesSync, return one object for a name', async () => {
    assert.equal(await preferences.getPreferences(context, 'store'), store);
    assert.equal(await preferences.getPreferences(context, { name: 'store' }), store);
    assert.equal(await called((callback) => preferences.getPreferences(context, 'store', callback)), store);
    assert.equal(await called((callback) => preferences.getPreferences(context, { name: 'store' }, callback)), store);
    const options = { name: 'store', dataGroupId: null, storageType: preferences.StorageType.XML };
    assert.equal(preferences.getPreferencesSync(context, options), store);
    assert.notEqual(await preferences.getPreferences(context, 'other'), store);
  });

  test('contexts with different folders have different preferences', () => {
    const application = { stageMode: true, preferencesDir: '/data/storage/el2/base/preferences' };
    const module = { stageMode: true, preferencesDir: '/data/storage/el2/base/haps/entry/preferences' };
    assert.notEqual(preferences.getPreferencesSync(application, { name: 'store' }), store);
    assert.equal(preferences.getPreferencesSync(module, { name: 'store' }), store);
  });
});

describe('Preferences: values', () => {
  const values: Array<[what: string, value: preferences.ValueType]> = [
    ['a number', 1.5],
    ['a number that JSON does not have', Number.NEGATIVE_INFINITY],
    ['a text', 'é\u0000"'],
    ['an empty text', ''],
    ['a boolean', false],
    ['a bigint', 2n ** 70n],
    ['numbers', [1, 2.5, Number.NaN]],
    ['texts', ['a', 'b']],
    ['booleans', [true, false]],
    ['an empty array', []],
    ['bytes', new Uint8Array([0, 255, 3])],
    ['an object', { name: 'x', list: [{ y: 1 }] }],
    ['objects', [{ x: 1 }, { x: 2 }]],
  ];
  for (const [what, value] of values) {
    test(`${what}: by put, putSync, get, getSync, and kept by flush`, async () => {
      await store.put('a', value);
      store.putSync('b', value);
      assert.deepEqual(await store.get('a', 'default'), value);
      assert.deepEqual(store.getSync('b', 'default'), value);
      assert.deepEqual(store.getAllSync(), { a: value, b: value });
      await store.flush();
      preferences.removePreferencesFromCacheSync(context, 'store');
      const again = preferences.getPreferencesSync(context, { name: 'store' });
      assert.notEqual(again, store);
      assert.deepEqual(again.getAllSync(), { a: value, b: value });
    });
  }

  test('a key without a value has the default, which is returned as it is', async () => {
    const otherwise = { x: 1 };
    assert.equal(await store.get('none', otherwise), otherwise);
    assert.equal(store.getSync('none', 5n), 5n);
    assert.equal(await called((callback) => store.get('none', 'default', callback)), 'default');
    assert.equal(loose(store).getSync!('none', undefined), undefined);
  });

  test('a value is returned whatever type the default has', () => {
    store.putSync('a', 5);
    assert.equal(store.getSync('a', 'text'), 5);
  });

  test('what a program changes afterwards is not changed in the preferences', () => {
    const list = [1];
    const bytes = new Uint8Array([1]);
    store.putSync('list', list);
    store.putSync('bytes', bytes);
    list.push(2);
    bytes[0] = 2;
    assert.deepEqual(store.getSync('list', []), [1]);
    (store.getSync('list', []) as number[]).push(3);
    assert.deepEqual(store.getSync('list', []), [1]);
    assert.deepEqual(store.getSync('bytes', []), new Uint8Array([1]));
  });
});

describe('Preferences: calls', () => {
  test('put, has, delete and clear, with a Promise', async () => {
    assert.equal(await store.put('a', 1), undefined);
    await store.put('b', 2);
    assert.equal(await store.has('a'), true);
    assert.equal(await store.delete('a'), undefined);
    assert.equal(await store.has('a'), false);
    assert.deepEqual(await store.getAll(), { b: 2 });
    await store.clear();
    assert.deepEqual(await store.getAll(), {});
    await store.delete('none');
  });

  test('the same with a callback, which is called later', async () => {
    assert.equal(await called((callback) => store.put('a', 1, callback)), undefined);
    assert.equal(await called((callback) => store.has('a', callback)), true);
    assert.equal(await called((callback) => store.get('a', 0, callback)), 1);
    assert.deepEqual(await called((callback) => store.getAll(callback)), { a: 1 });
    await called<void>((callback) => store.flush(callback));
    await called<void>((callback) => store.delete('a', callback));
    assert.equal(await called((callback) => store.has('a', callback)), false);
    store.putSync('b', 1);
    await called<void>((callback) => store.clear(callback));
    assert.deepEqual(store.getAllSync(), {});
  });

  test('the same without waiting', () => {
    store.putSync('a', 1);
    assert.equal(store.hasSync('a'), true);
    store.deleteSync('a');
    assert.equal(store.hasSync('a'), false);
    store.putSync('a', 1);
    store.clearSync();
    assert.equal(store.hasSync('a'), false);
    store.flushSync();
  });

  test('a change is made during the call', () => {
    void store.put('a', 1);
    assert.equal(store.getSync('a', 0), 1);
    void store.delete('a');
    assert.equal(store.hasSync('a'), false);
  });

  test('names that all objects have are ordinary keys', () => {
    assert.equal(store.hasSync('constructor'), false);
    store.putSync('__proto__', 1);
    assert.equal(store.getSync('__proto__', 0), 1);
    assert.deepEqual(Object.keys(store.getAllSync()), ['__proto__']);
  });

  test('changes without a flush are lost with the cache', async () => {
    store.putSync('a', 1);
    await store.flush();
    store.putSync('a', 2);
    assert.equal(await preferences.removePreferencesFromCache(context, 'store'), undefined);
    const again = await preferences.getPreferences(context, 'store');
    assert.equal(again.getSync('a', 0), 1);
    await called<void>((callback) => preferences.removePreferencesFromCache(context, { name: 'store' }, callback));
    assert.notEqual(await preferences.getPreferences(context, 'store'), again);
    preferences.removePreferencesFromCacheSync(context, { name: 'none' });
  });

  test('deletePreferences removes what is kept, too', async () => {
    store.putSync('a', 1);
    store.flushSync();
    assert.equal(await preferences.deletePreferences(context, 'store'), undefined);
    const again = preferences.getPreferencesSync(context, { name: 'store' });
    assert.deepEqual(again.getAllSync(), {});
    await called<void>((callback) => preferences.deletePreferences(context, 'store', callback));
    await called<void>((callback) => preferences.deletePreferences(context, { name: 'none' }, callback));
    await preferences.deletePreferences(context, { name: 'none' });
  });
});

describe('Preferences: observers', () => {
  let seen: unknown[];
  beforeEach(() => {
    seen = [];
  });
  const record = (value: unknown): void => {
    seen.push(value);
  };

  test('change is told of each key that a flush changes, before its Promise resolves', async () => {
    store.on('change', record);
    store.putSync('a', 1);
    store.putSync('b', 1);
    assert.deepEqual(seen, []);
    await store.flush();
    assert.deepEqual(seen, ['a', 'b']);
    store.putSync('a', 1);
    await store.flush();
    assert.deepEqual(seen, ['a', 'b'], 'the same value changes nothing');
    store.deleteSync('a');
    store.deleteSync('none');
    await store.flush();
    store.clearSync();
    await store.flush();
    assert.deepEqual(seen, ['a', 'b', 'a', 'b']);
  });

  test('flushSync tells after the call', async () => {
    store.on('change', record);
    store.putSync('a', 1);
    store.flushSync();
    assert.deepEqual(seen, []);
    await Promise.resolve();
    assert.deepEqual(seen, ['a']);
  });

  test('multiProcessChange is told the same', async () => {
    store.on('multiProcessChange', record);
    store.putSync('a', 1);
    await store.flush();
    assert.deepEqual(seen, ['a']);
  });

  test('dataChange is told of its keys, with their new values', async () => {
    store.on('dataChange', ['name', 'age', 'gone'], record);
    store.putSync('gone', 1);
    await store.flush();
    store.putSync('name', 'x');
    store.putSync('weight', 125);
    store.deleteSync('gone');
    await store.flush();
    store.putSync('weight', 126);
    await store.flush();
    assert.deepEqual(seen, [{ gone: 1 }, { name: 'x', gone: undefined }]);
  });

  test('an observer is there once; off removes it, or all', async () => {
    const other = (): void => record('other');
    store.on('change', record);
    store.on('change', record);
    store.on('change', other);
    store.on('multiProcessChange', record);
    store.off('change', record);
    store.off('multiProcessChange', other);
    store.putSync('a', 1);
    await store.flush();
    assert.deepEqual(seen.splice(0), ['other', 'a']);
    store.off('change');
    store.off('multiProcessChange');
    store.putSync('a', 2);
    await store.flush();
    assert.deepEqual(seen, []);
  });

  test("off('dataChange') removes keys of an observer; without keys all of them", async () => {
    const change = async (): Promise<unknown[]> => {
      for (const key of ['a', 'b']) store.putSync(key, Math.random());
      await store.flush();
      return seen.splice(0).map((data) => Object.keys(data as object));
    };
    const other = (data: object): void => record(data);
    store.on('dataChange', ['a', 'b'], record);
    store.on('dataChange', ['b'], other);
    store.off('dataChange', ['a'], record);
    assert.deepEqual(await change(), [['b'], ['b']]);
    store.off('dataChange', ['b'], other);
    assert.deepEqual(await change(), [['b']]);
    store.off('dataChange', []);
    assert.deepEqual(await change(), []);
    store.on('dataChange', ['a'], record);
    store.on('dataChange', ['a'], other);
    store.off('dataChange', ['a']);
    assert.deepEqual(await change(), []);
  });

  test('observers go with the cache', async () => {
    store.on('change', record);
    preferences.removePreferencesFromCacheSync(context, 'store');
    store.putSync('a', 1);
    await store.flush();
    assert.deepEqual(seen, []);
  });

  test(
    'an exception of an observer is an uncaught one; the others are told',
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const failure = new Error('of the application');
      store.on('change', () => {
        throw failure;
      });
      store.on('change', record);
      store.putSync('a', 1);
      await store.flush();
      assert.equal(await uncaught.next(), failure);
      assert.deepEqual(seen, ['a']);
    }),
  );
});

describe('preferences: errors', () => {
  const type = 'The type of value mast be ValueType.';
  const key = 'k'.repeat(1024);
  const module: Array<[call: string, args: unknown[], text: string]> = [
    ['getPreferences', [], 'Need 2 or 3 parameters!'],
    ['getPreferences', [context], 'Need 2 or 3 parameters!'],
    ['getPreferences', [context, 'x', 5], 'Need 2 or 3 parameters!'],
    ['getPreferences', [context, 5], 'The name must be string.'],
    ['getPreferences', [context, {}], 'The name must be string.'],
    ['getPreferences', [context, null], 'The name must be string.'],
    ['getPreferences', [undefined, 'x'], 'The context is invalid.'],
    ['getPreferences', [context, { name: 'x', dataGroupId: 5 }], 'The dataGroupId must be string.'],
    [
      'getPreferences',
      [context, { name: 'x', storageType: 'XML' }],
      'The storageType must be StorageType which is enum.',
    ],
    ['getPreferences', [context, { name: 'x', storageType: 2 }], 'Storage type value invalid.'],
    ['getPreferencesSync', [context], 'Need 2 parameters!'],
    ['deletePreferences', [context], 'Need 2 or 3 parameters!'],
    ['removePreferencesFromCache', [null, 'x'], 'The context is invalid.'],
    ['removePreferencesFromCacheSync', [context, 5], 'The name must be string.'],
    ['isStorageTypeSupported', [], 'Need 1 parameters!'],
    ['isStorageTypeSupported', ['x'], 'The storageType must be StorageType which is enum.'],
    ['isStorageTypeSupported', [7], 'Storage type value invalid.'],
  ];
  for (const [call, args, text] of module) {
    test(`401: preferences.${call}(${JSON.stringify(args)})`, () => {
      refuses(() => loose(preferences)[call]!(...args), 401, `Parameter error. ${text}`);
    });
  }

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const methods: Array<[call: string, args: unknown[], text: string]> = [
    ['get', ['a'], 'Need 2 or 3 parameters!'],
    ['get', [5, 1], 'The key must be string.'],
    ['get', [`${key}k`, 1], 'The key must be less than 1024 bytes.'],
    ['getSync', ['a'], 'Need 2 parameters!'],
    ['getAll', [5], 'Need 0 or 1 parameters!'],
    ['getAllSync', [5], 'Need 0 parameters!'],
    ['has', [], 'Need 1 or 2 parameters!'],
    ['hasSync', [null], 'The key must be string.'],
    ['put', ['a'], 'Need 2 or 3 parameters!'],
    ['put', ['é'.repeat(513), 1], 'The key must be less than 1024 bytes.'],
    ['put', ['a', null], type],
    ['put', ['a', () => {}], type],
    ['put', ['a', Symbol('s')], type],
    ['put', ['a', cycle], type],
    ['putSync', ['a', undefined], type],
    ['delete', [5], 'The key must be string.'],
    ['deleteSync', [], 'Need 1 parameters!'],
    ['clear', [5], 'Need 0 or 1 parameters!'],
    ['clearSync', [5], 'Need 0 parameters!'],
    ['flush', ['x'], 'Need 0 or 1 parameters!'],
    ['flushSync', ['x'], 'Need 0 parameters!'],
    ['on', ['change'], 'Need 2 or 3 parameters!'],
    ['on', [5, () => {}], 'The registerMode must be string.'],
    ['on', ['x', () => {}], "The registerMode must be 'change' or 'multiProcessChange' or 'dataChange'."],
    ['on', ['change', 5], 'The callback must be function.'],
    ['on', ['change', () => {}, () => {}], 'Need 2 parameters!'],
    ['on', ['dataChange', () => {}], 'Need 3 parameters!'],
    ['on', ['dataChange', 'a', () => {}], 'The keys must be Array.'],
    ['on', ['dataChange', [5], () => {}], 'The keys must be Array<string>.'],
    ['on', ['dataChange', [], () => {}], 'The keys must be Array<string>.'],
    ['on', ['dataChange', ['a'], 5], 'The callback must be function.'],
    ['off', [], 'Need more than 1 parameters!'],
    ['off', ['x'], "The unRegisterMode must be 'change' or 'multiProcessChange' or 'dataChange'."],
    ['off', ['change', 5], 'The callback must be function.'],
    ['off', ['change', () => {}, 5], 'Need 1 or 2 parameters!'],
    ['off', ['dataChange'], 'Need 2 or 3 parameters!'],
    ['off', ['dataChange', ['a'], 5], 'The callback must be function.'],
  ];
  for (const [call, args, text] of methods) {
    const shown = args.map((arg) => (typeof arg === 'string' ? arg.slice(0, 12) : typeof arg)).join(', ');
    test(`401: Preferences.${call}(${shown}): ${text}`, () => {
      refuses(() => loose(store)[call]!(...args), 401, `Parameter error. ${text}`);
      assert.deepEqual(store.getAllSync(), {});
    });
  }

  test('the longest key, and a text of the longest size, are taken', () => {
    store.putSync(key, 1);
    assert.equal(store.getSync(key, 0), 1);
    store.putSync('long', 'x'.repeat(preferences.MAX_VALUE_LENGTH));
  });

  test('15500000 for a text that is too long', async () => {
    const text = 'x'.repeat(preferences.MAX_VALUE_LENGTH + 1);
    refuses(() => store.putSync('a', text), 15500000, 'The value length exceeds 16 MB.');
    await assert.rejects(store.put('a', text), { code: 15500000 });
  });

  test('15500000 for an empty key that is put or deleted; it has never a value', async () => {
    refuses(() => store.putSync('', 1), 15500000, 'The key is empty.');
    refuses(() => store.deleteSync(''), 15500000, 'The key is empty.');
    await assert.rejects(store.put('', 1), { code: 15500000, message: 'The key is empty.' });
    await assert.rejects(
      called((callback) => store.delete('', callback)),
      { code: 15500000 },
    );
    assert.equal(await store.has(''), false);
    assert.equal(store.getSync('', 'default'), 'default');
  });

  for (const [name, text] of [
    ['', 'The file name is empty.'],
    ['a/b', 'Invalid file path.'],
    ['n'.repeat(256), 'The file path length exceeds the limit.'],
  ] as const) {
    test(`15500000 for the name ${JSON.stringify(name.slice(0, 5))}: ${text}`, async () => {
      refuses(() => preferences.getPreferencesSync(context, { name }), 15500000, text);
      await assert.rejects(preferences.getPreferences(context, name), { code: 15500000, message: text });
      await assert.rejects(
        called((callback) => preferences.getPreferences(context, name, callback)),
        { code: 15500000 },
      );
    });
  }

  test('801 for GSKV', async () => {
    const options = { name: 'x', storageType: preferences.StorageType.GSKV };
    refuses(() => preferences.getPreferencesSync(context, options), 801, 'Capability not supported.');
    await assert.rejects(preferences.getPreferences(context, options), { code: 801 });
  });

  test('15501002 for a group, and 15501001 outside the stage model', () => {
    const options = { name: 'x', dataGroupId: 'group' };
    refuses(() => preferences.getPreferencesSync(context, options), 15501002, 'Invalid dataGroupId.');
    refuses(() => void preferences.getPreferences(context, options), 15501002, 'Invalid dataGroupId.');
    const old = { ...context, stageMode: false };
    refuses(
      () => preferences.getPreferencesSync(old, options),
      15501001,
      'The operations is supported in stage mode only.',
    );
  });
});

describe('preferences: the setting of configure', () => {
  test("'memory' begins empty, and what was there before comes back", async () => {
    store.putSync('a', 1);
    const undo = configure({ device: { preferences: 'memory' } });
    const inner = preferences.getPreferencesSync(context, { name: 'store' });
    assert.deepEqual(inner.getAllSync(), {});
    undo();
    assert.equal(preferences.getPreferencesSync(context, { name: 'store' }), store);
    await turn();
  });
});
