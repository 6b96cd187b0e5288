// `context.resourceManager`, over a reader that stands for the files of a project; the global functions of a device.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { configure } from '../../../src/kit/configure.ts';
import type { BusinessError } from '../../../src/kit/index.ts';
import { getContext, type Resource, type ResourceManager } from '../../../src/kits/ability/index.ts';
import { setResourceReader } from '../../../src/kits/host.ts';
import { defineGlobals } from '../../../src/register/globals.ts';

const elements: Record<string, Record<string, unknown>> = {
  string: {
    url: 'ws://chat.example/',
    alias: '$string:url',
    greeting: 'Hello, %s: %d new, %.1f %%',
    ordered: '%2$s before %1$s',
    cycle: '$string:cycle',
    dangling: '$string:none',
  },
  integer: { retries: 5 },
  float: { factor: '1.5vp' },
  boolean: { secure: true, plain: 'false' },
  strarray: { hosts: [{ value: 'a.example' }, { value: '$string:url' }] },
};
const files: Record<string, string> = { 'ca.pem': 'PEM', 'certs/client.pem': 'CLIENT' };

let asked: unknown[];
let restore: () => void;
beforeEach(() => {
  asked = [];
  restore = setResourceReader({
    element(kind, name, moduleName, locale) {
      asked.push([kind, name, moduleName, locale]);
      return elements[kind]?.[name];
    },
    rawFile: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
    rawFiles: (folder) => ({ '': ['ca.pem', 'certs'], certs: ['client.pem'] })[folder],
  });
});
afterEach(() => restore());

const manager = (): ResourceManager => getContext().resourceManager;

/** The result of a call with a callback. */
function called<T>(call: (callback: (err: BusinessError, data: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    assert.equal(
      call((err, data) => (err ? reject(err) : resolve(data))),
      undefined,
    );
  });
}

const globals: { $r?: (name: string, ...params: unknown[]) => Resource; $rawfile?: (path: string) => Resource } = {};
defineGlobals(globals);

describe('resourceManager: texts', () => {
  test('by name', async () => {
    assert.equal(manager().getStringByNameSync('url'), 'ws://chat.example/');
    assert.equal(await manager().getStringByName('url'), 'ws://chat.example/');
    assert.equal(await called((callback) => manager().getStringByName('url', callback)), 'ws://chat.example/');
    assert.equal(manager().getStringByNameSync('alias'), 'ws://chat.example/');
  });

  test('by $r', async () => {
    const resource = globals.$r!('app.string.url');
    assert.equal(manager().getStringSync(resource), 'ws://chat.example/');
    assert.equal(await manager().getStringValue(resource), 'ws://chat.example/');
    assert.equal(await called((callback) => manager().getStringValue(resource, callback)), 'ws://chat.example/');
  });

  test('with values', () => {
    assert.equal(manager().getStringByNameSync('greeting', 'you', 3.7, 2), 'Hello, you: 3 new, 2.0 %');
    assert.equal(manager().getStringByNameSync('ordered', 'a', 'b'), 'b before a');
    assert.equal(manager().getStringSync(globals.$r!('app.string.ordered', 'x', 'y')), 'y before x');
    assert.equal(manager().getStringByNameSync('greeting', 'you'), 'Hello, you: %d new, %.1f %');
  });

  test('in the language and the module of the context', () => {
    const undo = configure({ device: { application: { language: 'zh-CN' } } });
    getContext().createModuleContext('library').resourceManager.getStringByNameSync('url');
    undo();
    assert.deepEqual(asked, [['string', 'url', 'library', 'zh-CN']]);
  });

  test('arrays, numbers and booleans', () => {
    assert.deepEqual(manager().getStringArrayByNameSync('hosts'), ['a.example', 'ws://chat.example/']);
    assert.equal(manager().getNumberByName('retries'), 5);
    assert.equal(manager().getNumberByName('factor'), 1.5);
    assert.equal(manager().getNumber(globals.$r!('app.integer.retries')), 5);
    assert.equal(manager().getBooleanByName('secure'), true);
    assert.equal(manager().getBoolean(globals.$r!('app.boolean.plain')), false);
  });
});

