// idleTimeout and maxLifetime: when a connection is closed because nothing happens, or because it is old. The test moves
// the clock.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnection } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;
const idleTimeout = 60_000;

for (const role of roles) {
  describe(`${role}: idleTimeout of 60 s`, () => {
    test('a connection without a message is closed with 1001 and a closing handshake', () => {
      const run = openConnection(role, { idleTimeout });
      run.clock.advance(59_999);
      run.written.equals('');
      run.clock.advance(1);
      assert.deepEqual(run.written.frames(), ['close 1001 "idle for idleTimeout (60000 ms)"']);
      run.receive(wire(role, '88 02 03 e9'));
      if (role === 'client') run.transport.deliver('end');
      run.transport.gone();
      assert.deepEqual(run.events, ['close 1001 clean']);
      assert.equal(run.clock.timers.size, 0);
    });

    test('a peer that does not answer that Close is cut after closeTimeout', () => {
      const run = openConnection(role, { idleTimeout, closeTimeout: 1_000 });
      run.clock.advance(61_000);
      assert.deepEqual(run.events, ['close 1006 ERR_WS_LOST']);
      assert.equal(run.clock.timers.size, 0);
    });

    for (const [what, act] of [
      ['received', (run) => run.receive(wire(role, '81 01 61'))],
      ['sent', (run) => run.connection.send('a')],
      ['sent in fragments', (run) => run.connection.sendFragment('a', { fin: false })],
    ] as [string, (run: ReturnType<typeof openConnection>) => void][]) {
      test(`a message ${what} starts the time again, up to a quarter longer`, () => {
        const run = openConnection(role, { idleTimeout });
        for (let count = 0; count < 10; count++) {
          run.clock.advance(59_000);
          act(run);
          run.turn.end();
          assert.ok(run.connection.isOpen, `${count}`);
        }
        run.clock.advance(59_999);
        assert.ok(run.connection.isOpen);
        run.clock.advance(15_001);
        assert.match(run.written.frames().at(-1) ?? '', /^close 1001 "idle/);
      });
    }

    test('pings and pongs do not count as messages, nor do those of the heartbeat', () => {
      const run = openConnection(role, { idleTimeout, heartbeat: { interval: 10_000, timeout: 5_000 } });
      for (let count = 0; count < 7 && run.connection.isOpen; count++) {
        run.clock.advance(9_000);
        run.receive(wire(role, '89 00', '8a 00'));
        run.connection.ping();
        run.turn.end();
      }
      assert.match(run.written.frames().at(-1) ?? '', /^close 1001 "idle/);
    });

    test('the heartbeat keeps its time beside it', () => {
      const run = openConnection(role, { idleTimeout, heartbeat: { interval: 25_000, timeout: 30_000 } });
      run.clock.advance(24_999);
      run.written.equals('');
      run.clock.advance(1);
      assert.deepEqual(run.written.frames(), ['ping 00 00 00 00 00 00 00 01']);
      run.clock.advance(1_000);
      run.receive(wire(role, '8a 00', '81 01 61'));
      run.clock.advance(25_000);
      assert.equal(run.written.frames().length, 2);
      run.clock.advance(29_999);
      assert.ok(run.connection.isOpen);
      run.clock.advance(1);
      assert.deepEqual(run.events.slice(-2), ['error ERR_WS_HEARTBEAT', 'close 1006 ERR_WS_HEARTBEAT']);
    });

    test('a message on its way in is life, as long as more of it comes: in one frame or in several', () => {
      for (const first of [0x82, 0x02]) {
        const run = openConnection(role, { idleTimeout });
        const message = wire(role, frame(first, pattern(1_000)));
        run.receive(message.subarray(0, 100));
        for (let at = 100; at < 900; at += 100) {
          run.clock.advance(50_000);
          run.receive(message.subarray(at, at + 100));
        }
        assert.ok(run.connection.isOpen);
        if (first === 0x02) {
          run.receive(message.subarray(900));
          for (let count = 0; count < 5; count++) {
            run.clock.advance(50_000);
            run.receive(wire(role, '00 01 61'));
          }
          assert.ok(run.connection.isOpen);
        }
        run.clock.advance(75_000);
        assert.match(run.written.frames().at(-1) ?? '', /^close 1001 "idle/);
      }
    });

    test('a queue that the peer takes from is a sign of life; a queue that it does not take from is not', () => {
      for (const takes of [true, false]) {
        const run = openConnection(role, { idleTimeout });
        run.transport.isCongested = true;
        for (let count = 0; count < 40; count++) {
          run.connection.send(pattern(70_000));
          run.turn.end();
        }
        for (let count = 0; count < 6; count++) {
          run.clock.advance(15_000);
          if (takes) run.transport.release(1);
        }
        assert.equal(run.connection.isOpen, takes);
      }
    });

    test('while the application has paused reading, silence means nothing', () => {
      const run = openConnection(role, { idleTimeout });
      run.connection.pause();
      run.clock.advance(600_000);
      assert.ok(run.connection.isOpen);
      run.connection.resume();
      run.clock.advance(59_999);
      assert.ok(run.connection.isOpen);
      run.clock.advance(15_001);
      assert.equal(run.connection.isOpen, false);
    });
  });

  describe(`${role}: maxLifetime of 1 h`, () => {
    const maxLifetime = 3_600_000;

    test('closes with 1001, whatever happens; what was sent before leaves first', () => {
      const run = openConnection(role, { maxLifetime, idleTimeout, heartbeat: { interval: 30_000, timeout: 5_000 } });
      for (let count = 0; count < 143; count++) {
        run.clock.advance(25_000);
        run.receive(wire(role, '8a 00', '81 01 61'));
        run.connection.send('b');
        run.turn.end();
      }
      run.clock.advance(24_999);
      assert.ok(run.connection.isOpen);
      run.connection.send('last');
      run.clock.advance(1);
      assert.deepEqual(run.written.frames().slice(-2), [
        'text "last"',
        'close 1001 "open for maxLifetime (3600000 ms)"',
      ]);
    });

    test('alone', () => {
      const run = openConnection(role, { maxLifetime });
      run.clock.advance(3_599_999);
      run.written.equals('');
      run.clock.advance(1);
      assert.deepEqual(run.written.frames(), ['close 1001 "open for maxLifetime (3600000 ms)"']);
    });
  });

  test(`${role}: without bounds and heartbeat there is no timer`, () => {
    assert.equal(openConnection(role).clock.timers.size, 0);
    const bounded = openConnection(role, { idleTimeout, maxLifetime: 1, heartbeat: {} });
    assert.equal(bounded.clock.timers.size, 1);
  });
}
