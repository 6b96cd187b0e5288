// What the application is told after it has called `close()` or `terminate()`: the end, and the results of its own calls.
// The outcome must not depend on how the peer's bytes are cut.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Connection } from '../../../src/core/connection/connection.ts';
import { openConnection, type Setup } from '../../support/core-connection.ts';
import { feeds } from '../../support/feeds.ts';
import { hex } from '../../support/hex.ts';
import { wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;
const CLOSE = '88 02 03 e8';
/** A message, then everything that a peer may send before its Close: in one frame, in fragments, pings and pongs. */
const INPUT = ['81 03 62 79 65', '81 03 62 79 65', '89 01 70', '8a 01 71', '02 01 01', '80 01 02', '82 00', CLOSE];

/** Feeds `input` in every way, and says what was told before TCP ended. */
function eachFeed(setup: (role: 'client' | 'server') => Setup, input: readonly string[], check: Check): void {
  for (const role of roles) {
    for (const { how, chunks } of feeds(wire(role, ...input))) {
      const run = openConnection(role, setup(role));
      for (const chunk of chunks) {
        run.transport.deliver(chunk);
        run.turn.end();
      }
      run.transport.gone();
      check(run, `${role}, ${how}`);
    }
  }
}
type Check = (run: ReturnType<typeof openConnection>, how: string) => void;

describe('after close() nothing of the peer is delivered, wherever the input is cut', () => {
  test('called in the message handler', () => {
    const message = (connection: Connection): void => void connection.close(1000);
    eachFeed(
      () => ({ handlers: { message } }),
      INPUT,
      ({ events, written }, how) => {
        assert.deepEqual(events, ['message "bye"', 'close 1000 clean'], how);
        assert.deepEqual(written.frames(), ['close 1000'], how);
      },
    );
  });

  test('called in the ping handler, and in the pong handler', () => {
    const close = (connection: Connection): void => void connection.close(1000);
    eachFeed(
      () => ({ handlers: { ping: close } }),
      ['89 01 70', ...INPUT],
      ({ events, written }, how) => {
        assert.deepEqual(events, ['ping 70', 'close 1000 clean'], how);
        assert.deepEqual(written.frames(), ['pong 70', 'close 1000'], how);
      },
    );
    eachFeed(
      () => ({ handlers: { pong: close } }),
      ['8a 01 71', ...INPUT],
      ({ events }, how) => assert.deepEqual(events, ['pong 71', 'close 1000 clean'], how),
    );
  });

  test('called between the fragments of a message', () => {
    eachFeed(
      () => ({ handlers: { ping: (connection) => void connection.close(1000) } }),
      ['01 01 61', '89 00', '80 01 62', CLOSE],
      ({ events }, how) => assert.deepEqual(events, ['ping', 'close 1000 clean'], how),
    );
  });

  test('terminate() in the message handler: nothing more either', () => {
    eachFeed(
      () => ({ handlers: { message: (connection) => connection.terminate() } }),
      INPUT,
      ({ events }, how) =>
        assert.deepEqual(events, ['message "bye"', 'error ERR_WS_TERMINATED', 'close 1006 ERR_WS_TERMINATED'], how),
    );
  });

  test('a violation of the peer after it still fails the connection, and `close` tells it', () => {
    eachFeed(
      () => ({ handlers: { message: (connection) => void connection.close(1000) } }),
      ['81 01 61', '81 01 62', '83 00', '81 01 63'],
      ({ events, transport }, how) => {
        assert.deepEqual(events, ['message "a"', 'close 1006 ERR_WS_RESERVED_OPCODE'], how);
        assert.ok(transport.isEnded, how);
      },
    );
  });

  test('our limits hold after it', () => {
    eachFeed(
      () => ({
        limits: { maxMessageSize: 2 },
        handlers: { message: (connection) => void connection.close(1000) },
      }),
      ['81 01 61', '81 03 62 62 62'],
      ({ events }, how) => assert.deepEqual(events, ['message "a"', 'close 1006 ERR_WS_MESSAGE_TOO_LARGE'], how),
    );
  });

  test('what it was asked before is still answered: sent, drained(), drain, closed', async () => {
    for (const role of roles) {
      const { connection, transport, turn, events, receive } = openConnection(role, { highWaterMark: 1 });
      const told: unknown[] = [];
      transport.isCongested = true;
      connection.send('a', (error) => told.push(error?.code));
      void connection.drained().then(() => told.push('drained'));
      void connection.close(1000);
      void connection.closed.then(({ code }) => told.push(code));
      turn.end();
      transport.release();
      turn.end();
      receive(wire(role, '81 01 61', CLOSE));
      transport.gone();
      await new Promise(setImmediate);
      assert.deepEqual(told, [undefined, 'drained', 1000]);
      assert.deepEqual(events, ['drain', 'close 1000 clean']);
    }
  });
});

describe('messages that are pulled', () => {
  test('those that wait when close() is called are not delivered, wherever the input is cut', async () => {
    for (const role of roles) {
      for (const { how, chunks } of feeds(wire(role, ...INPUT))) {
        const { connection, transport, turn } = openConnection(role, { pulls: true });
        const pulled: unknown[] = [];
        const loop = (async () => {
          for await (const message of connection) {
            pulled.push(message);
            void connection.close(1000);
          }
        })();
        for (const chunk of chunks) {
          transport.deliver(chunk);
          turn.end();
          await Promise.resolve();
        }
        await new Promise(setImmediate);
        transport.gone();
        await loop;
        assert.deepEqual(pulled, ['bye'], `${role}, ${how}`);
      }
    }
  });

  test('a reader that has stopped does not keep the Close of the peer from being seen', async () => {
    for (const role of roles) {
      const { connection, receive, transport, turn } = openConnection(role, { pulls: true });
      const messages = connection[Symbol.asyncIterator]();
      for (let count = 0; count < 200; count++) receive(wire(role, '81 01 61'));
      assert.ok(transport.isPaused);
      void connection.close(1000);
      for (let count = 0; count < 200; count++) receive(wire(role, '81 01 61'));
      receive(wire(role, CLOSE));
      turn.end();
      transport.gone();
      assert.equal((await connection.closed).wasClean, true);
      assert.deepEqual(await messages.next(), { value: undefined, done: true });
    }
  });

  test('those that came before the Close of the peer can still be pulled', async () => {
    for (const role of roles) {
      const { connection, receive, transport } = openConnection(role, { pulls: true });
      const messages = connection[Symbol.asyncIterator]();
      receive(wire(role, '81 01 61', '81 01 62', CLOSE, '81 01 63'));
      transport.gone();
      const pulled = [await messages.next(), await messages.next(), await messages.next()];
      assert.deepEqual(
        pulled.map(({ value }) => value),
        ['a', 'b', undefined],
      );
    }
  });
});

test('idleTimeout and maxLifetime are not the application: what the peer sends until its Close is delivered', () => {
  for (const role of roles) {
    const { clock, receive, events, transport, turn } = openConnection(role, { maxLifetime: 1000 });
    clock.advance(1000);
    turn.end();
    receive(wire(role, '81 01 61', hex('88 02 03 e9')));
    transport.gone();
    assert.deepEqual(events, ['message "a"', 'close 1001 clean']);
  }
});
