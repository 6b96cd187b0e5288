// Buffers: how they are made, text, searching, copying, and what they share with their memory.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import buffer from '../../../src/kits/buffer/index.ts';

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
const encodingError = (name: string) => ({
  code: 401,
  message: `Parameter error. The type of "encoding" must be BufferEncoding. the encoding ${name} is unknown`,
});
const encodings = 'utf8 utf-8 ucs2 ucs-2 ascii latin1 binary utf16le utf-16le base64 base64url hex'.split(' ');

describe('alloc and its relatives', () => {
  test('alloc fills with 0, a number, text or bytes', () => {
    assert.equal(buffer.alloc(3).toString('hex'), '000000');
    assert.equal(buffer.alloc(3, 257).toString('hex'), '010101');
    assert.equal(buffer.alloc(5, 'ab').toString(), 'ababa');
    assert.equal(buffer.alloc(3, 'YWJj', 'base64').toString(), 'abc');
    assert.equal(buffer.alloc(3, buffer.from('xy')).toString(), 'xyx');
    assert.equal(buffer.alloc(2, '').toString('hex'), '0000');
    assert.equal(buffer.alloc(5.5).length, 5);
    assert.throws(() => buffer.alloc(1, 'a', wrong('gbk')), encodingError('gbk'));
    assert.equal(buffer.alloc(2, wrong(null)).toString('hex'), '0000');
    assert.equal(buffer.alloc(3, 'ab', wrong(null)).toString(), 'aba');
  });

  for (const name of ['alloc', 'allocUninitialized', 'allocUninitializedFromPool'] as const) {
    test(`${name}: sizes`, () => {
      assert.equal(buffer[name](10).length, 10);
      assert.equal(buffer[name](0).length, 0);
      assert.equal(buffer[name](2 ** 32).length, 0, 'a device counts in 32 bits');
      const text = 'Parameter error. The type of "size" must be number and the value cannot be negative.';
      assert.throws(() => buffer[name](-5), { code: 401, message: `${text} Received value is: -5` });
      assert.throws(() => buffer[name](wrong('5')), { code: 401, message: `${text} Received value is: string` });
    });
  }
});

describe('byteLength, isEncoding, isBuffer', () => {
  test('byteLength in each encoding', () => {
    const lengths = encodings.map((encoding) => buffer.byteLength('abcd', encoding as buffer.BufferEncoding));
    assert.deepEqual(lengths, [4, 4, 8, 8, 4, 4, 4, 8, 8, 3, 3, 2]);
    assert.equal(buffer.byteLength('测试'), 6);
    assert.equal(buffer.byteLength('测试', wrong('gbk')), 6);
  });

  test('byteLength of bytes', () => {
    assert.equal(buffer.byteLength(new ArrayBuffer(3)), 3);
    assert.equal(buffer.byteLength(new SharedArrayBuffer(3)), 3);
    assert.equal(buffer.byteLength(new Int16Array(3)), 6);
    assert.equal(buffer.byteLength(new DataView(new ArrayBuffer(5), 1)), 4);
    assert.equal(buffer.byteLength(buffer.alloc(7)), 7);
    assert.throws(() => buffer.byteLength(wrong(10)), typeError('string', 'string or Buffer, ArrayBuffer', 'number'));
  });

  test('isEncoding', () => {
    for (const encoding of encodings) assert.equal(buffer.isEncoding(encoding), true, encoding);
    assert.equal(buffer.isEncoding('UTF-8'), true);
    for (const other of ['gbk', 'utf/8', '', 'toString']) assert.equal(buffer.isEncoding(other), false, other);
    assert.equal(buffer.isEncoding(wrong(8)), false);
  });

  test('isBuffer', () => {
    assert.equal(buffer.isBuffer(buffer.alloc(1)), true);
    assert.equal(buffer.isBuffer(buffer.from('a').subarray(0)), true);
    assert.equal(new buffer.Buffer().length, 0);
    assert.ok(buffer.alloc(1) instanceof buffer.Buffer);
    for (const other of ['a', new Uint8Array(1), Buffer.alloc(1), {}, []]) assert.equal(buffer.isBuffer(other), false);
    assert.equal(buffer.isBuffer(wrong(null)), false);
  });
});

