// A client that resumes, over real sockets: one object over breaks, restarts and drains; what the application hears; nothing
// lost and nothing twice.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, type ResumableConnection, type ResumeClientOptions } from '../../../src/engine/index.ts';
import { isError } from '../../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { receptionServer } from './reception-server.ts';

interface Told {
  readonly client: ResumableConnection;
  readonly log: string[];
  /** The same lines, for tests that wait for one. */
  readonly lines: Inbox<string>;
  readonly messages: Inbox<string | Buffer>;
}

const quick = { initial: 1, max: 20 };

function begin(scope: Scope, url: Parameters<typeof connect>[0], options: Partial<ResumeClientOptions> = {}): Told {
  const log: string[] = [];
  const lines = new Inbox<string>();
  const messages = new Inbox<string | Buffer>();
  const say = (line: string): void => {
    log.push(line);
    lines.push(line);
  };
  const client = connect(url as string, {
    resume: true,
    reconnect: quick,
    ...options,
    handlers: {
      open: () => say('open'),
      message: (_connection, data) => messages.push(data),
      interrupted: (_connection, { code }) => say(`interrupted ${code}`),
      resumed: (_connection, { lost }) => say(`resumed ${lost}`),
      expired: (_connection, { why, lost, incomplete, unsent }) =>
        say(`expired ${why} ${lost} ${incomplete} ${unsent.map(({ data }) => data)}`),
      close: (_connection, { code, error, unsent }) => say(`close ${code} ${error?.code} ${unsent.length}`),
      ...options.handlers,
    },
  });
  scope.defer(() => client.terminate());
  return { client, log, lines, messages };
}

/** Waits for a line of the log. */
async function until({ lines }: Told, line: string): Promise<void> {
  while ((await lines.next()) !== line);
}

