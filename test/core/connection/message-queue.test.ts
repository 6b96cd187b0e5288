// Pulling messages: `for await (const message of connection)`. A slow reader holds the peer back. Leaving the loop early
// closes the connection. An end that was not clean is thrown.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Connection } from '../../../src/core/connection/connection.ts';
import { describeClose, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { pattern, toHex } from '../../support/hex.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

/** A connection that is pulled from, and messages of one letter that its peer sends. */
function openPulled(role: 'client' | 'server'): OpenConnection & { iterator: AsyncIterator<string | Uint8Array> } {
  const run = openConnection(role, { pulls: true });
  return { ...run, iterator: run.connection[Symbol.asyncIterator]() };
}

async function collect(connection: Connection): Promise<(string | Uint8Array)[]> {
  const messages: (string | Uint8Array)[] = [];
  for await (const message of connection) messages.push(message);
  return messages;
}

for (const role of roles) {
  describe(`${role}: for await`, () => {
    test('gives all messages in order and ends with the connection', async () => {
      const { connection, receive, transport } = openPulled(role);
      const collected = collect(connection);
      receive(wire(role, '81 01 61', '82 01 01'));
      await Promise.resolve();
      receive(wire(role, '81 00', '88 02 03 e8'));
      transport.gone();
      const messages = await collected;
      assert.deepEqual(
        messages.map((message) => (typeof message === 'string' ? message : toHex(message))),
        ['a', '01', ''],
      );
    });

    test('messages received before the loop are kept, even if the connection is gone by then', async () => {
      const { connection, receive, transport } = openPulled(role);
      receive(wire(role, '81 01 61', '81 01 62', '88 00'));
      transport.gone();
      assert.deepEqual(await collect(connection), ['a', 'b']);
    });

    test('throws, once, when the end was not clean, after the messages', async () => {
      const { iterator, receive, transport } = openPulled(role);
      receive(wire(role, '81 01 61'));
      transport.gone();
      assert.deepEqual(await iterator.next(), { value: 'a', done: false });
      await assert.rejects(async () => iterator.next(), { code: 'ERR_WS_LOST' });
      assert.deepEqual(await iterator.next(), { value: undefined, done: true });
    });

    test('throws the violation of the peer', async () => {
      const { connection, receive, transport } = openPulled(role);
      const collected = assert.rejects(collect(connection), { code: 'ERR_WS_RESERVED_OPCODE', closeCode: 1002 });
      receive(wire(role, '81 01 61', '83 00'));
      transport.gone();
      await collected;
    });

    test('all readers that wait are told of the end', async () => {
      const { iterator, transport, receive } = openPulled(role);
      const waiting = [iterator.next(), iterator.next()];
      receive(wire(role, '88 00'));
      transport.gone();
      assert.deepEqual(await Promise.all(waiting), [
        { value: undefined, done: true },
        { value: undefined, done: true },
      ]);
      const failing = openPulled(role);
      const rejected = [failing.iterator.next(), failing.iterator.next()].map((it) =>
        assert.rejects(it, { code: 'ERR_WS_LOST' }),
      );
      failing.transport.gone();
      await Promise.all(rejected);
    });

    test('several readers share the messages: each goes to one of them', async () => {
      const { connection, receive } = openPulled(role);
      const [first, second] = [connection[Symbol.asyncIterator](), connection[Symbol.asyncIterator]()];
      const waiting = [first.next(), second.next(), first.next()];
      receive(wire(role, '81 01 61', '81 01 62', '81 01 63'));
      assert.deepEqual(
        (await Promise.all(waiting)).map(({ value }) => value),
        ['a', 'b', 'c'],
      );
    });

    test('is refused where a message handler takes the messages', () => {
      const { connection } = openConnection(role);
      assert.throws(() => connection[Symbol.asyncIterator](), { code: 'ERR_WS_ITERATING' });
    });

    test('begun when the connection is closed, it ends at once', async () => {
      const { connection, receive, transport } = openConnection(role, { pulls: true });
      receive(wire(role, '88 00'));
      transport.gone();
      assert.deepEqual(await collect(connection), []);
    });

    test('left early, it closes the connection with 1000', async () => {
      const { connection, receive, transport, written, turn, events } = openPulled(role);
      receive(wire(role, '81 01 61', '81 01 62'));
      for await (const message of connection) {
        assert.equal(message, 'a');
        break;
      }
      turn.end();
      assert.deepEqual(written.frames(), ['close 1000']);
      // The peer may go on sending. Nothing reads its messages, and they do not hide its Close frame.
      for (let count = 0; count < 300; count++) receive(wire(role, '81 01 78'));
      receive(wire(role, '88 02 03 e8'));
      transport.gone();
      assert.equal(describeClose(await connection.closed), '1000 clean');
      assert.deepEqual(events, ['close 1000 clean']);
    });
  });

  describe(`${role}: a reader that falls behind`, () => {
    test('holds the peer back at 64 messages, until half of them are gone', async () => {
      const { iterator, receive, transport, turn } = openPulled(role);
      for (let count = 0; count < 63; count++) receive(wire(role, '81 01 61'));
      assert.equal(transport.isPaused, false);
      receive(wire(role, '81 01 61'));
      assert.equal(transport.isPaused, true);
      receive(wire(role, '81 01 62')); // waits in the transport
      for (let count = 0; count < 31; count++) await iterator.next();
      assert.equal(transport.isPaused, true);
      await iterator.next();
      assert.equal(transport.isPaused, false);
      turn.end();
      for (let count = 0; count < 32; count++) assert.deepEqual(await iterator.next(), { value: 'a', done: false });
      assert.deepEqual(await iterator.next(), { value: 'b', done: false });
      assert.deepEqual(transport.calls, ['pause', 'resume']);
    });

    test('holds it back at 256 KiB', async () => {
      const { iterator, receive, transport } = openPulled(role);
      const message = wire(role, frame(0x82, pattern(65_536)));
      for (let count = 0; count < 3; count++) receive(message);
      assert.equal(transport.isPaused, false);
      receive(message);
      assert.equal(transport.isPaused, true);
      await iterator.next();
      assert.equal(transport.isPaused, true);
      await iterator.next();
      assert.equal(transport.isPaused, false);
    });

    test('keeps all messages of the chunk that was being processed', async () => {
      const { iterator, receive, transport } = openPulled(role);
      receive(wire(role, ...Array.from({ length: 200 }, (_, index) => frame(0x82, Uint8Array.of(index)))));
      assert.equal(transport.isPaused, true);
      for (let count = 0; count < 200; count++) {
        const { value } = await iterator.next();
        assert.deepEqual([...(value as Uint8Array)], [count]);
      }
      assert.equal(transport.isPaused, false);
    });

    test('many rounds: order and bounds hold', async () => {
      const { iterator, receive, transport, turn } = openPulled(role);
      let sent = 0;
      let read = 0;
      while (read < 2000) {
        while (!transport.isPaused && sent < read + 150) receive(wire(role, frame(0x82, pattern(2, sent++))));
        for (let count = 0; count < 45 && read < sent; count++, read++) {
          const { value } = await iterator.next();
          assert.deepEqual(value, pattern(2, read));
        }
        turn.end();
        assert.ok(sent - read <= 64, `${sent - read} waiting`);
      }
    });
  });
}
