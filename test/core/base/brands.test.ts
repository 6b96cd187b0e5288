// What a value is, whatever its prototype, class and realm.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  bytesOf,
  bytesOfBuffer,
  isArrayBuffer,
  isError,
  isSharedArrayBuffer,
  plainBytesOf,
} from '../../../src/core/brands.ts';
import { absentData, foreign, impostors, shapes } from '../../support/binary-values.ts';
import { assertBytes, pattern } from '../../support/hex.ts';

describe('bytes of binary data', () => {
  for (const { name, make } of shapes) {
    test(name, () => {
      for (const size of [0, 8, 104, 16_384, 16_392]) {
        const expected = pattern(size);
        for (const view of [bytesOf(make(expected).data), plainBytesOf(make(expected).data)]) {
          assert.ok(typeof view === 'object');
          assert.equal(Object.prototype.toString.call(view), '[object Uint8Array]');
          assert.equal(view.length, size);
          const copy = new Uint8Array(size);
          copy.set(view);
          assertBytes(copy, expected);
        }
        const plain = plainBytesOf(make(expected).data) as Uint8Array;
        assertBytes(plain.subarray(0, size), expected, 'its methods are those of a Uint8Array');
      }
    });
  }

  test('small ones are not wrapped, and no memory is copied', () => {
    const bytes = new Uint8Array(16_384);
    assert.equal(bytesOf(bytes), bytes);
    const large = new Uint8Array(16_385);
    assert.equal((bytesOf(large) as Uint8Array).buffer, large.buffer);
  });

  test('a size is fixed, even if the memory grows', () => {
    const buffer = new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer)(20_000, {
      maxByteLength: 40_000,
    });
    for (const value of [buffer, new Uint8Array(buffer)]) {
      const bytes = bytesOf(value) as Uint8Array;
      (buffer as unknown as { resize(size: number): void }).resize(30_000);
      assert.equal(bytes.length, 20_000);
      (buffer as unknown as { resize(size: number): void }).resize(20_000);
    }
  });

  test('what only looks like it has none', () => {
    for (const [name, value] of impostors()) {
      assert.equal(bytesOf(value), undefined, name);
      assert.equal(plainBytesOf(value), undefined, name);
      assert.equal(bytesOfBuffer(value), undefined, name);
    }
    for (const view of [new Uint8Array(1), new DataView(new ArrayBuffer(1))]) {
      assert.equal(bytesOfBuffer(view), undefined, 'a view is not a buffer');
    }
  });

  test('a value that has lost its memory is "absent"', () => {
    for (const [name, value] of absentData()) {
      assert.equal(bytesOf(value), 'absent', name);
      assert.equal(bytesOfBuffer(value), ArrayBuffer.isView(value) ? undefined : 'absent', name);
    }
  });
});

test('buffers of any realm, and nothing else', () => {
  for (const value of [new ArrayBuffer(1), new foreign.ArrayBuffer(1)]) {
    assert.deepEqual([isArrayBuffer(value), isSharedArrayBuffer(value)], [true, false]);
  }
  for (const value of [new SharedArrayBuffer(1), new foreign.SharedArrayBuffer(1)]) {
    assert.deepEqual([isArrayBuffer(value), isSharedArrayBuffer(value)], [false, true]);
  }
  for (const [name, value] of impostors()) {
    assert.deepEqual([isArrayBuffer(value), isSharedArrayBuffer(value)], [false, false], name);
  }
});

test('errors of any realm, and nothing that throws when it is looked at', () => {
  class Own extends Error {
    get [Symbol.toStringTag](): string {
      return 'Own';
    }
  }
  const errors = [new Error('a'), new foreign.TypeError('a'), new DOMException('a'), new Own()];
  for (const error of errors) assert.equal(isError(error), true, String(error));
  for (const [name, value] of impostors()) assert.equal(isError(value), false, name);
  assert.equal(isError({ name: 'Error', message: 'a' }), false);
});

test('nothing in the package asks the prototype of what an application or Node has made', () => {
  const language = 'Array|ArrayBuffer|Date|Error|Function|Map|Object|Promise|RegExp|Set|SharedArrayBuffer';
  const asked = new RegExp(`instanceof (?:${language}|\\w+Error|\\w+Array)\\b`, 'g');
  const own = /WebSocketError|BusinessError|CommandError|UsageError|SkipError/;
  const found: string[] = [];
  for (const folder of ['src', 'cli']) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.endsWith('brands.ts')) continue;
      const code = readFileSync(join(folder, name), 'utf8');
      for (const [text] of code.matchAll(asked)) if (!own.test(text)) found.push(`${folder}/${name}: ${text}`);
    }
  }
  assert.deepEqual(found, [], 'see src/core/brands.ts, or types of node:util');
});
