// What the methods and settings of a connection do on a session, attached or not.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MessageCompression } from '../../../src/core/extension/message-compression.ts';
import { connect, createServer, type ServerConnection, shareMessage } from '../../../src/engine/index.ts';
import { isError } from '../../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { ResumingClient } from './resuming-client.ts';

async function serve(scope: Scope, options: object = {}) {
  const opened = new Inbox<ServerConnection>();
  const interrupted = new Inbox<ServerConnection>();
  const closed = new Inbox<number>();
  const server = createServer({
    resume: true,
    open: (connection) => opened.push(connection),
    interrupted: (connection) => interrupted.push(connection),
    close: (_, { code }) => closed.push(code),
    ...options,
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  return { server, opened, interrupted, closed, url: `ws://127.0.0.1:${port}` };
}

async function end(client: ResumingClient): Promise<void> {
  client.end.close(1000, '');
  await client.ends.next();
  await client.connection?.closed;
}

describe('on a session', () => {
  test(
    'for await pulls messages over a break; a message is acknowledged when the loop has taken it',
    leavingNothing(async (scope) => {
      const { opened, interrupted, url } = await serve(scope);
      const client = new ResumingClient();
      await client.open(url);
      const connection = await opened.next();
      const messages = connection[Symbol.asyncIterator]();
      for (let number = 0; number < 200; number++) client.end.send(`${number}`);
      assert.equal((await messages.next()).value, '0');
      while (connection.session?.received !== 200) await turn();
      assert.ok((connection.session?.handled ?? 200) < 100, 'the loop has not taken more');
      await client.cut();
      await interrupted.next();
      await client.open(url);
      for (let number = 1; number < 200; number++) assert.equal((await messages.next()).value, `${number}`);
      client.end.close(1000, '');
      assert.equal((await messages.next()).done, true);
    }),
  );

  test(
    'text and bytes of every kind, fragments and shared messages arrive as on a plain connection',
    leavingNothing(async (scope) => {
      const { opened, interrupted, url } = await serve(scope);
      const client = new ResumingClient();
      await client.open(url);
      const connection = await opened.next();
      for (const isAway of [false, true]) {
        if (isAway) {
          await client.cut();
          await interrupted.next();
        }
        const bytes = Buffer.from('bytes');
        connection.send(bytes);
        bytes.fill(0);
        connection.send(Buffer.from('täxt'), { binary: false });
        connection.send('as bytes', { binary: true, compress: true });
        connection.sendFragment('one, ', { fin: false });
        assert.throws(
          () => connection.send('between'),
          (error) => isError(error, 'ERR_WS_FRAGMENT_OPEN') !== undefined,
        );
        assert.throws(
          () => connection.sendFragment(bytes, { fin: true }),
          (error) => isError(error, 'ERR_WS_FRAGMENT_KIND') !== undefined,
        );
        connection.sendFragment('two', { fin: true });
        connection.sendShared(shareMessage('shared'));
        assert.throws(
          () => connection.send(5 as never),
          (error) => isError(error, 'ERR_WS_DATA_TYPE') !== undefined,
        );
        const told = new Inbox<Error | undefined>();
        connection.ping('', told.push as never);
        const error = await told.next();
        assert.equal(error === undefined, !isAway);
        connection.send('last', told.push as never);
        assert.equal(await told.next(), undefined);
        if (isAway) await client.open(url);
        const received = await client.received.take(6);
        assert.deepEqual(
          received.map((data) => (typeof data === 'string' ? data : [Buffer.from(data).toString()])),
          [['bytes'], 'täxt', ['as bytes'], 'one, two', 'shared', 'last'],
        );
      }
      await end(client);
      assert.equal(connection.send('too late'), false);
    }),
  );

  test(
    'a client that does not acknowledge: send answers false, drained() and drain follow when it has caught up',
    leavingNothing(async (scope) => {
      const drains = new Inbox<void>();
      const { opened, url } = await serve(scope, { resume: { replayBytes: 64 * 1024 }, drain: () => drains.push() });
      const client = new ResumingClient();
      client.isStuck = true;
      await client.open(url);
      const connection = await opened.next();
      const text = 'x'.repeat(15 * 1024);
      const answers = Array.from({ length: 6 }, () => connection.send(text));
      assert.deepEqual([answers[0], answers.at(-1)], [true, false]);
      let isDrained = false;
      const drained = connection.drained().then(() => {
        isDrained = true;
      });
      await client.received.take(4);
      assert.equal(isDrained, false);
      client.isStuck = false;
      await client.cut();
      // What it has not handled comes again only if it says that it does not hold it: it handles it now.
      client.handleAll();
      await client.open(url);
      await drained;
      await drains.next();
      assert.equal(connection.bufferedAmount < 64 * 1024, true);
      await end(client);
    }),
  );

  test(
    'a handler that throws closes it with 1011 where there is a failed handler',
    leavingNothing(async (scope) => {
      const failures = new Inbox<unknown>();
      const { url, closed } = await serve(scope, {
        message: () => assert.fail('broken'),
        failed: (error: unknown) => failures.push(error),
      });
      const client = new ResumingClient();
      await client.open(url);
      client.end.send('x');
      assert.match(String(await failures.next()), /broken/);
      assert.equal((await client.ends.next()).code, 1011);
      assert.equal(await closed.next(), 1011);
    }),
  );

  test(
    "textMessages: 'bytes', ack: 'receipt', and pings of the client",
    leavingNothing(async (scope) => {
      const received = new Inbox<[unknown, boolean]>();
      const pings = new Inbox<string>();
      const { opened, url } = await serve(scope, {
        resume: { ack: 'receipt' },
        textMessages: 'bytes',
        message(_: unknown, data: unknown, isBinary: boolean) {
          received.push([data, isBinary]);
          return new Promise(() => {});
        },
        ping: (_: unknown, payload: Buffer) => pings.push(payload.toString()),
      });
      const client = new ResumingClient();
      await client.open(url);
      const connection = await opened.next();
      client.end.send('täxt');
      const [data, isBinary] = await received.next();
      assert.deepEqual([Buffer.from(data as Uint8Array).toString(), isBinary], ['täxt', false]);
      assert.equal(connection.session?.handled, 1);
      client.connection?.ping('hello');
      assert.equal(await pings.next(), 'hello');
      await end(client);
    }),
  );

  test(
    'a message to all is compressed once for plain clients and sessions together',
    leavingNothing(async (scope) => {
      const { opened, server, url } = await serve(scope, { compression: true });
      const plain = new Inbox<unknown>();
      const clients = [new ResumingClient(), new ResumingClient(), new ResumingClient()];
      for (const client of clients) await client.open(url, { compression: true });
      const others = await Promise.all(
        [1, 2].map(() => connect(url, { compression: true, handlers: { message: (_, data) => plain.push(data) } })),
      );
      await opened.take(5);
      const deflateAlone = MessageCompression.prototype.deflateAlone;
      let deflated = 0;
      scope.defer(() => {
        MessageCompression.prototype.deflateAlone = deflateAlone;
      });
      MessageCompression.prototype.deflateAlone = function (payload) {
        deflated++;
        return deflateAlone.call(this, payload);
      };
      const text = 'to all of them '.repeat(500);
      assert.equal(server.broadcast(text), 5);
      for (const client of clients) assert.equal(await client.received.next(), text);
      assert.deepEqual(await plain.take(2), [text, text]);
      assert.equal(deflated, 1);
      for (const client of clients) await end(client);
      await Promise.all(others.map((other) => other.close()));
    }),
  );
});
