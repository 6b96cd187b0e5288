// What companions take of their host: in a page it is the same as under Node, as far as a page has it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { types } from 'node:util';
import { runInNewContext, runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { objectKinds } from '../../src/browser/object-kinds.ts';
import * as ofPage from '../../src/browser/platform.ts';
import * as ofNode from '../../src/kits/platform.ts';

describe('what a page has for companions', () => {
  test('the names are those of Node', () => {
    assert.deepEqual(Object.keys(ofPage).sort(), Object.keys(ofNode).sort());
  });

  /** Values of every kind, by name; the same expressions in this realm and in another one. */
  const expressions = `({
    undefined: undefined, null: null, number: 5, text: 'x', symbol: Symbol('x'), bigint: 5n, object: {}, array: [],
    arguments: (function () { return arguments; })(), buffer: new ArrayBuffer(1), shared: new SharedArrayBuffer(1),
    bigInts: new BigInt64Array(1), bigUints: new BigUint64Array(1), float32: new Float32Array(1), float64: new Float64Array(1),
    int8: new Int8Array(1), int16: new Int16Array(1), int32: new Int32Array(1), uint8: new Uint8Array(1),
    clamped: new Uint8ClampedArray(1), uint16: new Uint16Array(1), uint32: new Uint32Array(1),
    view: new DataView(new ArrayBuffer(1)), boolean: new Boolean(true), numberObject: new Number(1),
    textObject: new String('x'), symbolObject: Object(Symbol('x')), bigintObject: Object(5n), date: new Date(0),
    badDate: new Date(NaN), map: new Map(), set: new Set(), weakMap: new WeakMap(), weakSet: new WeakSet(),
    mapIterator: new Map().entries(), setIterator: new Set().values(), regExp: /x/g, error: new Error('x'),
    typeError: new TypeError('x'), promise: Promise.resolve(), function: () => {}, asyncFunction: async () => {},
    generatorFunction: function* () {}, asyncGeneratorFunction: async function* () {}, generator: (function* () {})(),
    heir: Object.create(Uint8Array.prototype), heirOfDate: Object.create(Date.prototype), regExpPrototype: RegExp.prototype,
    heirOfMap: Object.create(Map.prototype), class: class {},
  })`;
  for (const [realm, values] of [
    ['this realm', runInThisContext(expressions)],
    ['another realm', runInNewContext(expressions)],
  ] as [string, Record<string, unknown>][]) {
    for (const [name, value] of Object.entries(values)) {
      test(`kinds of ${name} of ${realm}`, () => {
        const kindsBy = (checks: object) =>
          Object.keys(objectKinds).filter((kind) =>
            (checks as Record<string, (value: unknown) => boolean>)[kind]!(value),
          );
        assert.deepEqual(kindsBy(objectKinds), kindsBy(types));
      });
    }
  }

  test('Base64 and Latin-1, of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (bytes, isUrlSafe) => {
        const text = ofNode.base64Of(bytes, isUrlSafe);
        assert.equal(ofPage.base64Of(bytes, isUrlSafe), text);
        assert.deepEqual(ofPage.bytesOfBase64(text), bytes);
        assert.deepEqual(ofPage.bytesOfLatin1(ofPage.latin1Of(bytes)), bytes);
        assert.equal(ofPage.latin1Of(bytes), ofNode.latin1Of(bytes));
      }),
    );
    const large = new Uint8Array(100_000).map((_, index) => index);
    assert.equal(ofPage.base64Of(large), ofNode.base64Of(large));
  });

  test('Base64 without padding, or cut, as Node takes it', () => {
    for (const text of ['', 'YQ', 'YQ=', 'YQ==', 'YWI', 'YWI=', 'YWJj', 'YWJjZ', '-_-_', 'A']) {
      assert.deepEqual(ofPage.bytesOfBase64(text), ofNode.bytesOfBase64(text), text);
    }
  });

  test('a value of a call holds in the call, and after an await while it is the only one', async () => {
    const values = new ofPage.ValueOfCall<number | undefined>();
    assert.equal(values.getStore(), undefined);
    const first = values.run(1, async () => {
      await Promise.resolve();
      return values.getStore();
    });
    assert.equal(await first, 1);
    values.run(2, () => {
      assert.equal(values.getStore(), 2);
      values.run(undefined, () => assert.equal(values.getStore(), undefined));
      assert.equal(values.getStore(), 2);
    });
    assert.equal(values.getStore(), undefined, 'two calls have not ended');
    values.ended(1);
    assert.equal(values.getStore(), 2);
    values.ended(2);
    assert.equal(values.getStore(), undefined);
  });

  test('companions load where a simulated page lacks setImmediate', () => {
    const emitter = new URL('../../src/kits/emitter/index.ts', import.meta.url).href;
    const program = `
      delete globalThis.setImmediate;
      const { emitter } = await import(${JSON.stringify(emitter)});
      emitter.on('x', ({ data }) => console.log(data.text));
      emitter.emit('x', { data: { text: 'arrived' } });`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
      // The cache of tsx needs setImmediate, and newer versions of Node run tsx in this thread.
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    });
    assert.equal(stdout, 'arrived\n', stderr);
  });

  test('files are refused with a sentence', () => {
    assert.throws(() => ofPage.files.read('/data'), {
      message: "a page has no files, so preferences cannot be in the folder /data; use preferences: 'memory'",
    });
  });
});
