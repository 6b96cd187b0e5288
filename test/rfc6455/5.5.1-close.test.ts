// RFC 6455 §5.5.1: the Close frame: what may stand in it, how it is answered, and that it is the last one.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ErrorCode } from '../../src/core/errors.ts';
import { openConnection } from '../support/core-connection.ts';
import { receives } from '../support/feeds.ts';
import { hex, utf8 } from '../support/hex.ts';
import { frame, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;

/** Close frame with this reason. */
function close(code: string, reason: string): Uint8Array {
  return frame(0x88, hex(code, utf8(reason)));
}

describe('RFC 6455 §5.5.1 a Close received first is answered with its own payload', () => {
  const cases: [name: string, frame: string | Uint8Array, event: string][] = [
    ['empty', '88 00', '1005 clean'],
    ['a code', '88 02  03 e8', '1000 clean'],
    ['a code and a reason', '88 05  03 e8  62 79 65', '1000 "bye" clean'],
    ['a reason of several bytes a character', '88 06  03 e9  f0 9f 98 80', '1001 "😀" clean'],
    ['a reason of 123 bytes', close('0b b8', `${'x'.repeat(120)}€`), `3000 "${'x'.repeat(120)}€" clean`],
    ['a reason of 41 characters of three bytes', close('13 87', '€'.repeat(41)), `4999 "${'€'.repeat(41)}" clean`],
  ];
  for (const [name, bytes, event] of cases) {
    test(name, () => {
      receives([bytes], {
        written: [bytes],
        afterwards(run, how) {
          run.transport.gone();
          assert.deepEqual(run.events, [`close ${event}`], how);
        },
      });
    });
  }

  test('the server then ends TCP, the client waits for it (RFC 6455 §7.1.1)', () => {
    for (const role of roles) {
      const { receive, transport } = openConnection(role);
      receive(wire(role, '88 02 03 e8'));
      assert.equal(transport.isEnded, role === 'server');
      transport.deliver('end');
      assert.ok(transport.isEnded);
      assert.equal(transport.isDestroyed, false);
    }
  });
});

describe('RFC 6455 §5.5.1 a Close that must not be', () => {
  const cases: [name: string, frame: string, error: ErrorCode, reason: string][] = [
    ['one byte of payload', '88 01 03', 'ERR_WS_CLOSE_PAYLOAD', ''],
    ['an invalid byte in the reason', '88 03 03 e8 ff', 'ERR_WS_INVALID_UTF8', ''],
    ['a cut sequence at the end of the reason', '88 04 03 e8 e2 82', 'ERR_WS_INVALID_UTF8', ''],
    ['a surrogate in the reason', '88 05 03 e8 ed a0 80', 'ERR_WS_INVALID_UTF8', ''],
    ['an overlong reason', '88 04 03 e8 c0 80', 'ERR_WS_INVALID_UTF8', ''],
    ['code 0', '88 02 00 00', 'ERR_WS_CLOSE_CODE', ''],
    ['code 1005', '88 02 03 ed', 'ERR_WS_CLOSE_CODE', ''],
    ['code 1006 and a reason, which is reported', '88 05 03 ee 62 79 65', 'ERR_WS_CLOSE_CODE', '"bye" '],
  ];
  for (const [name, bytes, fails, reason] of cases) {
    test(`${name}: ${fails}`, () => {
      receives([bytes], {
        fails,
        afterwards(run, how) {
          run.transport.gone();
          assert.deepEqual(run.events, [`error ${fails}`, `close 1006 ${reason}${fails}`], how);
        },
      });
    });
  }

  test('as the answer to ours: no second Close is sent', () => {
    for (const role of roles) {
      for (const bytes of ['88 01 03', '88 03 03 e8 ff', '88 02 03 ed']) {
        const { connection, receive, written, transport, events } = openConnection(role);
        void connection.close(1000);
        receive(wire(role, bytes));
        written.equalsFrames('88 02 03 e8');
        transport.gone();
        assert.equal(events.length, 1);
        assert.match(events[0] as string, /^close 1006 ERR_WS_/);
      }
    }
  });
});

describe('RFC 6455 §5.5.1 Close and messages', () => {
  test('inside a fragmented message: answered; the message is never delivered', () => {
    receives(['01 03 48 65 6c', '88 02 03 e8'], { written: ['88 02 03 e8'] });
    receives(['02 00', '00 01 01', '88 00'], { written: ['88 00'] });
  });

  test('bytes after it are ignored', () => {
    for (const behind of ['81 01 61', '89 00', '88 02 03 e9', '88 01 00', 'ff ff ff ff']) {
      for (const role of roles) {
        const run = openConnection(role);
        run.receive(wire(role, '81 01 61', '88 02 03 e8'), behind);
        run.receive(behind);
        run.written.equalsFrames('88 02 03 e8');
        assert.deepEqual(run.events, ['message "a"']);
      }
    }
  });

  test('messages before it are delivered, and may be answered', () => {
    for (const role of roles) {
      const { receive, written } = openConnection(role, {
        handlers: { message: (connection, data) => void connection.send(data) },
      });
      receive(wire(role, '81 01 61', '88 02 03 e8'));
      written.equalsFrames('81 01 61', '88 02 03 e8');
    }
  });

  test('after ours, the Close of the peer is waited for, and its messages are not delivered', () => {
    for (const role of roles) {
      const { connection, receive, written, events, transport } = openConnection(role);
      void connection.close(1001);
      receive(wire(role, '81 01 61', '01 01 62'));
      receive(wire(role, '80 01 63', '88 02 03 e9'));
      transport.gone();
      assert.deepEqual(events, ['close 1001 clean']);
      written.equalsFrames('88 02 03 e9');
    }
  });

  test('after ours, nothing more is sent; senders are told', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role);
      const told: unknown[] = [];
      connection.send('before');
      void connection.close(1000);
      assert.equal(
        connection.send('after', (error) => told.push(error?.code)),
        false,
      );
      assert.equal(
        connection.sendFragment('after', { fin: true }, (error) => told.push(error?.code)),
        false,
      );
      assert.equal(connection.ping(), false);
      assert.equal(connection.pong(), false);
      turn.end();
      assert.deepEqual(told, ['ERR_WS_DROPPED', 'ERR_WS_DROPPED']);
      assert.deepEqual(written.frames(), ['text "before"', 'close 1000']);
    }
  });
});