describe('from', () => {
  test('numbers: the lowest byte of each', () => {
    assert.equal(buffer.from([0x62, 257, -1, 1.9]).toString('hex'), '6201ff01');
  });

  test('memory, which stays shared', () => {
    const memory = new ArrayBuffer(10);
    const whole = buffer.from(memory);
    const part = buffer.from(memory, 2, 3);
    new Uint8Array(memory)[2] = 7;
    assert.equal(whole.length, 10);
    assert.equal(part.toString('hex'), '070000');
    part.writeUInt8(9, 2);
    assert.equal(new Uint8Array(memory)[4], 9);
    assert.equal(part.buffer, memory);
    assert.equal(part.byteOffset, 2);
    assert.equal(part.subarray(1).buffer, memory);
    assert.equal(part.subarray(1).byteOffset, 3);
    assert.equal(buffer.from(memory, 4).length, 6);
    assert.equal(buffer.from(memory, 10).length, 0);
    assert.equal(buffer.from(memory, 9.9, 1.2).length, 1);
    const shared = new SharedArrayBuffer(4);
    buffer.from(shared, 1, 2).fill(5);
    assert.deepEqual([...new Uint8Array(shared)], [0, 5, 5, 0]);
  });

  test('memory: ranges', () => {
    const memory = new ArrayBuffer(10);
    assert.throws(() => buffer.from(memory, -1), rangeError('byteOffset', '>= 0 and <= 10', -1));
    assert.throws(() => buffer.from(memory, 11), rangeError('byteOffset', '>= 0 and <= 10', 11));
    assert.throws(() => buffer.from(memory, 4, 7), rangeError('length', '>= 0 and <= 6', 7));
    assert.throws(() => buffer.from(memory, 4, -1), rangeError('length', '>= 0 and <= 6', -1));
  });

  test('a Buffer is copied; the memory of a Uint8Array stays shared', () => {
    const first = buffer.from('buffer');
    const copy = buffer.from(first);
    first.write('a');
    assert.equal(copy.toString(), 'buffer');
    const array = Uint8Array.of(97, 98, 99);
    const view = buffer.from(array.subarray(1));
    array[1] = 120;
    assert.equal(view.toString(), 'xc');
  });

  test('text in each encoding', () => {
    assert.equal(buffer.from('tést').toString('hex'), '74c3a97374');
    assert.equal(buffer.from('7468697320697320612074c3a97374', 'hex').toString(), 'this is a tést');
    assert.equal(buffer.from('F1刘FG', 'hex').toString('hex'), 'f1');
    assert.equal(buffer.from('AsD-_QWEr', 'base64url').toString('hex'), '02c0fefd0584');
    assert.equal(buffer.from('刘', 'utf16le').toString('hex'), '1852');
    assert.equal(buffer.from('é', 'latin1').toString('hex'), 'e9');
    for (const encoding of encodings) {
      assert.equal(buffer.from('abcd', encoding as buffer.BufferEncoding).toString(encoding), 'abcd', encoding);
    }
    assert.throws(() => buffer.from('a', wrong('gbk')), encodingError('gbk'));
    assert.equal(buffer.from('é', wrong(5)).length, 2, 'a number is not an encoding');
  });

  test('objects with a primitive value', () => {
    assert.equal(buffer.from(new String('this is a test'), 'utf8', 14).toString(), 'this is a test');
    const primitive = { [Symbol.toPrimitive]: () => '6162' };
    assert.equal(buffer.from(primitive, 'hex', 0).toString(), 'ab');
    assert.equal(buffer.from({ valueOf: () => new ArrayBuffer(8) }, 2, 3).length, 3);
    assert.ok(buffer.from(new Date(), 0, 5).length > 0);
  });

  test('other values', () => {
    const expected = 'Buffer or ArrayBuffer, Array, Array-like';
    // As on a device, whose text names the type of a name.
    assert.throws(() => buffer.from(new Map(), 0, 5), typeError('value', expected, 'string'));
    assert.throws(() => buffer.from(wrong(5)), typeError('value', expected, 'string'));
    assert.throws(() => buffer.from(wrong(null)), typeError('value', `${expected}, string, object`, 'null'));
    assert.throws(() => buffer.from(wrong(undefined)), typeError('value', `${expected}, string, object`, 'undefined'));
  });
});

