// The `sent` callback of a message: it is called once, later, and reports correctly whether the bytes were sent.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnection } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { recorder } from '../../support/sent-recorder.ts';
import { showData, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

describe('the sent callback', () => {
  for (const role of roles) {
    test(`${role}: once, later, in order, when the transport has taken the bytes`, () => {
      const { connection, turn, clock } = openConnection(role);
      const { told, tell } = recorder();
      connection.send('a', tell('a'));
      connection.send(pattern(100_000), tell('b'));
      connection.sendFragment('c', { fin: true }, tell('c'));
      assert.deepEqual(told, [], 'not from inside send()');
      turn.end();
      assert.deepEqual(told, ['a', 'b', 'c']);
      clock.advance(100_000);
      turn.end();
      assert.deepEqual(told, ['a', 'b', 'c']);
    });

    test(`${role}: when a congested transport has taken them, not before`, () => {
      const { connection, turn, transport } = openConnection(role);
      const { told, tell } = recorder();
      transport.isCongested = true;
      connection.send('a', tell('a'));
      turn.end();
      connection.send('b', tell('b'));
      turn.end();
      assert.equal(transport.held, 2);
      assert.deepEqual(told, []);
      transport.release(1);
      turn.end();
      assert.deepEqual(told, ['a']);
      transport.release(1);
      turn.end();
      assert.deepEqual(told, ['a', 'b']);
    });

    test(`${role}: a write that was taken at once is not told before those that it is behind`, () => {
      const { connection, turn, transport } = openConnection(role);
      const { told, tell } = recorder();
      transport.isCongested = true;
      connection.send('a', tell('a'));
      turn.end();
      transport.isCongested = false;
      connection.send('b', tell('b'));
      turn.end();
      assert.deepEqual(told, []);
      transport.release();
      turn.end();
      assert.deepEqual(told, ['a', 'b']);
    });

    test(`${role}: an error when TCP goes away before`, () => {
      const { connection, turn, transport } = openConnection(role);
      const { told, tell } = recorder();
      transport.isCongested = true;
      connection.send(pattern(70_000), tell('given'));
      turn.end();
      connection.send('b', tell('waiting'));
      transport.gone();
      connection.send('c', tell('late'));
      turn.end();
      const code = 'ERR_WS_DROPPED';
      assert.deepEqual(told, [`given ${code}`, `waiting ${code}`, `late ${code}`]);
    });

    test(`${role}: a message that was handed over is never told to be dropped`, () => {
      // Both are sent while one chunk is processed; the first is so large that it leaves at once.
      const { tell, told } = recorder();
      const { transport, turn, written } = openConnection(role, {
        handlers: {
          message(connection) {
            connection.send(pattern(100_000), tell('large'));
            connection.send('small', tell('small'));
          },
        },
      });
      transport.isCongested = true;
      transport.deliver(wire(role, '81 01 61', '88 02 03 e8'));
      transport.release();
      turn.end();
      assert.deepEqual(written.frames(), [`binary ${showData(pattern(100_000))}`, 'close 1000']);
      assert.deepEqual(told.sort(), ['large', 'small ERR_WS_DROPPED']);
    });

    test(`${role}: throwing, it surfaces as uncaught and the others are still called`, () => {
      const { connection, turn } = openConnection(role);
      const { told, tell } = recorder();
      const problem = new Error('of the application');
      connection.send('a', () => {
        throw problem;
      });
      connection.send('b', tell('b'));
      turn.end();
      assert.deepEqual(turn.uncaught, [problem]);
      assert.deepEqual(told, ['b']);
    });
  }
});
