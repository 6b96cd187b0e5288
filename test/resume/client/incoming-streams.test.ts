// Large messages that a client that resumes reads while they arrive (`streamAbove`): over cuts at every part, with back-pressure to
// the server, and what becomes of them when the session ends.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Deferred } from '../../../src/core/connection/deferred.ts';
import {
  connect,
  createServer,
  MessageStream,
  type ResumableConnection,
  type ServerConnection,
  type ServerOptions,
  type SessionOptions,
  type StreamingResumeClientOptions,
} from '../../../src/engine/index.ts';
import { leavingNothing, type Scope, turn } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';

const KIB = 1024;
const PART = 16 * KIB;

type Data = string | Buffer | MessageStream<Buffer>;
type Given = { data: Data; done: () => void };

async function serve(scope: Scope, options: Partial<ServerOptions<undefined>> & SessionOptions<undefined> = {}) {
  const opened = new Inbox<ServerConnection>();
  const received = new Inbox<string | Buffer>();
  const server = createServer({
    resume: { replayBytes: 256 * KIB, part: PART, maxResumesPerMinute: Infinity },
    open: (connection: ServerConnection) => void opened.push(connection),
    message: (_connection: ServerConnection, data: string | Buffer) => void received.push(data),
    ...options,
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  return { server, opened, received, url: `ws://127.0.0.1:${port}/` };
}

function begin(scope: Scope, url: string, options: Partial<StreamingResumeClientOptions> = {}) {
  const messages = new Inbox<Given>();
  const events = new Inbox<string>();
  const client = connect(url, {
    resume: { part: PART, replayBytes: 256 * KIB },
    reconnect: { initial: 1, max: 5 },
    streamAbove: 50 * KIB,
    ...options,
    handlers: {
      message: (_connection: ResumableConnection, data: Data) =>
        new Promise<void>((resolve) => messages.push({ data, done: resolve })),
      interrupted: () => events.push('interrupted'),
      resumed: () => events.push('resumed'),
      expired: (_connection: ResumableConnection, { why }) => events.push(`expired ${why}`),
      close: (_connection: ResumableConnection, { code }) => events.push(`close ${code}`),
      ...options.handlers,
    },
  });
  scope.defer(() => client.terminate());
  return { client, messages, events };
}

function streamOf({ data }: { data: unknown }): MessageStream<Buffer> {
  assert.ok(data instanceof MessageStream);
  return data as MessageStream<Buffer>;
}

function pattern(size: number): Uint8Array {
  return new Uint8Array(size).map((_, at) => (at * 7 + (at >> 10)) & 0xff);
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await turn();
}

describe('a message that a client reads while it arrives', { timeout: 60_000 }, () => {
  for (const compression of [false, true]) {
    test(
      `a cut after every part: no byte twice, none missing, text with characters whole${compression ? '; compressed' : ''}`,
      leavingNothing(async (scope) => {
        const { opened, url } = await serve(scope, { compression });
        const { client, messages, events } = begin(scope, url, { compression });
        const connection = await opened.next();
        const binary = pattern(20 * PART + 5);
        const text = '𝄞é\u0010x'.repeat(20_000);
        connection.send(binary);
        connection.send(text);
        connection.send('behind them');
        for (const sent of [Buffer.from(binary), Buffer.from(text)]) {
          const given = await messages.next();
          const got: Buffer[] = [];
          let size = 0;
          let cuts = 0;
          for await (const part of streamOf(given)) {
            if (typeof part === 'string') assert.doesNotThrow(() => encodeURIComponent(part), 'a character was cut');
            const bytes = Buffer.from(part as string);
            got.push(bytes);
            size += bytes.length;
            if (size === sent.length || size < (cuts + 1) * PART) continue;
            cuts++;
            client.connection?.terminate();
            assert.equal(await events.next(), 'interrupted');
            assert.equal(await events.next(), 'resumed');
          }
          assert.ok(Buffer.concat(got).equals(sent));
          assert.ok(cuts >= 5, `${cuts} cuts`);
          given.done();
        }
        assert.equal((await messages.next()).data, 'behind them');
      }),
    );
  }

  test(
    'one that is not read holds the server back, whatever breaks; it is acknowledged when its handler is done',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const { client, messages, events } = begin(scope, url);
      const connection = await opened.next();
      const sent = pattern(3 * 1024 * KIB);
      connection.send(sent);
      connection.send('behind it');
      const given = await messages.next();
      for (let cut = 0; cut < 3; cut++) {
        await settled();
        assert.ok(connection.bufferedAmount > 2.4 * 1024 * KIB, 'the rest waits at the server');
        client.connection?.terminate();
        assert.equal(await events.next(), 'interrupted');
        assert.equal(await events.next(), 'resumed');
      }
      const stream = streamOf(given);
      assert.ok(stream.received < 400 * KIB);
      assert.ok(Buffer.from(await stream.bytes()).equals(sent));
      await settled();
      assert.ok(connection.bufferedAmount > 0, 'the last part is not acknowledged');
      given.done();
      const next = await messages.next();
      assert.equal(next.data, 'behind it');
      next.done();
      while (connection.bufferedAmount > 0) await turn();
    }),
  );

  test(
    'nobody reads it, or the reader leaves: the rest is dropped, and the next message comes',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const { messages } = begin(scope, url);
      const connection = await opened.next();
      for (let message = 0; message < 4; message++) connection.send(pattern(1024 * KIB));
      connection.send('next');
      const unread = await messages.next();
      unread.done();
      const left = await messages.next();
      await assert.rejects(streamOf(unread).bytes(), { code: 'ERR_WS_STREAM_UNREAD' });
      for await (const part of streamOf(left)) {
        assert.ok(part.length > 0);
        break;
      }
      left.done();
      const cancelled = await messages.next();
      streamOf(cancelled).cancel();
      cancelled.done();
      const large = await messages.next();
      await assert.rejects(streamOf(large).bytes(100 * KIB), { code: 'ERR_WS_STREAM_LIMIT' });
      large.done();
      assert.equal((await messages.next()).data, 'next');
    }),
  );

  test(
    'by a loop, among smaller ones, which come whole; streamAbove: 0 gives all of them',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const one = begin(scope, url, { handlers: { message: undefined } as never });
      const connection = await opened.next();
      const text = 'é'.repeat(100_000);
      for (const data of ['small', 'x'.repeat(40 * KIB), text, pattern(200 * KIB), '', 'end']) connection.send(data);
      const got: unknown[] = [];
      let unread: MessageStream<Buffer> | undefined;
      for await (const data of one.client) {
        if (!(data instanceof MessageStream)) got.push(data.length);
        else if (data.isBinary) unread = data;
        else got.push((await data.text()) === text);
        if (data === 'end') break;
      }
      assert.deepEqual(got, [5, 40 * KIB, true, 0, 3]);
      await assert.rejects((unread as MessageStream<Buffer>).bytes(), { code: 'ERR_WS_STREAM_UNREAD' });
      const two = begin(scope, url, { streamAbove: 0, resume: { ack: 'receipt' } });
      const other = await opened.next();
      other.send('a');
      const given = await two.messages.next();
      assert.equal(await streamOf(given).text(), 'a');
      while (other.bufferedAmount > 0) await turn(); // receipt: its handler still runs
      given.done();
    }),
  );

  test(
    'its sender takes it back, in the middle of a break: reading throws after what has arrived',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const { client, messages, events } = begin(scope, url);
      const connection = await opened.next();
      const begun = new Deferred<void>();
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield pattern(100 * KIB);
        await begun.promise;
        client.connection?.terminate();
        assert.equal(await events.next(), 'interrupted');
        throw new Error('disk');
      };
      const sending = assert.rejects(connection.sendStream(source()), { code: 'ERR_WS_SEND_STREAM' });
      const given = await messages.next();
      begun.resolve();
      let size = 0;
      const reading = (async () => {
        for await (const part of streamOf(given)) size += part.length;
      })();
      await assert.rejects(reading, { code: 'ERR_WS_MESSAGE_CUT', message: /its sender has taken it back/ });
      await sending;
      assert.equal(size, 100 * KIB);
      given.done();
      connection.send('next');
      assert.equal((await messages.next()).data, 'next');
    }),
  );

  test(
    'the session expires: reading throws after what has arrived, and the next session has its own messages',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope, { resume: { replayBytes: 256 * KIB, part: PART, keep: 1 } });
      const held: { online: (isOnline: boolean) => void } = { online: () => {} };
      const network = {
        subscribe(changed: (isOnline: boolean) => void) {
          held.online = changed;
          return () => {};
        },
      };
      const { client, messages, events } = begin(scope, url, { reconnect: { initial: 1, max: 5, network } });
      const connection = await opened.next();
      connection.send(pattern(1024 * KIB));
      const given = await messages.next();
      await settled();
      held.online(false);
      client.connection?.terminate();
      assert.equal(await events.next(), 'interrupted');
      await connection.closed;
      held.online(true);
      assert.equal(await events.next(), 'expired expired');
      let size = 0;
      const reading = (async () => {
        for await (const part of streamOf(given)) size += part.length;
      })();
      await assert.rejects(reading, { code: 'ERR_WS_MESSAGE_CUT', message: /the session is gone \(expired\)/ });
      assert.ok(size > 0 && size < 1024 * KIB);
      const again = await opened.next();
      again.send(pattern(300 * KIB));
      const next = await messages.next();
      assert.equal((await streamOf(next).bytes()).length, 300 * KIB);
      given.done();
      next.done();
      while (again.bufferedAmount > 0) await turn();
    }),
  );

  test(
    'messages that the server had to drop: the rest of the one that is read is lost, and the session goes on',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope, {
        resume: { replayBytes: 256 * KIB, part: PART, whileDetached: 'gap' },
        interrupted: (connection) => {
          connection.send('x'.repeat(250 * KIB));
          connection.send('last');
        },
      });
      const { client, messages, events } = begin(scope, url);
      const connection = await opened.next();
      connection.send(pattern(500 * KIB));
      const given = await messages.next();
      await settled();
      client.connection?.terminate();
      assert.equal(await events.next(), 'interrupted');
      assert.equal(await events.next(), 'resumed');
      await assert.rejects(streamOf(given).bytes(), { code: 'ERR_WS_MESSAGE_CUT', message: /the rest of it is lost/ });
      given.done();
      const next = await messages.next();
      assert.equal((await streamOf(next).text()).length, 250 * KIB);
      next.done();
      assert.equal((await messages.next()).data, 'last');
    }),
  );

  test(
    'close() and the end by the server: ERR_WS_MESSAGE_CUT; a complete one can still be read',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const one = begin(scope, url);
      const connection = await opened.next();
      connection.send(pattern(60 * KIB));
      connection.send(pattern(1024 * KIB));
      const complete = await one.messages.next();
      await settled();
      void connection.close(4001);
      assert.equal(await one.events.next(), 'close 4001');
      assert.equal((await streamOf(complete).bytes()).length, 60 * KIB);
      const two = begin(scope, url);
      (await opened.next()).send(pattern(1024 * KIB));
      const cut = await two.messages.next();
      void two.client.close();
      await assert.rejects(streamOf(cut).bytes(), { code: 'ERR_WS_MESSAGE_CUT', message: /session is over/ });
    }),
  );

  test(
    'passed on to another session while it arrives, over cuts of both',
    leavingNothing(async (scope) => {
      const { opened, received, url } = await serve(scope);
      const source = begin(scope, url, { streamAbove: 0 });
      const from = await opened.next();
      const target = begin(scope, url);
      await opened.next();
      const sent = pattern(1024 * KIB);
      from.send(sent);
      const given = await source.messages.next();
      const passing = target.client.sendStream(streamOf(given));
      for (let cut = 0; cut < 3; cut++) {
        while (streamOf(given).received < (cut + 1) * 200 * KIB) await turn();
        const [first, second] = cut % 2 === 0 ? [source, target] : [target, source];
        first.client.connection?.terminate();
        assert.equal(await first.events.next(), 'interrupted');
        second.client.connection?.terminate();
        assert.equal(await second.events.next(), 'interrupted');
        assert.equal(await first.events.next(), 'resumed');
        assert.equal(await second.events.next(), 'resumed');
      }
      await passing;
      given.done();
      assert.ok(Buffer.from((await received.next()) as Buffer).equals(sent));
    }),
  );

  test(
    'a server without sessions: as on a plain connection',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope, { resume: false });
      const { messages, events } = begin(scope, url, { limits: { maxMessageSize: 100 * KIB } });
      const connection = await opened.next();
      connection.send('small');
      connection.send(pattern(300 * KIB));
      connection.send('next');
      const small = await messages.next();
      assert.equal(small.data, 'small');
      const given = await messages.next();
      assert.equal((await streamOf(given).bytes(Infinity)).length, 300 * KIB);
      given.done();
      assert.equal((await messages.next()).data, 'next');
      connection.sendFragment(pattern(200 * KIB), { fin: false });
      const cut = await messages.next();
      connection.terminate();
      await assert.rejects(streamOf(cut).bytes(Infinity), { code: 'ERR_WS_LOST' });
      assert.equal(await events.next(), 'interrupted');
    }),
  );

  test(
    'the server does not send more than limits.maxStreamSize',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const { messages, events } = begin(scope, url, { limits: { maxStreamSize: 100 * KIB } });
      const connection = await opened.next();
      let problem: unknown;
      connection.send('x'.repeat(101 * KIB), (error) => {
        problem = error;
      });
      connection.send('y'.repeat(100 * KIB));
      assert.equal((await streamOf(await messages.next()).text())[0], 'y');
      assert.match(String(problem), /larger than the client takes/);
      assert.deepEqual(events.rest, []);
    }),
  );
});
