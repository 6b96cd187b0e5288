// Bounds of a session: those of the server, what `accept` decides for each connection, and the connections below, whose own bounds
// must let parts, control messages and texts with a character in front pass.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Accepted,
  accept,
  connect,
  createServer,
  MessageStream,
  memoryStore,
  type ResumeClientOptions,
  type ServerConnection,
  type SessionOptions,
  type StreamingServerOptions,
} from '../../../src/engine/index.ts';
import {
  formatGoodbye,
  formatHello,
  formatReady,
  type Hello,
  parseControl,
  VERSION,
} from '../../../src/resume/protocol/control.ts';
import { leavingNothing, type Scope, turn } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';

const KIB = 1024;
type Data = string | Buffer | MessageStream<Buffer>;
type Options = Partial<StreamingServerOptions<undefined>> & SessionOptions<undefined>;

async function serve(scope: Scope, options: Options = {}) {
  const opened = new Inbox<ServerConnection>();
  const messages = new Inbox<{ data: Data; done: () => void }>();
  const server = createServer({
    resume: { replayBytes: 256 * KIB, part: 16 * KIB, maxResumesPerMinute: 1000 },
    open: (connection: ServerConnection) => void opened.push(connection),
    message: (_connection: ServerConnection, data: Data) =>
      new Promise<void>((resolve) => messages.push({ data, done: resolve })),
    ...options,
  } as StreamingServerOptions<undefined> & SessionOptions<undefined>);
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  const take = async (): Promise<Data> => {
    const { data, done } = await messages.next();
    done();
    return data;
  };
  return { opened, messages, take, url: `ws://127.0.0.1:${port}` };
}

/** A client whose next connection has another path. */
function begin(scope: Scope, url: string, path: { next: string }, options: Partial<ResumeClientOptions> = {}) {
  const resumed = new Inbox<unknown>();
  const client = connect(() => url + path.next, {
    resume: { part: 16 * KIB, replayBytes: 256 * KIB },
    reconnect: { initial: 1, max: 5, attempts: 20 },
    ...options,
    handlers: { resumed: () => void resumed.push(undefined), ...options.handlers },
  });
  scope.defer(() => client.terminate());
  const moveTo = async (next: string): Promise<void> => {
    path.next = next;
    client.connection?.terminate();
    await resumed.next();
  };
  return { client, moveTo };
}

