// What a slow peer cannot take: counted, bounded, kept in order, and dropped only with notice to the senders.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnection } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { recorder } from '../../support/sent-recorder.ts';
import { frame, showData, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

describe('bufferedAmount, highWaterMark and drain', () => {
  for (const role of roles) {
    const masked = role === 'client' ? 4 : 0;
    test(`${role}: bufferedAmount counts headers, queued bytes and the bytes in the transport`, () => {
      const { connection, turn, transport } = openConnection(role);
      assert.equal(connection.bufferedAmount, 0);
      connection.send('abc');
      assert.equal(connection.bufferedAmount, 5 + masked);
      transport.isCongested = true;
      turn.end();
      assert.equal(connection.bufferedAmount, 5 + masked);
      connection.send(pattern(70_000));
      assert.equal(connection.bufferedAmount, 5 + masked + 70_010 + masked);
      transport.release();
      assert.equal(connection.bufferedAmount, transport.held === 0 ? 0 : 70_010 + masked);
      transport.release();
      assert.equal(connection.bufferedAmount, 0);
    });

    test(`${role}: send answers false from highWaterMark on; drain comes once, when all has gone`, () => {
      const { connection, turn, transport, events } = openConnection(role, { highWaterMark: 100 });
      transport.isCongested = true;
      assert.equal(connection.send(pattern(100 - masked - 3)), true);
      assert.equal(connection.send('x'), false);
      assert.equal(connection.ping(), false);
      turn.end();
      assert.deepEqual(events, []);
      transport.release();
      assert.deepEqual(events, [], 'not from inside the transport');
      turn.end();
      assert.deepEqual(events, ['drain']);
      assert.equal(connection.send('x'), true);
      turn.end();
      transport.release();
      turn.end();
      assert.deepEqual(events, ['drain']);
    });

    test(`${role}: exactly highWaterMark counts as above it`, () => {
      const { connection } = openConnection(role, { highWaterMark: 10 });
      assert.equal(connection.send(pattern(10 - 2 - masked - 1)), true);
      const again = openConnection(role, { highWaterMark: 10 });
      assert.equal(again.connection.send(pattern(10 - 2 - masked)), false);
    });

    test(`${role}: drained() resolves at once below the mark, else with drain`, async () => {
      const { connection, turn, transport } = openConnection(role, { highWaterMark: 10 });
      await connection.drained();
      transport.isCongested = true;
      assert.equal(connection.send(pattern(50)), false);
      const steps: string[] = [];
      const drained = [connection.drained(), connection.drained()].map((it) => it.then(() => steps.push('drained')));
      turn.end();
      await Promise.resolve();
      assert.deepEqual(steps, []);
      transport.release();
      turn.end();
      await Promise.all(drained);
      assert.equal(steps.length, 2);
      await connection.drained();
    });

    test(`${role}: drained() resolves even with a mark of 0, where every send returns false`, async () => {
      for (const size of [1, 40_000]) {
        const { connection, turn } = openConnection(role, { highWaterMark: 0 });
        assert.equal(connection.send(pattern(size)), false);
        let isDrained = false;
        void connection.drained().then(() => {
          isDrained = true;
        });
        turn.end();
        await Promise.resolve();
        await Promise.resolve();
        assert.ok(isDrained, `${size} bytes, all of which the transport took`);
      }
    });

    test(`${role}: drained() rejects when the connection closes before, and after`, async () => {
      const { connection, transport } = openConnection(role, { highWaterMark: 10 });
      transport.isCongested = true;
      connection.send(pattern(50));
      const drained = assert.rejects(connection.drained(), { code: 'ERR_WS_DROPPED' });
      transport.gone();
      await drained;
      await assert.rejects(connection.drained(), { code: 'ERR_WS_DROPPED' });
    });
  }
});

describe('a congested transport', () => {
  for (const role of roles) {
    test(`${role}: loses nothing and keeps the order, whatever it takes when`, () => {
      const { connection, turn, transport, written } = openConnection(role);
      const sent: Uint8Array[] = [];
      for (let count = 0; count < 300; count++) {
        const payload = pattern([3, 500, 17_000, 40, 40_000, 0, 9000][count % 7] as number, count);
        sent.push(frame(0x82, payload));
        connection.send(payload);
        if (count % 3 === 0) turn.end();
        transport.isCongested = count % 11 < 7;
        if (count % 5 === 0) transport.release(1);
      }
      turn.end();
      while (transport.held > 0) transport.release(1);
      turn.end();
      written.equalsFrames(...sent);
      assert.equal(connection.bufferedAmount, 0);
    });

    test(`${role}: is not given more than a bounded amount`, () => {
      const { connection, turn, transport, written } = openConnection(role);
      transport.isCongested = true;
      for (let count = 0; count < 100; count++) {
        connection.send(pattern(10_000));
        turn.end();
      }
      assert.ok(written.bytes.length <= 64 * 1024 + 32 * 1024, `${written.bytes.length} bytes given`);
    });

    test(`${role}: nor after a wait: the rest can still be dropped, and its senders are told so`, () => {
      const { connection, turn, transport, written } = openConnection(role);
      const { told, tell } = recorder();
      transport.isCongested = true;
      for (let count = 0; count < 10; count++) connection.send(pattern(100_000, count), tell(String(count)));
      turn.end();
      assert.ok(written.bytes.length < 110_000, 'the first message');
      transport.release(1);
      turn.end();
      assert.ok(written.bytes.length <= 100_014 + 256 * 1024, `${written.bytes.length} bytes given`);
      assert.deepEqual(told, ['0']);
      transport.release(1);
      turn.end();
      assert.deepEqual(told, ['0', '1', '2']);
      assert.equal(written.frames().length, 5);
      transport.gone();
      turn.end();
      assert.deepEqual(
        told.slice(3),
        [3, 4, 5, 6, 7, 8, 9].map((count) => `${count} ERR_WS_DROPPED`),
      );
    });

    test(`${role}: the Close of the peer: what has begun is finished, the rest dropped and told, Close is last`, () => {
      const { connection, turn, transport, written, receive, events } = openConnection(role);
      const { told, tell } = recorder();
      transport.isCongested = true;
      connection.send(pattern(70_000), tell('begun'));
      turn.end();
      connection.send('b', tell('b'));
      connection.send(pattern(20_000), tell('c'));
      receive(wire(role, '88 02 03 e8'));
      assert.deepEqual(told, ['b ERR_WS_DROPPED', 'c ERR_WS_DROPPED']);
      transport.release();
      transport.release();
      turn.end();
      assert.deepEqual(written.frames(), [`binary ${showData(pattern(70_000))}`, 'close 1000']);
      assert.deepEqual(told.slice(2), ['begun']);
      assert.equal(transport.isEnded, role === 'server');
      transport.gone();
      assert.deepEqual(events, ['close 1000 clean']);
    });

    test(`${role}: the same when our own Close was queued behind them`, () => {
      const { connection, turn, transport, written, receive } = openConnection(role);
      const { told, tell } = recorder();
      transport.isCongested = true;
      connection.send(pattern(70_000), tell('begun'));
      turn.end();
      connection.send('b', tell('b'));
      void connection.close(4000, 'mine');
      turn.end();
      receive(wire(role, '88 02 03 e8'));
      transport.release();
      transport.release();
      turn.end();
      assert.deepEqual(written.frames(), [`binary ${showData(pattern(70_000))}`, 'close 4000 "mine"']);
      assert.deepEqual(told, ['b ERR_WS_DROPPED', 'begun']);
    });

    test(`${role}: a message is never cut: its header does not leave without its payload`, () => {
      // Sizes around the one from which bytes leave at once, so that the border falls into every part of a frame.
      for (let size = 32_740; size <= 32_775; size++) {
        const { connection, turn, transport, written, receive } = openConnection(role);
        transport.isCongested = true;
        connection.send(pattern(40_000)); // with the transport, which takes no more than 64 KiB at a time
        turn.end();
        connection.send(pattern(16_000));
        connection.send(pattern(size - 16_000));
        connection.send(pattern(17_000)); // in memory of its own
        turn.end();
        receive(wire(role, '88 02 03 e8'));
        transport.isCongested = false;
        transport.release();
        assert.equal(written.frames().at(-1), 'close 1000', `${size} bytes before`);
      }
    });
  }
});

describe('maxQueuedBytes: a peer that does not read', () => {
  for (const role of roles) {
    test(`${role}: fails with 1013 at the first message sent above it; queued messages are dropped`, () => {
      const { connection, turn, transport, events, written } = openConnection(role, {
        limits: { maxQueuedBytes: 100_000 },
      });
      const { told, tell } = recorder();
      transport.isCongested = true;
      connection.send(pattern(70_000), tell('given'));
      turn.end();
      connection.send(pattern(20_000), tell('a'));
      connection.send(pattern(20_000), tell('b'));
      assert.ok(connection.isOpen, 'the bound is on what already waits');
      assert.equal(connection.send('c', tell('c')), false);
      turn.end();
      assert.deepEqual(events, ['error ERR_WS_SLOW_CONSUMER']);
      assert.deepEqual(told, ['a ERR_WS_DROPPED', 'b ERR_WS_DROPPED', 'c ERR_WS_DROPPED']);
      transport.release();
      transport.release();
      turn.end();
      const frames = written.frames();
      assert.equal(frames.length, 2);
      assert.match(frames[1] as string, /^close 1013 "1100\d\d bytes wait for a slow peer, above/);
      assert.deepEqual(told.slice(3), ['given']);
      assert.ok(transport.isEnded);
    });
    test(`${role}: pings count as well, and throw nothing`, () => {
      const { connection, transport, events, turn } = openConnection(role, { limits: { maxQueuedBytes: 10 } });
      transport.isCongested = true;
      connection.send(pattern(20));
      turn.end();
      assert.equal(connection.ping(), false);
      assert.deepEqual(events, ['error ERR_WS_SLOW_CONSUMER']);
    });
    test(`${role}: a peer that reads is never failed`, () => {
      const { connection, turn } = openConnection(role, { limits: { maxQueuedBytes: 10 } });
      for (let count = 0; count < 100; count++) {
        connection.send(pattern(1000));
        turn.end();
        assert.ok(connection.isOpen);
      }
    });
  }
});
