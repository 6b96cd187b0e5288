// The `failed` handler of servers and clients: it gets the exceptions of the other handlers, and the rejections of the
// promises that they return. Then the connection is closed with 1011.

import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { describe, test } from 'node:test';
import { ClientConnection } from '../../src/client/client-connection.ts';
import { connect } from '../../src/client/connect.ts';
import { listen, open, pair } from '../support/engine.ts';
import { uncaughtExceptions, unhandledRejections } from '../support/expect.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

const boom = new Error('the secret of the database');
const fails = {
  'an exception': (): never => {
    throw boom;
  },
  'a rejection': (): Promise<never> => Promise.reject(boom),
  'a rejection after a while': async (): Promise<never> => {
    await turn();
    throw boom;
  },
};

/** The frames that lead to the call of each handler. */
const causes = {
  open: '',
  message: '81 81 00000000 78',
  ping: '89 81 00000000 78',
  pong: '8a 81 00000000 78',
};

for (const [how, fail] of Object.entries(fails)) {
  describe(`${how} of a handler of a server`, () => {
    for (const [name, frames] of Object.entries(causes)) {
      test(
        `${name}: failed gets it, with the connection; the peer gets 1011 without a reason`,
        leavingNothing(async (scope) => {
          const uncaught = uncaughtExceptions(scope);
          const failed = new Inbox<readonly unknown[]>();
          const closed = new Inbox<number>();
          const { port, opened } = await listen(scope, {
            [name]: fail,
            failed: (...told) => failed.push(told),
            close: (_, { code }) => closed.push(code),
          });
          const peer = await connectRaw(scope, port);
          await requestHandshake(peer);
          peer.write(hex(frames));
          const connection = await opened.next();
          assert.deepEqual(await failed.next(), [boom, connection]);
          let frame = await peer.readFrame();
          if ((frame.first & 0x0f) === 0xa) frame = await peer.readFrame(); // the pong
          assert.equal(frame.payload.readUInt16BE(), 1011);
          assert.equal(frame.payload.toString('utf8', 2), 'internal error');
          peer.end(hex('88 82 00000000 03f3'));
          assert.equal(await closed.next(), 1011);
          assert.deepEqual([uncaught.rest, failed.rest], [[], []]);
        }),
      );
    }
    test(
      'error and close: failed gets both; there is nothing to close',
      leavingNothing(async (scope) => {
        const uncaught = uncaughtExceptions(scope);
        const failed = new Inbox<readonly unknown[]>();
        const { client, connection } = await pair(scope, {
          error: fail,
          close: fail,
          failed: (...told) => failed.push(told),
        });
        client.terminate();
        assert.deepEqual(await failed.take(2), [
          [boom, connection],
          [boom, connection],
        ]);
        assert.deepEqual(uncaught.rest, []);
      }),
    );
    test(
      'request of listen: failed gets it, with the request; the client gets 500, or a response that has begun does not end',
      leavingNothing(async (scope) => {
        const uncaught = uncaughtExceptions(scope);
        const failed = new Inbox<readonly unknown[]>();
        const { port } = await listen(
          scope,
          { failed: (error, subject) => failed.push([error, subject instanceof IncomingMessage && subject.url]) },
          {
            request(message, response) {
              if (message.url === '/named') response.setHeader('Content-Length', 10);
              if (message.url === '/begun') response.write('half');
              if (message.url === '/done') response.end('whole');
              return fail();
            },
          },
        );
        const told: Record<string, RegExp> = {
          '/': /^HTTP\/1.1 500 Internal Server Error\r\n/,
          '/named': /^HTTP\/1.1 500 Internal Server Error\r\n(?!.*: 10\r\n)/s,
          '/begun': /^(HTTP\/1.1 200 OK\r\n.*4\r\nhalf\r\n)?$/s,
          '/done': /^HTTP\/1.1 200 OK\r\n.*whole$/s,
        };
        for (const [url, answer] of Object.entries(told)) {
          const peer = await connectRaw(scope, port);
          peer.write(`GET ${url} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
          assert.deepEqual(await failed.next(), [boom, url]);
          assert.match((await peer.readToEnd()).toString('latin1'), answer);
        }
        assert.deepEqual(uncaught.rest, []);
      }),
    );
    test(
      'drain, and a callback of send',
      leavingNothing(async (scope) => {
        const failed = new Inbox<readonly unknown[]>();
        for (const which of ['drain', 'sent'] as const) {
          const { client, connection } = await pair(scope, {
            highWaterMark: 1,
            ...(which === 'drain' ? { drain: fail } : {}),
            failed: (...told) => failed.push(told),
          });
          connection.send('more than one byte', which === 'sent' ? fail : undefined);
          assert.deepEqual(await failed.next(), [boom, connection]);
          assert.equal((await client.closed).code, 1011);
        }
      }),
    );
  });
}

describe('failed', () => {
  test(
    'acts before the connection is closed: its own close counts',
    leavingNothing(async (scope) => {
      const { client } = await pair(scope, {
        message: fails['an exception'],
        failed: (_, connection) => {
          if (connection !== undefined && 'close' in connection) void connection.close(1008, 'bad message');
        },
      });
      client.send('x');
      assert.equal((await client.closed).code, 1008);
    }),
  );
  test(
    'that throws: its exception is uncaught, and the connection is closed all the same',
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const worse = new Error('failed has failed');
      const { client } = await pair(scope, {
        message: fails['an exception'],
        failed: () => {
          throw worse;
        },
      });
      client.send('x');
      assert.equal(await uncaught.next(), worse);
      assert.equal((await client.closed).code, 1011);
    }),
  );
  test(
    'concerns one connection: the others go on',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, {
        message: (connection, data) => (data === 'bad' ? fails['a rejection']() : connection.send(data)),
        failed: () => {},
      });
      const [one, other] = [await open(scope, url), await open(scope, url)];
      one.send('bad');
      assert.equal((await one.closed).code, 1011);
      other.send('good');
      assert.equal((await other[Symbol.asyncIterator]().next()).value, 'good');
    }),
  );
  test(
    'of a client: gets the failures of its handlers, and of resolved, after which connecting goes on',
    leavingNothing(async (scope) => {
      const { url, opened } = await listen(scope);
      for (const [how, fail] of Object.entries(fails)) {
        for (const name of ['resolved', 'open', 'message', 'ping', 'close'] as const) {
          const failed = new Inbox<readonly unknown[]>();
          const client = await connect(url, { handlers: { [name]: fail, failed: (...told) => failed.push(told) } });
          scope.defer(() => client.terminate());
          const connection = await opened.next();
          connection.send('x');
          connection.ping('y');
          if (name === 'close') void connection.close(1000);
          const [error, subject] = await failed.next();
          assert.equal(error, boom);
          assert.equal(subject, name === 'resolved' ? undefined : client, `${how} of ${name}`);
          assert.ok(client instanceof ClientConnection);
          if (name === 'resolved') client.terminate();
          else if (name !== 'close') assert.equal((await connection.closed).code, 1011);
        }
      }
    }),
  );
  test(
    'gets only failures: the results of handlers do not matter',
    leavingNothing(async (scope) => {
      const failed = new Inbox<unknown>();
      const answers = [
        true,
        0,
        'text',
        {},
        null,
        Promise.resolve(), // biome-ignore lint/suspicious/noThenProperty: no rejection
        { then: (done: () => void) => done() },
      ];
      const { client, connection } = await pair(scope, { message: () => answers.pop(), failed: failed.push });
      for (const _ of answers) client.send('x');
      client.ping('');
      connection.send('', () => failed.rest);
      await client.drained();
      await client.close();
      assert.deepEqual(failed.rest, []);
    }),
  );
});

test(
  'without it, the rejection of an async handler is unhandled, as that of any async function; the connection goes on',
  leavingNothing(async (scope) => {
    const unhandled = unhandledRejections(scope);
    const { client, connection } = await pair(scope, { message: fails['a rejection'] });
    client.send('x');
    assert.equal(await unhandled.next(), boom);
    assert.ok(connection.isOpen);
  }),
);