describe('what accept decides for a connection of a session', { timeout: 60_000 }, () => {
  test(
    'limits hold while that connection does',
    leavingNothing(async (scope) => {
      const { take, url } = await serve(scope, {
        limits: { maxMessageSize: 10 * KIB },
        upgrade: ({ url: path }) =>
          path === '/large' ? accept({ limits: { maxMessageSize: 1024 * KIB } }) : undefined,
      });
      const { client, moveTo } = begin(scope, url, { next: '/large' });
      client.send('x'.repeat(300 * KIB));
      assert.equal(String(await take()).length, 300 * KIB);
      await moveTo('/small');
      assert.throws(() => client.send('x'.repeat(20 * KIB)), { message: /larger than the server takes/ });
      client.send('x'.repeat(10 * KIB));
      assert.equal(String(await take()).length, 10 * KIB);
      await moveTo('/large');
      client.send('y'.repeat(300 * KIB));
      assert.equal(String(await take()).length, 300 * KIB);
    }),
  );

  test(
    'streamAbove holds for messages that begin on it; one that has begun goes on as it began',
    leavingNothing(async (scope) => {
      const { messages, take, url } = await serve(scope, {
        upgrade: ({ url: path }) => (path === '/parts' ? accept({ streamAbove: 50 * KIB }) : undefined),
      });
      const { client, moveTo } = begin(scope, url, { next: '/whole' });
      const large = 'é'.repeat(400 * KIB);
      client.send(large);
      assert.equal(await take(), large);
      await moveTo('/parts');
      client.send(large);
      const { data, done } = await messages.next();
      assert.ok(data instanceof MessageStream);
      await moveTo('/whole');
      assert.equal(await data.text(), large);
      done();
      client.send(large);
      assert.equal(await take(), large);
      client.send('small');
      assert.equal(await take(), 'small');
      const joining = client.sendStream(
        (async function* () {
          yield 'a'.repeat(100 * KIB);
          while (client.bufferedAmount > 0) await turn(); // half of it is held by the server
          await moveTo('/parts');
          yield 'b'.repeat(100 * KIB);
        })(),
      );
      const joined = await messages.next();
      assert.ok(joined.data instanceof MessageStream);
      assert.equal((await joined.data.text()).length, 200 * KIB);
      joined.done();
      await joining;
    }),
  );

  test(
    'maxQueuedBytes bounds messages that wait for its client',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope, {
        slowConsumer: 'drop-newest',
        resume: { replayBytes: 16 * KIB, part: 16 * KIB },
        upgrade: () => accept({ limits: { maxQueuedBytes: 32 * KIB } }),
      });
      begin(scope, url, { next: '/' }, { handlers: { message: () => new Promise(() => {}) } });
      const connection = await opened.next();
      const problems: (Error | undefined)[] = [];
      for (let sent = 0; sent < 4; sent++) connection.send('x'.repeat(10 * KIB), (error) => problems.push(error));
      while (problems.length < 4) await turn();
      assert.deepEqual(
        problems.map((problem) => problem === undefined),
        [true, true, true, false],
      );
    }),
  );

  test(
    'streamAbove is refused where messages must be in the store before they are handled: the error names the remedy',
    leavingNothing(async (scope) => {
      const failures = new Inbox<unknown>();
      const resume = { store: memoryStore(), mode: 'ahead' } as const;
      let decision: Accepted<undefined> = accept({ streamAbove: 0 });
      const { take, url } = await serve(scope, {
        resume,
        upgrade: () => decision,
        failed: (error: unknown) => void failures.push(error),
      } as Options);
      const { client } = begin(scope, url, { next: '/' });
      assert.match(String(await failures.next()), /streamAbove of accept.*resume\.mode 'ahead'/s);
      decision = accept({ streamAbove: Infinity, limits: { maxMessageSize: 1024 * KIB } });
      client.send('x'.repeat(500 * KIB));
      assert.equal(String(await take()).length, 500 * KIB);
    }),
  );
});

describe('the connections below a session', { timeout: 60_000 }, () => {
  const rows: readonly [name: string, options: Options, sent: string][] = [
    [
      'a text of exactly maxMessageSize that begins with U+0010',
      { limits: { maxMessageSize: 5000 } },
      '\u0010'.padEnd(5000, 'x'),
    ],
    [
      'maxMessageSize below a part, with streams',
      { limits: { maxMessageSize: 1000 }, streamAbove: 500 },
      'x'.repeat(100 * KIB),
    ],
    ['maxFrameSize below a part', { limits: { maxFrameSize: 1000 } }, 'x'.repeat(100 * KIB)],
    ['maxMessageSize below a control message', { limits: { maxMessageSize: 16 } }, 'x'.repeat(16)],
  ];
  for (const [name, options, sent] of rows)
    test(
      `${name}: to a server`,
      leavingNothing(async (scope) => {
        const { messages, url } = await serve(scope, { resume: true, ...options });
        const one = begin(scope, url, { next: '/' }, { resume: true });
        one.client.send(sent);
        const { data, done } = await messages.next();
        assert.equal(data instanceof MessageStream ? await data.text(Infinity) : String(data), sent);
        done();
      }),
    );
  for (const [name, { limits, streamAbove }, sent] of rows)
    test(
      `${name}: to a client`,
      leavingNothing(async (scope) => {
        const { opened, url } = await serve(scope);
        const received = new Inbox<string>();
        const client = connect(url, {
          resume: true,
          reconnect: { initial: 1, attempts: 5 },
          limits,
          streamAbove: streamAbove ?? Infinity,
          handlers: {
            async message(_connection, data: Data) {
              received.push(data instanceof MessageStream ? await data.text(Infinity) : String(data));
            },
          },
        });
        scope.defer(() => client.terminate());
        (await opened.next()).send(sent);
        assert.equal(await received.next(), sent);
      }),
    );
});

