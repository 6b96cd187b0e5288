// What the decoder tells of frames, for both roles and wherever the input is cut, and at which byte it refuses one.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Role } from '../../../src/core/constants.ts';
import { WebSocketError } from '../../../src/core/errors.ts';
import { Decoder } from '../../../src/core/frame/decoder.ts';
import { concat, hex, pattern, toHex } from '../../support/hex.ts';
import { wire } from '../../support/wire.ts';

/** A decoder that notes what it tells. Parts of a payload are noted as one, since they depend on how the input is cut. */
function decoding(
  role: Role,
  allowedRsvBits = 0,
): { decoder: Decoder; events: string[]; feed(bytes: Uint8Array): void } {
  const events: string[] = [];
  let parts: Uint8Array[] = [];
  const decoder = new Decoder(
    role,
    {
      begin: (first, length) => events.push(`begin ${toHex(Uint8Array.of(first))} of ${length}`),
      whole(_first, chunk, start, end, bits) {
        const bytes = chunk.slice(start, end);
        // -1: not known. Otherwise the bits that any byte has.
        if (bits >= 0)
          assert.equal(
            bits < 0x80,
            bytes.every((byte) => byte < 0x80),
          );
        events.push(`payload ${toHex(bytes)}`);
      },
      part(chunk, start, end, bits, remaining) {
        const bytes = chunk.slice(start, end);
        if (bits >= 0)
          assert.equal(
            bits < 0x80,
            bytes.every((byte) => byte < 0x80),
          );
        parts.push(bytes);
        assert.ok(remaining >= 0);
      },
      end() {
        events.push(`payload ${toHex(concat(parts))}`);
        parts = [];
      },
    },
    { control: (opcode, bytes, start, end) => events.push(`control ${opcode} ${toHex(bytes.slice(start, end))}`) },
    allowedRsvBits,
  );
  return { decoder, events, feed: (bytes) => decoder.decode(bytes.slice(), bytes.length) };
}

const sequences: [title: string, frames: string[], events: string[]][] = [
  ['an empty text (RFC 6455 §5.6)', ['81 00'], ['begin 81 of 0', 'payload ']],
  ['"Hello" (RFC 6455 §5.7)', ['81 05 48 65 6c 6c 6f'], ['begin 81 of 5', 'payload 48 65 6c 6c 6f']],
  [
    'a fragmented text with a Ping inside (RFC 6455 §5.4)',
    ['01 03 48 65 6c', '89 02 68 69', '80 02 6c 6f'],
    ['begin 01 of 3', 'payload 48 65 6c', 'control 9 68 69', 'begin 80 of 2', 'payload 6c 6f'],
  ],
  ['bytes that are not ASCII', ['82 03 c3 a9 00'], ['begin 82 of 3', 'payload c3 a9 00']],
  ['Close, Ping and Pong', ['88 02 03 e8', '89 00', '8a 01 61'], ['control 8 03 e8', 'control 9 ', 'control 10 61']],
];

for (const role of ['server', 'client'] as const) {
  describe(`a ${role} decodes`, () => {
    for (const [title, frames, events] of sequences) {
      test(`${title}, whole, byte by byte and cut in two`, () => {
        const bytes = wire(role, ...frames);
        const whole = decoding(role);
        whole.feed(bytes);
        assert.deepEqual(whole.events, events);
        assert.equal(whole.decoder.isIdle, true);
        const single = decoding(role);
        for (const byte of bytes) single.feed(Uint8Array.of(byte));
        assert.deepEqual(single.events, events);
        for (let cut = 1; cut < bytes.length; cut++) {
          const two = decoding(role);
          two.feed(bytes.slice(0, cut));
          two.feed(bytes.slice(cut));
          assert.deepEqual(two.events, events, `cut at ${cut}`);
          assert.equal(two.decoder.isIdle, true);
        }
      });
    }

    test('lengths of 16 and of 64 bits, wherever the header is cut (RFC 6455 §5.2)', () => {
      for (const [size, header] of [
        [126, '7e 00 7e'],
        [65_535, '7e ff ff'],
        [65_536, '7f 00 00 00 00 00 01 00 00'],
      ] as const) {
        const payload = pattern(size);
        const bytes = wire(role, hex('82', header, payload));
        for (let cut = 1; cut < 16; cut++) {
          const { events, decoder, feed } = decoding(role);
          feed(bytes.slice(0, cut));
          feed(bytes.slice(cut));
          assert.deepEqual(events, [`begin 82 of ${size}`, `payload ${toHex(payload)}`]);
          assert.ok(decoder.isIdle);
        }
      }
    });

    test('a length above 2^32 with only its header', () => {
      const { events, decoder, feed } = decoding(role);
      feed(wire(role, '82 7f 00 1f ff ff ff ff ff ff'));
      assert.deepEqual(events, ['begin 82 of 9007199254740991']);
      assert.equal(decoder.isIdle, false);
    });
  });
}

