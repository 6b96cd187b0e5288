// RFC 6455 §5.5.2, §5.5.3: Ping is answered by a Pong of the same payload; a Pong by nothing.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnection } from '../support/core-connection.ts';
import { assertFailed, receives } from '../support/feeds.ts';
import { hex, pattern } from '../support/hex.ts';
import { frame, showData, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;

describe('RFC 6455 §5.5.2 Ping', () => {
  test('a server answers a masked Ping with an unmasked Pong of the same payload', () => {
    const { receive, written } = openConnection('server');
    receive('89 82  00 00 00 00  48 69');
    written.equals('8a 02  48 69');
  });

  test('a client answers with a masked one', () => {
    const { receive, written } = openConnection('client');
    receive('89 02  48 69');
    written.equals('8a 82  37 fa 21 3d  7f 93');
  });

  test('every payload of 0 to 125 bytes comes back', () => {
    for (let size = 0; size <= 125; size++) {
      const payload = pattern(size, size);
      const events = [`ping ${showData(payload)}`.trimEnd()];
      if (size < 6 || size > 123) receives([frame(0x89, payload)], { events, written: [frame(0x8a, payload)] });
      for (const role of roles) {
        const run = openConnection(role);
        run.receive(wire(role, frame(0x89, payload)));
        assert.deepEqual(run.events, events);
        run.written.equalsFrames(frame(0x8a, payload));
      }
    }
  });

  test('each of several pings is answered, in order', () => {
    receives(['89 01 01', '89 01 02', '89 00', '89 01 03'], {
      events: ['ping 01', 'ping 02', 'ping', 'ping 03'],
      written: ['8a 01 01', '8a 01 02', '8a 00', '8a 01 03'],
    });
  });

  test('the Pong goes out between what the handlers of the messages around it send', () => {
    const echo = {
      message: (connection: { send(data: string): boolean }, data: unknown) => void connection.send(`${data}!`),
    };
    receives(
      ['81 01 61', '89 01 70', '81 01 62'],
      { events: ['message "a"', 'ping 70', 'message "b"'], written: ['81 02 61 21', '8a 01 70', '81 02 62 21'] },
      { handlers: echo },
    );
  });

  test('the Pong is queued before the ping handler is called', () => {
    for (const role of roles) {
      const { receive, written } = openConnection(role, { handlers: { ping: (it) => void it.send('x') } });
      receive(wire(role, '89 01 70'));
      written.equalsFrames('8a 01 70', '81 01 78');
    }
  });

  test('a Pong may go out inside a fragmented message of ours', () => {
    for (const role of roles) {
      const { connection, receive, written } = openConnection(role);
      connection.sendFragment('a', { fin: false });
      receive(wire(role, '89 01 70'));
      connection.sendFragment('b', { fin: true });
      receive(wire(role, '89 00'));
      written.equalsFrames('01 01 61', '8a 01 70', '80 01 62', '8a 00');
    }
  });

  test('not answered after a Close was received', () => {
    receives(['88 02 03 e8', '89 01 70'], { written: ['88 02 03 e8'] });
  });

  test('not answered after a Close was sent: that is the last frame (RFC 6455 §5.5.1)', () => {
    for (const role of roles) {
      const { connection, receive, written, events } = openConnection(role);
      void connection.close(1000);
      receive(wire(role, '89 01 70', '81 01 61'));
      written.equalsFrames('88 02 03 e8');
      assert.deepEqual(events, []);
    }
  });

  test('sent on request, with any kind of payload', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role);
      assert.equal(connection.ping(), true);
      connection.ping('é');
      connection.ping(hex('01 02 03').buffer);
      connection.pong(new DataView(hex('04 05 06').buffer, 1, 1));
      connection.ping(pattern(125));
      turn.end();
      written.equalsFrames('89 00', '89 02 c3 a9', '89 03 01 02 03', '8a 01 05', frame(0x89, pattern(125)));
    }
  });

  test('not sent, without an exception, when the connection is not open', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role);
      void connection.close();
      assert.equal(connection.ping(), false);
      assert.equal(connection.pong('x'), false);
      turn.end();
      written.equalsFrames('88 00');
    }
  });
});

describe('RFC 6455 §5.5.2 pongs for a peer that pings and does not read', () => {
  const limits = { maxQueuedPongs: 3 };
  test('as many as maxQueuedPongs wait', () => {
    for (const role of roles) {
      const { transport, receive, connection, written, turn } = openConnection(role, { limits });
      transport.isCongested = true;
      // What is in the transport's hands counts as waiting; 64 KiB keep it busy, so that the pongs wait here.
      connection.send(pattern(70_000));
      turn.end();
      written.clear();
      receive(wire(role, '89 00', '89 00', '89 01 03'));
      assert.ok(connection.isOpen);
      transport.release();
      written.equalsFrames('8a 00', '8a 00', '8a 01 03');
    }
  });
  test('one more fails the connection: 1008', () => {
    for (const role of roles) {
      const run = openConnection(role, { limits });
      const { transport, receive, connection, written, turn } = run;
      transport.isCongested = true;
      connection.send(pattern(70_000));
      turn.end();
      receive(wire(role, '89 00', '89 00', '89 00', '89 00', '89 00'));
      written.clear();
      transport.isCongested = false;
      transport.release();
      // The pongs that were waiting make room for the Close.
      assertFailed(run, 'ERR_WS_TOO_MANY_PONGS');
    }
  });
  test('any number is answered when the peer reads, in one chunk or in many', () => {
    for (const role of roles) {
      const { receive, connection, written } = openConnection(role, { limits });
      receive(wire(role, ...Array.from({ length: 100 }, () => '89 00')));
      for (let count = 0; count < 100; count++) receive(wire(role, '89 00'));
      assert.ok(connection.isOpen);
      assert.deepEqual(
        written.frames(),
        Array.from({ length: 200 }, () => 'pong'),
      );
    }
  });
  test('pongs that have left do not count, though the connection is never idle', () => {
    for (const role of roles) {
      const { transport, receive, connection, turn } = openConnection(role, { limits });
      transport.isCongested = true;
      for (let count = 0; count < 10; count++) {
        receive(wire(role, '89 00')); // its Pong is written, and taken below
        connection.send('data');
        turn.end();
        transport.release(transport.held - 1);
        assert.ok(connection.isOpen, `after ${count + 1} pings, each of whose pongs was taken`);
      }
    }
  });
});

describe('RFC 6455 §5.5.3 Pong', () => {
  test('an unsolicited one is told and not answered', () => {
    receives(['8a 00', '8a 02 48 69'], { events: ['pong', 'pong 48 69'] });
  });
  test('one that belongs to no ping of ours is fine as well', () => {
    for (const role of roles) {
      const { connection, receive, written, events } = openConnection(role);
      connection.ping('a');
      receive(wire(role, '8a 01 62', '8a 01 61', '8a 01 61'));
      assert.deepEqual(events, ['pong 62', 'pong 61', 'pong 61']);
      written.equalsFrames('89 01 61');
    }
  });
  test('every payload of 0 to 125 bytes is told', () => {
    for (let size = 0; size <= 125; size++) {
      const payload = pattern(size, size);
      for (const role of roles) {
        const { receive, events, written } = openConnection(role);
        receive(wire(role, frame(0x8a, payload)));
        assert.deepEqual(events, [`pong ${showData(payload)}`.trimEnd()]);
        written.equals('');
      }
    }
  });
});