describe('resourceManager: files', () => {
  test('content and names', async () => {
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
    assert.equal(text(manager().getRawFileContentSync('ca.pem')), 'PEM');
    assert.equal(text(await manager().getRawFileContent('certs/client.pem')), 'CLIENT');
    assert.equal(text(await called<Uint8Array>((callback) => manager().getRawFileContent('ca.pem', callback))), 'PEM');
    assert.equal(manager().getRawFileContentSync('ca.pem').constructor, Uint8Array);
    assert.deepEqual(manager().getRawFileListSync(''), ['ca.pem', 'certs']);
    assert.deepEqual(await manager().getRawFileList('certs'), ['client.pem']);
    assert.deepEqual(await called((callback) => manager().getRawFileList('', callback)), ['ca.pem', 'certs']);
  });

  test('$rawfile describes one', () => {
    assert.deepEqual(globals.$rawfile!('ca.pem'), {
      id: -1,
      type: 30000,
      params: ['ca.pem'],
      bundleName: '',
      moduleName: '',
    });
  });
});

describe('resourceManager: errors', () => {
  const notFound = { code: 9001004, message: 'No matching resource is found based on the resource name.' };

  test('9001004 for a name that is not there, with the name as cause', async () => {
    assert.throws(
      () => manager().getStringByNameSync('none'),
      (error: Error & { code: number }) => {
        assert.deepEqual([error.code, error.message], [notFound.code, notFound.message]);
        assert.match((error.cause as Error).message, /^string "none": it is not in a file of resources$/);
        return true;
      },
    );
    assert.throws(() => manager().getStringByNameSync('dangling'), notFound);
    assert.throws(() => manager().getNumberByName('none'), notFound);
    assert.throws(() => manager().getBooleanByName('none'), notFound);
    assert.throws(() => manager().getStringArrayByNameSync('none'), notFound);
    await assert.rejects(manager().getStringByName('none'), notFound);
    await assert.rejects(
      called((callback) => manager().getStringByName('none', callback)),
      notFound,
    );
  });

  test('without a reader, nothing is found, and the cause tells why', () => {
    restore();
    assert.throws(
      () => manager().getStringByNameSync('url'),
      (error: Error) => /no resources are known outside a project/.test((error.cause as Error).message),
    );
    assert.throws(() => manager().getRawFileContentSync('ca.pem'), { code: 9001005 });
  });

  test('9001001, 9001003, 9001005, 9001006, 401 and 801', async () => {
    const loose = manager() as unknown as Record<string, (...args: unknown[]) => unknown>;
    assert.throws(() => manager().getStringSync(16777216), { code: 9001001 });
    assert.throws(() => manager().getStringSync(globals.$r!('app.color.url')), { code: 9001001 });
    assert.throws(() => manager().getStringByNameSync(''), { code: 9001003 });
    assert.throws(() => void manager().getStringByName(''), { code: 9001003 });
    assert.throws(() => manager().getRawFileContentSync('none'), { code: 9001005, message: 'Invalid relative path.' });
    assert.throws(() => manager().getRawFileListSync('none'), { code: 9001005 });
    await assert.rejects(manager().getRawFileContent('none'), { code: 9001005 });
    assert.throws(() => manager().getStringByNameSync('cycle'), { code: 9001006 });
    assert.throws(() => loose.getStringByNameSync!(5), { code: 401 });
    assert.throws(() => loose.getStringSync!(null), { code: 401 });
    assert.throws(() => void loose.getRawFileContent!(5), { code: 401 });
    assert.throws(() => loose.getRawFileListSync!(), { code: 401 });
    assert.throws(() => manager().getRawFdSync('ca.pem'), { code: 801 });
  });
});

describe('globals of a device', () => {
  test("are defined once, and leave a program's own", () => {
    const own = { $r: () => 'own' } as {
      $r: () => string;
      $rawfile?: unknown;
      getContext?: () => { filesDir: string };
    };
    defineGlobals(own);
    assert.equal(own.$r(), 'own');
    assert.equal(typeof own.$rawfile, 'function');
    assert.deepEqual(Object.keys(own), ['$r'], 'the others are not listed');
    assert.equal(own.getContext!().filesDir, (getContext() as { filesDir: string }).filesDir);
  });
});
