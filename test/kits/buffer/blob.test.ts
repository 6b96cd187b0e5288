// Blobs: bytes that do not change.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import buffer from '../../../src/kits/buffer/index.ts';

describe('Blob', () => {
  test('is made of text, bytes and Blobs', async () => {
    const bytes = Uint8Array.of(97, 98, 99);
    const text = async (source: unknown) => await new buffer.Blob([source] as string[]).text();
    assert.equal(await text('aé'), 'aé');
    assert.equal(await text(bytes), '979899', 'the text of the numbers, as on a device');
    assert.equal(await text(Float32Array.of(1.5, -2)), '1.5-2');
    assert.equal(await text(bytes.buffer), 'abc');
    assert.equal(await text(new DataView(bytes.buffer, 1)), 'abc', 'all of its memory, as on a device');
    assert.equal(await text(buffer.from('xyz')), 'xyz');
    assert.equal(await text(new buffer.Blob(['in', 'side'])), 'inside');
    assert.equal(await new buffer.Blob(['a', 'b', 'c'], { endings: 'native' }).text(), 'abc');
  });

  test('size and type', () => {
    const blob = new buffer.Blob(['é'], { type: 'text/plain', endings: 'transparent' });
    assert.deepEqual([blob.size, blob.type], [2, 'text/plain']);
    assert.equal(new buffer.Blob([]).type, '');
    assert.equal(new buffer.Blob(['a'], null as never).type, '');
  });

  test('does not change with its sources; arrayBuffer is a copy', async () => {
    const source = Uint8Array.of(97);
    const blob = new buffer.Blob([source.buffer]);
    source[0] = 98;
    const memory = await blob.arrayBuffer();
    assert.ok(memory instanceof ArrayBuffer);
    assert.deepEqual([...new Uint8Array(memory)], [97]);
    new Uint8Array(memory)[0] = 99;
    assert.equal(await blob.text(), 'a');
  });

  test('slice', async () => {
    const blob = new buffer.Blob(['cbaz'], { type: 'a' });
    assert.equal(await blob.slice(0, 1).text(), 'c');
    assert.equal(await blob.slice(1).text(), 'baz');
    assert.equal(await blob.slice(-2).text(), 'az');
    assert.equal(await blob.slice(-1, 0).text(), 'z');
    assert.equal(await blob.slice(1, null as never).text(), 'baz');
    assert.equal(await blob.slice().text(), 'cbaz');
    assert.equal(blob.slice(2, 1).size, 0);
    assert.deepEqual([blob.slice(0, 1).type, blob.slice(0, 1, 'b').type], ['a', 'b']);
  });

  test('errors', () => {
    const Blob = buffer.Blob as new (...values: unknown[]) => buffer.Blob;
    const error = (text: string) => ({ code: 401, message: `Parameter error. ${text}` });
    assert.throws(() => new Blob(['a'], 10), error('The type of "options" must be Object. Received value is: number'));
    assert.throws(() => new Blob('abc'), error('The type of "sources" must be Iterable. Received value is: string'));
    assert.throws(
      () => new Blob(['a'], { endings: 'other' }),
      error('The value of endings is neither "transparent" nor "native"'),
    );
    assert.throws(() => new Blob([5]), { code: 401 });
  });
});
