// The numbers that a Buffer reads and writes, with the texts of errors that a device has.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import buffer from '../../../src/kits/buffer/index.ts';

type Name<Prefix extends string> = Extract<keyof buffer.Buffer, `${Prefix}${string}`>;
type Read = Exclude<Name<'read'>, `readInt${'B' | 'L'}E` | `readUInt${'B' | 'L'}E`>;

const cases: [reader: Read, writer: Name<'write'>, value: number | bigint, hex: string][] = [
  ['readInt8', 'writeInt8', -2, 'fe'],
  ['readUInt8', 'writeUInt8', 254, 'fe'],
  ['readInt16BE', 'writeInt16BE', -2, 'fffe'],
  ['readInt16LE', 'writeInt16LE', -2, 'feff'],
  ['readUInt16BE', 'writeUInt16BE', 0x1234, '1234'],
  ['readUInt16LE', 'writeUInt16LE', 0x1234, '3412'],
  ['readInt32BE', 'writeInt32BE', -2, 'fffffffe'],
  ['readInt32LE', 'writeInt32LE', 0x12345678, '78563412'],
  ['readUInt32BE', 'writeUInt32BE', 0xfeedface, 'feedface'],
  ['readUInt32LE', 'writeUInt32LE', 0xfeedface, 'cefaedfe'],
  ['readFloatBE', 'writeFloatBE', -0.5, 'bf000000'],
  ['readFloatLE', 'writeFloatLE', -0.5, '000000bf'],
  ['readDoubleBE', 'writeDoubleBE', 123.456, '405edd2f1a9fbe77'],
  ['readDoubleLE', 'writeDoubleLE', 123.456, '77be9f1a2fdd5e40'],
  ['readBigInt64BE', 'writeBigInt64BE', -2n, 'fffffffffffffffe'],
  ['readBigInt64LE', 'writeBigInt64LE', 0x0102030405060708n, '0807060504030201'],
  ['readBigUInt64BE', 'writeBigUInt64BE', 0xdecafafecacefaden, 'decafafecacefade'],
  ['readBigUInt64LE', 'writeBigUInt64LE', 0xdecafafecacefaden, 'defacecafefacade'],
];

describe('numbers of a size in their name', () => {
  for (const [reader, writer, value, hex] of cases) {
    const size = hex.length / 2;
    const read = (bytes: buffer.Buffer, ...values: unknown[]) =>
      (bytes[reader] as (...values: unknown[]) => unknown).apply(bytes, values);
    const write = (bytes: buffer.Buffer, ...values: unknown[]) =>
      (bytes[writer] as (...values: unknown[]) => unknown).apply(bytes, values);

    test(`${writer} and ${reader}`, () => {
      const bytes = buffer.alloc(size + 1);
      assert.equal(write(bytes, value, 1), size + 1);
      assert.equal(bytes.toString('hex'), `00${hex}`);
      assert.equal(read(bytes, 1), value);
      assert.equal(write(bytes, value), size);
      assert.equal(read(bytes), value);
      assert.equal(read(bytes, null), value, 'null is 0');
      assert.equal(write(buffer.alloc(size), value, null), size);
      assert.throws(() => read(buffer.alloc(0), null), { code: 10200001 });
    });

    test(`${writer} and ${reader}: errors`, () => {
      const bytes = buffer.alloc(size);
      const range = (offset: number) => ({
        name: 'BusinessError',
        code: 10200001,
        message: `The value of "offset" is out of range. It must be >= 0 and <= 0. Received value is: ${offset}`,
      });
      assert.throws(() => read(bytes, 1), range(1));
      assert.throws(() => read(bytes, -1), range(-1));
      assert.throws(() => write(bytes, value, 1), range(1));
      const type = (name: string, expected: string, received: string) => ({
        code: 401,
        message: `Parameter error. The type of "${name}" must be ${expected}. Received value is: ${received}`,
      });
      assert.throws(() => read(bytes, '0'), type('offset', 'number', 'string'));
      assert.throws(() => write(bytes, value, {}), type('offset', 'number', 'Object'));
      assert.throws(() => write(bytes, 'a'), type('value', typeof value, 'string'));
    });
  }
});

