// A peer that does not read, over real sockets: queued bytes are counted, bounded and reported. And `pause`, which holds
// back a peer that writes. TCP's own buffers (some megabytes on a loopback) fill before ours.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listen, pair } from '../support/engine.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, type RawFrame } from '../support/raw-peer.ts';

const MiB = 1024 * 1024;

describe('a peer that does not read', () => {
  for (const tls of [false, true]) {
    test(
      `send returns false at highWaterMark and above; drain and drained() come when the peer has read (${tls ? 'TLS' : 'TCP'})`,
      leavingNothing(async (scope) => {
        const drains = new Inbox<number>();
        const { connection, client } = await pair(
          scope,
          { highWaterMark: MiB, drain: ({ bufferedAmount }) => drains.push(bufferedAmount) },
          {},
          tls,
        );
        client.pause();
        const piece = Buffer.alloc(MiB / 4, 0x61);
        let sent = 1;
        while (connection.send(piece)) {
          assert.ok(connection.bufferedAmount < MiB);
          assert.ok(sent++ < 1_000, 'never false');
          await turn();
        }
        assert.ok(connection.bufferedAmount >= MiB, String(connection.bufferedAmount));
        const before = connection.bufferedAmount;
        assert.equal(connection.send(piece), false);
        assert.equal(connection.bufferedAmount, before + 10 + piece.length, 'with its header of ten bytes');
        sent++;
        const drained = connection.drained();
        assert.deepEqual(drains.rest, []);
        client.resume();
        let received = 0;
        for await (const data of client) {
          assert.equal(data.length, piece.length);
          if (++received === sent) break;
        }
        await drained;
        assert.equal(await drains.next(), 0);
        assert.deepEqual(drains.rest, []);
        assert.equal(received, sent);
      }),
    );
  }
  test(
    'beyond maxQueuedBytes the connection fails with 1013; the rest is dropped and the sent callbacks get an error',
    leavingNothing(async (scope) => {
      const errors = new Inbox<unknown>();
      const { port, opened } = await listen(scope, {
        limits: { maxQueuedBytes: 4 * MiB },
        error: (_, error) => errors.push(error),
      });
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer);
      const connection = await opened.next();
      const piece = Buffer.alloc(MiB);
      const outcomes: (string | undefined)[] = [];
      let most = 0;
      for (let count = 0; connection.isOpen; count++) {
        assert.ok(count < 200, 'queued messages are not bounded');
        connection.send(piece, (error) => outcomes.push(error?.code));
        most = Math.max(most, connection.bufferedAmount);
      }
      assert.ok(most <= 5 * MiB + 100, `${most} bytes waited`);
      isError(errors.rest[0], 'ERR_WS_SLOW_CONSUMER', 'maxQueuedBytes (4194304)', /drained\(\)/);
      assert.ok(connection.bufferedAmount < 4 * MiB, 'what waited is dropped');
      const event = connection.closed;
      let frame: RawFrame;
      let frames = 0;
      do {
        frame = await peer.readFrame();
        frames++;
      } while (frame.first === 0x82);
      assert.equal(frame.first, 0x88);
      assert.equal(frame.payload.readUInt16BE(), 1013);
      assert.equal((await peer.readToEnd()).length, 0);
      await peer.gone();
      const { code, error } = await event;
      assert.equal(code, 1006);
      assert.equal(error?.closeCode, 1013);
      await turn();
      assert.equal(outcomes.filter((outcome) => outcome === undefined).length, frames - 1);
      assert.ok(outcomes.includes('ERR_WS_DROPPED'));
      assert.equal(errors.rest.length, 1);
    }),
  );
  test(
    'and floods with pings: the pongs that wait are bounded, 1008',
    leavingNothing(async (scope) => {
      const errors = new Inbox<unknown>();
      const { port, opened } = await listen(scope, {
        limits: { maxQueuedPongs: 64 },
        error: (_, error) => errors.push(error),
      });
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer);
      const connection = await opened.next();
      // TCP's buffers are filled first, so that pongs are queued here.
      while (connection.send(Buffer.alloc(MiB)));
      const ping = Buffer.concat([Buffer.from('89fd00000000', 'hex'), Buffer.alloc(125)]);
      peer.write(Buffer.concat(Array.from({ length: 200 }, () => ping)));
      isError(await errors.next(), 'ERR_WS_TOO_MANY_PONGS', '(64)');
      assert.ok(connection.bufferedAmount < 4 * MiB);
      await peer.gone();
      assert.equal((await connection.closed).error?.closeCode, 1008);
    }),
  );
  test(
    'and is closed: the Close comes after the messages before it, however long the peer takes to read',
    leavingNothing(async (scope) => {
      const { port, opened } = await listen(scope);
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer);
      const connection = await opened.next();
      let sent = 1;
      while (connection.send(Buffer.alloc(MiB))) sent++;
      const closed = connection.close(1000, 'bye');
      assert.ok(connection.bufferedAmount > 0);
      for (; sent > 0; sent--) assert.equal((await peer.readFrame()).first, 0x82);
      const close = await peer.readFrame();
      assert.equal(close.payload.subarray(2).toString(), 'bye');
      assert.equal(connection.bufferedAmount, 0);
      peer.end(Buffer.from('88820000000003e8', 'hex'));
      assert.equal((await closed).wasClean, true);
      await peer.gone();
    }),
  );
  test(
    'and is terminated: queued messages are dropped, and drained() rejects',
    leavingNothing(async (scope) => {
      const { port, opened } = await listen(scope);
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer);
      const connection = await opened.next();
      while (connection.send(Buffer.alloc(MiB)));
      const drained = connection.drained();
      connection.terminate();
      await assert.rejects(drained, { code: 'ERR_WS_DROPPED' });
      await connection.closed;
      assert.equal(connection.bufferedAmount, 0);
    }),
  );
});

