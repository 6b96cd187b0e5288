// The handle below Node's zlib streams is tried out before it is relied on. Where it is missing, or works in another way,
// the documented functions are used. test/node/internals/removed.test.ts has client and server talk without it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import zlib, { type ZlibOptions } from 'node:zlib';
import { findZlibContexts, ZlibContext, type ZlibStreams } from '../../src/node/internals/zlib-context.ts';
import { ContextCompression, chooseCompression, nodeCompression } from '../../src/node/zlib/compression.ts';
import { OneShotCompression } from '../../src/node/zlib/one-shot.ts';

interface Handle {
  writeSync: ((...values: unknown[]) => void) | undefined;
  onerror: unknown;
}
type Stream = { _handle: Handle | undefined; _writeState: Uint32Array | undefined; destroyed: boolean; close(): void };

/** Node's own streams, each changed after it was made. */
function changed(change: (stream: Stream) => void, opened: Stream[] = []): ZlibStreams {
  const make = (name: 'createDeflateRaw' | 'createInflateRaw') => (options: ZlibOptions) => {
    const stream = zlib[name](options) as unknown as Stream;
    opened.push(stream);
    change(stream);
    return stream;
  };
  return { createDeflateRaw: make('createDeflateRaw'), createInflateRaw: make('createInflateRaw') };
}

/** Changes what a write does. */
function writing(change: (write: (...values: unknown[]) => void, values: unknown[]) => void): (stream: Stream) => void {
  return ({ _handle: handle }) => {
    const write = handle?.writeSync as (...values: unknown[]) => void;
    (handle as Handle).writeSync = (...values) => change((...all) => write.apply(handle, all), values);
  };
}

test('contexts are used on this version of Node', () => {
  assert.ok(findZlibContexts() !== undefined, process.version);
  assert.ok(nodeCompression() instanceof ContextCompression);
  assert.equal(nodeCompression(), nodeCompression());
});

describe('contexts are not used', () => {
  const cases: Record<string, (stream: Stream) => void> = {
    'where there is no handle': (stream) => {
      stream._handle = undefined;
    },
    'where it cannot write synchronously': ({ _handle: handle }) => {
      (handle as Handle).writeSync = undefined;
    },
    'where the state of a write is missing': (stream) => {
      stream._writeState = undefined;
    },
    'where the state of a write is smaller': (stream) => {
      stream._writeState = new Uint32Array(1);
    },
    'where the name is there and nothing behind it': writing(() => {}),
    'where a write throws': writing(() => {
      throw new Error('Not implemented: writeSync');
    }),
    'where it ignores what to flush': writing((write, [, ...rest]) => write(0, ...rest)),
    'where it does not stop after a block': writing((write, [flush, ...rest]) =>
      write(flush === 5 ? 2 : flush, ...rest),
    ),
    'where it keeps no window': writing((write, [flush, ...rest]) => write(flush === 2 ? 3 : flush, ...rest)),
  };
  for (const [title, change] of Object.entries(cases)) {
    test(title, () => {
      const opened: Stream[] = [];
      assert.equal(findZlibContexts(changed(change, opened)), undefined);
      assert.ok(opened.length > 0);
      assert.ok(chooseCompression(undefined) instanceof OneShotCompression);
    });
  }

  test('where errors of the bytes are not told', () => {
    assert.equal(
      findZlibContexts(
        changed(({ _handle: handle }) =>
          Object.defineProperty(handle as Handle, 'onerror', { get: () => () => {}, set() {} }),
        ),
      ),
      undefined,
    );
  });
});

test('trying out leaves no context open', () => {
  for (const change of [() => {}, writing(() => {})]) {
    const opened: Stream[] = [];
    findZlibContexts(changed(change, opened));
    assert.ok(opened.length >= 4 && opened.every((stream) => stream.destroyed));
  }
});

test('a range that does not fit and a closed context throw, where Node would abort', () => {
  const bytes = Buffer.alloc(8);
  const context = new ZlibContext(zlib.createDeflateRaw());
  const wrong: [start: number, end: number, from: number, until: number][] = [
    [-1, 8, 0, 8],
    [4, 3, 0, 8],
    [0, 9, 0, 8],
    [0, 8, -1, 8],
    [0, 8, 8, 8],
    [0, 8, 0, 9],
  ];
  for (const [start, end, from, until] of wrong) {
    assert.throws(() => context.write(bytes, start, end, bytes, from, until, 0), /misuse/);
  }
  context.close();
  context.close();
  assert.throws(() => context.write(bytes, 0, 8, bytes, 0, 8, 0), /misuse/);
});