describe('a session', () => {
  test(
    'is opened once; messages go both ways over many cuts, each once and in order',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope);
      const told = begin(scope, server.url);
      const { client, log, messages } = told;
      assert.equal(client.state, 'connecting');
      client.send('before');
      const session = await server.sessions.next();
      assert.equal(await session.inbox.next(), 'before');
      assert.equal(client.sessionId, session.end.id);
      const expected: string[] = ['before'];
      for (let round = 0; round < 20; round++) {
        for (let count = 0; count < 20; count++) {
          const text = `${round}.${count}`;
          expected.push(text);
          client.send(text);
          session.end.send(text);
          if (count === 10) server.cut();
          if (count % 7 === 0) await turn();
        }
        if (round % 3 > 0) await until(told, 'resumed undefined');
      }
      while (session.received.length < expected.length) await session.inbox.next();
      assert.deepEqual(session.received, expected);
      assert.deepEqual(await messages.take(400), expected.slice(1));
      assert.equal(await client.acknowledged(), true);
      assert.equal(client.bufferedAmount, 0);
      assert.equal(log.filter((line) => line === 'open').length, 1);
      assert.ok(log.filter((line) => line === 'resumed undefined').length > 5, log.join());
      assert.deepEqual(
        log.filter((line) => !/^(?:open|interrupted 1006|resumed undefined)$/.test(line)),
        [],
      );
      const end = await client.close(4001, 'bye');
      assert.deepEqual(end, { code: 4001, reason: 'bye', unsent: [] });
      assert.equal(client.state, 'closed');
      assert.ok(session.events.includes('ended ended 4001 true'), session.events.join());
      assert.equal(client.send('late'), false);
    }),
  );
  test(
    'carries any text and bytes, large ones in parts, with compression and cuts in the middle',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope, {
        echoes: true,
        compression: true,
        settings: { maxQueued: 8 * 1024 * 1024 },
      });
      const { client, messages } = begin(scope, server.url, { compression: true });
      const sent: (string | Buffer)[] = [
        '',
        '\u0010',
        '\u0010\u0010H{}',
        '\u0010A1 2',
        Buffer.from('\u0010A1 2'),
        Buffer.alloc(0),
        'ä€😀'.repeat(30_000),
        Buffer.alloc(700_000, 7),
        'end',
      ];
      for (const data of sent) client.send(data);
      await server.sessions.next();
      const cutting = setInterval(() => server.cut(), 20);
      scope.defer(() => clearInterval(cutting));
      const got: (string | Buffer)[] = [];
      while (got.length < sent.length) got.push(await messages.next());
      for (const [index, data] of sent.entries()) assert.ok(isSame(got[index], data), `message ${index}`);
      clearInterval(cutting);
      assert.equal(client.send(Buffer.from('x'), { binary: false, compress: true }), true);
      assert.equal(await messages.next(), 'x');
      assert.equal(client.send('x', { binary: true }), true);
      assert.deepEqual(await messages.next(), Buffer.from('x'));
    }),
  );
  test(
    'copies bytes during the call, and refuses what cannot be sent',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope);
      const { client } = begin(scope, server.url, { resume: { maxQueuedBytes: 10 } });
      const bytes = new Uint8Array([1, 2, 3]);
      client.send(bytes);
      bytes.fill(9);
      assert.throws(() => client.send('0123456789'), { code: 'ERR_WS_DROPPED', message: /resume\.maxQueuedBytes/ });
      assert.throws(() => client.send(5 as never), { code: 'ERR_WS_DATA_TYPE' });
      assert.throws(() => client.send('x', { fin: true } as never), { code: 'ERR_WS_OPTION' });
      const session = await server.sessions.next();
      assert.deepEqual(Buffer.from((await session.inbox.next()) as Uint8Array), Buffer.from([1, 2, 3]));
    }),
  );
  test(
    'is acknowledged when the promise of the handler has settled, or on receipt',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope);
      for (const ack of ['handled', 'receipt'] as const) {
        let settle: () => void = () => {};
        const got = new Inbox<string>();
        const { client } = begin(scope, server.url, {
          resume: { ack, ackDelay: 0 },
          handlers: {
            message(_connection, data) {
              got.push(String(data));
              return new Promise<void>((resolve) => {
                settle = resolve;
              });
            },
          },
        });
        const { end } = await server.sessions.next();
        end.send('x');
        await got.next();
        // `Q` is answered with what was handled by then.
        client.send('after');
        await client.acknowledged();
        if (ack === 'handled') {
          assert.equal(end.counts.acknowledged, 0);
          settle();
        }
        while (end.counts.acknowledged === 0) await turn();
        await client.close();
      }
    }),
  );
  test(
    'goes on when a handler throws or rejects: the message counts as handled, and failed is told',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope);
      const failures: unknown[] = [];
      const { client } = begin(scope, server.url, {
        resume: { ackDelay: 0 },
        handlers: {
          message(_connection, data) {
            if (data === '1') throw new Error('1');
            return Promise.reject(new Error('2'));
          },
          failed: (error) => failures.push((error as Error).message),
        },
      });
      const { end } = await server.sessions.next();
      end.send('1');
      end.send('2');
      while (end.counts.acknowledged < 2) await turn();
      assert.deepEqual(failures, ['1', '2']);
      assert.equal(client.state, 'open');
    }),
  );
  test(
    'is pulled by for await, over breaks; leaving the loop ends it',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope);
      const client = connect(server.url, { resume: { ackDelay: 0 }, reconnect: quick });
      scope.defer(() => client.terminate());
      const { end } = await server.sessions.next();
      end.send('a');
      end.send('b');
      const seen: unknown[] = [];
      for await (const message of client) {
        seen.push(message);
        if (message === 'a') {
          server.cut();
          end.send('c');
        }
        if (message === 'c') break;
      }
      assert.deepEqual(seen, ['a', 'b', 'c']);
      assert.equal((await client.closed).code, 1000);
      assert.equal(end.state, 'ended');
    }),
  );
});

function isSame(one: string | Buffer | undefined, other: string | Buffer): boolean {
  return typeof one === 'string' || typeof other === 'string'
    ? one === other
    : Buffer.compare(one as Buffer, other) === 0;
}

