// FastBuffers: what they have in common with Buffers, and their memory, which can be seen.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import buffer, { fastbuffer } from '../../../src/kits/buffer/index.ts';

/** An argument of another type than is declared. */
const wrong = (value: unknown) => value as never;
const typeError = (name: string, expected: string, received: string) => ({
  name: 'BusinessError',
  code: 401,
  message: `Parameter error. The type of "${name}" must be ${expected}. Received value is: ${received}`,
});
const rangeError = (name: string, range: string, received: number) => ({
  name: 'BusinessError',
  code: 10200001,
  message: `The value of "${name}" is out of range. It must be ${range}. Received value is: ${received}`,
});
const encodingError = {
  code: 401,
  message: 'Parameter error. The type of "encoding" must be BufferEncoding. the encoding gbk is unknown',
};

describe('how FastBuffers are made', () => {
  test('alloc fills with 0, a number, text or bytes', () => {
    assert.equal(fastbuffer.alloc(3).toString('hex'), '000000');
    assert.equal(fastbuffer.alloc(3, 257).toString('hex'), '010101');
    assert.equal(fastbuffer.alloc(3, 'YWJj', 'base64').toString(), 'abc');
    assert.equal(fastbuffer.alloc(3, fastbuffer.from('xy')).toString(), 'xyx');
    assert.equal(fastbuffer.alloc(2, wrong(null)).toString('hex'), '0000');
    assert.throws(() => fastbuffer.alloc(1, 'a', wrong('gbk')), encodingError);
    const text = 'Parameter error. The type of "size" must be number and the value cannot be negative.';
    assert.throws(() => fastbuffer.alloc(-5), { code: 401, message: `${text} Received value is: -5` });
    assert.throws(() => fastbuffer.alloc(2 ** 32), { code: 401, message: `${text} Received value is: 4294967296` });
    assert.throws(() => fastbuffer.allocUninitializedFromPool(2 ** 32), { code: 401 });
  });

  test('allocUninitialized has memory of its own', () => {
    const bytes = fastbuffer.allocUninitialized(10);
    assert.equal(bytes.buffer.byteLength, 10);
    assert.equal(bytes.byteOffset, 0);
  });

  test('small ones of allocUninitializedFromPool share memory, large ones do not', () => {
    const first = fastbuffer.allocUninitializedFromPool(10);
    const second = fastbuffer.allocUninitializedFromPool(10);
    assert.equal(first.buffer, second.buffer);
    assert.equal(first.buffer.byteLength, 8192);
    assert.equal(second.byteOffset - first.byteOffset, 16);
    second.fill('b');
    assert.equal(first.fill('a').toString(), 'aaaaaaaaaa');
    assert.equal(second.toString(), 'bbbbbbbbbb');
    assert.equal(fastbuffer.allocUninitializedFromPool(4096).buffer.byteLength, 4096);
    const sizes = [4000, 4000, 4000].map((size) => fastbuffer.allocUninitializedFromPool(size).length);
    assert.deepEqual(sizes, [4000, 4000, 4000]);
  });

  test('from text, numbers and a FastBuffer: memory of its own', () => {
    const text = fastbuffer.from('1236');
    assert.deepEqual([...new Uint8Array(text.buffer)], [49, 50, 51, 54]);
    new Uint8Array(text.buffer)[0] = 57;
    assert.equal(text.toString(), '9236');
    assert.equal(fastbuffer.from('74c3a9', 'hex').toString(), 'té');
    assert.equal(fastbuffer.from([0x62, 0x175]).toString(), 'bu');
    const copy = fastbuffer.from(text);
    copy[0] = 56;
    assert.equal(text.toString(), '9236');
    assert.throws(() => fastbuffer.from('a', wrong('gbk')), encodingError);
  });

  test('from memory and a Uint8Array: shared', () => {
    const memory = new ArrayBuffer(10);
    const view = fastbuffer.from(memory, 2, 3);
    view.fill(1);
    assert.equal(view.buffer, memory);
    assert.equal(view.byteOffset, 2);
    assert.deepEqual([...new Uint8Array(memory)], [0, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
    const array = new Uint8Array(3);
    fastbuffer.from(array).fill(7);
    assert.deepEqual([...array], [7, 7, 7]);
    assert.throws(() => fastbuffer.from(memory, 11), rangeError('byteOffset', '>= 0 and <= 10', 11));
    assert.throws(() => fastbuffer.from(memory, 8, 3), rangeError('length', '>= 0 and <= 2', 3));
  });

  test('memory that has been moved is refused', () => {
    const memory = new ArrayBuffer(10);
    structuredClone(memory, { transfer: [memory] });
    assert.throws(() => fastbuffer.from(memory), {
      code: 10200068,
      message: 'The underlying ArrayBuffer is null or detach.',
    });
  });

  test('the class can be used by itself', () => {
    assert.equal(new fastbuffer.FastBuffer(3).length, 3);
    assert.equal(new fastbuffer.FastBuffer('ab').toString(), 'ab');
    assert.throws(() => new fastbuffer.FastBuffer(-1), rangeError('value', '>= 0 and <= 4294967295', -1));
    assert.throws(() => new fastbuffer.FastBuffer(wrong(null)), {
      code: 401,
      message: 'The parameter should not be null or undefined.',
    });
  });

  test('other values are refused', () => {
    const list = 'FastBuffer or ArrayBuffer, Array, Array-like';
    assert.throws(() => fastbuffer.from(wrong(1)), typeError('value', list, 'number'));
    assert.throws(() => fastbuffer.from(wrong(null)), typeError('value', `${list}, string, object`, 'null'));
  });
});

describe('functions of fastbuffer', () => {
  test('concat', () => {
    const joined = fastbuffer.concat([fastbuffer.from('1234'), fastbuffer.from('abcd')]);
    assert.equal(joined.toString(), '1234abcd');
    assert.equal(joined.buffer.byteLength, 8192, 'the memory has more than these bytes');
    assert.equal(fastbuffer.concat([Uint8Array.of(1, 2), Uint8Array.of(3)], 2).toString('hex'), '0102');
    assert.equal(fastbuffer.concat([]).length, 0);
    assert.throws(
      () => fastbuffer.concat([fastbuffer.alloc(1)], -1),
      rangeError('totalLength', '>= 0 and <= 4294967296', -1),
    );
    assert.throws(() => fastbuffer.concat(wrong('ab')), typeError('list', 'Array', 'string'));
  });

  test('byteLength, compare, isEncoding, transcode', () => {
    assert.equal(fastbuffer.byteLength('½ + ¼ = ¾', 'utf-8'), 12);
    assert.equal(fastbuffer.byteLength(fastbuffer.alloc(3)), 3);
    assert.equal(fastbuffer.byteLength(new DataView(new ArrayBuffer(4))), 4);
    assert.throws(
      () => fastbuffer.byteLength(wrong(1)),
      typeError('string', 'string or FastBuffer, ArrayBuffer', 'number'),
    );
    assert.equal(fastbuffer.compare(fastbuffer.from('1234'), fastbuffer.from('0123')), 1);
    assert.equal(fastbuffer.isEncoding('hex'), true);
    assert.equal(fastbuffer.isEncoding('utf/8'), false);
    assert.equal(fastbuffer.transcode(fastbuffer.from('€'), 'utf-8', 'utf16le').toString('hex'), 'ac20');
    assert.equal(fastbuffer.transcode(Uint8Array.of(0, 72), 'utf-8', 'ascii').toString(), '0,72', 'as on a device');
  });

  test('either class refuses objects of the other', () => {
    const [slow, fast] = [buffer.from('a'), fastbuffer.from('a')];
    assert.equal(fastbuffer.isBuffer(fast), true);
    assert.equal(fastbuffer.isBuffer(slow), false);
    assert.equal(buffer.isBuffer(slow), true);
    assert.equal(buffer.isBuffer(fast), false);
    assert.throws(() => slow.equals(fast), typeError('otherBuffer', 'Buffer or Uint8Array', 'FastBuffer'));
    assert.throws(() => fast.equals(wrong(slow)), typeError('otherBuffer', 'FastBuffer or Uint8Array', 'Buffer'));
    assert.throws(
      () => fast.indexOf(wrong(slow)),
      typeError('value', 'string or number, FastBuffer, Uint8Array', 'Buffer'),
    );
    assert.throws(
      () => fast.fill(wrong(slow)),
      typeError('value', 'string or FastBuffer, Uint8Array, number', 'Buffer'),
    );
  });
});

describe('FastBuffer', () => {
  test('has the methods of a Buffer', () => {
    const bytes = fastbuffer.alloc(8);
    assert.equal(bytes.writeInt16BE(-2, 1), 3);
    assert.equal(bytes.readInt16BE(1), -2);
    assert.equal(bytes.write('abc', 4), 3);
    assert.equal(bytes.toString('latin1', 4, 7), 'abc');
    assert.equal(bytes.swap32(), bytes);
    assert.equal(bytes.indexOf('cba'), 5);
    assert.deepEqual(fastbuffer.from('ab').toJSON(), { type: 'FastBuffer', data: [97, 98] });
    assert.deepEqual(
      [...fastbuffer.from('ab').entries()],
      [
        [0, 97],
        [1, 98],
      ],
    );
    assert.throws(() => fastbuffer.alloc(3).swap16(), { code: 10200009 });
    assert.throws(() => (bytes.length = 1), { code: 10200013 });
  });

  test('ranges that differ from those of a Buffer', () => {
    const [three, four] = [fastbuffer.alloc(3), fastbuffer.alloc(4)];
    assert.throws(() => three.fill('a', -1), rangeError('offset', '>= 0 and <= 3', -1));
    assert.throws(() => four.write('abc', 1, 4), rangeError('length', '>= 0 and <= 3', 4));
    assert.throws(() => three.compare(four, -1), rangeError('targetStart', '>= 0 and <= 4', -1));
    assert.throws(() => three.compare(four, 0, 4, 5), rangeError('sourceStart', '>= 0 and <= 3', 5));
    assert.throws(() => three.copy(four, -1), rangeError('targetStart', '>= 0 and <= 4294967295', -1));
    assert.throws(() => three.copy(four, 0, -1), rangeError('sourceStart', '>= 0 and <= 4294967295', -1));
    assert.throws(() => three.copy(four, 0, 0, 4), rangeError('sourceEnd', '>= 0 and <= 3', 4));
    assert.equal(three.copy(four, 0, 0, Number.NaN), 3);
    assert.throws(() => four.writeInt16BE(1, -1), rangeError('offset', '>= 0', -1));
    assert.throws(() => four.readInt16BE(-1), rangeError('offset', '>= 0', -1));
    assert.throws(() => four.readInt16BE(3), rangeError('offset', '>= 0 and <= 2', 3));
    assert.throws(() => four.writeIntBE(1, -1, 3), rangeError('offset', '>= 0 and <= 1', -1));
    assert.equal(fastbuffer.alloc(1, 7).fill(wrong(null))[0], 7, 'nothing to fill with');
  });

  test('subarray shares memory', () => {
    const whole = fastbuffer.from('abcdef');
    const part = whole.subarray(2, 4);
    part[0] = 90;
    assert.equal(whole.toString(), 'abZdef');
    assert.equal(part.buffer, whole.buffer);
    assert.equal(part.byteOffset, 2);
    assert.equal(whole.subarray().length, 6);
    assert.equal(whole.subarray(wrong(null), 9).length, 6);
    for (const [start, end] of [[7], [3, 2], [-3, 0], [1, -1]] as const) {
      const none = whole.subarray(start, end);
      assert.ok(none instanceof fastbuffer.FastBuffer);
      assert.equal(none.length, 0);
    }
  });
});
