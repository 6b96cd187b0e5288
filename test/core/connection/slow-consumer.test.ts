// slowConsumer: messages for a peer that reads more slowly than we send. Which of them arrive, what their senders are
// told, and that the queue stays bounded.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Role } from '../../../src/core/constants.ts';
import { type OpenConnection, openConnection, type Setup } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { recorder } from '../../support/sent-recorder.ts';
import { frame, showData, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

/** A message of 1,000 bytes that can be told from the others. */
function message(number: number): Uint8Array {
  return pattern(1_000, number);
}

function shown(...numbers: readonly number[]): string[] {
  return numbers.map((number) => `binary ${showData(message(number))}`);
}

/** A connection whose transport has 70,000 bytes that it does not finish, so that everything else waits. */
function congested(role: Role, setup: Setup): OpenConnection {
  const run = openConnection(role, setup);
  run.transport.isCongested = true;
  run.connection.send(pattern(70_000));
  run.turn.end();
  run.written.clear();
  return run;
}

/** Lets the peer read everything, and returns the frames that it gets. */
function read({ transport, turn, written }: OpenConnection): string[] {
  transport.isCongested = false;
  while (transport.held > 0) {
    transport.release(1);
    turn.end();
  }
  return written.frames();
}

for (const role of roles) {
  const overhead = role === 'client' ? 8 : 4; // of a frame with 1,000 bytes
  /** Room for five messages behind those 70,000 bytes; a sixth goes over it, and counts when the seventh is sent. */
  const limits = { maxQueuedBytes: 70_010 + (role === 'client' ? 4 : 0) + 5 * (1_000 + overhead) };

  describe(`${role}: drop-newest`, () => {
    test('a message beyond the bound is not sent, its sender is told why, the connection lives', () => {
      const run = congested(role, { limits, slowConsumer: 'drop-newest' });
      const { told, tell } = recorder();
      for (let number = 1; number <= 9; number++) run.connection.send(message(number), tell(String(number)));
      assert.deepEqual(told, []);
      assert.equal(run.connection.send('one more'), false);
      run.turn.end();
      const dropped = (number: number) => `${number} ERR_WS_SLOW_CONSUMER_DROPPED`;
      assert.deepEqual(told, [dropped(7), dropped(8), dropped(9)]);
      assert.deepEqual(read(run), shown(1, 2, 3, 4, 5, 6));
      assert.deepEqual(told.slice(3), ['1', '2', '3', '4', '5', '6']);
      assert.deepEqual(run.events, []);
      run.written.clear();
      run.connection.send('again');
      run.turn.end();
      assert.deepEqual(run.written.frames(), ['text "again"']);
    });

    test('the error names policy, bound and remedy, and has no close code', () => {
      const run = congested(role, { limits: { maxQueuedBytes: 10 }, slowConsumer: 'drop-newest' });
      let error: { message: string; closeCode?: number } | undefined;
      run.connection.send('x', (reason) => {
        error = reason;
      });
      run.turn.end();
      assert.match(
        error?.message ?? '',
        /^message was dropped by slowConsumer "drop-newest": 700\d\d bytes wait for a slow peer, above maxQueuedBytes \(10\); wait for drained\(\) or raise it$/,
      );
      assert.equal(error?.closeCode, undefined);
    });

    test('a fragmented message is dropped as a whole when its first fragment is (RFC 6455 §5.4)', () => {
      const run = congested(role, { limits: { maxQueuedBytes: 70_020 }, slowConsumer: 'drop-newest' });
      const { told, tell } = recorder();
      run.connection.send(message(1));
      assert.equal(run.connection.sendFragment('a', { fin: false }, tell('a')), false);
      run.transport.release();
      run.turn.end();
      run.transport.release();
      run.turn.end();
      // There is room again, but not for a message without its beginning.
      assert.equal(run.connection.sendFragment('b', { fin: false }, tell('b')), false);
      assert.equal(run.connection.sendFragment('c', { fin: true }, tell('c')), false);
      assert.equal(run.connection.sendFragment('d', { fin: true }, tell('d')), true);
      run.turn.end();
      assert.deepEqual(read(run), [...shown(1), 'text "d"']);
      assert.deepEqual(told.sort(), ['a ERR_WS_SLOW_CONSUMER_DROPPED', 'b ERR_WS_DROPPED', 'c ERR_WS_DROPPED', 'd']);
    });

    test('a fragmented message that has begun cannot be: 1013', () => {
      const run = congested(role, { limits, slowConsumer: 'drop-newest' });
      for (let number = 1; number <= 6; number++) run.connection.sendFragment(message(number), { fin: false });
      assert.ok(run.connection.isOpen);
      run.connection.sendFragment(message(7), { fin: false });
      assert.deepEqual(run.events, ['error ERR_WS_SLOW_CONSUMER']);
      assert.match(read(run).at(-1) ?? '', /^close 1013 /);
    });
  });

  describe(`${role}: drop-oldest`, () => {
    test('the oldest that wait make room, exactly as many as are needed; their senders are told', () => {
      const run = congested(role, { limits, slowConsumer: 'drop-oldest' });
      const { told, tell } = recorder();
      for (let number = 1; number <= 9; number++) {
        run.connection.send(message(number), tell(String(number)));
        if (number % 2 === 0) run.turn.end();
      }
      run.turn.end();
      // The bound is on what already waits: six are in the queue, the ninth had five before it.
      assert.deepEqual(
        told,
        [1, 2, 3].map((number) => `${number} ERR_WS_SLOW_CONSUMER_DROPPED`),
      );
      assert.deepEqual(read(run), shown(4, 5, 6, 7, 8, 9));
      assert.deepEqual(told.slice(3), ['4', '5', '6', '7', '8', '9']);
      assert.deepEqual(run.events, []);
      assert.equal(run.connection.bufferedAmount, 0);
    });

    test('with no room at all the newest message is the one that waits', () => {
      const run = congested(role, { limits: { maxQueuedBytes: 0 }, slowConsumer: 'drop-oldest' });
      const { told, tell } = recorder();
      for (const text of ['a', 'b', 'c']) run.connection.send(text, tell(text));
      run.turn.end();
      assert.deepEqual(told, ['a ERR_WS_SLOW_CONSUMER_DROPPED', 'b ERR_WS_SLOW_CONSUMER_DROPPED']);
      assert.deepEqual(read(run), ['text "c"']);
    });

    test('control frames and fragments stay, in their order; the right senders are told', () => {
      const run = congested(role, { limits, slowConsumer: 'drop-oldest' });
      const { told, tell } = recorder();
      const { connection } = run;
      connection.ping('p1');
      connection.send(message(1), tell('1'));
      connection.sendFragment(message(2), { fin: false }, tell('2a'));
      connection.ping('p2');
      run.turn.end();
      connection.sendFragment(message(3), { fin: true }, tell('2b'));
      connection.send(message(4), tell('4'));
      connection.pong('p3');
      connection.send(message(5), tell('5'));
      for (let number = 6; number <= 12; number++) connection.send(message(number), tell(String(number)));
      run.turn.end();
      const dropped = ['1', '4', '5', '6', '7', '8', '9'];
      assert.deepEqual(
        told,
        dropped.map((name) => `${name} ERR_WS_SLOW_CONSUMER_DROPPED`),
      );
      assert.deepEqual(read(run), [
        'ping 70 31',
        `binary… ${showData(message(2))}`,
        'ping 70 32',
        `continuation ${showData(message(3))}`,
        'pong 70 33',
        ...shown(10, 11, 12),
      ]);
      assert.deepEqual(told.slice(dropped.length), ['2a', '2b', '10', '11', '12']);
    });

    test('large messages, each in memory of its own, and small ones between them', () => {
      const run = congested(role, { limits: { maxQueuedBytes: 150_000 }, slowConsumer: 'drop-oldest' });
      const { told, tell } = recorder();
      const sizes = [20_000, 10, 40_000, 3, 17_000, 200, 70_000, 5];
      for (const [index, size] of sizes.entries()) run.connection.send(pattern(size, index), tell(String(index)));
      run.turn.end();
      const kept = sizes.map((size, index) => `binary ${showData(pattern(size, index))}`).slice(told.length);
      assert.equal(told.length, 5);
      assert.deepEqual(
        told,
        [0, 1, 2, 3, 4].map((index) => `${index} ERR_WS_SLOW_CONSUMER_DROPPED`),
      );
      assert.deepEqual(read(run), kept);
    });

    test('where nothing is left to drop: 1013', () => {
      const run = congested(role, { limits, slowConsumer: 'drop-oldest' });
      const { told, tell } = recorder();
      run.connection.send(message(0), tell('message'));
      const size = Math.ceil(limits.maxQueuedBytes / 1_000);
      for (let number = 1; run.connection.isOpen; number++) {
        run.connection.sendFragment(message(number), { fin: false });
        assert.ok(number < size + 10, 'it ends');
      }
      run.turn.end();
      assert.deepEqual(told, ['message ERR_WS_SLOW_CONSUMER_DROPPED']);
      assert.deepEqual(run.events, ['error ERR_WS_SLOW_CONSUMER']);
      const frames = read(run);
      assert.equal(frames.length, 1);
      assert.match(frames[0] ?? '', /^close 1013 "\d+ bytes wait for a slow peer, above/);
    });

    test('pongs that wait are still counted when messages around them are dropped', () => {
      const run = congested(role, { limits: { ...limits, maxQueuedPongs: 3 }, slowConsumer: 'drop-oldest' });
      for (let number = 0; number < 3; number++) {
        run.connection.send(message(number));
        run.receive(wire(role, '89 01 61'));
        run.connection.send(message(number));
      }
      for (let number = 0; number < 50; number++) run.connection.send(message(number));
      assert.ok(run.connection.isOpen);
      run.receive(wire(role, '89 01 62'));
      assert.deepEqual(run.events.slice(-1), ['error ERR_WS_TOO_MANY_PONGS']);
    });

    test('and not any more when they have left', () => {
      const run = congested(role, { limits: { ...limits, maxQueuedPongs: 3 }, slowConsumer: 'drop-oldest' });
      for (let round = 0; round < 20; round++) {
        run.transport.isCongested = true;
        run.connection.send(pattern(70_000));
        run.turn.end();
        for (let number = 0; number < 3; number++) {
          run.connection.send(message(number));
          run.receive(wire(role, '89 01 61'));
        }
        for (let number = 0; number < 9; number++) run.connection.send(message(number));
        read(run);
      }
      assert.ok(run.connection.isOpen, run.events.join());
    });

    test('compressed messages: those that arrive can be inflated (RFC 7692 §7.1.1)', () => {
      const deflate = role === 'client' ? { clientNoContextTakeover: true } : { serverNoContextTakeover: true };
      const compression = { threshold: 0 };
      const run = openConnection(role, { limits, slowConsumer: 'drop-oldest', deflate, compression });
      const peer = openConnection(role === 'client' ? 'server' : 'client', { deflate });
      run.transport.isCongested = true;
      const texts = Array.from({ length: 400 }, (_, number) => `${number} `.repeat(300));
      run.connection.sendFragment(pattern(70_000), { fin: true }); // uncompressed
      run.turn.end();
      for (const text of texts) run.connection.send(text);
      read(run);
      peer.receive(run.written.bytes);
      const [first, ...rest] = peer.events;
      assert.equal(first, `message ${showData(pattern(70_000))}`);
      assert.ok(rest.length > 10 && rest.length < texts.length, `${rest.length}`);
      assert.deepEqual(
        rest,
        texts.slice(-rest.length).map((text) => `message ${showData(text)}`),
      );
    });
  });

  describe(`${role}: pause`, () => {
    const settings = { slowConsumer: 'pause', highWaterMark: 80_000 } as const;

    test('the peer is not read from while highWaterMark or more waits for it, until it has taken all', () => {
      const run = congested(role, settings);
      assert.equal(run.transport.isPaused, false);
      run.connection.send(message(1));
      assert.equal(run.transport.isPaused, false);
      run.connection.send(pattern(9_000));
      assert.equal(run.transport.isPaused, true);
      run.connection.send(message(2));
      run.turn.end();
      run.transport.release(1);
      run.turn.end();
      assert.equal(run.transport.isPaused, true, 'some of it still waits');
      run.transport.release(1);
      run.turn.end();
      assert.deepEqual(run.transport.calls, ['pause', 'resume']);
      assert.deepEqual(run.events, ['drain']);
    });

    test('messages that only wait for the end of the turn do not pause reading', () => {
      const run = openConnection(role, { ...settings, highWaterMark: 100 });
      for (let number = 0; number < 5; number++) run.connection.send(message(number));
      run.turn.end();
      assert.deepEqual(run.transport.calls, []);
    });

    test('the pause of the application is another one: both have to end', () => {
      for (const order of ['application first', 'peer first']) {
        const run = congested(role, { ...settings, highWaterMark: 1 });
        run.connection.send(message(1));
        run.connection.pause();
        const steps = [() => run.connection.resume(), () => read(run)];
        if (order === 'peer first') steps.reverse();
        steps[0]?.();
        assert.equal(run.transport.isPaused, true, order);
        steps[1]?.();
        assert.equal(run.transport.isPaused, false, order);
      }
    });

    test('beyond maxQueuedBytes: 1013, and the peer is read from, for its Close', () => {
      const run = congested(role, { ...settings, limits });
      for (let number = 1; number <= 7; number++) run.connection.send(message(number));
      assert.deepEqual(run.events, ['error ERR_WS_SLOW_CONSUMER']);
      assert.equal(run.transport.isPaused, false);
    });

    test('an echo holds back a peer that does not read, and goes on where it stopped', () => {
      const run = openConnection(role, {
        ...settings,
        handlers: { message: (connection, data) => void connection.send(data) },
      });
      run.transport.isCongested = true;
      for (let number = 0; number < 500; number++) run.receive(wire(role, frame(0x82, message(number))));
      const most = 80_000 + 1_000 + overhead;
      assert.ok(run.connection.bufferedAmount <= most, `${run.connection.bufferedAmount} bytes`);
      const frames = [];
      while (frames.length < 500) {
        frames.push(...read(run));
        run.written.clear();
      }
      assert.deepEqual(frames, shown(...Array.from({ length: 500 }, (_, number) => number)));
    });

    test('a peer that takes nothing is given up by the heartbeat; one that takes a little is not', () => {
      const heartbeat = { interval: 30_000, timeout: 10_000 };
      for (const takes of [false, true]) {
        const run = congested(role, { ...settings, highWaterMark: 1, heartbeat });
        for (let number = 0; number < 600; number++) run.connection.send(message(number));
        run.turn.end();
        assert.equal(run.transport.isPaused, true);
        run.clock.advance(30_000);
        for (let round = 0; round < 3; round++) {
          if (takes) run.transport.release(1);
          run.clock.advance(10_000);
        }
        assert.deepEqual(run.events.slice(0, 1), takes ? [] : ['error ERR_WS_HEARTBEAT']);
      }
    });
  });
}