describe('the server', () => {
  test(
    'ends the session: close, with its code, and no attempt after it',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope);
      const told = begin(scope, server.url);
      const { end } = await server.sessions.next();
      end.send('last');
      end.end(4005, 'done');
      const closed = await told.client.closed;
      assert.equal(closed.code, 4005);
      assert.equal(closed.reason, 'done');
      assert.deepEqual(told.log, ['open', 'close 4005 undefined 0']);
      assert.equal(await told.messages.next(), 'last');
    }),
  );
  test(
    'drains: the client comes back after the time that it was told, to the URL that it was told if that is allowed',
    leavingNothing(async (scope) => {
      const first = await receptionServer(scope);
      const second = await receptionServer(scope, { store: first.store });
      const told = begin(scope, first.url, { resume: { allowedHosts: [`127.0.0.1:${second.port}`] } });
      const { end } = await first.sessions.next();
      end.drain(1, second.url);
      await first.reception.release(end, 1012, '');
      await until(told, 'interrupted 1012');
      await until(told, 'resumed undefined');
      assert.equal(told.client.connection?.url, second.url);
      await told.client.close();
    }),
  );
  test(
    'without sessions: a plain connection, and each break is told as an expired session',
    leavingNothing(async (scope) => {
      let isPlain = true;
      const server = await receptionServer(scope, { isPlain: () => isPlain });
      const told = begin(scope, server.url, { subprotocols: ['chat'] });
      const { client, log, messages } = told;
      client.send('a');
      await until(told, 'open');
      assert.equal(client.sessionId, undefined);
      assert.equal(client.subprotocol, 'chat');
      client.send('\u0010b');
      assert.deepEqual(await messages.take(2), ['a', '\u0010b']);
      server.cut();
      await until(told, 'interrupted 1006');
      client.send('c');
      await until(told, 'expired plain undefined false ');
      assert.equal(await messages.next(), 'c');
      isPlain = false;
      server.cut();
      await until(told, 'expired plain undefined false ');
      assert.ok(client.sessionId !== undefined);
      assert.equal(client.subprotocol, 'chat');
      assert.equal(log.filter((line) => line === 'open').length, 1);
      isPlain = true;
      server.cut();
      await until(told, 'expired unknown undefined false ');
      await client.close();
    }),
  );
  test(
    'has lost the session: expired, with what it did not acknowledge; nothing is sent again, and a new session begins',
    leavingNothing(async (scope) => {
      const first = await receptionServer(scope, { handles: false });
      const told = begin(scope, first.url);
      const { inbox } = await first.sessions.next();
      await until(told, 'open');
      told.client.send('a');
      told.client.send('b');
      await inbox.take(2);
      await first.stop();
      const second = await receptionServer(scope, { port: first.port });
      await until(told, 'expired unknown undefined false a,b');
      told.client.send('c');
      const session = await second.sessions.next();
      assert.equal(await session.inbox.next(), 'c');
      assert.deepEqual(session.received, ['c']);
      await told.client.close();
    }),
  );
  test(
    'has lost the session, with onExpiry close: the end',
    leavingNothing(async (scope) => {
      const first = await receptionServer(scope);
      const told = begin(scope, first.url, { resume: { onExpiry: 'close' } });
      await first.sessions.next();
      await until(told, 'open');
      await first.stop();
      await receptionServer(scope, { port: first.port });
      const { code } = await told.client.closed;
      assert.equal(code, 4704);
      assert.deepEqual(told.log.slice(-2), ['expired unknown undefined false ', 'close 4704 undefined 0']);
    }),
  );
  test(
    'refuses permanently: close, with the reason and what was never sent',
    leavingNothing(async (scope) => {
      const told = begin(scope, 'ws://127.0.0.1:1/', { reconnect: { ...quick, attempts: 2 } });
      told.client.send('kept');
      const end = await told.client.closed;
      isError(end.error, 'ERR_WS_GAVE_UP', 'ECONNREFUSED');
      assert.deepEqual(
        end.unsent.map(({ data, wasSent }) => [data, wasSent]),
        [['kept', false]],
      );
      assert.deepEqual(told.log, ['close 1006 ERR_WS_GAVE_UP 1']);
    }),
  );
});

test(
  'two processes with one token: the older connection ends with 4703, and does not come back',
  leavingNothing(async (scope) => {
    const server = await receptionServer(scope);
    const told = begin(scope, server.url);
    const { end } = await server.sessions.next();
    await until(told, 'open');
    end.release(4703, 'replaced');
    const closed = await told.client.closed;
    assert.equal(closed.code, 4703);
    assert.deepEqual(told.log, ['open', 'close 4703 undefined 0']);
  }),
);
