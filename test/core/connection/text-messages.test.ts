// `textMessages: 'bytes'`: text messages as the bytes of their UTF-8; and the third argument of the `message` handler.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Role } from '../../../src/core/constants.ts';
import { openConnection, type Setup } from '../../support/core-connection.ts';
import { feeds } from '../../support/feeds.ts';
import { concat } from '../../support/hex.ts';
import { frame, wire } from '../../support/wire.ts';

function receives(role: Role, setup: Setup, chunks: readonly Uint8Array[]) {
  const got: [unknown, boolean][] = [];
  const open = openConnection(role, {
    ...setup,
    handlers: {
      message(_, data, isBinary) {
        got.push([typeof data === 'string' ? data : Buffer.from(data).toString(), isBinary]);
        if (setup.textMessages === 'bytes') assert.equal(typeof data, 'object');
      },
    },
  });
  for (const chunk of chunks) open.receive(chunk);
  return { got, events: open.events };
}

for (const role of ['client', 'server'] as const) {
  describe(`textMessages of a ${role}`, () => {
    const euro = new TextEncoder().encode('5 €');
    const input = concat([
      wire(role, frame(0x81, euro)),
      wire(role, frame(0x82, euro)),
      wire(role, frame(0x01, euro.subarray(0, 3)), frame(0x80, euro.subarray(3))),
      wire(role, frame(0x02, euro.subarray(0, 3)), frame(0x80, euro.subarray(3))),
      wire(role, frame(0x81)),
    ]);
    const expected = [
      ['5 €', false],
      ['5 €', true],
      ['5 €', false],
      ['5 €', true],
      ['', false],
    ];
    for (const textMessages of ['strings', 'bytes'] as const) {
      for (const binaryMessages of ['owned', 'lent'] as const) {
        for (const { how, chunks } of feeds(input)) {
          test(`${textMessages}, ${binaryMessages}, ${how}`, () => {
            assert.deepEqual(receives(role, { textMessages, binaryMessages }, chunks).got, expected);
          });
        }
      }
    }

    test('bytes of text are UTF-8, or the connection fails with 1007', () => {
      const { got, events } = receives(role, { textMessages: 'bytes' }, [wire(role, '81 02 c3 28')]);
      assert.deepEqual(got, []);
      assert.ok(events.some((event) => event.includes('ERR_WS_INVALID_UTF8')));
      const cut = receives(role, { textMessages: 'bytes' }, [wire(role, '01 01 c3', '80 00')]);
      assert.deepEqual(cut.got, []);
      assert.ok(cut.events.some((event) => event.includes('ERR_WS_INVALID_UTF8')));
    });
  });

  describe(`autoPong of a ${role}`, () => {
    test('true: a ping is answered before the handler is called', () => {
      const { receive, written, events } = openConnection(role);
      receive(wire(role, '89 02 48 69'));
      assert.deepEqual(written.frames(), ['pong 48 69']);
      assert.deepEqual(events, ['ping 48 69']);
    });

    test('false: the application answers', () => {
      const { receive, written, events, connection, turn } = openConnection(role, { autoPong: false });
      receive(wire(role, '89 02 48 69'));
      assert.deepEqual(written.frames(), []);
      assert.deepEqual(events, ['ping 48 69']);
      connection.pong('Hi');
      turn.end();
      assert.deepEqual(written.frames(), ['pong 48 69']);
    });
  });
}
