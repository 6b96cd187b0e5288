// A connection shows what is for applications, and nothing of what transports, hosts and budgets deal with: neither on
// its prototype nor on the object. What is private must not be reachable by another name either.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClientConnection } from '../../../src/client/client-connection.ts';
import { Connection } from '../../../src/engine/index.ts';
import { ServerConnection } from '../../../src/server/server-connection.ts';
import { pair } from '../../support/engine.ts';
import { isError } from '../../support/expect.ts';
import { leavingNothing } from '../../support/handles.ts';

const core = [
  'bufferedAmount',
  'close',
  'closed',
  'constructor',
  'drained',
  'extensions',
  'id',
  'isOpen',
  'lastActivity',
  'metrics',
  'openedAt',
  'pause',
  'ping',
  'pong',
  'resume',
  'role',
  'roundTripTime',
  'send',
  'sendFragment',
  'sendShared',
  'sendStream',
  'state',
  'terminate',
];

/** All names of properties, including those that are not enumerable; symbols by their description. */
function namesOf(object: object): string[] {
  return Reflect.ownKeys(object)
    .map((key) => (typeof key === 'symbol' ? `[${key.description}]` : key))
    .sort();
}

describe('a connection shows', () => {
  test('on its prototypes: the methods and properties of the documentation', () => {
    assert.deepEqual(namesOf(Connection.prototype), ['[Symbol.asyncIterator]', ...core]);
    assert.deepEqual(namesOf(ClientConnection.prototype), ['constructor']);
    assert.deepEqual(namesOf(ServerConnection.prototype), [
      'constructor',
      'id',
      'params',
      'publish',
      'session',
      'subscribe',
      'topics',
      'unsubscribe',
    ]);
  });

  test(
    'on the object: what its handshake brought, and the same while it closes and once it is closed',
    leavingNothing(async (scope) => {
      const { client, connection } = await pair(scope, { message: (it, data) => it.send(data) });
      const inner = namesOf(connection);
      const outer = namesOf(client);
      assert.deepEqual(outer, ['remoteAddress', 'remotePort', 'response', 'subprotocol', 'url']);
      assert.deepEqual(inner, ['context', 'encrypted', 'remoteAddress', 'remotePort', 'subprotocol', 'url']);
      connection.subscribe('all');
      client.send('Hello');
      await client.close(1000);
      await connection.closed;
      assert.deepEqual([namesOf(client), namesOf(connection)], [outer, inner]);
    }),
  );

  test('on the classes: nothing', () => {
    for (const it of [Connection, ClientConnection, ServerConnection]) {
      assert.deepEqual(namesOf(it), ['length', 'name', 'prototype']);
    }
  });
});

describe('connections are not constructed', () => {
  for (const it of [Connection, ClientConnection, ServerConnection]) {
    test(`new ${it.name}()`, () => {
      const construct = it as unknown as new (...given: unknown[]) => unknown;
      for (const given of [[], [undefined], ['ws://localhost/'], [{}], [{}, {}, {}]]) {
        assert.throws(
          () => new construct(...given),
          (error) => !!isError(error, 'ERR_WS_OPTION', 'connect()'),
        );
      }
    });
  }
});
