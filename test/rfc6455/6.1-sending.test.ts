// RFC 6455 §6.1: what is sent leaves in order, as frames of §5.2, and in as few writes as turns and chunks allow.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnection } from '../support/core-connection.ts';
import { concat, hex, pattern } from '../support/hex.ts';
import { frame, showData, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;

describe('RFC 6455 §6.1 messages sent in one turn', () => {
  for (const role of roles) {
    test(`${role}: leave in one write at its end, in order`, () => {
      const { connection, turn, written } = openConnection(role);
      connection.send('a');
      connection.send(hex('01'));
      connection.ping('p');
      connection.send('é');
      assert.equal(written.count, 0);
      turn.end();
      assert.equal(written.count, 1);
      written.equalsFrames('81 01 61', '82 01 01', '89 01 70', '81 02 c3 a9');
    });

    test(`${role}: the next turn has its own write`, () => {
      const { connection, turn, written } = openConnection(role);
      for (const text of ['a', 'b', 'c']) {
        connection.send(text);
        turn.end();
      }
      assert.equal(written.count, 3);
      assert.deepEqual(written.frames(), ['text "a"', 'text "b"', 'text "c"']);
    });

    test(`${role}: a turn without messages writes nothing`, () => {
      const { turn, written, connection } = openConnection(role);
      turn.end();
      connection.send('a');
      turn.end();
      turn.end();
      assert.equal(written.count, 1);
    });

    test(`${role}: more than 32 KiB leave at once, to bound memory`, () => {
      const { connection, turn, written } = openConnection(role);
      const messages = Array.from({ length: 200 }, (_, index) => pattern(1000, index));
      for (const message of messages) connection.send(message);
      assert.ok(written.count >= 5 && written.bytes.length > 150_000, 'most of 200 kB is with the transport');
      turn.end();
      assert.ok(written.count <= 8, `${written.count} writes`);
      written.equalsFrames(...messages.map((message) => frame(0x82, message)));
    });

    test(`${role}: messages of every size among each other keep their order`, () => {
      const sizes = [0, 5, 125, 126, 16_384, 16_385, 3, 40_000, 70_000, 1, 65_535, 200];
      const { connection, turn, written } = openConnection(role);
      for (const size of sizes) {
        connection.send(pattern(size));
        connection.send('x'.repeat(size));
      }
      turn.end();
      assert.deepEqual(
        written.frames(),
        sizes.flatMap((size) => [
          `binary ${showData(pattern(size))}`.trimEnd(),
          size === 0 ? 'text' : `text ${showData('x'.repeat(size))}`,
        ]),
      );
    });
  }
});

describe('RFC 6455 §6.1 messages sent while a chunk is processed', () => {
  const echo = {
    message: (connection: { send(data: string | Uint8Array): boolean }, data: string | Uint8Array) =>
      void connection.send(data),
  };
  for (const role of roles) {
    test(`${role}: leave in one write at its end, before the turn ends`, () => {
      const { transport, written } = openConnection(role, { handlers: echo });
      transport.deliver(wire(role, '81 01 61', '82 01 01', '89 01 70', '01 01 62', '80 01 63'));
      assert.equal(written.count, 1);
      written.equalsFrames('81 01 61', '82 01 01', '8a 01 70', '81 02 62 63');
    });
    test(`${role}: each chunk has its own write`, () => {
      const { transport, written, turn } = openConnection(role, { handlers: echo });
      transport.deliver(wire(role, '81 01 61', '81 01 62'));
      transport.deliver(wire(role, '81 01 63'));
      turn.end();
      assert.equal(written.count, 2);
      assert.deepEqual(written.frames(), ['text "a"', 'text "b"', 'text "c"']);
    });
    test(`${role}: a chunk that ends in a violation: what was sent before it leaves first`, () => {
      const { transport, written } = openConnection(role, { handlers: echo });
      transport.deliver(wire(role, '81 01 61', '83 00'));
      assert.deepEqual(written.frames(), [
        'text "a"',
        'close 1002 "frame has reserved opcode 0x3; opcodes 0 to 2 and 8 to a are defined (RFC 6455 §5.2)"',
      ]);
    });
    test(`${role}: sent before the chunk in the same turn: still in order`, () => {
      const { connection, transport, written, turn } = openConnection(role, { handlers: echo });
      connection.send('first');
      transport.deliver(wire(role, '81 01 61'));
      connection.send('last');
      turn.end();
      assert.deepEqual(written.frames(), ['text "first"', 'text "a"', 'text "last"']);
    });
  }
});

describe('RFC 6455 §6.1 payloads', () => {
  for (const role of roles) {
    test(`${role}: written from a copy in one piece, so that they may be changed when send() has returned`, () => {
      for (const size of [1, 63, 64, 1_000, 16_384, 16_385, 100_000]) {
        const { connection, turn, written } = openConnection(role);
        const payload = pattern(size);
        connection.send(payload);
        payload.fill(0);
        turn.end();
        assert.equal(written.count, 1);
        written.equalsFrames(frame(0x82, pattern(size)));
      }
    });
  }
});

describe('RFC 6455 §6.1, §5.4 sendFragment', () => {
  for (const role of roles) {
    test(`${role}: the first frame has the opcode, the others are continuations, the last has FIN`, () => {
      const { connection, turn, written } = openConnection(role);
      connection.sendFragment('a', { fin: false });
      connection.sendFragment('', { fin: false });
      connection.sendFragment('b', { fin: true });
      connection.sendFragment(hex('01'), { fin: false });
      connection.sendFragment(new Uint8Array(0), { fin: true });
      connection.sendFragment('whole', { fin: true });
      connection.send('after');
      turn.end();
      written.equalsFrames(
        ...['01 01 61', '00 00', '80 01 62', '02 01 01', '80 00', '81 05 77 68 6f 6c 65', '81 05 61 66 74 65 72'],
      );
    });
    test(`${role}: large fragments`, () => {
      const { connection, turn, written } = openConnection(role);
      connection.sendFragment(pattern(70_000), { fin: false });
      connection.sendFragment(pattern(20_000), { fin: true });
      turn.end();
      written.equalsFrames(frame(0x02, pattern(70_000)), frame(0x80, pattern(20_000)));
    });
    test(`${role}: control frames and Close may come between`, () => {
      const { connection, turn, written } = openConnection(role);
      connection.sendFragment('a', { fin: false });
      connection.ping();
      connection.sendFragment('b', { fin: false });
      void connection.close(1000);
      turn.end();
      written.equalsFrames('01 01 61', '89 00', '00 01 62', '88 02 03 e8');
    });
    test(`${role}: what does not belong into the message is refused and changes nothing`, () => {
      const { connection, turn, written } = openConnection(role);
      connection.sendFragment('a', { fin: false });
      assert.throws(() => connection.send('b'), { code: 'ERR_WS_FRAGMENT_OPEN' });
      assert.throws(() => connection.send(hex('01')), { code: 'ERR_WS_FRAGMENT_OPEN' });
      assert.throws(() => connection.sendFragment(hex('01'), { fin: true }), {
        code: 'ERR_WS_FRAGMENT_KIND',
        message: 'cannot send a binary fragment: this message began as text (RFC 6455 §5.4)',
      });
      assert.throws(() => connection.sendFragment('\ud83d', { fin: false }), { code: 'ERR_WS_FRAGMENT_SURROGATE' });
      connection.sendFragment('c', { fin: true });
      connection.sendFragment(hex('01'), { fin: false });
      assert.throws(() => connection.sendFragment('a', { fin: true }), {
        code: 'ERR_WS_FRAGMENT_KIND',
        message: 'cannot send a text fragment: this message began as binary (RFC 6455 §5.4)',
      });
      connection.sendFragment(hex('02'), { fin: true });
      assert.throws(() => connection.sendFragment('\ud83d', { fin: false }), { code: 'ERR_WS_FRAGMENT_SURROGATE' });
      connection.send('after');
      turn.end();
      const frames = ['01 01 61', '80 01 63', '02 01 01', '80 01 02', '81 05 61 66 74 65 72'];
      written.equalsFrames(...frames);
    });
    test(`${role}: the last fragment may end in a lone surrogate, as a message may`, () => {
      const { connection, turn, written } = openConnection(role);
      connection.sendFragment('a', { fin: false });
      connection.sendFragment('\ud83d', { fin: true });
      turn.end();
      written.equalsFrames('01 01 61', '80 03 ef bf bd');
    });
    test(`${role}: not sent when the connection is not open`, () => {
      const { connection, turn, written } = openConnection(role);
      void connection.close();
      assert.equal(connection.sendFragment('a', { fin: false }), false);
      turn.end();
      written.equalsFrames('88 00');
    });
  }
});

describe('RFC 6455 §6.1 nothing is lost where the transport keeps bytes (TLS)', () => {
  for (const role of roles) {
    test(role, () => {
      const { connection, turn, transport, written } = openConnection(role, { keepsBytes: true });
      const messages = [5, 200, 20_000, 70_000, 1, 65_536, 3].map((size) => pattern(size));
      for (let round = 0; round < 3; round++) {
        for (const message of messages) connection.send(message);
        turn.end();
      }
      while (transport.held > 0) transport.release(1); // which checks each one's memory
      turn.end();
      const expected = concat([0, 1, 2].flatMap(() => messages.map((message) => frame(0x82, message))));
      if (role === 'server') written.equals(expected);
      assert.equal(written.frames().length, 3 * messages.length);
      assert.equal(connection.bufferedAmount, 0);
    });
  }
});
