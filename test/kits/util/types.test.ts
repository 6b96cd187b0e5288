// `util.types`: each check, for what it is about and for something close to it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as namespace from '../../../src/kits/util/index.ts';

const { util } = namespace;
const types = new util.types();

function argumentsOf(..._values: unknown[]): object {
  // biome-ignore lint/complexity/noArguments: the object is what is tested
  return arguments;
}

const buffer = new ArrayBuffer(8);
const shared = new SharedArrayBuffer(8);
const cases: [name: Exclude<keyof typeof types, never>, is: unknown[], isNot: unknown[]][] = [
  ['isAnyArrayBuffer', [buffer, shared], [new Uint8Array()]],
  ['isArrayBufferView', [new Uint8Array(), new DataView(buffer)], [buffer]],
  ['isArgumentsObject', [argumentsOf(1)], [[1]]],
  ['isArrayBuffer', [buffer], [shared]],
  ['isAsyncFunction', [async () => {}], [() => {}]],
  ['isBigInt64Array', [new BigInt64Array()], [new BigUint64Array()]],
  ['isBigUint64Array', [new BigUint64Array()], [new BigInt64Array()]],
  ['isBooleanObject', [Object(false)], [false]],
  ['isBoxedPrimitive', [Object(1), Object('a'), Object(Symbol()), Object(1n)], [1, {}]],
  ['isDataView', [new DataView(buffer)], [new Uint8Array()]],
  ['isDate', [new Date()], [{ __proto__: Date.prototype }]],
  ['isExternal', [], [{}]],
  ['isFloat32Array', [new Float32Array()], [new Float64Array()]],
  ['isFloat64Array', [new Float64Array()], [new Float32Array()]],
  ['isGeneratorFunction', [function* () {}], [() => {}]],
  ['isGeneratorObject', [(function* () {})()], [[].values()]],
  ['isInt8Array', [new Int8Array()], [new Uint8Array()]],
  ['isInt16Array', [new Int16Array()], [new Uint16Array()]],
  ['isInt32Array', [new Int32Array()], [new Uint32Array()]],
  ['isMap', [new Map()], [new WeakMap()]],
  ['isMapIterator', [new Map().keys()], [new Set().keys()]],
  ['isModuleNamespaceObject', [namespace], [{ ...namespace }]],
  ['isNativeError', [new TypeError()], [{ message: '' }]],
  ['isNumberObject', [Object(1)], [1]],
  ['isPromise', [Promise.resolve()], [{ __proto__: Promise.prototype }]],
  ['isProxy', [new Proxy({}, {})], [{}]],
  ['isRegExp', [/a/], ['/a/']],
  ['isSet', [new Set()], [new WeakSet()]],
  ['isSetIterator', [new Set().keys()], [new Map().keys()]],
  ['isSharedArrayBuffer', [shared], [buffer]],
  ['isStringObject', [Object('a')], ['a']],
  ['isSymbolObject', [Object(Symbol())], [Symbol()]],
  ['isTypedArray', [new Uint8Array(), new Float64Array()], [new DataView(buffer)]],
  ['isUint8Array', [new Uint8Array(), Buffer.alloc(1)], [new Uint8ClampedArray()]],
  ['isUint8ClampedArray', [new Uint8ClampedArray()], [new Uint8Array()]],
  ['isUint16Array', [new Uint16Array()], [new Int16Array()]],
  ['isUint32Array', [new Uint32Array()], [new Int32Array()]],
  ['isWeakMap', [new WeakMap()], [new Map()]],
  ['isWeakSet', [new WeakSet()], [new Set()]],
];

describe('util.types', () => {
  for (const [name, is, isNot] of cases) {
    test(name, () => {
      for (const value of is) assert.equal(types[name](value as object), true, String(name));
      for (const value of isNot) assert.equal(types[name](value as object), false, String(name));
      assert.equal(types[name](undefined as never), false);
    });
  }

  test('the table has them all', () => {
    const methods = Object.getOwnPropertyNames(util.types.prototype).filter((name) => name !== 'constructor');
    assert.deepEqual(cases.map(([name]) => name).sort(), methods.sort());
  });
});
