// Preferences in a folder that `configure` names: files in JSON that people can read and write.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { configure } from '../../../src/kit/configure.ts';
import { preferences } from '../../../src/kits/preferences/index.ts';

const context = { stageMode: true };
let folder: string;
let restore: () => void;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'preferences-')), 'made when needed');
  restore = configure({ device: { preferences: { folder } } });
});
afterEach(() => {
  restore();
  rmSync(join(folder, '..'), { recursive: true });
});

const open = (name = 'store'): preferences.Preferences => preferences.getPreferencesSync(context, { name });

describe('preferences in a folder', () => {
  test('flush writes a file, one line a key', () => {
    const store = open();
    assert.equal(existsSync(folder), false);
    store.putSync('token', 'x');
    store.putSync('count', 5);
    store.putSync('bytes', new Uint8Array([1, 2]));
    store.flushSync();
    assert.deepEqual(readdirSync(folder), ['store.json']);
    assert.equal(
      readFileSync(join(folder, 'store.json'), 'utf8'),
      '{\n  "token": ["string","x"],\n  "count": ["number","5"],\n  "bytes": ["bytes","AQI="]\n}\n',
    );
    store.clearSync();
    store.flushSync();
    assert.equal(readFileSync(join(folder, 'store.json'), 'utf8'), '{}\n');
  });

  test('another program, or a later run, reads it', () => {
    const store = open();
    store.putSync('token', 'x');
    store.flushSync();
    restore();
    restore = configure({ device: { preferences: { folder } } });
    assert.notEqual(open(), store);
    assert.deepEqual(open().getAllSync(), { token: 'x' });
  });

  test('a flush without changes does not write', () => {
    open().flushSync();
    assert.equal(existsSync(folder), false);
  });

  test('names are file names, whatever is in them', () => {
    for (const name of ['..', 'a:b', 'ä']) {
      const store = open(name);
      store.putSync('a', name);
      store.flushSync();
    }
    assert.equal(readdirSync(folder).length, 3);
    preferences.removePreferencesFromCacheSync(context, '..');
    assert.deepEqual(open('..').getAllSync(), { a: '..' });
  });

  test('preferences of the application are in their own folder', () => {
    const application = { stageMode: true, preferencesDir: '/data/storage/el2/base/preferences' };
    const store = preferences.getPreferencesSync(application, { name: 'store' });
    store.putSync('a', 1);
    store.flushSync();
    assert.equal(readdirSync(folder).length, 1);
    assert.deepEqual(open().getAllSync(), {});
  });

  test('deletePreferences removes the file', async () => {
    const store = open();
    store.putSync('a', 1);
    store.flushSync();
    await preferences.deletePreferences(context, 'store');
    assert.deepEqual(readdirSync(folder), []);
    await preferences.deletePreferences(context, 'store');
  });

  for (const content of ['', '{', '{"a": 1}', '{"a": ["colour","red"]}', '[]x']) {
    test(`15500000 for a file with ${JSON.stringify(content)}, with the reason as cause`, async () => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'store.json'), content);
      assert.throws(
        () => open(),
        (error: Error & { code: number }) => {
          assert.deepEqual([error.code, error.message], [15500000, 'Inner error.']);
          assert.ok(error.cause instanceof Error);
          return true;
        },
      );
      await assert.rejects(preferences.getPreferences(context, 'store'), { code: 15500000 });
    });
  }

  test('15500000 where the file cannot be written; the changes wait for the next flush', async () => {
    const store = open();
    store.putSync('a', 1);
    writeFileSync(folder, 'a file in the place of the folder');
    await assert.rejects(store.flush(), { code: 15500000 });
    rmSync(folder);
    await store.flush();
    assert.deepEqual(readdirSync(folder), ['store.json']);
  });

  test('15500010 where the file cannot be removed', async () => {
    mkdirSync(join(folder, 'store.json', 'x'), { recursive: true });
    await assert.rejects(preferences.deletePreferences(context, 'store'), {
      code: 15500010,
      message: 'Failed to delete the user preferences persistence file.',
    });
  });
});