const refused: [title: string, role: Role, frame: string, code: string, seen: number][] = [
  ['RSV2', 'client', 'a1 00', 'ERR_WS_RESERVED_BITS', 1],
  ['RSV1, which was not agreed on', 'client', 'c1 00', 'ERR_WS_RESERVED_BITS', 1],
  ['a reserved data opcode', 'client', '83 00', 'ERR_WS_RESERVED_OPCODE', 1],
  ['a reserved control opcode', 'client', '8b 00', 'ERR_WS_RESERVED_OPCODE', 1],
  ['a control frame without FIN', 'client', '09 00', 'ERR_WS_CONTROL_FRAGMENTED', 1],
  ['a masked frame at a client', 'client', '81 80 00 00 00 00', 'ERR_WS_MASKED', 2],
  ['a frame that is not masked at a server', 'server', '81 00', 'ERR_WS_NOT_MASKED', 2],
  ['a control frame of 126 bytes', 'client', '89 7e 00 7e', 'ERR_WS_CONTROL_TOO_LARGE', 2],
  ['16 bits for 125 bytes', 'client', '82 7e 00 7d', 'ERR_WS_LENGTH_NOT_MINIMAL', 4],
  ['64 bits for 65535 bytes', 'client', '82 7f 00 00 00 00 00 00 ff ff', 'ERR_WS_LENGTH_NOT_MINIMAL', 10],
  ['a length with its first bit set', 'client', '82 7f 80 00 00 00 00 00 00 00', 'ERR_WS_LENGTH_SIGN', 3],
  ['a length of 2^53', 'client', '82 7f 00 20 00 00 00 00 00 00', 'ERR_WS_LENGTH_TOO_LARGE', 10],
];

describe('refuses', () => {
  for (const [title, role, frame, code, seen] of refused) {
    test(`${title}, at byte ${seen}`, () => {
      const isRefusal = (error: unknown) => error instanceof WebSocketError && error.code === code;
      const bytes = hex(frame);
      assert.throws(() => decoding(role).feed(bytes), isRefusal);
      const cut = decoding(role);
      for (let at = 0; at < seen - 1; at++) cut.feed(bytes.slice(at, at + 1));
      assert.throws(() => cut.feed(bytes.slice(seen - 1, seen)), isRefusal);
      assert.deepEqual(cut.events, []);
    });
  }

  test('RSV1 that was agreed on, anywhere but where a message begins (RFC 7692 §6)', () => {
    const { events, feed } = decoding('client', 0x40);
    feed(hex('c1 01 00  41 01 00  80 01 00'));
    assert.deepEqual(events.filter((event) => event.startsWith('begin')).length, 3);
    for (const frame of ['c0 00', 'c9 00']) {
      assert.throws(() => decoding('client', 0x40).feed(hex(frame)), { code: 'ERR_WS_COMPRESSED_BIT' });
    }
    assert.throws(() => decoding('client', 0x40).feed(hex('e1 00')), { code: 'ERR_WS_RESERVED_BITS' });
  });
});

test('frameProgress counts the bytes received of a data frame; after discard everything is ignored', () => {
  const { decoder, events, feed } = decoding('client');
  assert.equal(decoder.frameProgress, 0);
  feed(hex('82 05 01 02'));
  assert.equal(decoder.frameProgress, 2);
  decoder.discard();
  assert.equal(decoder.frameProgress, 0);
  feed(hex('03 04 05  81 00'));
  assert.deepEqual(events, ['begin 82 of 5']);
});

test('discard while a chunk is being decoded leaves the rest of it', () => {
  const opcodes: number[] = [];
  const decoder: Decoder = new Decoder(
    'client',
    { begin() {}, whole() {}, part() {}, end() {} },
    {
      control(opcode) {
        opcodes.push(opcode);
        decoder.discard();
      },
    },
  );
  decoder.decode(hex('88 00  89 00'), 4);
  assert.deepEqual(opcodes, [8]);
});

describe('a decoder that is held', () => {
  test('reads no further frame of its chunk, and goes on where it was; discarding wins', () => {
    const seen: string[] = [];
    const receiver = {
      begin() {},
      whole: (_first: number, chunk: Uint8Array, start: number, end: number) => {
        seen.push(toHex(chunk.subarray(start, end)));
        decoder.hold();
        decoder.hold();
      },
      part: (_chunk: Uint8Array, start: number, end: number) => {
        seen.push(`part of ${end - start}`);
        decoder.hold();
      },
      end: () => void seen.push('end'),
    };
    const decoder: Decoder = new Decoder('client', receiver, { control: () => void seen.push('control') });
    const input = hex('82 01 01', '89 00', '82 03 01 02');
    assert.equal(decoder.decode(input, input.length), 3);
    assert.equal(decoder.decode(input, input.length), 0);
    assert.equal(decoder.isIdle, false);
    decoder.goOn();
    decoder.goOn();
    assert.equal(decoder.decode(input.subarray(3), 6), 6);
    assert.equal(decoder.frameProgress, 2);
    assert.deepEqual(seen, ['01', 'control', 'part of 2']);
    decoder.goOn();
    assert.equal(decoder.decode(hex('03'), 1), 1);
    assert.deepEqual(seen.slice(3), ['part of 1', 'end']);
    decoder.discard();
    decoder.hold();
    decoder.goOn();
    assert.equal(decoder.decode(input, input.length), 0);
  });
});
