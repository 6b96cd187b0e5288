// Large messages of a session that are read while they arrive (`streamAbove`): over cuts, with back-pressure to the client, and
// what becomes of them when the session ends or moves.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createServer,
  type Expiry,
  MessageStream,
  memoryStore,
  type ServerConnection,
  type SessionOptions,
  type StreamingServerOptions,
} from '../../../src/engine/index.ts';
import { leavingNothing, type Scope, turn } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { ResumingClient } from './resuming-client.ts';

const KIB = 1024;
type Options = Omit<Partial<StreamingServerOptions<undefined>>, 'message'> &
  SessionOptions<undefined> & { message?: StreamingServerOptions<undefined>['message'] | undefined };

async function serve(scope: Scope, options: Options = {}) {
  const messages = new Inbox<string | Buffer | MessageStream>();
  const events = new Inbox<string>();
  const opened = new Inbox<ServerConnection>();
  const server = createServer({
    resume: { replayBytes: 256 * KIB, part: 64 * KIB },
    streamAbove: 100 * KIB,
    open: (connection: ServerConnection) => void opened.push(connection),
    message: (_connection: ServerConnection, data: string | Buffer | MessageStream) => void messages.push(data),
    interrupted: () => events.push('interrupted'),
    resumed: () => events.push('resumed'),
    expired: (_connection: ServerConnection, { why }: Expiry) => events.push(`expired ${why}`),
    ...options,
  } as StreamingServerOptions<undefined> & SessionOptions<undefined>);
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  return { server, messages, events, opened, url: `ws://127.0.0.1:${port}` };
}

function pattern(size: number): Uint8Array {
  return new Uint8Array(size).map((_, at) => (at * 7 + (at >> 10)) & 0xff);
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await turn();
}

async function end(client: ResumingClient): Promise<void> {
  client.end.close(1000, '');
  await client.ends.next();
  await client.connection?.closed;
}

/** A message handler that keeps messages open until a test has read them. */
function reading() {
  const messages = new Inbox<{ data: string | Buffer | MessageStream; done: () => void }>();
  const message = (_connection: ServerConnection, data: string | Buffer | MessageStream): Promise<void> =>
    new Promise((resolve) => messages.push({ data, done: resolve }));
  return { messages, message };
}

function streamOf({ data }: { data: unknown }): MessageStream<Buffer> {
  assert.ok(data instanceof MessageStream);
  return data as MessageStream<Buffer>;
}