describe('compare, concat, transcode', () => {
  test('compare', () => {
    const [low, high] = [buffer.from('1235'), buffer.from('1236')];
    assert.equal(buffer.compare(high, low), 1);
    assert.equal(buffer.compare(low, high), -1);
    assert.equal(buffer.compare(low, Uint8Array.of(49, 50, 51, 53)), 0);
    assert.equal(buffer.compare(low, buffer.from('123')), 1);
    assert.throws(() => buffer.compare(wrong(10), low), typeError('buf1', 'Buffer or Uint8Array', 'string'));
    assert.throws(() => buffer.compare(low, wrong({})), typeError('buf2', 'Buffer or Uint8Array', 'string'));
  });

  test('concat', () => {
    const list = [buffer.from('1234'), Uint8Array.of(97, 98)] as buffer.Buffer[];
    assert.equal(buffer.concat(list).toString(), '1234ab');
    assert.equal(buffer.concat(list, 5).toString(), '1234a');
    assert.equal(buffer.concat(list, 2).toString(), '12');
    assert.equal(buffer.concat(list, 7).toString('hex'), '31323334616200');
    assert.equal(buffer.concat([]).length, 0);
    assert.throws(() => buffer.concat(list, -1), rangeError('totalLength', '>= 0 and <= 4294967296', -1));
    assert.throws(() => buffer.concat(wrong('a')), typeError('list', 'Array', 'string'));
    assert.throws(() => buffer.concat(list, wrong('1')), typeError('totalLength', 'number', 'string'));
  });

  test('transcode', () => {
    assert.equal(buffer.transcode(buffer.from('测试'), 'utf8', 'ucs2').toString('ucs2'), '测试');
    assert.equal(buffer.transcode(buffer.from('12'), 'ascii', 'utf16le').toString('hex'), '31003200');
    assert.equal(buffer.transcode(Uint8Array.of(72, 101), 'utf-8', 'ascii').toString('ascii'), '72,101');
    assert.throws(
      () => buffer.transcode(wrong(10), 'utf8', 'ucs2'),
      typeError('source', 'Buffer or Uint8Array', 'number'),
    );
    assert.throws(() => buffer.transcode(buffer.alloc(1), wrong(0), 'ucs2'), typeError('fromEnc', 'string', 'number'));
    assert.throws(() => buffer.transcode(buffer.alloc(1), 'utf8', wrong(0)), typeError('toEnc', 'string', 'number'));
    assert.throws(() => buffer.transcode(buffer.alloc(1), 'utf8', 'gbk'), encodingError('gbk'));
  });
});

describe('length, buffer, byteOffset', () => {
  test('can only be read', () => {
    const bytes = buffer.from('1236');
    assert.deepEqual([bytes.length, bytes.byteOffset, bytes.buffer.byteLength], [4, 0, 4]);
    for (const name of ['length', 'buffer', 'byteOffset'] as const) {
      assert.throws(
        () => {
          bytes[name] = wrong(1);
        },
        { code: 10200013, message: `${name} cannot be set for the buffer that has only a getter` },
      );
    }
  });

  test('buffer is memory of exactly the bytes, a copy unless the Buffer was made from memory', () => {
    const bytes = buffer.from('hello');
    const memory = bytes.buffer;
    assert.equal(Buffer.from(memory).toString(), 'hello');
    bytes.fill(0);
    assert.equal(Buffer.from(memory).toString(), 'hello');
    assert.equal(Buffer.from(buffer.from('hello').subarray(1, 3).buffer).toString(), 'el');
    assert.equal(Buffer.from(buffer.concat([bytes, buffer.from('!')]).buffer).toString(), '\0\0\0\0\0!');
  });

  test('indices', () => {
    const bytes = buffer.from('abc');
    assert.equal(bytes[1], 98);
    bytes[1] = 0x158;
    assert.equal(bytes.toString(), 'aXc');
    assert.equal(bytes[3], undefined);
    assert.throws(() => {
      bytes[3] = 1;
    }, TypeError);
    assert.throws(() => {
      (bytes as unknown as { other: number }).other = 1;
    }, TypeError);
    assert.equal((bytes as unknown as { map?: unknown }).map, undefined);
    assert.equal(Object.hasOwn(bytes, 'x'), false);
    assert.equal(inspect(bytes), '<Buffer 61 58 63>');
    assert.match(inspect(buffer.alloc(60)), /^<Buffer( 00){50} \.\.\. 10 more bytes>$/);
  });
});

