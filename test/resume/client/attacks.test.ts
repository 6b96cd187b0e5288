// What a server, or somebody on the way, may try with a client that resumes: docs/threats.md has a row for each.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { connect, createServer, MessageStream, refuse } from '../../../src/engine/index.ts';
import { mayFollow, readDestination } from '../../../src/resume/client/destination.ts';
import { formatHello, formatReady, type Hello, parseControl, VERSION } from '../../../src/resume/protocol/control.ts';
import { isError } from '../../support/expect.ts';
import { leavingNothing } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { receptionServer } from './reception-server.ts';

const reconnect = { initial: 1, max: 20 };

describe('the token of a session', () => {
  test('goes over TLS, or stays on this machine: other URLs are refused at the call', () => {
    const refused = [
      'ws://example.org/',
      'ws://10.0.0.1/',
      'ws://localhost.example.org/',
      'ws://127.0.0.1.example.org/',
    ];
    for (const url of refused) {
      assert.throws(
        () => connect(url, { resume: true }),
        (error) => !!isError(error, 'ERR_WS_OPTION', 'URL is', 'wss:', 'resume.allowInsecure'),
      );
      readDestination(url, true);
    }
    for (const url of ['wss://example.org/', 'ws://localhost:1/', 'ws://127.8.0.1/', 'ws://[::1]/', 'ws+unix:///a:/b'])
      readDestination(url, false);
  });
  test(
    'is not sent to a URL of that kind which a function returns: the attempt fails, and says why',
    leavingNothing(async (scope) => {
      const errors = new Inbox<Error>();
      const client = connect(async () => 'ws://example.org/', {
        resume: true,
        reconnect,
        handlers: { waiting: (_delay, error) => errors.push(error) },
      });
      scope.defer(() => client.terminate());
      isError(await errors.next(), 'ERR_WS_RECONNECT_FUNCTION', 'resume.allowInsecure');
    }),
  );
  test('goes to other hosts, by a redirect or a goodbye, only if the application names them', () => {
    const from = 'wss://a.example/chat';
    const rows: readonly (readonly [to: string, allowed: readonly string[], follows: boolean])[] = [
      ['wss://a.example/other', [], true],
      ['wss://a.example:443/other', [], true],
      ['wss://b.example/chat', [], false],
      ['wss://a.example:8443/chat', [], false],
      ['ws://a.example/chat', ['a.example'], false],
      ['https://a.example/chat', ['a.example'], false],
      ['wss://b.example/chat', ['b.example'], true],
      ['wss://b.example:8443/chat', ['b.example'], true],
      ['wss://b.example:8443/chat', ['b.example:443'], false],
      ['wss://b.example/chat', ['b.example:443'], true],
      ['wss://B.EXAMPLE/chat', ['b.example'], true],
      ['wss://user:x@a.example/', [], false],
      ['wss://a.example.evil/', ['a.example'], false],
      ['/chat', [], false],
      ['', [], false],
    ];
    for (const [to, allowed, follows] of rows) assert.equal(mayFollow(from, to, allowed), follows, `${to} ${allowed}`);
  });
  test(
    'is not sent where a redirect leads, unless the application names that host',
    leavingNothing(async (scope) => {
      let hits = 0;
      const thief = createServer({
        upgrade() {
          hits++;
          return undefined;
        },
      });
      scope.defer(() => thief.close());
      const { port } = await thief.listen({ host: '127.0.0.1' });
      const server = createServer({
        upgrade: () => refuse(307, 'elsewhere', { Location: `ws://127.0.0.1:${port}/` }),
      });
      scope.defer(() => server.close());
      const { port: first } = await server.listen({ host: '127.0.0.1' });
      const client = connect(`ws://127.0.0.1:${first}/`, {
        resume: true,
        maxRedirects: 5,
        reconnect: { ...reconnect, attempts: 2 },
      });
      const { error } = await client.closed;
      isError(error, 'ERR_WS_GAVE_UP', 'allowedHosts');
      assert.equal(hits, 0);
    }),
  );
  test(
    'is not sent where a goodbye leads, unless the application names that host',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope);
      const thief = await receptionServer(scope);
      const resumed = new Inbox<boolean>();
      const client = connect(server.url, {
        resume: true,
        reconnect,
        handlers: { resumed: () => resumed.push(true) },
      });
      scope.defer(() => client.terminate());
      const { end } = await server.sessions.next();
      while (client.state !== 'open') await new Promise(setImmediate);
      end.drain(1, thief.url);
      server.cut();
      await resumed.next();
      assert.equal(client.connection?.url, server.url);
      assert.equal(thief.sessions.rest.length, 0);
    }),
  );
  test(
    'is in no URL, header, error or inspection',
    leavingNothing(async (scope) => {
      const urls: string[] = [];
      const heads: string[] = [];
      const tokens: string[] = [];
      const server = createServer({
        resume: true,
        upgrade({ url, headers }) {
          urls.push(url);
          heads.push(JSON.stringify(headers));
          return undefined;
        },
      });
      scope.defer(() => server.close());
      const { port } = await server.listen({ host: '127.0.0.1' });
      const resumed = new Inbox<boolean>();
      const texts: string[] = [];
      const client = connect(`ws://127.0.0.1:${port}/`, {
        resume: true,
        reconnect,
        observer: {
          frame(_connection, { payload }) {
            const token = /"tok":"([^"]+)"/.exec(Buffer.from(payload).toString())?.[1];
            if (token !== undefined) tokens.push(token);
          },
        },
        handlers: {
          open: (connection) => connection.connection?.terminate(),
          waiting: (_delay, error) => texts.push(inspect(error)),
          resumed: () => resumed.push(true),
        },
      });
      scope.defer(() => client.terminate());
      await resumed.next();
      texts.push(inspect(client, { depth: 9, showHidden: true }), inspect(await client.close(), { depth: 9 }));
      assert.ok(tokens.length >= 3, `${tokens.length} tokens`);
      for (const token of tokens) assert.ok(![...urls, ...heads, ...texts].join().includes(token));
    }),
  );
});