describe('a message that is read while it arrives', { timeout: 60_000 }, () => {
  test(
    'holds its client back until it is read, and goes on over cuts; it is handled when its handler is done',
    leavingNothing(async (scope) => {
      const { messages, message } = reading();
      const { opened, events, url } = await serve(scope, { message });
      const client = new ResumingClient();
      await client.open(url);
      const connection = await opened.next();
      const sent = pattern(3 * 1024 * KIB);
      client.end.send(sent);
      client.end.send('behind it');
      const given = await messages.next();
      const stream = streamOf(given);
      await settled();
      assert.ok(client.end.bufferedAmount > 2 * 1024 * KIB, 'the rest waits at the client');
      const got: Buffer[] = [];
      let size = 0;
      let cuts = 0;
      for await (const part of stream) {
        assert.ok(typeof part !== 'string');
        got.push(part);
        size += part.length;
        if (size > (cuts + 1) * 700 * KIB && cuts < 3) {
          cuts++;
          await client.cut();
          assert.equal(await events.next(), 'interrupted');
          await client.open(url);
          assert.equal(await events.next(), 'resumed');
        }
      }
      assert.equal(cuts, 3);
      assert.ok(Buffer.concat(got).equals(sent));
      const behind = await messages.next();
      assert.equal(behind.data, 'behind it');
      behind.done();
      await settled();
      const { received = 0, handled = 0 } = connection.session ?? {};
      assert.equal(received - handled, 2, 'the last part, and what is behind it');
      given.done();
      await settled();
      assert.equal(connection.session?.handled, received);
      await end(client);
    }),
  );

  test(
    'smaller ones come whole, in parts or not; larger ones are text with characters whole',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope, { message: undefined });
      const client = new ResumingClient();
      await client.open(url);
      const connection = await opened.next();
      const text = '𝄞é'.repeat(30_000);
      client.end.send('small');
      client.end.send('é'.repeat(45_000));
      client.end.send(text);
      client.end.send('');
      const got: string[] = [];
      for await (const data of connection as AsyncIterable<unknown>) {
        if (data instanceof MessageStream) {
          assert.equal(data.isBinary, false);
          got.push(await data.text());
        } else got.push(String(data));
        if (got.length === 4) break;
      }
      assert.deepEqual(
        got.map(({ length }) => length),
        [5, 45_000, text.length, 0],
      );
      assert.equal(got[2], text);
    }),
  );

  test(
    'streamAbove: 0 gives all of them, and receipt acknowledges what was not read only as far as there is room',
    leavingNothing(async (scope) => {
      const { messages, message } = reading();
      const resume = { replayBytes: 256 * KIB, part: 64 * KIB, ack: 'receipt' } as const;
      const { url } = await serve(scope, { message, resume, streamAbove: 0 });
      const client = new ResumingClient();
      await client.open(url);
      client.end.send('a');
      assert.equal(await streamOf(await messages.next()).text(), 'a');
      client.end.send(pattern(2 * 1024 * KIB));
      const large = streamOf(await messages.next());
      await settled();
      assert.ok(client.end.bufferedAmount > 1024 * KIB);
      assert.equal((await large.bytes()).length, 2 * 1024 * KIB);
      await end(client);
    }),
  );

  test(
    'nobody reads it: it is dropped, and the next message comes',
    leavingNothing(async (scope) => {
      const { messages, url } = await serve(scope);
      const client = new ResumingClient();
      await client.open(url);
      client.end.send(pattern(1024 * KIB));
      client.end.send('next');
      const unread = await messages.next();
      assert.ok(unread instanceof MessageStream);
      assert.equal(await messages.next(), 'next');
      await assert.rejects(unread.bytes(), { code: 'ERR_WS_STREAM_UNREAD' });
      await end(client);
    }),
  );

  test(
    'its sender takes it back: reading throws; before it is a stream, nobody hears of it',
    leavingNothing(async (scope) => {
      const { messages, message } = reading();
      const { url } = await serve(scope, { message });
      const client = new ResumingClient();
      await client.open(url);
      const short = client.end.stream(true);
      short.write(pattern(10 * KIB));
      await settled();
      short.abort();
      const long = client.end.stream(true);
      long.write(pattern(200 * KIB));
      const given = await messages.next();
      const read = streamOf(given).bytes();
      await settled();
      long.abort();
      client.end.send('next');
      await assert.rejects(read, { code: 'ERR_WS_MESSAGE_CUT', message: /its sender has taken it back/ });
      assert.equal((await messages.next()).data, 'next');
      await end(client);
    }),
  );

  test(
    'the session expires: reading throws after what has arrived',
    leavingNothing(async (scope) => {
      const { messages, message } = reading();
      const { events, url } = await serve(scope, { message, resume: { replayBytes: 256 * KIB, keep: 1 } });
      const client = new ResumingClient();
      await client.open(url);
      client.end.stream(true).write(pattern(200 * KIB));
      const stream = streamOf(await messages.next());
      await client.cut();
      assert.equal(await events.next(), 'interrupted');
      assert.equal(await events.next(), 'expired expired');
      await assert.rejects(stream.bytes(), { code: 'ERR_WS_MESSAGE_CUT', message: /session is over/ });
      client.end.terminate();
    }),
  );

  test(
    'a drain waits for its end, and the session moves after it',
    leavingNothing(async (scope) => {
      const store = memoryStore();
      const resume = { replayBytes: 256 * KIB, store, drainSpread: 0 };
      const { messages, message } = reading();
      const first = await serve(scope, { message, resume });
      const client = new ResumingClient();
      await client.open(first.url);
      const sent = pattern(1024 * KIB);
      client.end.send(sent);
      client.end.send(pattern(300 * KIB));
      const given = await messages.next();
      await settled();
      const drained = first.server.drain({ code: 1012 });
      await settled();
      assert.ok(Buffer.from(await streamOf(given).bytes()).equals(sent));
      given.done();
      assert.equal((await drained).closed, 1);
      const second = await serve(scope, {
        resume,
        message: async (_connection, data) => {
          next.push(data instanceof MessageStream ? (await data.bytes()).length : -1);
        },
      });
      const next = new Inbox<number>();
      await client.open(second.url);
      assert.equal(await next.next(), 300 * KIB);
      await end(client);
    }),
  );

  test(
    'a drain whose deadline passes gives the session up: the client hears that its message is incomplete',
    leavingNothing(async (scope) => {
      const store = memoryStore();
      const resume = { replayBytes: 256 * KIB, store, drainSpread: 0 };
      const { messages, message } = reading();
      const first = await serve(scope, { message, resume });
      const client = new ResumingClient();
      await client.open(first.url);
      client.end.send(pattern(1024 * KIB));
      const given = await messages.next();
      await settled();
      await first.server.drain({ deadline: 1 });
      given.done();
      assert.equal(await first.events.next(), 'expired expired');
      const second = await serve(scope, { resume });
      await client.interruptions.next();
      await client.open(second.url);
      const { why, returned } = await client.expiries.next();
      assert.equal(why, 'expired');
      assert.deepEqual(
        returned.map(({ data }) => data.length),
        [1024 * KIB],
      );
      await end(client);
    }),
  );

  test(
    'passed on to another session: both are parts all the way',
    leavingNothing(async (scope) => {
      const { url } = await serve(scope, {
        streamAbove: 0,
        message: async (connection, data) => {
          if (data instanceof MessageStream) await connection.sendStream(data);
        },
      });
      const client = new ResumingClient();
      await client.open(url);
      const sent = pattern(2 * 1024 * KIB);
      client.end.send(sent);
      client.end.send('text ✓');
      const back = await client.received.next();
      assert.ok(Buffer.from(back as Uint8Array).equals(sent));
      assert.equal(await client.received.next(), 'text ✓');
      await end(client);
    }),
  );

  test(
    'more than limits.maxStreamSize breaks a rule: 4700',
    leavingNothing(async (scope) => {
      const { url } = await serve(scope, {
        limits: { maxStreamSize: 300 * KIB },
        message: async (_connection, data) => {
          if (data instanceof MessageStream) await data.bytes().catch(() => {});
        },
      });
      const client = new ResumingClient();
      await client.open(url);
      const stream = client.end.stream(true);
      for (let part = 0; part < 10; part++) {
        stream.write(pattern(60 * KIB));
        await settled();
      }
      assert.equal((await client.ends.next()).code, 4700);
      await client.connection?.closed;
    }),
  );
});
