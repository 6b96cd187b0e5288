// Arguments that the calls of a connection refuse, before anything is sent.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Connection } from '../../../src/core/connection/connection.ts';
import { openConnection } from '../../support/core-connection.ts';

describe('a connection refuses', () => {
  const { connection, written, turn } = openConnection('client');

  test('to be constructed by somebody else', () => {
    for (const given of [[], [{}], [new Map(), 'chat']]) {
      assert.throws(() => Reflect.construct(Connection, given), {
        code: 'ERR_WS_OPTION',
        message: /connections are not constructed; connect\(\) returns one, a server passes them to `open`/u,
      });
    }
  });

  test('a callback that is not a function', () => {
    for (const sent of ['text', null, 1]) {
      assert.throws(() => connection.send('a', sent as never), {
        code: 'ERR_WS_OPTION',
        message: /^second argument of send .*\{ binary.*called when the message was sent or dropped, or undefined/u,
      });
      assert.throws(() => connection.send('a', {}, sent as never), {
        code: 'ERR_WS_OPTION',
        message: /^third argument of send /u,
      });
      assert.throws(() => connection.sendFragment('a', { fin: true }, sent as never), {
        code: 'ERR_WS_OPTION',
        message: /^third argument of sendFragment /u,
      });
    }
  });

  test('options of a fragment that are not { fin }', () => {
    for (const options of [undefined, null, true, {}, { fin: 1 }, { final: true }]) {
      assert.throws(() => connection.sendFragment('a', options as never), {
        code: 'ERR_WS_OPTION',
        message: /^second argument of sendFragment .*\{ fin: true \} or \{ fin: false \}/u,
      });
    }
  });

  test('options of a message that it does not have', () => {
    const cases: [object, RegExp][] = [
      [{ fin: false }, /sendFragment\(data, \{ fin: false \}\)/u],
      [{ mask: true }, /a client masks/u],
      [{ binary: 1 }, /binary is 1; expected true or false/u],
      [{ compress: 'yes' }, /compress is "yes"; expected true or false/u],
      [{ binari: true }, /binary/u],
    ];
    for (const [options, message] of cases) {
      assert.throws(() => connection.send('a', options), { code: 'ERR_WS_OPTION', message });
    }
    assert.throws(() => connection.sendFragment('a', { fin: true, mask: true } as never), {
      code: 'ERR_WS_OPTION',
      message: /a client masks/u,
    });
    assert.throws(() => connection.sendShared('a' as never), {
      code: 'ERR_WS_OPTION',
      message: /what shareMessage\(data\) returns/u,
    });
  });

  test('and nothing of it is sent', () => {
    turn.end();
    assert.deepEqual(written.frames(), []);
    // An object of a class has its options as everywhere.
    connection.sendFragment('a', Object.assign(Object.create({ binary: true }), { fin: true }));
    turn.end();
    assert.deepEqual(written.frames(), ['binary 61']);
  });
});
