// `fragmentSizes`: the `message` handler is told of which fragments a message was made.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import type { Role } from '../../../src/core/constants.ts';
import { openConnection, type Setup } from '../../support/core-connection.ts';
import { feeds } from '../../support/feeds.ts';
import { concat } from '../../support/hex.ts';
import { frame, wire } from '../../support/wire.ts';

function receives(role: Role, setup: Setup, chunks: readonly Uint8Array[]): unknown[] {
  const got: unknown[] = [];
  const open = openConnection(role, {
    ...setup,
    handlers: {
      message: (_, data, isBinary, fragments) => {
        got.push(Buffer.from(data as string).toString(), isBinary, fragments);
      },
    },
  });
  for (const chunk of chunks) open.receive(chunk);
  return got;
}

/** RFC 7692 §7.2.1, for a part of a message: its empty block stays. */
function deflated(text: string, isLast: boolean): Uint8Array {
  const bytes = deflateRawSync(text, { finishFlush: 2 });
  return isLast ? bytes.subarray(0, bytes.length - 4) : bytes;
}

for (const role of ['client', 'server'] as const) {
  describe(`fragmentSizes of a ${role}`, () => {
    const input = concat([
      wire(role, frame(0x02, Buffer.from('a')), frame(0x00), frame(0x89), frame(0x80, Buffer.from('bcd'))),
      wire(role, frame(0x82, Buffer.from('ef'))),
      wire(role, frame(0x01, Buffer.from('g')), frame(0x80, Buffer.from('hi'))),
      wire(role, frame(0x02), frame(0x80)),
    ]);
    for (const binaryMessages of ['owned', 'lent'] as const) {
      for (const { how, chunks } of feeds(input)) {
        test(`${binaryMessages}, ${how}`, () => {
          const setup = { binaryMessages, fragmentSizes: true };
          const expected = ['abcd', true, [1, 0, 3], 'ef', true, undefined, 'ghi', false, [1, 2], '', true, [0, 0]];
          assert.deepEqual(receives(role, setup, chunks), expected);
        });
      }
    }

    test('compressed: the bytes of each after inflating', () => {
      const bytes = wire(
        role,
        frame(0x42, deflated('one fish, ', false)),
        frame(0x80, deflated('two fish', true)),
        frame(0xc2, deflated('red fish', true)),
      );
      const got = receives(role, { fragmentSizes: true, deflate: {} }, [bytes]);
      assert.deepEqual(got, ['one fish, two fish', true, [10, 8], 'red fish', true, undefined]);
    });

    test('they are not told by default', () => {
      const [, , fragments] = receives(role, {}, [input]);
      assert.equal(fragments, undefined);
    });
  });
}
