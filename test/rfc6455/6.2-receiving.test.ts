// RFC 6455 §6.2: receiving: messages in order, held back by pause(), and nothing after the end.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnection } from '../support/core-connection.ts';
import { receives } from '../support/feeds.ts';
import { concat, pattern } from '../support/hex.ts';
import { frame, showData, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;

describe('RFC 6455 §6.2 receiving', () => {
  test('frames of all kinds in one stream', () => {
    receives(['81 01 61', '82 02 01 02', '89 01 70', '01 01 62', '8a 00', '80 01 63', '81 00', '82 00'], {
      events: ['message "a"', 'message 01 02', 'ping 70', 'pong', 'message "bc"', 'message ""', 'message'],
      written: ['8a 01 70'],
    });
  });

  test('nothing at all, and an empty chunk', () => {
    for (const role of roles) {
      const { receive, events, written, connection } = openConnection(role);
      receive('');
      receive(wire(role, '81 01 61').subarray(0, 1));
      receive('');
      receive(wire(role, '81 01 61').subarray(1));
      assert.deepEqual(events, ['message "a"']);
      written.equals('');
      assert.ok(connection.isOpen);
    }
  });

  test('a long stream, cut anywhere', () => {
    const sizes = Array.from({ length: 120 }, (_, index) => [0, 1, 7, 50, 125, 126, 300, 1200][index % 8] as number);
    const payloads = sizes.map((size, index) => pattern(size, index));
    for (const role of roles) {
      const input = wire(role, ...payloads.map((payload) => frame(0x82, payload)));
      const expected = payloads.map((payload) => `message ${showData(payload)}`.trimEnd());
      for (const size of [1, 2, 3, 5, 13, 127, 128, 1000, 4096, input.length]) {
        const { transport, events } = openConnection(role);
        for (let at = 0; at < input.length; at += size) transport.deliver(input.slice(at, at + size));
        assert.deepEqual(events, expected, `${role}, chunks of ${size} bytes`);
      }
    }
  });
});

describe('RFC 6455 §6.2 pause and resume', () => {
  for (const role of roles) {
    test(`${role}: nothing is delivered while paused, and nothing is lost`, () => {
      const { connection, transport, receive, events, turn } = openConnection(role);
      receive(wire(role, '81 01 61'));
      connection.pause();
      assert.ok(transport.isPaused);
      receive(wire(role, '81 01 62', '89 00'));
      receive(wire(role, '81 01 63'));
      assert.deepEqual(events, ['message "a"']);
      connection.resume();
      turn.end();
      assert.deepEqual(events, ['message "a"', 'message "b"', 'ping', 'message "c"']);
      assert.deepEqual(transport.calls, ['pause', 'resume']);
    });
    test(`${role}: the rest of the chunk that is being processed still comes`, () => {
      const { receive, events } = openConnection(role, { handlers: { message: (connection) => connection.pause() } });
      receive(concat([wire(role, '81 01 61'), wire(role, '81 01 62')]));
      receive(wire(role, '81 01 63'));
      assert.deepEqual(events, ['message "a"', 'message "b"']);
    });
    test(`${role}: resume without pause does nothing`, () => {
      const { connection, transport } = openConnection(role);
      connection.resume();
      connection.pause();
      connection.resume();
      connection.resume();
      assert.deepEqual(transport.calls, ['pause', 'resume']);
    });
    test(`${role}: close() resumes, for the peer's Close`, () => {
      const { connection, receive, transport, events, turn } = openConnection(role);
      connection.pause();
      receive(wire(role, '81 01 61', '88 00'));
      assert.deepEqual(events, []);
      void connection.close();
      turn.end();
      assert.equal(transport.isPaused, false);
      transport.gone();
      assert.deepEqual(events, ['close 1005 clean']);
      connection.pause();
      assert.deepEqual(
        transport.calls.filter((call) => call === 'pause'),
        ['pause'],
      );
    });
  }
});
