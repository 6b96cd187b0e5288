// Keep-alive (RFC 6455 §5.5.2): pings on time, and the end of a connection whose peer does not answer, by a clock that
// the test moves.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answersPing, pingPayload } from '../../../src/core/connection/keepalive.ts';
import { openConnection } from '../../support/core-connection.ts';
import { concat, hex, toHex } from '../../support/hex.ts';
import { frame, readFrames, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;
const heartbeat = { interval: 30_000, timeout: 10_000 };

for (const role of roles) {
  describe(`${role}: heartbeat of 30 s, timeout of 10 s`, () => {
    test('a ping one interval after the opening, in one write of its own', () => {
      const { clock, written } = openConnection(role, { heartbeat });
      clock.advance(29_999);
      written.equals('');
      clock.advance(1);
      assert.deepEqual(written.frames(), ['ping 00 00 00 00 00 00 00 01']);
    });

    test('without a pong the connection is lost after the timeout, without a Close', () => {
      const { clock, written, events, transport } = openConnection(role, { heartbeat });
      clock.advance(39_999);
      assert.equal(transport.isDestroyed, false);
      clock.advance(1);
      assert.deepEqual(transport.calls, ['destroy']);
      assert.deepEqual(events, ['error ERR_WS_HEARTBEAT', 'close 1006 ERR_WS_HEARTBEAT']);
      assert.deepEqual(written.frames(), ['ping 00 00 00 00 00 00 00 01']);
      assert.equal(clock.timers.size, 0);
    });

    test('the error names the bound', async () => {
      const { clock, connection } = openConnection(role, { heartbeat });
      clock.advance(40_000);
      const { error } = await connection.closed;
      assert.match(error?.message ?? '', /^no pong came within heartbeat\.timeout \(10000 ms\) of a ping/);
      assert.equal(error?.closeCode, undefined);
    });

    test('a pong starts the next interval; each ping has its own payload', () => {
      const { clock, receive, written, connection } = openConnection(role, { heartbeat });
      for (let count = 1; count <= 4; count++) {
        clock.advance(30_000);
        const pings = readFrames(written.bytes);
        assert.equal(pings.length, count);
        clock.advance(9_999);
        const payload = toHex(pings.at(-1)?.payload as Uint8Array);
        receive(wire(role, `8a 08 ${payload}`));
      }
      assert.ok(connection.isOpen);
      assert.equal(new Set(written.frames()).size, 4);
    });

    test('any pong counts, even one that was not asked for (RFC 6455 §5.5.3)', () => {
      const { clock, receive, written, connection } = openConnection(role, { heartbeat });
      clock.advance(29_000);
      receive(wire(role, '8a 00'));
      clock.advance(29_999);
      written.equals('');
      clock.advance(1);
      assert.equal(written.frames().length, 1);
      receive(wire(role, '8a 01 78'));
      clock.advance(20_000);
      assert.ok(connection.isOpen);
    });

    test('data and pings of the peer do not count as a pong', () => {
      const { clock, receive, events } = openConnection(role, { heartbeat });
      clock.advance(30_000);
      receive(wire(role, '81 01 61', '89 00'));
      clock.advance(10_000);
      assert.deepEqual(events.slice(-2), ['error ERR_WS_HEARTBEAT', 'close 1006 ERR_WS_HEARTBEAT']);
    });

    test('a paused reader cannot see pongs: the peer is not given up meanwhile', () => {
      const { clock, receive, connection, turn } = openConnection(role, { heartbeat });
      clock.advance(30_000);
      connection.pause();
      receive(wire(role, '8a 00'));
      clock.advance(100_000);
      assert.ok(connection.isOpen);
      connection.resume();
      turn.end(); // the pong that has waited is read
      clock.advance(29_999);
      assert.ok(connection.isOpen);
    });

    test('and is given up in time when reading goes on and still no pong comes', () => {
      const { clock, connection, events, turn } = openConnection(role, { heartbeat });
      clock.advance(30_000);
      connection.pause();
      clock.advance(35_000);
      connection.resume();
      turn.end();
      clock.advance(10_000);
      assert.deepEqual(events, ['error ERR_WS_HEARTBEAT', 'close 1006 ERR_WS_HEARTBEAT']);
    });

    test('a pong that waits in the transport when reading goes on is in time', () => {
      const { clock, connection, receive, turn, events } = openConnection(role, { heartbeat });
      clock.advance(30_000);
      connection.pause();
      receive(wire(role, '8a 00'));
      clock.advance(9_999);
      // Resuming takes a turn of I/O, which the deadline must not overtake.
      connection.resume();
      clock.advance(1);
      turn.end();
      assert.ok(connection.isOpen, events.join());
    });

    test('a pong cannot overtake the frame that is coming in: the peer is not given up while it progresses (RFC 6455 §5.4)', () => {
      const { clock, receive, connection, events } = openConnection(role, { heartbeat });
      const message = wire(role, frame(0x82, new Uint8Array(1_000)));
      receive(message.subarray(0, 100));
      clock.advance(30_000);
      for (let at = 100; at < 900; at += 100) {
        clock.advance(9_000);
        receive(message.subarray(at, at + 100));
      }
      assert.ok(connection.isOpen, events.join());
      receive(concat([message.subarray(900), wire(role, '8a 00')]));
      clock.advance(39_999);
      assert.ok(connection.isOpen, events.join());
    });

    test('a peer that falls silent within a frame, before the ping, is given up in time', () => {
      const { clock, receive, events } = openConnection(role, { heartbeat });
      receive(wire(role, frame(0x82, new Uint8Array(1_000))).subarray(0, 100));
      clock.advance(39_999);
      assert.deepEqual(events, []);
      clock.advance(1);
      assert.deepEqual(events, ['error ERR_WS_HEARTBEAT', 'close 1006 ERR_WS_HEARTBEAT']);
    });

    test('and one that falls silent within a frame after the ping, one timeout later', () => {
      const { clock, receive, events } = openConnection(role, { heartbeat });
      clock.advance(35_000);
      receive(wire(role, frame(0x82, new Uint8Array(1_000))).subarray(0, 100));
      clock.advance(14_999);
      assert.deepEqual(events, []);
      clock.advance(1);
      assert.deepEqual(events, ['error ERR_WS_HEARTBEAT', 'close 1006 ERR_WS_HEARTBEAT']);
    });

    test('a standstill of this process is not held against the peer: it is asked again, once', () => {
      const { clock, receive, written, connection, events } = openConnection(role, { heartbeat });
      clock.advance(30_000);
      clock.jump(60_000);
      assert.equal(written.frames().length, 2);
      clock.advance(9_999);
      assert.ok(connection.isOpen);
      receive(wire(role, '8a 00'));
      clock.advance(30_000);
      assert.equal(written.frames().length, 3);
      clock.jump(20_001);
      assert.equal(written.frames().length, 4);
      clock.jump(60_000);
      assert.deepEqual(events.slice(-2), ['error ERR_WS_HEARTBEAT', 'close 1006 ERR_WS_HEARTBEAT']);
    });

    test('a busy event loop is not a standstill', () => {
      const { clock, events } = openConnection(role, { heartbeat });
      clock.advance(30_000);
      clock.jump(20_000);
      assert.deepEqual(events, ['error ERR_WS_HEARTBEAT', 'close 1006 ERR_WS_HEARTBEAT']);
    });

    test('stops with the closing handshake, whose own deadline follows', () => {
      const { clock, connection, written, events, turn } = openConnection(role, { heartbeat, closeTimeout: 60_000 });
      clock.advance(29_000);
      void connection.close(1000);
      turn.end();
      clock.advance(59_999);
      assert.deepEqual(written.frames(), ['close 1000']);
      clock.advance(1);
      assert.deepEqual(events, ['close 1006 ERR_WS_LOST']);
    });
  });

  describe(`${role}: other settings`, () => {
    test('timeout 0: pings for ever, never given up', () => {
      const { clock, written, connection } = openConnection(role, { heartbeat: { interval: 1000, timeout: 0 } });
      clock.advance(10_000);
      assert.equal(written.frames().length, 10);
      assert.ok(connection.isOpen);
    });
    test('no heartbeat, or an interval of 0: no ping and no timer', () => {
      for (const setting of [undefined, false, { interval: 0 }] as const) {
        const { clock, written } = openConnection(role, { heartbeat: setting });
        assert.equal(clock.timers.size, 0);
        clock.advance(10_000_000);
        written.equals('');
      }
    });
    test('the default of the host, unless the user says otherwise', () => {
      const heartbeatDefault = { interval: 500, timeout: 500 };
      const frames = (setting: Parameters<typeof openConnection>[1]) => {
        const { clock, written } = openConnection(role, { heartbeatDefault, ...setting });
        clock.advance(600);
        return written.frames().length;
      };
      assert.equal(frames({}), 1);
      assert.equal(frames({ heartbeat: false }), 0);
      assert.equal(frames({ heartbeat: { interval: 700 } }), 0);
    });
  });
}

describe('RFC 6455 §5.5.3 a pong answers a ping', () => {
  test('with all eight bytes of its payload, and no others', () => {
    assert.equal(toHex(pingPayload(0x01020304)), '00 00 00 00 01 02 03 04');
    assert.equal(answersPing(pingPayload(7), 7), true);
    assert.equal(answersPing(pingPayload(8), 7), false);
    assert.equal(answersPing(pingPayload(7).subarray(1), 7), false);
    assert.equal(answersPing(hex('00 00 00 01 00 00 00 07'), 7), false);
    assert.equal(answersPing(hex('00 00 00 00 ff ff ff ff'), 0xffffffff), true);
    assert.equal(answersPing(concat([pingPayload(7), Uint8Array.of(0)]), 7), false);
  });
});
