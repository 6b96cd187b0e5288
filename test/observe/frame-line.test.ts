// Frames as lines of a log.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { frameLine } from '../../src/observe/frame-line.ts';

const frame = (
  opcode: number,
  payload: string | number[] | Uint8Array,
  more: { fin?: boolean; rsv1?: boolean } = {},
) => ({
  opcode,
  fin: true,
  rsv1: false,
  payload: typeof payload === 'string' ? Buffer.from(payload) : Uint8Array.from(payload),
  ...more,
});

const lines: readonly (readonly [name: string, frame: ReturnType<typeof frame>, shown: string, hidden: string])[] = [
  ['text', frame(1, 'hello'), "TEXT 'hello' [5 bytes]", 'TEXT [5 bytes]'],
  ['no text', frame(1, ''), "TEXT '' [0 bytes]", 'TEXT [0 bytes]'],
  ['one byte', frame(1, 'a'), "TEXT 'a' [1 byte]", 'TEXT [1 byte]'],
  ['binary', frame(2, [0, 255, 16]), 'BINARY 00 ff 10 [3 bytes]', 'BINARY [3 bytes]'],
  ['a first fragment', frame(1, 'a', { fin: false }), "TEXT 'a' [1 byte, continued]", 'TEXT [1 byte, continued]'],
  ['a last fragment', frame(0, 'b'), "CONT 'b' [1 byte]", 'CONT [1 byte]'],
  [
    'compressed',
    frame(1, [0xf2, 0x48], { rsv1: true }),
    'TEXT f2 48 [2 bytes, compressed]',
    'TEXT [2 bytes, compressed]',
  ],
  ['close', frame(8, [3, 232]), 'CLOSE 1000 (OK) [2 bytes]', 'CLOSE 1000 (OK) [2 bytes]'],
  ['close, reason', frame(8, [15, 160, 0x62, 0x79, 0x65]), "CLOSE 4000 'bye' [5 bytes]", 'CLOSE 4000 [5 bytes]'],
  ['close, nothing', frame(8, ''), 'CLOSE [0 bytes]', 'CLOSE [0 bytes]'],
  ['close, half a code', frame(8, [3]), 'CLOSE [1 byte]', 'CLOSE [1 byte]'],
  ['close, no text', frame(8, [3, 232, 255]), "CLOSE 1000 (OK) '?' [3 bytes]", 'CLOSE 1000 (OK) [3 bytes]'],
  ['ping', frame(9, ''), 'PING [0 bytes]', 'PING [0 bytes]'],
  ['ping, text', frame(9, 'ping'), "PING 'ping' [4 bytes]", 'PING [4 bytes]'],
  ['pong, bytes', frame(10, [1, 2]), 'PONG 01 02 [2 bytes]', 'PONG [2 bytes]'],
  ['a reserved opcode', frame(3, [1]), 'OPCODE 3 01 [1 byte]', 'OPCODE 3 [1 byte]'],
  ['invalid text', frame(1, [0xff]), 'TEXT ff [1 byte]', 'TEXT [1 byte]'],
  ['a quote', frame(1, "it's"), "TEXT 'it\\'s' [4 bytes]", 'TEXT [4 bytes]'],
  ['what steers terminals', frame(1, '\x1b[2J\n\u202e'), "TEXT '\\x1b[2J\\n\\u202e' [8 bytes]", 'TEXT [8 bytes]'],
];

describe('frameLine', () => {
  for (const [name, given, shown, hidden] of lines) {
    test(name, () => assert.deepEqual([frameLine(given, true), frameLine(given, false)], [shown, hidden]));
  }

  test('a long text is cut, not within a character', () => {
    const line = frameLine(frame(1, `${'é'.repeat(37)}🌍${'é'.repeat(1000)}`), true);
    assert.equal(line, `TEXT '${'é'.repeat(37)}'… [2078 bytes]`);
  });

  test('long binary data is cut', () => {
    assert.match(frameLine(frame(2, new Uint8Array(1000)), true), /^BINARY (?:00 ){25}… \[1000 bytes\]$/);
  });

  test('a payload of which only the beginning is known has its whole size', () => {
    assert.equal(frameLine({ ...frame(1, 'abc'), size: 100_000 }, true), "TEXT 'abc'… [100000 bytes]");
  });
});