describe('other options of connections, with sessions', { timeout: 60_000 }, () => {
  test('those that a client that resumes cannot have are refused, and say why', () => {
    for (const options of [{ idleTimeout: 1 }, { maxLifetime: 1 }, { slowConsumer: 'pause' }, { autoPong: false }]) {
      const begun = (): unknown => connect('ws://127.0.0.1:1/', { resume: true, ...options } as never);
      assert.throws(begun, {
        code: 'ERR_WS_OPTION',
        message: new RegExp(`${Object.keys(options)[0]}.*a (?:session|client)`, 's'),
      });
    }
  });

  test(
    'highWaterMark is where send answers false, and limits.maxQueuedBytes where a client throws',
    leavingNothing(async (scope) => {
      const { opened, messages, url } = await serve(scope, { highWaterMark: 20 * KIB });
      const drained = new Inbox<string>();
      const { client } = begin(
        scope,
        url,
        { next: '/' },
        {
          highWaterMark: 20 * KIB,
          limits: { maxQueuedBytes: 50 * KIB },
          handlers: { drain: () => drained.push('client') },
        },
      );
      const connection = await opened.next();
      while (client.state !== 'open') await turn();
      const data = 'x'.repeat(15 * KIB);
      const ends: { send(text: string): boolean }[] = [client, connection];
      for (const end of ends) assert.deepEqual([end.send(data), end.send(data)], [true, false]);
      const full = client.drained();
      client.send(data);
      assert.throws(() => client.send(data), { code: 'ERR_WS_DROPPED', message: /maxQueuedBytes/ });
      for (let message = 0; message < 3; message++) (await messages.next()).done();
      await full;
      assert.equal(await drained.next(), 'client');
      const waits = connection.drained();
      const received = client[Symbol.asyncIterator]();
      for (let message = 0; message < 2; message++) await received.next();
      void received.next();
      await waits;
    }),
  );

  test(
    'maxMessagesPerSecond is a pace: more of them wait, even after a break, and no rule is broken',
    leavingNothing(async (scope) => {
      const limits = { maxMessagesPerSecond: 20 };
      const { opened, url } = await serve(scope, {
        limits,
        message: (connection, data) => void connection.send(data as string),
      });
      const received: string[] = [];
      const all = new Inbox<unknown>();
      const { client, moveTo } = begin(
        scope,
        url,
        { next: '/' },
        {
          limits,
          handlers: {
            message(_connection, data) {
              if (received.push(String(data)) === 25) all.push(undefined);
            },
          },
        },
      );
      await opened.next();
      while (client.state !== 'open') await turn();
      for (let message = 0; message < 25; message++) client.send(`${message}`);
      await moveTo('/');
      await all.next();
      assert.deepEqual(
        received,
        Array.from({ length: 25 }, (_, message) => `${message}`),
      );
    }),
  );

  test(
    'closeTimeout bounds a server that ends the session and does not close',
    leavingNothing(async (scope) => {
      const limits: Hello['limits'] = { buffer: 2 ** 20, part: 2 ** 16, max: 2 ** 20 };
      const { port } = await quiet(scope, (connection, { kind }) => {
        if (kind === undefined) connection.send(formatHello({ version: VERSION, limits, heartbeat: 0, features: [] }));
        if (kind !== 'S') return;
        const ready = { id: 'a', token: 'b', keep: 1000, received: 0, isResumed: false, isOrphan: false };
        connection.send(formatReady({ ...ready, lost: undefined }));
        connection.send(formatGoodbye({ code: 4001, reason: 'done' }));
      });
      const client = connect(`ws://127.0.0.1:${port}`, { resume: true, closeTimeout: 1 });
      assert.equal((await client.closed).code, 4001);
    }),
  );
});

type Control = { readonly kind: string | undefined };

async function quiet(scope: Scope, told: (connection: ServerConnection, control: Control) => void) {
  const server = createServer({
    subprotocols: ['wsr1'],
    open: (connection) => told(connection, { kind: undefined }),
    message: (connection, data) => told(connection, parseControl(String(data))),
  });
  scope.defer(() => server.close());
  return server.listen({ host: '127.0.0.1' });
}