describe('RFC 6455 §5.5.1 sent', () => {
  const cases: [code: number | undefined, reason: string | undefined, frame: string][] = [
    [undefined, undefined, '88 00'],
    [undefined, '', '88 00'],
    [1000, undefined, '88 02 03 e8'],
    [1000, '', '88 02 03 e8'],
    [1000, 'bye', '88 05 03 e8 62 79 65'],
    [4999, '€', '88 05 13 87 e2 82 ac'],
    [3000, '\ud83d', '88 05 0b b8 ef bf bd'],
  ];
  for (const [code, reason, bytes] of cases) {
    test(`close(${code}, ${JSON.stringify(reason)}) is ${bytes}`, () => {
      for (const role of roles) {
        const { connection, turn, written } = openConnection(role);
        void connection.close(code, reason);
        turn.end();
        written.equalsFrames(bytes);
      }
    });
  }

  test('a reason of 123 bytes fits, one of 124 is refused, counted in UTF-8', () => {
    for (const role of roles) {
      for (const reason of ['x'.repeat(123), '€'.repeat(41), `${'😀'.repeat(30)}abc`]) {
        const { connection, turn, written } = openConnection(role);
        assert.throws(() => connection.close(1000, `${reason}x`), {
          code: 'ERR_WS_CLOSE_REASON_TOO_LONG',
          message: 'close reason has 124 bytes; at most 123 bytes of UTF-8 fit into a Close frame (RFC 6455 §5.5.1)',
        });
        assert.ok(connection.isOpen);
        void connection.close(1000, reason);
        turn.end();
        written.equalsFrames(close('03 e8', reason));
      }
    }
  });

  test('a reason needs a code', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role);
      assert.throws(() => connection.close(undefined, 'bye'), { code: 'ERR_WS_SEND_CLOSE_CODE' });
      turn.end();
      written.equals('');
      assert.ok(connection.isOpen);
    }
  });

  test('twice, or once it was received: the first counts', () => {
    for (const role of roles) {
      const { connection, turn, written, receive } = openConnection(role);
      const first = connection.close(1000, 'a');
      const second = connection.close(1001, 'b');
      assert.equal(first, second);
      turn.end();
      receive(wire(role, '88 02 03 e8'));
      void connection.close(1002);
      turn.end();
      assert.deepEqual(written.frames(), ['close 1000 "a"']);

      const answering = openConnection(role);
      answering.receive(wire(role, '88 02 03 e8'));
      void answering.connection.close(1001);
      answering.turn.end();
      assert.deepEqual(answering.written.frames(), ['close 1000']);
    }
  });

  test('crossing: both sent one, none is answered, both are clean', () => {
    for (const role of roles) {
      const { connection, receive, written, transport, events } = openConnection(role);
      void connection.close(1000, 'ours');
      receive(wire(role, '88 06 03 e9 6d 69 6e 65'));
      assert.deepEqual(written.frames(), ['close 1000 "ours"']);
      assert.equal(transport.isEnded, role === 'server');
      transport.gone();
      assert.deepEqual(events, ['close 1001 "mine" clean']);
    }
  });

  test('called by a handler of the chunk that holds the Close of the peer: crossing as well', () => {
    for (const role of roles) {
      const { receive, written, events, transport } = openConnection(role, {
        handlers: { message: (connection) => void connection.close(4000) },
      });
      receive(wire(role, '81 01 61', '88 02 03 e9'));
      assert.deepEqual(written.frames(), ['close 4000']);
      transport.gone();
      assert.deepEqual(events, ['message "a"', 'close 1001 clean']);
    }
  });
});

test('RFC 6455 §5.5.1 a violation after our own Close ends the connection without a second one', () => {
  for (const role of roles) {
    const { connection, receive, written, transport, events } = openConnection(role);
    void connection.close(1000);
    receive(wire(role, '83 00', '81 01 61'));
    written.equalsFrames('88 02 03 e8');
    assert.ok(transport.isEnded);
    transport.gone();
    assert.deepEqual(events, ['close 1006 ERR_WS_RESERVED_OPCODE']);
  }
});

test('RFC 6455 §5.5.1 a violation before our Close has left replaces it: one Close, with the reason', () => {
  for (const role of roles) {
    const run = openConnection(role);
    run.transport.isCongested = true;
    run.connection.ping(utf8('x'));
    run.turn.end();
    for (let count = 0; count < 5; count++) run.connection.send(new Uint8Array(20_000));
    run.turn.end();
    run.written.clear();
    void run.connection.close(1000);
    run.receive(wire(role, '83 00'));
    run.transport.isCongested = false;
    run.transport.release();
    const frames = run.written.frames();
    assert.equal(frames.filter((text) => text.startsWith('close')).length, 1, frames.join());
    assert.match(frames.at(-1) as string, /^close 1002 "frame has reserved opcode/);
    assert.ok(run.transport.isEnded);
  }
});
