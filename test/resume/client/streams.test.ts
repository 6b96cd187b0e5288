// A client that resumes sends messages while their source is read: over cuts, with a source that fails, to a server that turns
// out to have no sessions.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, createServer, type ResumeSettings, type ServerConnection } from '../../../src/engine/index.ts';
import { leavingNothing, type Scope, turn } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';

const KIB = 1024;

async function serve(scope: Scope, resume: ResumeSettings | false = { replayBytes: 256 * KIB }) {
  const received = new Inbox<string | Buffer>();
  const opened = new Inbox<ServerConnection>();
  const server = createServer({
    resume,
    open: (connection: ServerConnection) => void opened.push(connection),
    message: (_connection: ServerConnection, data: string | Buffer) => void received.push(data),
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  return { server, received, opened, url: `ws://127.0.0.1:${port}/` };
}

async function* never(): AsyncGenerator<string> {
  yield 'x';
  await new Promise(() => {});
}

describe('sendStream of a client that resumes', { timeout: 60_000 }, () => {
  test(
    'over cuts; messages that are sent meanwhile come after it',
    leavingNothing(async (scope) => {
      const { received, url } = await serve(scope);
      const resumed = new Inbox<unknown>();
      const client = connect(url, {
        resume: true,
        reconnect: { initial: 1, max: 5 },
        handlers: { resumed: () => void resumed.push(undefined) },
      });
      scope.defer(() => client.terminate());
      let given = 0;
      const parts = async function* (): AsyncGenerator<string> {
        for (; given < 200; given++) {
          if (given % 60 === 59) {
            client.connection?.terminate();
            await resumed.next();
          }
          yield `${given} `.repeat(4_000);
        }
      };
      const sending = client.sendStream(parts());
      client.send('behind it');
      await sending;
      const whole = String(await received.next());
      let expected = '';
      for (let part = 0; part < 200; part++) expected += `${part} `.repeat(4_000);
      assert.equal(whole, expected);
      assert.equal(String(await received.next()), 'behind it');
      assert.equal(await client.acknowledged(), true);
    }),
  );

  test(
    'a source that fails, and a signal that was aborted before: the session goes on',
    leavingNothing(async (scope) => {
      const { received, url } = await serve(scope);
      const client = connect(url, { resume: true });
      scope.defer(() => client.terminate());
      const failing = async function* (): AsyncGenerator<string> {
        yield 'x'.repeat(300_000);
        while (client.bufferedAmount > 0) await turn(); // all of it was acknowledged
        throw new Error('disk');
      };
      await assert.rejects(client.sendStream(failing()), { code: 'ERR_WS_SEND_STREAM' });
      const signal = AbortSignal.abort('no');
      await assert.rejects(client.sendStream(['a'], { signal }), (reason) => reason === 'no');
      await assert.rejects(client.sendStream(5 as never), { code: 'ERR_WS_STREAM_SOURCE' });
      await assert.rejects(client.sendStream(['a'], { colour: 5 } as never), { code: 'ERR_WS_OPTION' });
      client.send('next');
      assert.equal(String(await received.next()), 'next');
    }),
  );

  test(
    'the end of the session ends it',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const client = connect(url, { resume: true });
      const endless = async function* (): AsyncGenerator<string> {
        for (;;) yield 'x'.repeat(10_000);
      };
      const rejected = assert.rejects(client.sendStream(endless()), { code: 'ERR_WS_DROPPED' });
      const connection = await opened.next();
      while ((connection.session?.received ?? 0) < 5) await turn();
      await connection.close(4001);
      await rejected;
      await client.closed;
      await assert.rejects(client.sendStream(['a']), { code: 'ERR_WS_DROPPED' });
    }),
  );

  test(
    'a server without sessions: what began before is given up, and goes later as on any connection',
    leavingNothing(async (scope) => {
      const { received, url } = await serve(scope, false);
      const opened = new Inbox<unknown>();
      const client = connect(url, { resume: true, handlers: { open: () => void opened.push(undefined) } });
      scope.defer(() => client.terminate());
      const complete = client.sendStream(['a', 'b']);
      const early = assert.rejects(client.sendStream(never()), {
        code: 'ERR_WS_DROPPED',
        message: /no sessions; call sendStream again/,
      });
      client.send('first');
      await Promise.all([complete, early]);
      await opened.next();
      await client.sendStream(['c', 'd']);
      const got = [await received.next(), await received.next(), await received.next()];
      assert.deepEqual(got.map(String), ['ab', 'first', 'cd']);
    }),
  );
});
