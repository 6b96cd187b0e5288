import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import {
  deliverable,
  deliverableCopy,
  MAX_SEND_SIZE,
  payloadError,
  payloadOf,
  snapshot,
} from '../../src/kit/payload.ts';
import { nodeMemory } from '../../src/node/memory.ts';
import { absentData, impostors, shapes } from '../support/binary-values.ts';

describe('kit specification §3.7: what may be sent', () => {
  test('strings and ArrayBuffers, even empty ones [kit §3.7 arguments; kit §3.7 SharedArrayBuffer]', () => {
    assert.equal(payloadOf(''), '');
    assert.equal(payloadOf('text'), 'text');
    assert.deepEqual(payloadOf(new ArrayBuffer(0)), new Uint8Array());
    assert.deepEqual(payloadOf(Uint8Array.of(1, 2).buffer), Uint8Array.of(1, 2));
    assert.deepEqual(payloadOf(new SharedArrayBuffer(1)), new Uint8Array(1));
  });

  test('an ArrayBuffer of another realm', () => {
    const foreign: unknown = runInNewContext('Uint8Array.of(1, 2).buffer');
    assert.equal(foreign instanceof ArrayBuffer, false);
    assert.deepEqual(payloadOf(foreign), Uint8Array.of(1, 2));
  });

  test('buffers of every shape, and no views [kit §3.7 arguments]', () => {
    for (const { name, make } of shapes) {
      for (const size of [0, 8, 20_000]) {
        const bytes = new Uint8Array(size).fill(7);
        const { data } = make(bytes);
        assert.deepEqual(payloadOf(data), ArrayBuffer.isView(data) ? undefined : bytes, name);
      }
    }
  });

  test('not what only looks like one, or has lost its memory: 401 with the reason', () => {
    for (const [name, value] of [...impostors(), ...absentData()]) {
      assert.equal(payloadOf(value), undefined, name);
      const error = payloadError(value);
      assert.equal(error.code, 401, name);
      assert.match(String((error.cause as Error | undefined)?.message), /^the message is /, name);
    }
  });

  const refused: [string, unknown][] = [
    ['null', null],
    ['undefined', undefined],
    ['a number', 5],
    ['an Int8Array', new Int8Array(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['a Buffer', Buffer.from('x')],
    ['an object', {}],
    ['an array', [1]],
  ];
  for (const [name, value] of refused)
    test(`not ${name} [kit §3.7 arguments; S35]`, () => assert.equal(payloadOf(value), undefined));

  test('not a buffer that was transferred away', () => {
    const buffer = new ArrayBuffer(4);
    structuredClone(buffer, { transfer: [buffer] });
    assert.equal(payloadOf(buffer), undefined);
  });

  test('5,242,864 bytes at most [kit §3.7 limit]', () => {
    assert.equal(MAX_SEND_SIZE, 5_242_864);
    assert.ok(payloadOf(new ArrayBuffer(5_242_864)));
    assert.equal(payloadOf(new ArrayBuffer(5_242_865)), undefined);
  });

  test('strings are measured in UTF-8 [kit §3.7 limit]', () => {
    assert.ok(payloadOf('x'.repeat(5_242_864)));
    assert.equal(payloadOf('x'.repeat(5_242_865)), undefined);
    assert.ok(payloadOf('é'.repeat(5_242_864 / 2)));
    assert.equal(payloadOf(`${'é'.repeat(5_242_864 / 2)}x`), undefined);
    // A lone surrogate is sent as U+FFFD, three bytes.
    assert.equal(payloadOf('\ud800'.repeat(1_747_622)), undefined);
  });
});

describe('kit specification §3.7: the payload is as it was during the call', () => {
  test('snapshot copies', () => {
    const buffer = new ArrayBuffer(4);
    const kept = snapshot(payloadOf(buffer)!) as Uint8Array;
    new Uint8Array(buffer).fill(7);
    assert.deepEqual(kept, new Uint8Array(4));
  });
});

describe('kit specification §3.10: what is received', () => {
  test('binary data is an ArrayBuffer that shares nothing and is as long as the message [kit §3.10 binary]', () => {
    const pool = Uint8Array.of(0, 1, 2, 3);
    const data = deliverable(pool.subarray(1, 3)) as ArrayBuffer;
    assert.ok(data instanceof ArrayBuffer);
    pool.fill(9);
    assert.deepEqual(new Uint8Array(data), Uint8Array.of(1, 2));
  });

  test('memory that the message fills is handed over without a copy', () => {
    const bytes = Uint8Array.of(1, 2);
    assert.equal(deliverable(bytes), bytes.buffer);
  });

  test('whatever memory a message lay in, the ArrayBuffer can be transferred and takes nothing from others', () => {
    const sizes = [0, 1, 64, 65, 1_000, 4_096, 8_192, 8_193, 70_000];
    const received = [...sizes, ...sizes].map((size, index) => nodeMemory.allocate(size).fill(index + 1));
    const buffers = received.map((bytes) => deliverable(bytes) as ArrayBuffer);
    for (const [index, buffer] of buffers.entries()) {
      const size = sizes[index % sizes.length] as number;
      const moved = structuredClone(buffer, { transfer: [buffer] });
      assert.equal(buffer.byteLength, 0);
      assert.deepEqual(new Uint8Array(moved), new Uint8Array(size).fill(index + 1));
    }
  });

  test('an empty message is an empty ArrayBuffer', () => {
    assert.equal((deliverable(Buffer.alloc(0)) as ArrayBuffer).byteLength, 0);
  });

  test('a second receiver gets memory of its own', () => {
    const bytes = Buffer.from([1, 2]);
    const copy = deliverableCopy(bytes) as ArrayBuffer;
    bytes.fill(9);
    assert.deepEqual(new Uint8Array(copy), Uint8Array.of(1, 2));
  });
});