describe('values out of range', () => {
  const outOfRange: [method: Name<'write'>, values: unknown[], text: string][] = [
    ['writeInt8', [128], '>= -128 and <= 127. Received value is: 128'],
    ['writeUInt8', [-1], '>= 0 and <= 255. Received value is: -1'],
    ['writeInt16LE', [32768], '>= -32768 and <= 32767. Received value is: 32768'],
    ['writeUInt16BE', [65536], '>= 0 and <= 65535. Received value is: 65536'],
    ['writeInt32BE', [0x123456789], '>= -2147483648 and <= 2147483647. Received value is: 4886718345'],
    ['writeUInt32LE', [2 ** 32], '>= 0 and <= 4294967295. Received value is: 4294967296'],
    ['writeUIntBE', [0x13141516, 0, 1], '>= 0 and <= 255. Received value is: 320083222'],
    ['writeUIntLE', [2 ** 24, 0, 3], '>= 0 and <= 2**24 - 1. Received value is: 16777216'],
    ['writeIntBE', [2 ** 39, 0, 5], '>= -549755813888 and <= 549755813887. Received value is: 549755813888'],
    ['writeBigUInt64BE', [-1n], '>= 0 and <= 2n ** 64n - 1n. Received value is: -1'],
    ['writeBigInt64LE', [2n ** 63n], '>= -(2n ** 63n) and <= 2n ** 63n - 1n. Received value is: 9223372036854775808'],
  ];
  for (const [method, values, text] of outOfRange) {
    test(`${method}(${values.join(', ')})`, () => {
      const bytes = buffer.alloc(8);
      assert.throws(() => (bytes[method] as (...values: unknown[]) => unknown).apply(bytes, values), {
        code: 10200001,
        message: `The value of "value" is out of range. It must be ${text}`,
      });
      assert.equal(bytes.toString('hex'), '0000000000000000');
    });
  }
});

describe('integers of 1 to 6 bytes', () => {
  for (let size = 1; size <= 6; size++) {
    test(`${size}`, () => {
      const bytes = buffer.alloc(size + 1);
      for (const value of [0, 1, 2 ** (8 * size - 1) - 1, -1, -(2 ** (8 * size - 1))]) {
        assert.equal(bytes.writeIntBE(value, 1, size), size + 1);
        assert.equal(bytes.readIntBE(1, size), value);
        assert.equal(bytes.writeIntLE(value, 0, size), size);
        assert.equal(bytes.readIntLE(0, size), value);
      }
      const most = 2 ** (8 * size) - 1;
      for (const value of [0, 1, most - 1, most]) {
        assert.equal(bytes.writeUIntBE(value, 1, size), size + 1);
        assert.equal(bytes.readUIntBE(1, size), value);
        assert.equal(bytes.writeUIntLE(value, 0, size), size);
        assert.equal(bytes.readUIntLE(0, size), value);
      }
    });
  }

  test('their bytes', () => {
    const bytes = buffer.alloc(6);
    bytes.writeIntBE(0x1234567890ab, 0, 6);
    assert.equal(bytes.toString('hex'), '1234567890ab');
    assert.equal(bytes.readIntBE(0, 5), 0x1234567890);
    bytes.writeIntLE(-2, 0, 6);
    assert.equal(bytes.toString('hex'), 'feffffffffff');
  });

  test('errors', () => {
    const bytes = buffer.alloc(4);
    assert.throws(() => bytes.readUIntBE(2, 3), {
      code: 10200001,
      message: 'The value of "offset" is out of range. It must be >= 0 and <= 1. Received value is: 2',
    });
    for (const size of [0, 7]) {
      const error = {
        code: 10200001,
        message: `The value of "byteLength" is out of range. It must be >= 1 and <= 6. Received value is: ${size}`,
      };
      assert.throws(() => bytes.readIntLE(0, size), error);
      assert.throws(() => bytes.writeUIntBE(1, 0, size), error);
    }
    assert.throws(() => bytes.readIntBE(0, '1' as unknown as number), { code: 401 });
    assert.throws(() => bytes.writeIntBE(1, undefined as unknown as number, 1), {
      code: 401,
      message: 'Parameter error. The type of "offset" must be number. Received value is: undefined',
    });
  });
});
