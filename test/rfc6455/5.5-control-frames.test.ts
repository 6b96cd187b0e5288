// RFC 6455 §5.5: control frames: at most 125 bytes of payload, never fragmented, answered at once.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ErrorCode } from '../../src/core/errors.ts';
import { openConnection } from '../support/core-connection.ts';
import { receives } from '../support/feeds.ts';
import { hex, pattern, toHex } from '../support/hex.ts';
import { frame, showData } from '../support/wire.ts';

describe('RFC 6455 §5.5 all control frames', () => {
  const refused: [name: string, header: string, error: ErrorCode][] = [
    ['ping of 126 bytes', '89 7e 00 7e', 'ERR_WS_CONTROL_TOO_LARGE'],
    ['pong of 126 bytes', '8a 7e 00 7e', 'ERR_WS_CONTROL_TOO_LARGE'],
    ['close of 126 bytes', '88 7e 00 7e', 'ERR_WS_CONTROL_TOO_LARGE'],
    ['ping of 65536 bytes', '89 7f 00 00 00 00 00 01 00 00', 'ERR_WS_CONTROL_TOO_LARGE'],
    ['close of 65536 bytes', '88 7f 00 00 00 00 00 01 00 00', 'ERR_WS_CONTROL_TOO_LARGE'],
    ['ping of 1 byte in 16 bits', '89 7e 00 01', 'ERR_WS_CONTROL_TOO_LARGE'],
    ['ping without FIN', '09 00', 'ERR_WS_CONTROL_FRAGMENTED'],
    ['pong without FIN', '0a 01 61', 'ERR_WS_CONTROL_FRAGMENTED'],
    ['close without FIN', '08 02 03 e8', 'ERR_WS_CONTROL_FRAGMENTED'],
  ];
  for (const [name, header, fails] of refused) {
    test(`refused: ${name}`, () => {
      receives([header], { fails });
      receives(['01 01 61', header], { fails });
    });
  }

  test('125 bytes are taken', () => {
    const payload = pattern(125);
    const shown = showData(payload);
    receives([frame(0x89, payload)], { events: [`ping ${shown}`], written: [frame(0x8a, payload)] });
    receives([frame(0x8a, payload)], { events: [`pong ${shown}`] });
    const reason = 'r'.repeat(123);
    const close = hex('88 7d  03 e8', new TextEncoder().encode(reason));
    receives([close], { written: [close] });
  });

  test('the second length byte is enough: the rest is not waited for', () => {
    receives(['89 7e 00 7e'], { fails: 'ERR_WS_CONTROL_TOO_LARGE' });
    const { connection, transport } = openConnection('client');
    transport.deliver(hex('89 7e'));
    assert.equal(connection.isOpen, false);
  });

  test('a payload given to a handler is its own, not a window into the chunk', () => {
    for (const opcode of ['89', '8a']) {
      const kept: Uint8Array[] = [];
      const keep = (_: unknown, payload: Uint8Array) => void kept.push(payload);
      const { transport } = openConnection('client', { handlers: { ping: keep, pong: keep } });
      const chunk = hex(opcode, '03 01 02 03');
      transport.deliver(chunk);
      chunk.fill(0xff);
      assert.deepEqual(kept.map(toHex), ['01 02 03']);
    }
  });

  test('a payload that is too large is not sent, and nothing else happens', () => {
    for (const role of ['client', 'server'] as const) {
      const { connection, turn, written, events } = openConnection(role);
      const expected = {
        code: 'ERR_WS_PING_TOO_LARGE',
        message: 'payload of a ping or pong has 126 bytes; at most 125 fit into a control frame (RFC 6455 §5.5)',
      };
      assert.throws(() => connection.ping(pattern(126)), expected);
      assert.throws(() => connection.pong('é'.repeat(63)), expected);
      assert.throws(() => connection.ping(5 as never), { code: 'ERR_WS_DATA_TYPE' });
      turn.end();
      written.equals('');
      assert.ok(connection.isOpen);
      assert.deepEqual(events, []);
    }
  });
});