describe('fill', () => {
  test('text in each encoding, again and again', () => {
    const fill = (text: string, encoding: string) =>
      buffer
        .alloc(10)
        .fill(text, 0, 10, encoding as buffer.BufferEncoding)
        .toString('hex');
    assert.equal(fill('F1刘FG', 'hex'), 'f1f1f1f1f1f1f1f1f1f1');
    assert.equal(fill('F1刘FG', 'ascii'), '46311846474631184647');
    assert.equal(fill('F1FG', 'base64'), '17514617514617514617');
    assert.equal(fill('F1刘FG', 'ucs2'), '46003100185246004700');
    assert.equal(fill('F1刘FG', 'utf8'), '4631e5889846474631e5');
    assert.equal(buffer.alloc(2).fill('6162', wrong('hex')).toString(), 'ab');
    assert.equal(buffer.alloc(3).fill('6162', 1, wrong('hex')).toString('hex'), '006162');
    assert.equal(buffer.alloc(0).fill('a', wrong('gbk')).length, 0);
  });

  test('numbers, bytes and parts', () => {
    assert.equal(buffer.alloc(3).fill(-1).toString('hex'), 'ffffff');
    assert.equal(buffer.alloc(5).fill(buffer.from('ab'), 1, 4).toString('hex'), '0061626100');
    assert.equal(
      buffer
        .alloc(2)
        .fill(Uint8Array.of(1, 2, 3))
        .toString('hex'),
      '0102',
    );
    assert.equal(buffer.alloc(2, 1).fill('').toString('hex'), '0000');
    assert.equal(buffer.alloc(2).fill(1, 2).toString('hex'), '0000');
    assert.equal(buffer.alloc(2).fill('a', wrong(null), wrong(null), wrong(null)).toString(), 'aa');
  });

  test('errors', () => {
    const bytes = buffer.alloc(3);
    assert.throws(() => bytes.fill('a', -1), rangeError('offset', '>= 0 and <= 4294967296', -1));
    assert.throws(() => bytes.fill('a', 0, 5), rangeError('end', '>= 0 and <= 3', 5));
    assert.throws(() => bytes.fill('a', 0, 2, wrong('code')), encodingError('code'));
    assert.throws(() => bytes.fill('a', wrong({})), typeError('offset', 'number', 'Object'));
    assert.throws(() => bytes.fill(wrong(true)), typeError('value', 'string or Buffer, Uint8Array, number', 'boolean'));
  });
});

describe('compare, equals, copy', () => {
  const [one, two] = [buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9]), buffer.from([5, 6, 7, 8, 9, 1, 2, 3, 4])];

  test('compare with positions', () => {
    assert.equal(one.compare(two), -1);
    assert.equal(one.compare(two, 5, 9, 0, 4), 0);
    assert.equal(one.compare(one, wrong(null), wrong(null), wrong(null), wrong(null)), 0);
    assert.equal(one.compare(two, 0, 6, 4), -1);
    assert.equal(one.compare(two, 5, 6, 5), 1);
    assert.equal(one.compare(Uint8Array.of(1), 0, 1, 0, 1), 0);
    assert.throws(() => one.compare(wrong(10)), typeError('target', 'Buffer or Uint8Array', 'number'));
    assert.throws(() => one.compare(two, -1), rangeError('targetStart', '>= 0 and <= 4294967296', -1));
    assert.throws(() => one.compare(two, 0, 10), rangeError('targetEnd', '>= 0 and <= 9', 10));
    assert.throws(() => one.compare(two, 0, 9, -8), rangeError('sourceStart', '>= 0 and <= 4294967296', -8));
    assert.throws(() => one.compare(two, 0, 9, 0, 10), rangeError('sourceEnd', '>= 0 and <= 9', 10));
    assert.throws(() => one.compare(two, wrong('0')), typeError('targetStart', 'number', 'string'));
  });

  test('equals', () => {
    assert.equal(one.equals(buffer.from(one)), true);
    assert.equal(one.equals(two), false);
    assert.equal(buffer.from('a').equals(Uint8Array.of(97)), true);
    assert.throws(() => one.equals(wrong('1')), typeError('otherBuffer', 'Buffer or Uint8Array', 'string'));
  });

  test('copy', () => {
    const target = buffer.from('1235789');
    assert.equal(buffer.from('abcdefg').copy(target, 2, 1, 3), 2);
    assert.equal(target.toString(), '12bc789');
    const short = buffer.from('1235');
    assert.equal(buffer.from('123656').copy(short), 4);
    const array = new Uint8Array(10);
    assert.equal(buffer.from([1, 2, 3, 4, 5, 6, 7]).copy(array, 8), 2);
    assert.equal(buffer.from([1, 2, 3, 4, 5, 6, 7]).copy(array, 0, 3, 255), 4);
    assert.equal(array.toString(), '4,5,6,7,0,0,0,0,1,2');
    assert.equal(one.copy(array, 100), 0);
    assert.equal(one.copy(array, 0, 9), 0);
    assert.equal(one.copy(array, 0, 5, 1), 0);
    const same = buffer.from('abcdefghij');
    assert.equal(same.copy(same, 2), 8);
    assert.equal(same.toString(), 'ababcdefgh');
    const message = 'The value of "targetStart" is out of range. It must be >= 0. Received value is: -1';
    assert.throws(() => one.copy(array, -1), { code: 10200001, message });
    assert.throws(() => one.copy(array, 0, -1), { code: 10200001 });
    assert.throws(() => one.copy(array, 0, 0, -1), { code: 10200001 });
    assert.throws(() => one.copy(wrong(10)), typeError('target', 'Buffer or Uint8Array', 'number'));
  });
});

