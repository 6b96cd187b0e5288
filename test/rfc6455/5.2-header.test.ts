// RFC 6455 §5.2: the frame header: FIN, RSV, opcode, MASK and the three length encodings.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Role } from '../../src/core/constants.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import { CoreHost, openConnection } from '../support/core-connection.ts';
import { assertFailed, type Outcome, receives, receivesBytes } from '../support/feeds.ts';
import { assertBytes, concat, hex, pattern } from '../support/hex.ts';
import { frame, other, showData, wire } from '../support/wire.ts';

/** The rules for a first byte, in the RFC's order of fields, where no extension was negotiated. */
function refusal(first: number, isInMessage: boolean): ErrorCode | undefined {
  const isFinal = first >= 0x80;
  const opcode = first & 0x0f;
  // "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values."
  if ((first & 0x70) !== 0) return 'ERR_WS_RESERVED_BITS';
  // "%x3-7 are reserved for further non-control frames", "%xB-F … control frames"; unknown: fail.
  if ((opcode >= 3 && opcode <= 7) || opcode >= 0xb) return 'ERR_WS_RESERVED_OPCODE';
  // RFC 6455 §5.5: control frames "MUST NOT be fragmented".
  if (opcode >= 8) return isFinal ? undefined : 'ERR_WS_CONTROL_FRAGMENTED';
  // RFC 6455 §5.4
  if (opcode === 0) return isInMessage ? undefined : 'ERR_WS_UNEXPECTED_CONTINUATION';
  return isInMessage ? 'ERR_WS_EXPECTED_CONTINUATION' : undefined;
}

/** What an accepted empty frame leads to. */
function acceptance(first: number, isInMessage: boolean): Outcome {
  const opcode = first & 0x0f;
  if (opcode === 8) return { written: ['88 00'] };
  if (opcode === 9) return { events: ['ping'], written: ['8a 00'] };
  if (opcode === 0xa) return { events: ['pong'] };
  if (first < 0x80) return {};
  // A text message was begun; by itself, opcode 2 is binary.
  return { events: [opcode === 2 ? 'message' : `message ${isInMessage ? '"a"' : '""'}`] };
}

describe('RFC 6455 §5.2 FIN, RSV1–3 and opcode: all 256 first bytes', () => {
  for (const isInMessage of [false, true]) {
    test(isInMessage ? 'inside a fragmented text' : 'between messages', () => {
      for (let first = 0; first < 256; first++) {
        const fails = refusal(first, isInMessage);
        const frames = [...(isInMessage ? ['01 01 61'] : []), frame(first)];
        // The frame after the input is a ping; an open fragmented message does not mind it.
        receives(frames, fails === undefined ? acceptance(first, isInMessage) : { fails });
      }
    });
  }

  test('the first byte is refused when it shows enough', () => {
    for (let first = 0; first < 256; first++) {
      const fails = refusal(first, first % 16 === 0);
      const isKnownAtOnce = fails !== undefined && !fails.endsWith('CONTINUATION');
      for (const role of ['client', 'server'] as const) {
        receivesBytes(role, Uint8Array.of(first), isKnownAtOnce ? { fails } : { isCut: true });
      }
    }
  });
});

