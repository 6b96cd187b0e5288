// Handlers of the application. What they throw does not disturb the connection, and what they call has the same effect as
// it would have outside a handler.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Connection } from '../../../src/core/connection/connection.ts';
import type { ConnectionHandlers } from '../../../src/core/connection/handlers.ts';
import { webSocketError } from '../../../src/core/errors.ts';
import { openConnection } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

/** Handlers that all throw. */
function throwing(problem: unknown): ConnectionHandlers<Connection> {
  const fail = () => {
    throw problem;
  };
  return { message: fail, error: fail, close: fail, drain: fail, ping: fail, pong: fail };
}

describe('what a handler throws', () => {
  for (const role of roles) {
    // An error of ours, thrown by send() inside a handler, is the application's and no violation of the peer.
    for (const problem of [
      new Error('of the application'),
      webSocketError('ERR_WS_FRAGMENT_OPEN'),
      undefined,
      'text',
    ]) {
      test(`${role}: ${String(problem).slice(0, 30)} surfaces as uncaught; everything goes on`, () => {
        const run = openConnection(role, { handlers: throwing(problem), highWaterMark: 10 });
        const { receive, events, turn, transport, connection, written } = run;
        receive(wire(role, '81 01 61', '89 00', '8a 00', '01 01 62', '80 01 63', '82 00'));
        assert.deepEqual(events, ['message "a"', 'ping', 'pong', 'message "bc"', 'message']);
        connection.send(pattern(20));
        turn.end();
        assert.equal(events.at(-1), 'drain');
        receive(wire(role, '83 00'));
        transport.gone();
        assert.deepEqual(events.slice(-2), ['error ERR_WS_RESERVED_OPCODE', 'close 1006 ERR_WS_RESERVED_OPCODE']);
        assert.deepEqual(
          turn.uncaught,
          Array.from({ length: 8 }, () => problem),
        );
        assert.match(written.frames().join(), /^pong,binary .*,close 1002 /);
      });
    }

    test(`${role}: misuse of send() in a handler is thrown to the handler`, () => {
      const caught: unknown[] = [];
      const { receive, connection, turn } = openConnection(role, {
        handlers: {
          message(it) {
            try {
              it.send({} as never);
            } catch (error) {
              caught.push((error as { code: string }).code);
            }
          },
        },
      });
      receive(wire(role, '81 01 61'));
      assert.deepEqual(caught, ['ERR_WS_DATA_TYPE']);
      assert.ok(connection.isOpen);
      assert.deepEqual(turn.uncaught, []);
    });
  }
});

describe('with a failed handler', () => {
  for (const role of roles) {
    test(`${role}: what each of the others throws goes there; an open connection is closed with 1011, without the reason`, () => {
      for (const [cause, end] of Object.entries({ '81 01 61': 'message', '89 00': 'ping', '8a 00': 'pong' })) {
        const problem = new Error('of the application');
        const told: unknown[] = [];
        const handlers: ConnectionHandlers<Connection> = {
          ...throwing(problem),
          failed: (connection, error) => told.push(connection.isOpen, error),
        };
        const { receive, written, turn, transport } = openConnection(role, { handlers });
        receive(wire(role, cause));
        assert.deepEqual(told, [true, problem], end);
        assert.equal(written.frames().at(-1), 'close 1011 "internal error"');
        transport.gone();
        assert.deepEqual(told.slice(2), [false, problem], 'of close');
        assert.deepEqual(turn.uncaught, []);
      }
    });
    test(`${role}: a rejected promise goes there, when it is rejected; a callback of send as well`, async () => {
      const told: unknown[] = [];
      const handlers: ConnectionHandlers<Connection> = {
        message: async (_, data) => Promise.reject(data),
        failed: (_, error) => told.push(error),
      };
      const first = openConnection(role, { handlers });
      first.connection.send('x', () => {
        throw 'sent';
      });
      first.turn.end();
      assert.deepEqual(told, ['sent']);
      const { receive, connection, turn, written } = openConnection(role, { handlers });
      receive(wire(role, '81 01 61'));
      assert.ok(connection.isOpen);
      await new Promise((resolve) => setImmediate(resolve));
      turn.end();
      assert.deepEqual(told, ['sent', 'a']);
      assert.deepEqual(written.frames(), ['close 1011 "internal error"']);
    });
    test(`${role}: what it throws itself surfaces as uncaught, and the connection is closed`, () => {
      const { receive, written, turn } = openConnection(role, {
        handlers: {
          ...throwing('first'),
          failed: () => {
            throw 'second';
          },
        },
      });
      receive(wire(role, '81 01 61'));
      assert.deepEqual(turn.uncaught, ['second']);
      assert.deepEqual(written.frames(), ['close 1011 "internal error"']);
    });
  }
});