describe('indexOf, lastIndexOf, includes', () => {
  const text = buffer.from('this buffer is a buffer');

  test('indexOf', () => {
    assert.equal(text.indexOf('is'), 2);
    assert.equal(text.indexOf('is', 3), 12);
    assert.equal(text.indexOf('is', -5), -1);
    assert.equal(text.indexOf('this', -99999999999999), 0);
    assert.equal(text.indexOf('this', 99999999999999), -1);
    assert.equal(text.indexOf(buffer.from('buffer')), 5);
    assert.equal(text.indexOf(Uint8Array.of(97, 32)), 15);
    assert.equal(text.indexOf(97), 15);
    assert.equal(text.indexOf(''), -1);
    assert.equal(text.indexOf(new Uint8Array(0)), -1);
    assert.equal(text.indexOf(buffer.from('buffer'), Number.POSITIVE_INFINITY), 5);
    assert.equal(text.indexOf('this', Number.POSITIVE_INFINITY), -1);
    assert.equal(text.indexOf(97 + 256), -1);
    assert.equal(text.indexOf('6973', 0, 'hex'), 2);
    assert.equal(buffer.from('测试特殊字符$#@!').indexOf('@'), 20);
    assert.throws(
      () => text.indexOf(wrong(true)),
      typeError('value', 'string or number, Buffer, Uint8Array', 'boolean'),
    );
    assert.throws(() => text.indexOf('a', wrong('code')), encodingError('code'));
  });

  test('lastIndexOf', () => {
    const found: [value: string | number, offset: number | undefined, index: number][] = [
      ['buffer', undefined, 17],
      ['buffer', -4, 17],
      ['buffer', -7, 5],
      ['buffer', 1, -1],
      ['buffer', 5, 5],
      ['buffer', 15, 5],
      ['buffer', 9999, 17],
      ['buffer', -999, -1],
      [97, undefined, 15],
      [97, 14, -1],
    ];
    for (const [value, offset, index] of found)
      assert.equal(text.lastIndexOf(value, offset), index, `${value} ${offset}`);
    assert.equal(text.lastIndexOf('is', wrong(null), 'utf8'), -1);
    assert.equal(text.lastIndexOf(''), -1);
    assert.throws(
      () => text.lastIndexOf(wrong(true)),
      typeError('value', 'string or number, Buffer, Uint8Array', 'boolean'),
    );
    assert.throws(() => text.lastIndexOf('a', wrong('code')), encodingError('code'));
  });

  test('includes', () => {
    assert.equal(text.includes('buffer'), true);
    assert.equal(text.includes('this', 1), false);
    assert.equal(text.includes('f', -9999999999999), true);
    assert.equal(text.includes(97), true);
    assert.equal(text.includes(buffer.from('zz')), false);
    assert.throws(
      () => text.includes(wrong(true)),
      typeError('value', 'string or number, Buffer, Uint8Array', 'boolean'),
    );
    assert.throws(() => text.includes('a', 0, wrong('code')), encodingError('code'));
  });
});

