// RFC 6455 §7.1: the closing handshake: which end closes TCP, how long each step may take, and how a loss differs from
// a clean end.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeClose, openConnection } from '../support/core-connection.ts';
import { hex, pattern } from '../support/hex.ts';
import { other, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;

describe('RFC 6455 §7.1.2, §7.1.3 started by us', () => {
  test('a server ends TCP when the answer has come', () => {
    const { connection, receive, turn, transport, events } = openConnection('server');
    void connection.close(1000);
    turn.end();
    assert.deepEqual(transport.calls, []);
    receive(wire('server', '88 02 03 e8'));
    assert.equal(transport.isEnded, true);
    assert.deepEqual(events, []);
    transport.deliver('end');
    transport.gone();
    assert.deepEqual(events, ['close 1000 clean']);
  });

  test('a client waits for the server to end TCP', () => {
    const { connection, receive, transport, events } = openConnection('client');
    void connection.close(1000);
    receive('88 02 03 e8');
    assert.deepEqual(transport.calls, []);
    transport.deliver('end');
    assert.equal(transport.isEnded, true);
    transport.gone();
    assert.deepEqual(events, ['close 1000 clean']);
  });

  test('close() and `closed` resolve with the event, once TCP is gone', async () => {
    for (const role of roles) {
      const { connection, receive, transport } = openConnection(role);
      let isResolved = false;
      const closed = connection.close(3000, 'x').then((event) => {
        isResolved = true;
        return event;
      });
      receive(wire(role, '88 04 0f a0 6f 6b'));
      await Promise.resolve();
      assert.equal(isResolved, false);
      transport.gone();
      assert.equal(describeClose(await closed), '4000 "ok" clean');
      assert.equal(describeClose(await connection.closed), '4000 "ok" clean');
      assert.equal(describeClose(await connection.close()), '4000 "ok" clean');
      assert.equal(connection.state.kind, 'closed');
    }
  });
});

describe('RFC 6455 §7.1.1 each wait is bounded by closeTimeout', () => {
  for (const role of roles) {
    test(`${role}: the peer does not answer our Close`, () => {
      const { connection, turn, clock, transport, events } = openConnection(role, { closeTimeout: 3000 });
      void connection.close(1000);
      turn.end();
      clock.advance(2999);
      assert.equal(transport.isDestroyed, false);
      clock.advance(1);
      assert.deepEqual(transport.calls, ['destroy']);
      assert.deepEqual(events, ['close 1006 ERR_WS_LOST']);
      assert.equal(clock.timers.size, 0);
    });
    test(`${role}: TCP does not end after the handshake: it is cut, and was clean`, () => {
      const { connection, receive, clock, transport, events } = openConnection(role, { closeTimeout: 3000 });
      void connection.close(1000);
      clock.advance(2000);
      receive(wire(role, '88 02 03 e8'));
      clock.advance(2999);
      assert.equal(transport.isDestroyed, false);
      clock.advance(1);
      assert.equal(transport.isDestroyed, true);
      assert.deepEqual(events, ['close 1000 clean']);
    });
    test(`${role}: the same where the peer closed`, () => {
      const { receive, clock, transport, events } = openConnection(role, { closeTimeout: 3000 });
      receive(wire(role, '88 02 03 e8'));
      clock.advance(2999);
      assert.equal(transport.isDestroyed, false);
      clock.advance(1);
      assert.equal(transport.isDestroyed, true);
      assert.deepEqual(events, ['close 1000 clean']);
    });
    test(`${role}: the same after we failed the connection`, () => {
      const { receive, clock, transport, events } = openConnection(role, { closeTimeout: 3000 });
      receive(wire(role, '83 00'));
      clock.advance(2999);
      assert.equal(transport.isDestroyed, false);
      clock.advance(1);
      assert.equal(transport.isDestroyed, true);
      assert.deepEqual(events, ['error ERR_WS_RESERVED_OPCODE', 'close 1006 ERR_WS_RESERVED_OPCODE']);
    });
    test(`${role}: a peer that reads slowly is given its time`, () => {
      const { connection, turn, clock, transport, events, written, receive } = openConnection(role, {
        closeTimeout: 3000,
      });
      transport.isCongested = true;
      for (let count = 0; count < 4; count++) {
        connection.send(pattern(70_000));
        turn.end();
      }
      void connection.close(1000);
      turn.end();
      let steps = 0;
      for (; transport.held > 0; steps++) {
        clock.advance(2000);
        assert.equal(transport.isDestroyed, false);
        transport.release(1);
      }
      assert.ok(steps >= 2, 'longer than closeTimeout in all');
      assert.deepEqual(written.frames().at(-1), 'close 1000');
      receive(wire(role, '88 02 03 e8'));
      transport.gone();
      assert.deepEqual(events, ['close 1000 clean']);
    });
    test(`${role}: no timer is left behind`, () => {
      const { connection, receive, clock, transport } = openConnection(role, {
        heartbeat: { interval: 1000, timeout: 1000 },
      });
      void connection.close();
      receive(wire(role, '88 00'));
      transport.gone();
      assert.equal(clock.timers.size, 0);
    });
  }
});

describe('RFC 6455 §7.1.4, §7.1.5 a loss is not clean: 1006', () => {
  for (const role of roles) {
    test(`${role}: TCP is gone while open`, () => {
      const { connection, transport, events } = openConnection(role);
      transport.gone();
      assert.deepEqual(events, ['error ERR_WS_LOST', 'close 1006 ERR_WS_LOST']);
      assert.equal(connection.isOpen, false);
    });
    test(`${role}: the system's error is named, and is the cause`, async () => {
      const { connection, transport } = openConnection(role);
      const reset = new Error('read ECONNRESET');
      transport.gone(reset);
      const { error } = await connection.closed;
      assert.match(error?.message ?? '', /^connection lost without a Close frame \(read ECONNRESET\)/);
      assert.equal(error?.cause, reset);
      assert.equal(error?.family, 'environment');
    });
    test(`${role}: the peer ends TCP without a Close`, () => {
      const { transport, events, turn, written } = openConnection(role);
      transport.deliver('end');
      assert.deepEqual(events, ['error ERR_WS_LOST']);
      turn.end();
      assert.deepEqual(transport.calls, ['destroy']);
      assert.deepEqual(events, ['error ERR_WS_LOST', 'close 1006 ERR_WS_LOST']);
      written.equals('');
    });
    test(`${role}: the peer ends TCP within a frame or a message`, () => {
      for (const input of [hex('81'), wire(role, '81 05 48 65'), wire(role, '01 01 61')]) {
        const { transport, receive, events, turn } = openConnection(role);
        receive(input);
        transport.deliver('end');
        turn.end();
        assert.deepEqual(events, ['error ERR_WS_LOST', 'close 1006 ERR_WS_LOST']);
      }
    });
    test(`${role}: after our Close, without an answer`, () => {
      const { connection, transport, turn, events } = openConnection(role);
      void connection.close(1000);
      turn.end();
      transport.deliver('end');
      assert.equal(transport.isEnded, true);
      transport.gone();
      assert.deepEqual(events, ['close 1006 ERR_WS_LOST']);
    });
    test(`${role}: terminate()`, async () => {
      const { connection, transport, turn, events, written } = openConnection(role);
      connection.send('never');
      connection.terminate();
      connection.terminate();
      assert.equal(connection.isOpen, false);
      turn.end();
      assert.deepEqual(events, ['error ERR_WS_TERMINATED', 'close 1006 ERR_WS_TERMINATED']);
      written.equals('');
      connection.terminate();
      assert.ok(transport.isDestroyed);
    });
    test(`${role}: terminate() while waiting for the answer`, () => {
      const { connection, turn, events } = openConnection(role);
      void connection.close(1000);
      turn.end();
      connection.terminate();
      turn.end();
      assert.equal(events.length, 1);
      assert.match(events[0] as string, /^close 1006 ERR_WS_/);
    });
    test(`${role}: not clean when our answer could not be sent (RFC 6455 §7.1.4: both must have gone)`, () => {
      const { connection, transport, turn, receive, events, written } = openConnection(role);
      transport.isCongested = true;
      connection.send(pattern(70_000));
      turn.end();
      written.clear();
      receive(wire(role, '88 02 03 e8'));
      written.equals('');
      transport.gone();
      assert.equal(events.length, 1);
      assert.doesNotMatch(events[0] as string, /clean/);
    });
    test(`${role}: closed once, and nothing after it`, () => {
      const { machine, transport, events, turn, receive, clock } = openConnection(role, {
        heartbeat: { interval: 1000, timeout: 1000 },
      });
      transport.gone();
      const before = [...events];
      const frame = wire(role, '81 01 61');
      machine.received(frame, frame.length);
      machine.ended();
      machine.disconnected();
      machine.written();
      receive(wire(role, '81 01 61'));
      clock.advance(100_000);
      turn.end();
      assert.deepEqual(events, before);
    });
  }
});

describe('what can be asked of a connection', () => {
  for (const role of roles) {
    test(`${role}: isOpen through a closing handshake, whose Close leaves at the end of the turn`, () => {
      const { connection, turn, receive, transport, written } = openConnection(role);
      assert.equal(connection.isOpen, true);
      void connection.close(1000);
      assert.equal(connection.isOpen, false);
      assert.deepEqual(written.frames(), []);
      turn.end();
      assert.deepEqual(written.frames(), ['close 1000']);
      receive(wire(role, '88 02 03 e8'));
      transport.gone();
      assert.equal(connection.isOpen, false);
      assert.deepEqual(written.frames(), ['close 1000']);
    });
    test(`${role}: no Close is sent where the connection is lost or terminated`, () => {
      const lost = openConnection(role);
      lost.transport.gone();
      const terminated = openConnection(role);
      terminated.connection.terminate();
      terminated.turn.end();
      for (const { written } of [lost, terminated]) assert.deepEqual(written.frames(), []);
    });
    test(`${role}: role, subprotocol`, () => {
      const { connection } = openConnection(role);
      assert.equal(connection.role, role);
      assert.notEqual(connection.role, other(role));
      assert.equal(connection.subprotocol, '');
    });
  }
});
