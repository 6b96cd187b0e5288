// The calls of a server's handlers: their order and arguments, and what happens when they throw.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accept, type ServerConnection, type ServerOptions } from '../../src/engine/index.ts';
import { listen, open, pair } from '../support/engine.ts';
import { isError, rejectsWith, uncaughtExceptions } from '../support/expect.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

/** Handlers that record every call, each connection under the name that `upgrade` gave it. */
function noting(log: Inbox<string>): ServerOptions<string> {
  const note = (connection: ServerConnection<string>, event: string): void =>
    log.push(`${connection.context} ${event}`);
  return {
    upgrade: ({ url }) => accept({ context: url.slice(1) }),
    open: (connection) => note(connection, 'open'),
    message: (connection, data) =>
      note(connection, typeof data === 'string' ? `text ${data}` : `binary ${data.length}`),
    ping: (connection, payload) => note(connection, `ping ${payload}`),
    pong: (connection, payload) => note(connection, `pong ${payload}`),
    error: (connection, error) => note(connection, `error ${error.code}`),
    close: (connection, { code, reason, wasClean }) => note(connection, `close ${code} ${reason} ${wasClean}`),
  };
}

test(
  'open, then each frame in order, then close, which is the last and comes once',
  leavingNothing(async (scope) => {
    const log = new Inbox<string>();
    const { port } = await listen(scope, noting(log));
    const peer = await connectRaw(scope, port);
    await requestHandshake(peer, {}, '/a');
    peer.write(
      hex(`81 81 00000000 78  89 81 00000000 79  01 81 00000000 6c  8a 80 00000000  80 81 00000000 72
        82 82 00000000 0102  88 85 00000000 03e8 627965  81 81 00000000 7a`),
    );
    assert.deepEqual(await log.take(7), [
      'a open',
      'a text x',
      'a ping y',
      'a pong ',
      'a text lr',
      'a binary 2',
      'a close 1000 bye true',
    ]);
    await peer.gone();
    assert.deepEqual(log.rest, []);
  }),
);
test(
  'a violation: error, then close 1006; the peer gets the code',
  leavingNothing(async (scope) => {
    const log = new Inbox<string>();
    const { port } = await listen(scope, noting(log));
    const peer = await connectRaw(scope, port);
    await requestHandshake(peer, {}, '/a');
    peer.write(hex('81 01 78')); // not masked
    assert.equal((await peer.readFrame()).payload.readUInt16BE(), 1002);
    await peer.gone();
    assert.deepEqual(await log.take(3), ['a open', 'a error ERR_WS_NOT_MASKED', 'a close 1006  false']);
    assert.deepEqual(log.rest, []);
  }),
);
test(
  'connections do not mix',
  leavingNothing(async (scope) => {
    const log = new Inbox<string>();
    const { url } = await listen(scope, noting(log));
    const first = await open(scope, `${url}a`);
    const second = await open(scope, `${url}b`);
    assert.deepEqual(await log.take(2), ['a open', 'b open']);
    second.send('from b');
    assert.equal(await log.next(), 'b text from b');
    first.send('from a');
    assert.equal(await log.next(), 'a text from a');
    await second.close(3001, 'done');
    assert.equal(await log.next(), 'b close 3001 done true');
    first.send('still there');
    assert.equal(await log.next(), 'a text still there');
  }),
);

test(
  'server.connections has each connection from open, and no longer when close is called',
  leavingNothing(async (scope) => {
    const sizes = new Inbox<number>();
    const { server, url, opened } = await listen(scope, {
      open: () => sizes.push(server.connections.size),
      close: () => sizes.push(server.connections.size),
    });
    const first = await open(scope, url);
    const second = await open(scope, url);
    assert.deepEqual(await sizes.take(2), [1, 2]);
    const connections = await opened.take(2);
    assert.deepEqual([...server.connections], connections);
    await first.close();
    assert.equal(await sizes.next(), 1);
    second.terminate();
    assert.equal(await sizes.next(), 0);
  }),
);
test(
  'a connection has url, address, encryption, subprotocol, and a context that handlers may change',
  leavingNothing(async (scope) => {
    const { connection, client } = await pair<{ count: number }>(scope, {
      upgrade: () => accept({ context: { count: 1 } }),
      message: (peer) => {
        peer.context = { count: peer.context.count + 1 };
        peer.send(String(peer.context.count));
      },
    });
    assert.equal(connection.role, 'server');
    assert.equal(connection.url, '/');
    assert.equal(connection.remoteAddress, '127.0.0.1');
    assert.ok(connection.remotePort > 0);
    assert.equal(connection.encrypted, false);
    assert.equal(connection.subprotocol, '');
    const replies = client[Symbol.asyncIterator]();
    client.send('x');
    assert.equal((await replies.next()).value, '2');
    client.send('x');
    assert.equal((await replies.next()).value, '3');
  }),
);