describe('keys, values, entries, toJSON', () => {
  test('iterators', () => {
    const bytes = buffer.from('12');
    assert.deepEqual([...bytes.keys()], [0, 1]);
    assert.deepEqual([...bytes.values()], [49, 50]);
    assert.deepEqual(
      [...bytes.entries()],
      [
        [0, 49],
        [1, 50],
      ],
    );
  });

  test('toJSON', () => {
    assert.equal(JSON.stringify(buffer.from('12')), '{"type":"Buffer","data":[49,50]}');
    assert.deepEqual(buffer.alloc(0).toJSON(), { type: 'Buffer', data: [] });
  });
});

describe('subarray and swap', () => {
  test('subarray shares the memory', () => {
    const bytes = buffer.from('1236');
    const part = bytes.subarray(1, 3);
    assert.equal(part.toString(), '23');
    part.fill('x');
    assert.equal(bytes.toString(), '1xx6');
    assert.equal(bytes.subarray().length, 4);
    assert.equal(bytes.subarray(3, 9).toString(), '6');
    for (const [start, end] of [
      [-3, 0],
      [0, -1],
      [6, 9],
      [2, 2],
    ]) {
      assert.equal(bytes.subarray(start, end).length, 0);
    }
  });

  test('swap', () => {
    assert.equal(buffer.from('1323').swap16().toString('hex'), '33313332');
    assert.equal(buffer.from('12345678').swap32().toString(), '43218765');
    assert.equal(buffer.from('12345678').swap64().toString(), '87654321');
    for (const bits of [16, 32, 64] as const) {
      assert.throws(() => buffer.alloc(3)[`swap${bits}`](), {
        code: 10200009,
        message: `The buffer size must be a multiple of ${bits}-bits`,
      });
    }
  });
});

describe('toString and write', () => {
  test('toString', () => {
    const bytes = buffer.from('abcé');
    assert.equal(bytes.toString(), 'abcé');
    assert.equal(bytes.toString('utf8', 1, 3), 'bc');
    assert.equal(bytes.toString('base64'), 'YWJjw6k=');
    assert.equal(bytes.toString('base64url'), 'YWJjw6k');
    assert.equal(bytes.toString('hex', 3), 'c3a9');
    assert.equal(bytes.toString('utf8', -1, 99), 'abcé');
    assert.equal(bytes.toString('utf8', 3, 2), '');
    assert.equal(buffer.from('abc').toString('ucs2'), '扡');
    assert.equal(`${buffer.from('text')}`, 'text');
    assert.throws(() => bytes.toString('gbk'), encodingError('gbk'));
  });

  test('write', () => {
    const bytes = buffer.alloc(6);
    assert.equal(bytes.write('abc'), 3);
    assert.equal(bytes.write('xy', 4), 2);
    assert.equal(bytes.toString('hex'), '616263007879');
    assert.equal(bytes.write('7a7a7a', 1, 2, 'hex'), 2);
    assert.equal(bytes.toString(), 'azz\0xy');
    assert.equal(bytes.write('6262', wrong('hex')), 2);
    assert.equal(bytes.write('6363', 4, wrong('hex')), 2);
    assert.equal(bytes.toString(), 'bbz\0cc');
    assert.equal(bytes.write('测试测'), 6);
    assert.equal(bytes.write('测', 4), 0);
    assert.equal(bytes.write('abcdefgh', 3, 6), 3);
    assert.equal(buffer.alloc(0).write('a'), 0);
  });

  test('write: errors', () => {
    const bytes = buffer.alloc(8);
    assert.throws(() => bytes.write(wrong(10)), typeError('str', 'string', 'number'));
    assert.throws(() => bytes.write('a', -1), rangeError('offset', '>= 0 and <= 7', -1));
    assert.throws(() => bytes.write('a', 8), rangeError('offset', '>= 0 and <= 7', 8));
    assert.throws(() => bytes.write('a', 1, 9), rangeError('length', '>= 0 and <= 8', 9));
    assert.throws(() => bytes.write('a', wrong('utf9')), encodingError('utf9'));
    assert.throws(() => bytes.write('a', 1, wrong('code')), encodingError('code'));
    assert.throws(() => bytes.write('a', wrong({})), typeError('offset', 'number', 'Object'));
    assert.throws(() => bytes.write('a', 0, wrong({})), typeError('length', 'number', 'Object'));
  });
});