describe('RFC 6455 §5.2 payload length', () => {
  const sizes: [size: number, header: string][] = [
    [0, '82 00'],
    [1, '82 01'],
    [125, '82 7d'],
    [126, '82 7e 00 7e'],
    [127, '82 7e 00 7f'],
    [255, '82 7e 00 ff'],
    [256, '82 7e 01 00'],
    [32768, '82 7e 80 00'],
    [65535, '82 7e ff ff'],
    [65536, '82 7f 00 00 00 00 00 01 00 00'],
    [65537, '82 7f 00 00 00 00 00 01 00 01'],
  ];
  for (const [size, header] of sizes) {
    const payload = pattern(size);
    test(`${size} bytes are ${header}`, () => {
      for (const role of ['client', 'server'] as const) {
        // Byte by byte is for what fits a few hundred bytes; larger ones are cut within the header and near the end.
        const input = wire(role, hex(header, payload));
        if (size <= 256) receivesBytes(role, input, { events: [`message ${showData(payload)}`.trimEnd()] });
        else
          for (const cut of [1, 2, 3, 4, 5, 8, 10, 14, 15, 16, size - 1, input.length]) receivesCut(role, input, cut);
      }
      function receivesCut(role: Role, input: Uint8Array, cut: number) {
        const { receive, events } = openConnection(role);
        receive(input.subarray(0, cut));
        receive(input.subarray(cut));
        assert.deepEqual(events, [`message ${showData(payload)}`], `${role}, cut at ${cut}`);
      }
    });
    test(`${size} bytes are sent as ${header}`, () => {
      for (const role of ['client', 'server'] as const) {
        const { connection, written, turn } = openConnection(role);
        connection.send(payload);
        turn.end();
        assertBytes(written.bytes, wire(other(role), hex(header, payload)), role);
      }
    });
    test(`a text of ${size} bytes is sent with the same length`, () => {
      for (const role of ['client', 'server'] as const) {
        // One character of three bytes where it fits: the header's size must follow from bytes, not from UTF-16 units.
        const text = size < 3 ? 'x'.repeat(size) : `${'x'.repeat(size - 3)}€`;
        const { connection, written, turn } = openConnection(role);
        connection.send(text);
        turn.end();
        const bytes = concat([hex(header.replace('82', '81')), new TextEncoder().encode(text)]);
        assertBytes(written.bytes, wire(other(role), bytes), role);
      }
    });
  }

  const refused: [name: string, header: string, error: ErrorCode][] = [
    ['0 in 16 bits', '82 7e 00 00', 'ERR_WS_LENGTH_NOT_MINIMAL'],
    ['1 in 16 bits', '81 7e 00 01', 'ERR_WS_LENGTH_NOT_MINIMAL'],
    ['125 in 16 bits', '82 7e 00 7d', 'ERR_WS_LENGTH_NOT_MINIMAL'],
    ['0 in 64 bits', '82 7f 00 00 00 00 00 00 00 00', 'ERR_WS_LENGTH_NOT_MINIMAL'],
    ['125 in 64 bits', '82 7f 00 00 00 00 00 00 00 7d', 'ERR_WS_LENGTH_NOT_MINIMAL'],
    ['126 in 64 bits', '82 7f 00 00 00 00 00 00 00 7e', 'ERR_WS_LENGTH_NOT_MINIMAL'],
    ['65535 in 64 bits', '82 7f 00 00 00 00 00 00 ff ff', 'ERR_WS_LENGTH_NOT_MINIMAL'],
    ['2^63, the sign bit', '82 7f 80 00 00 00 00 00 00 00', 'ERR_WS_LENGTH_SIGN'],
    ['2^64 - 1', '82 7f ff ff ff ff ff ff ff ff', 'ERR_WS_LENGTH_SIGN'],
    ['the sign bit before a small number', '82 7f 80 00 00 00 00 00 00 01', 'ERR_WS_LENGTH_SIGN'],
    ['2^63 - 1', '82 7f 7f ff ff ff ff ff ff ff', 'ERR_WS_LENGTH_TOO_LARGE'],
    ['2^53', '82 7f 00 20 00 00 00 00 00 00', 'ERR_WS_LENGTH_TOO_LARGE'],
    ['2^53 - 1, over the limit', '82 7f 00 1f ff ff ff ff ff ff', 'ERR_WS_MESSAGE_TOO_LARGE'],
    ['2^32 + 1, whose low half is small', '82 7f 00 00 00 01 00 00 00 01', 'ERR_WS_MESSAGE_TOO_LARGE'],
    ['2^31, negative as a 32-bit number', '82 7f 00 00 00 00 80 00 00 00', 'ERR_WS_MESSAGE_TOO_LARGE'],
  ];
  for (const [name, header, fails] of refused) {
    test(`refused at the header: ${name}`, () => {
      receives([header], { fails });
      receives(['81 02 48 69', header], { events: ['message "Hi"'], fails });
    });
  }

  test('the sign bit is refused at its byte', () => {
    receivesBytes('client', hex('82 7f 80'), { fails: 'ERR_WS_LENGTH_SIGN' });
    receivesBytes('server', hex('82 ff 80'), { fails: 'ERR_WS_LENGTH_SIGN' });
  });
});

describe('RFC 6455 §10.4 a header that announces 2 GiB', () => {
  const header = '82 7f 00 00 00 00 80 00 00 00';
  test('is refused before its payload, at no cost of memory, when the limit is lower', () => {
    for (const role of ['client', 'server'] as const) {
      const host = new CoreHost();
      const run = openConnection(role, { host });
      run.receive(wire(role, header));
      assertFailed(run, 'ERR_WS_MESSAGE_TOO_LARGE');
      assert.ok(host.allocations.every((size) => size <= 65536));
    }
  });
  test('costs what has arrived when the limit is higher', () => {
    for (const role of ['client', 'server'] as const) {
      const host = new CoreHost();
      const { receive, events, connection } = openConnection(role, { host, limits: { maxMessageSize: 2 ** 32 } });
      receive(wire(role, header));
      host.allocations.length = 0;
      for (let count = 0; count < 1000; count++) receive(pattern(100));
      const allocated = host.allocations.reduce((sum, size) => sum + size, 0);
      assert.ok(allocated <= 2 * 100_000 + 65536, `${allocated} bytes allocated for 100,000 received`);
      assert.ok(connection.isOpen);
      assert.deepEqual(events, []);
    }
  });
});
