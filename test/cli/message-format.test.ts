// Messages as `connect` prints them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BinaryMode, formatMessage } from '../../cli/message-format.ts';

const pipe = { isTTY: false, columns: undefined };

function printed(data: string | Uint8Array, mode: BinaryMode = 'preview', destination = pipe): string {
  return Buffer.concat([...formatMessage(data, mode, destination)].map((part) => Buffer.from(part))).toString('latin1');
}

describe('formatMessage', () => {
  test('a text is a line, short or long', () => {
    for (const length of [0, 5, 200_000]) assert.equal(printed('x'.repeat(length)), `${'x'.repeat(length)}\n`);
  });

  test('at a terminal a text cannot steer it, and shows where its lines go on', () => {
    const [text] = formatMessage('a\x1b[2J\nb', 'preview', { ...pipe, isTTY: true });
    assert.equal(text, '← a\\x1b[2J\n  b\n');
  });

  test('every form shows all bytes, however many', () => {
    for (const size of [0, 1, 2, 3, 48 * 1024, 48 * 1024 + 1, 200_000]) {
      const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7) & 255));
      assert.equal(printed(bytes, 'hex'), `${bytes.toString('hex')}\n`, `${size}`);
      assert.equal(printed(bytes, 'base64'), `${bytes.toString('base64')}\n`, `${size}`);
      assert.equal(printed(bytes, 'raw'), bytes.toString('latin1'), `${size}`);
    }
  });

  test('a view of other memory shows its own bytes', () => {
    assert.equal(printed(new Uint8Array([1, 2, 3, 4]).subarray(1, 3), 'hex'), '0203\n');
  });

  test('a preview has the size, and as many bytes as fit', () => {
    const [short] = formatMessage(Buffer.alloc(2048), 'preview', { isTTY: false, columns: 30 });
    assert.equal(short, '<binary 2 KiB: 00 00 00 00 …>\n');
  });
});