describe('pause', () => {
  test(
    'holds the peer back until resume, and nothing is lost',
    leavingNothing(async (scope) => {
      const received: number[] = [];
      const { connection, client } = await pair(
        scope,
        { message: (_, data) => received.push((data as Buffer).readUInt32BE()) },
        { highWaterMark: MiB },
      );
      connection.pause();
      let sent = 0;
      for (let accepting = true; accepting; await turn()) {
        assert.ok(sent < 1_000, 'the peer is not held back');
        const piece = Buffer.alloc(MiB / 4);
        piece.writeUInt32BE(sent++);
        accepting = client.send(piece);
      }
      const before = received.length;
      for (let turns = 0; turns < 20; turns++) await turn();
      assert.equal(received.length, before);
      connection.resume();
      await client.close(1000);
      assert.deepEqual(
        received,
        Array.from({ length: sent }, (_, index) => index),
      );
    }),
  );
  test(
    'in the open handler: nothing is read until resume',
    leavingNothing(async (scope) => {
      const messages = new Inbox<unknown>();
      const { connection, client } = await pair(scope, {
        open: (peer) => peer.pause(),
        message: (_, data) => messages.push(data),
      });
      client.send('hello');
      await client.drained();
      for (let turns = 0; turns < 20; turns++) await turn();
      assert.deepEqual(messages.rest, []);
      connection.resume();
      assert.equal(await messages.next(), 'hello');
    }),
  );
  test(
    'does not keep close() from seeing the peer’s answer',
    leavingNothing(async (scope) => {
      const { connection } = await pair(scope);
      connection.pause();
      assert.equal((await connection.close(1000)).wasClean, true);
    }),
  );
  test(
    'does not keep terminate() from ending',
    leavingNothing(async (scope) => {
      const { connection, client } = await pair(scope);
      connection.pause();
      connection.terminate();
      assert.equal((await connection.closed).code, 1006);
      assert.equal((await client.closed).code, 1006);
    }),
  );
});