describe('exceptions of handlers', () => {
  for (const name of ['open', 'message', 'ping', 'pong', 'close'] as const) {
    test(
      `of ${name} are uncaught; the connection and the server go on`,
      leavingNothing(async (scope) => {
        const uncaught = uncaughtExceptions(scope);
        const boom = new Error(name);
        let remaining = 1;
        const { client, connection, url } = await pair(scope, {
          message: (peer, data) => peer.send(data),
          [name]: () => {
            if (remaining-- > 0) throw boom;
          },
        });
        client.send('x');
        client.ping('y');
        client.pong('z');
        if (name === 'close') await client.close(1000);
        assert.equal(await uncaught.next(), boom);
        const second = await open(scope, url);
        if (name !== 'message') {
          second.send('hello');
          assert.equal((await second[Symbol.asyncIterator]().next()).value, 'hello');
        }
        if (name !== 'close') assert.equal(connection.isOpen, true);
        assert.deepEqual(uncaught.rest, []);
      }),
    );
  }
  test(
    "of open, after a decision in an immediate: the process's immediates go on",
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const failed = new Error('open');
      const { url } = await listen(scope, {
        // Decided between two immediates: the tick with the exception runs before the second, which waits for the decision.
        upgrade: () => turn().then(() => undefined),
        open: () => {
          throw failed;
        },
      });
      const client = await open(scope, url);
      assert.equal(await uncaught.next(), failed);
      let turned = false;
      void turn().then(() => {
        turned = true;
      });
      // No immediate in here, which may never come.
      await new Promise((resolve) => {
        setTimeout(resolve);
      });
      await client.close(1000);
      assert.equal(turned, true);
      assert.deepEqual(uncaught.rest, []);
    }),
  );
  test(
    'of error and drain too',
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const closed = new Inbox<number>();
      const { client, connection } = await pair(scope, {
        highWaterMark: 1,
        drain: () => {
          throw new Error('drain');
        },
        error: () => {
          throw new Error('error');
        },
        close: (_, { code }) => closed.push(code),
      });
      assert.equal(connection.send('more than one byte'), false);
      assert.equal((await uncaught.next()).message, 'drain');
      client.terminate();
      assert.equal((await uncaught.next()).message, 'error');
      assert.equal(await closed.next(), 1006);
    }),
  );
  test(
    'of a sent callback too',
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const { client, connection } = await pair(scope);
      connection.send('one', () => {
        throw new Error('sent');
      });
      assert.equal((await uncaught.next()).message, 'sent');
      connection.send('two');
      const messages = client[Symbol.asyncIterator]();
      assert.equal((await messages.next()).value, 'one');
      assert.equal((await messages.next()).value, 'two');
    }),
  );
});

describe('messages without a message handler', () => {
  test(
    'are pulled in the open handler',
    leavingNothing(async (scope) => {
      const ends = new Inbox<unknown>();
      const { client } = await pair(scope, {
        open(connection) {
          void (async () => {
            for await (const message of connection) connection.send(`echo ${message}`);
            ends.push('end');
          })();
        },
      });
      const replies = client[Symbol.asyncIterator]();
      for (const text of ['a', 'b', 'c']) {
        client.send(text);
        assert.equal((await replies.next()).value, `echo ${text}`);
      }
      await client.close(1000);
      assert.equal(await ends.next(), 'end');
    }),
  );
  test(
    'the loop throws when the connection is lost',
    leavingNothing(async (scope) => {
      const failures = new Inbox<unknown>();
      const { client } = await pair(scope, {
        open(connection) {
          (async () => {
            for await (const _ of connection);
          })().catch(failures.push);
        },
      });
      client.terminate();
      isError(await failures.next(), 'ERR_WS_LOST');
    }),
  );
  test(
    'and without a loop are dropped: a server that only sends is not held up by a client that sends much',
    leavingNothing(async (scope) => {
      const { client, connection } = await pair(scope);
      const piece = Buffer.alloc(1024 * 1024);
      for (let count = 0; count < 32; count++) client.send(piece);
      await client.drained();
      client.ping('are you there?');
      connection.send('push');
      assert.equal((await client[Symbol.asyncIterator]().next()).value, 'push');
      await client.close(1000);
      assert.equal((await connection.closed).code, 1000);
    }),
  );
});

test(
  'sent is called once, later, in order; with an error when the message was dropped',
  leavingNothing(async (scope) => {
    const { connection } = await pair(scope);
    const log = new Inbox<string>();
    for (const name of ['a', 'b']) connection.send(name, (error) => log.push(`${name} ${error?.code}`));
    assert.deepEqual(log.rest, []);
    assert.deepEqual(await log.take(2), ['a undefined', 'b undefined']);
    connection.terminate();
    assert.equal(
      connection.send('c', (error) => log.push(`c ${error?.code}`)),
      false,
    );
    assert.deepEqual(log.rest, []);
    assert.equal(await log.next(), 'c ERR_WS_DROPPED');
    await rejectsWith(
      connection.closed.then(() => connection.drained()),
      'ERR_WS_DROPPED',
    );
    await turn();
    assert.deepEqual(log.rest, []);
  }),
);
