// The encoder's headers against RFC 6455 §5.2 written out, and what the decoder makes of them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DataFrameReceiver, Decoder } from '../../../src/core/frame/decoder.ts';
import { frameSize, headerSize, writeHeader, writeMaskedHeader } from '../../../src/core/frame/encoder.ts';
import { readKey } from '../../../src/core/mask.ts';
import { hex, toHex } from '../../support/hex.ts';
import { KEY } from '../../support/wire.ts';

const lengths: [length: number, unmasked: string, masked: string][] = [
  [0, '00', '80'],
  [1, '01', '81'],
  [125, '7d', 'fd'],
  [126, '7e 00 7e', 'fe 00 7e'],
  [127, '7e 00 7f', 'fe 00 7f'],
  [256, '7e 01 00', 'fe 01 00'],
  [65_535, '7e ff ff', 'fe ff ff'],
  [65_536, '7f 00 00 00 00 00 01 00 00', 'ff 00 00 00 00 00 01 00 00'],
  [2 ** 31 - 1, '7f 00 00 00 00 7f ff ff ff', 'ff 00 00 00 00 7f ff ff ff'],
  [2 ** 31, '7f 00 00 00 00 80 00 00 00', 'ff 00 00 00 00 80 00 00 00'],
  [2 ** 32 - 1, '7f 00 00 00 00 ff ff ff ff', 'ff 00 00 00 00 ff ff ff ff'],
  [2 ** 32, '7f 00 00 00 01 00 00 00 00', 'ff 00 00 00 01 00 00 00 00'],
  [2 ** 53 - 1, '7f 00 1f ff ff ff ff ff ff', 'ff 00 1f ff ff ff ff ff ff'],
];

/** Decodes a header: its first byte and length, or nothing if it is incomplete. */
function decode(role: 'client' | 'server', header: Uint8Array): [first: number, length: number] | undefined {
  let seen: [number, number] | undefined;
  const receiver: DataFrameReceiver = {
    begin(first, length) {
      seen = [first, length];
    },
    whole() {},
    part() {},
    end() {},
  };
  new Decoder(role, receiver, { control() {} }).decode(header, header.length);
  return seen;
}

describe('headers', () => {
  for (const [length, unmasked, masked] of lengths) {
    for (const first of [0x81, 0x02, 0x00, 0x80]) {
      const lead = first.toString(16).padStart(2, '0');
      test(`${lead}, ${length} bytes`, () => {
        for (const [isMasked, expected] of [
          [false, `${lead} ${unmasked}`],
          [true, `${lead} ${masked} ${toHex(KEY)}`],
        ] as const) {
          const size = headerSize(length, isMasked);
          assert.equal(size, hex(expected).length);
          const target = new Uint8Array(size + 4).fill(0xee);
          if (isMasked) writeMaskedHeader(target, 2, first, length, readKey(KEY, 0));
          else writeHeader(target, 2, first, length);
          assert.equal(toHex(target), `ee ee ${expected} ee ee`);
          const header = target.slice(2, 2 + size);
          assert.deepEqual(decode(isMasked ? 'server' : 'client', header.slice()), [first, length]);
          for (let cut = 1; cut < size; cut++) {
            assert.equal(decode(isMasked ? 'server' : 'client', header.slice(0, cut)), undefined, `cut at ${cut}`);
          }
        }
      });
    }
  }
});

test('an extension may define reserved bits, those and no others (RFC 6455 §5.2)', () => {
  const { whole, part, end } = { whole() {}, part() {}, end() {} };
  for (const allowed of [0x40, 0x20, 0x10, 0x50]) {
    for (const bits of [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70]) {
      let begun = -1;
      const begin = (first: number) => {
        begun = first;
      };
      const decoder = new Decoder('client', { begin, whole, part, end }, { control() {} }, allowed);
      const push = () => decoder.decode(Uint8Array.of(0x81 | bits, 0), 2);
      if ((bits & ~allowed) === 0) {
        push();
        assert.equal(begun, 0x81 | bits);
      } else {
        assert.throws(push, { code: 'ERR_WS_RESERVED_BITS' });
      }
    }
  }
});

test('frameSize reads the header of a frame of ours, wherever it lies', () => {
  for (const [length, unmasked, masked] of lengths) {
    assert.equal(frameSize(hex('ee 81', unmasked), 1), headerSize(length, false) + length);
    assert.equal(frameSize(hex('ee 81', masked, KEY), 1), headerSize(length, true) + length);
  }
});