describe('called from inside a message handler', () => {
  for (const role of roles) {
    const chunk = wire(role, '81 01 61', '81 01 62', '89 00', '81 01 63');
    test(`${role}: terminate() stops the delivery of what the chunk still holds`, () => {
      const { receive, events, written, transport } = openConnection(role, {
        handlers: { message: (it) => it.terminate() },
      });
      receive(chunk);
      assert.deepEqual(events, ['message "a"', 'error ERR_WS_TERMINATED', 'close 1006 ERR_WS_TERMINATED']);
      written.equals('');
      assert.deepEqual(transport.calls, ['destroy']);
    });
    test(`${role}: terminate() inside a message that came in parts`, () => {
      const { receive, events } = openConnection(role, { handlers: { message: (it) => it.terminate() } });
      const bytes = wire(role, '01 01 61', '80 02 62 63', '81 01 64', '83 00');
      receive(bytes.subarray(0, bytes.length - 12));
      receive(bytes.subarray(bytes.length - 12));
      assert.deepEqual(events, ['message "abc"', 'error ERR_WS_TERMINATED', 'close 1006 ERR_WS_TERMINATED']);
    });
    test(`${role}: terminate() inside a ping handler`, () => {
      const { receive, events } = openConnection(role, { handlers: { ping: (it) => it.terminate() } });
      receive(wire(role, '89 00', '81 01 61'));
      assert.deepEqual(events, ['ping', 'error ERR_WS_TERMINATED', 'close 1006 ERR_WS_TERMINATED']);
    });
    test(`${role}: close() is the last frame, and nothing more of the chunk is delivered`, () => {
      const { receive, events, written } = openConnection(role, {
        handlers: {
          message(it, data) {
            it.send(data);
            void it.close(1000);
          },
        },
      });
      receive(chunk);
      assert.deepEqual(events, ['message "a"']);
      assert.deepEqual(written.frames(), ['text "a"', 'close 1000']);
    });
    test(`${role}: send() of what does not fit one write keeps the order`, () => {
      const { receive, written } = openConnection(role, {
        handlers: { message: (it, data) => [pattern(40_000), data].forEach((each) => void it.send(each)) },
      });
      receive(chunk);
      const frames = written.frames().map((text) => text.replace(/#.*/, ''));
      const large = 'binary 40000 bytes ';
      assert.deepEqual(frames, [large, 'text "a"', large, 'text "b"', 'pong', large, 'text "c"']);
    });
    test(`${role}: pause() and resume() in turn deliver everything once`, () => {
      let isPaused = false;
      const { receive, events } = openConnection(role, {
        handlers: {
          message(it) {
            isPaused = !isPaused;
            if (isPaused) it.pause();
            else it.resume();
          },
        },
      });
      receive(chunk);
      assert.deepEqual(events, ['message "a"', 'message "b"', 'ping', 'message "c"']);
    });
  }
});

describe('called from inside other handlers', () => {
  for (const role of roles) {
    test(`${role}: send() in close and error handlers is refused, and its callback told`, () => {
      const told: unknown[] = [];
      const send = (it: Connection) => void it.send('late', (error) => told.push(error?.code));
      const { receive, transport, turn, events, written } = openConnection(role, {
        handlers: { error: send, close: send },
      });
      receive(wire(role, '83 00'));
      transport.gone();
      turn.end();
      assert.deepEqual(told, ['ERR_WS_DROPPED', 'ERR_WS_DROPPED']);
      assert.equal(events.length, 2);
      assert.equal(written.frames().length, 1);
    });
    test(`${role}: the close handler sees a closed connection`, () => {
      const seen: unknown[] = [];
      const { transport } = openConnection(role, {
        handlers: { close: (it, event) => seen.push(it.isOpen, it.state.kind, event.code, it.bufferedAmount) },
      });
      transport.gone();
      assert.deepEqual(seen, [false, 'closed', 1006, 0]);
    });
    test(`${role}: send() in the drain handler goes on`, () => {
      let left = 3;
      const { connection, turn, events, written } = openConnection(role, {
        highWaterMark: 10,
        handlers: { drain: (it) => void (left-- > 0 && it.send(pattern(20))) },
      });
      connection.send(pattern(20));
      turn.end();
      assert.deepEqual(events, ['drain', 'drain', 'drain', 'drain']);
      assert.equal(written.frames().length, 4);
    });
    test(`${role}: handlers are optional`, () => {
      const { receive, transport, connection } = openConnection(role, { pulls: true });
      receive(wire(role, '81 01 61', frame(0x89, 'ff'), '8a 00', '83 00'));
      transport.gone();
      assert.equal(connection.state.kind, 'closed');
    });
  }
});
