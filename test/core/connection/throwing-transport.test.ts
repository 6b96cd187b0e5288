// A transport that throws during one write, and takes later ones: what was in that write is lost, and its senders hear of it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Connection } from '../../../src/core/connection/connection.ts';
import { QueueBudget } from '../../../src/core/connection/queue-budget.ts';
import { shareMessage } from '../../../src/node/share-message.ts';
import { openConnection } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { recorder } from '../../support/sent-recorder.ts';

type Tell = (name: string) => (error?: { code: string }) => void;

/** Ways of sending, each by another path to the transport. */
const ways: Readonly<Record<string, (connection: Connection, tell: Tell) => void>> = {
  'small messages': (connection, tell) => {
    connection.send('a', tell('first'));
    connection.send('b', tell('second'));
  },
  'a message that is shared': (connection, tell) => {
    connection.sendShared(shareMessage('shared'), tell('first'));
  },
  'a shared message behind a small one': (connection, tell) => {
    connection.send('a', tell('first'));
    connection.sendShared(shareMessage(pattern(3000)), tell('second'));
  },
  'a queue of several': (connection, tell) => {
    connection.send(pattern(20_000), tell('first'));
    connection.send(pattern(20_000), tell('second'));
  },
  'a large message': (connection, tell) => void connection.send(pattern(200_000), tell('first')),
  'a large text': (connection, tell) => void connection.send('x'.repeat(200_000), tell('first')),
  'a large message behind a small one': (connection, tell) => {
    connection.send('a', tell('first'));
    connection.send(pattern(200_000), tell('second'));
  },
};

for (const role of ['client', 'server'] as const) {
  for (const keepsBytes of [false, true]) {
    describe(`${role}, a transport that ${keepsBytes ? 'keeps' : 'takes'} bytes`, () => {
      for (const [title, send] of Object.entries(ways)) {
        test(title, () => {
          const queueBudget = new QueueBudget(Infinity, () => []);
          const { connection, transport, turn, events } = openConnection(role, { keepsBytes, queueBudget });
          const { told, tell } = recorder();
          let throws = 1;
          for (const name of ['write', 'writeMany'] as const) {
            const original = transport[name].bind(transport) as (bytes: never) => boolean;
            Object.assign(transport, {
              [name]: (bytes: never) => {
                if (throws-- > 0) throw new Error('EPIPE');
                return original(bytes);
              },
            });
          }
          try {
            send(connection, tell);
          } catch {
            // The caller of send was told.
            told.push('first thrown');
          }
          turn.end();
          transport.release();
          turn.end();
          transport.gone();
          turn.end();
          assert.ok(told.length > 0);
          assert.deepEqual(
            told.filter((line) => !/ (?:ERR_WS_DROPPED|ERR_WS_INTERNAL|thrown)$/u.test(line)),
            [],
            `${told} ${events}`,
          );
          assert.ok(events.includes('error ERR_WS_INTERNAL'), events.join());
          assert.equal(queueBudget.used, 0);
        });
      }
    });
  }
}