describe('a server that', () => {
  test(
    'asks for endless resumes, at once: the waits grow',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope);
      const delays = new Inbox<number>();
      const bounds = { initial: 1, max: 64 };
      const client = connect(server.url, {
        resume: true,
        reconnect: bounds,
        handlers: {
          open: () => server.cut(),
          resumed: () => server.cut(),
          waiting: (delay) => delays.push(delay),
        },
      });
      scope.defer(() => client.terminate());
      const seen = await delays.take(16);
      // Each is a random part of 1, 2, 4 … 64 ms.
      assert.ok(
        seen.every((delay, index) => delay <= Math.min(64, 2 ** index)),
        seen.join(),
      );
      assert.ok(Math.max(...seen.slice(6)) > 8, seen.join());
    }),
  );
  test(
    'asks for a wait of months: it is bounded by maxRetryAfter',
    leavingNothing(async (scope) => {
      const server = await receptionServer(scope);
      const delays = new Inbox<number>();
      const client = connect(server.url, {
        resume: true,
        reconnect: { initial: 0, maxRetryAfter: 7 },
        handlers: { waiting: (delay) => delays.push(delay) },
      });
      scope.defer(() => client.terminate());
      const { end } = await server.sessions.next();
      while (client.state !== 'open') await new Promise(setImmediate);
      end.drain(2 ** 40, undefined);
      await new Promise(setImmediate);
      server.cut();
      assert.equal(await delays.next(), 7);
    }),
  );
  test(
    'breaks the protocol: the end, with a code of the protocol, and nothing is uncaught',
    leavingNothing(async (scope) => {
      const answers = [
        'hello',
        '\u0010',
        '\u0010Z',
        '\u0010H{',
        '\u0010R{"id":"a","tok":"b","keep":1,"rx":0}',
        '\u0010H{"v":7,"buf":1024,"part":16,"max":16,"hb":0}',
        `\u0010H${' '.repeat(5000)}{}`,
        Buffer.from([1, 2, 3]),
      ];
      for (const answer of answers) {
        const server = createServer({ subprotocols: ['wsr1'], open: (connection) => void connection.send(answer) });
        const { port } = await server.listen({ host: '127.0.0.1' });
        const client = connect(`ws://127.0.0.1:${port}/`, { resume: true, reconnect });
        const { code } = await client.closed;
        assert.ok(code === 4700 || code === 4709, `${code} ${String(answer).slice(0, 20)}`);
        await server.close();
      }
      void scope;
    }),
  );
});

describe('a message in parts', () => {
  test(
    'parts without end that nobody reads: what there is no room for is not acknowledged, and more than a window is 4700',
    leavingNothing(async (scope) => {
      const part = 'x'.repeat(16 * 1024);
      const limits: Hello['limits'] = { buffer: 2 ** 24, part: part.length, max: 2 ** 40 };
      const acknowledged: number[] = [];
      const closed = new Inbox<number>();
      const server = createServer({
        subprotocols: ['wsr1'],
        open: (connection) =>
          void connection.send(formatHello({ version: VERSION, limits, heartbeat: 0, features: [] })),
        message(connection, data) {
          const control = parseControl(String(data));
          if (control.kind === 'A') acknowledged.push(control.handled);
          if (control.kind !== 'S') return;
          const ready = { id: 'a', token: 'b', keep: 1000, received: 0, isResumed: false, isOrphan: false };
          connection.send(formatReady({ ...ready, lost: undefined }));
          // As much as an honest server may have on its way, then one part more at a time.
          for (let sent = 0; sent < 100; sent++) {
            connection.send('\u0010+');
            connection.send(part);
          }
        },
        close: (_connection, { code }) => closed.push(code),
      });
      scope.defer(() => server.close());
      const { port } = await server.listen({ host: '127.0.0.1' });
      let given: MessageStream | undefined;
      const client = connect(`ws://127.0.0.1:${port}/`, {
        resume: { replayBytes: 256 * 1024 },
        streamAbove: 0,
        handlers: {
          message(_connection, data) {
            given = data as MessageStream;
            return new Promise(() => {});
          },
        },
      });
      assert.equal((await client.closed).code, 4700);
      assert.equal(await closed.next(), 4700);
      assert.ok(given instanceof MessageStream);
      assert.ok(given.received <= 256 * 1024, `${given.received} bytes`);
      assert.ok(Math.max(0, ...acknowledged) <= 16, `${acknowledged}`);
    }),
  );
});
