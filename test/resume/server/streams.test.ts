// Messages of a session that are sent while their source is read: over cuts, in order with others, with sources that fail.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer, type ServerConnection } from '../../../src/engine/index.ts';
import { leavingNothing, type Scope, turn } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { ResumingClient } from './resuming-client.ts';

const KIB = 1024;

async function serve(scope: Scope, options: object = {}) {
  const opened = new Inbox<ServerConnection>();
  const interrupted = new Inbox<ServerConnection>();
  const expired = new Inbox<{ unacknowledged: readonly unknown[] }>();
  const server = createServer({
    resume: { replayBytes: 256 * KIB },
    open: (connection) => opened.push(connection),
    interrupted: (connection) => interrupted.push(connection),
    expired: (_connection, expiry) => expired.push(expiry),
    ...options,
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  return { server, opened, interrupted, expired, url: `ws://127.0.0.1:${port}` };
}

async function end(client: ResumingClient): Promise<void> {
  client.end.close(1000, '');
  await client.ends.next();
  await client.connection?.closed;
}

/** Parts of 16 KiB, which says how many were asked for. */
function source(count: number) {
  const given = { parts: 0, isCancelled: false };
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (; given.parts < count; ) yield new Uint8Array(16 * KIB).fill(given.parts++ % 251);
    } finally {
      given.isCancelled = given.parts < count;
    }
  };
  return { given, parts: parts() };
}

function isWhole(received: string | Uint8Array, count: number): void {
  assert.equal(received.length, count * 16 * KIB);
  for (let part = 0; part < count; part++) assert.equal(received[part * 16 * KIB + 5], part % 251);
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await turn();
}

describe('sendStream on a session', { timeout: 60_000 }, () => {
  test(
    'pulls its source as the client acknowledges, waits while the client is away, and goes on over cuts',
    leavingNothing(async (scope) => {
      const { opened, interrupted, url } = await serve(scope);
      const client = new ResumingClient();
      await client.open(url);
      const connection = await opened.next();
      await client.cut();
      await interrupted.next();
      const { given, parts } = source(256);
      const sending = connection.sendStream(parts);
      connection.send('behind it');
      const second = connection.sendStream(['s', 'econd']);
      await settled();
      // Half of what may wait, and the part that was asked for meanwhile.
      assert.ok(given.parts >= 8 && given.parts <= 13, `${given.parts} parts`);
      for (let cuts = 0; cuts < 3; cuts++) {
        await client.open(url);
        const before = given.parts;
        while (given.parts < before + 20) await turn();
        await client.cut();
        await interrupted.next();
      }
      assert.ok(given.parts < 256, 'the cuts were in the middle');
      await client.open(url);
      await sending;
      await second;
      isWhole(await client.received.next(), 256);
      assert.deepEqual([await client.received.next(), await client.received.next()], ['behind it', 'second']);
      await end(client);
    }),
  );

  test(
    'text arrives as it was, cut within pairs of surrogates, and given as bytes',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const client = new ResumingClient();
      await client.open(url);
      const connection = await opened.next();
      const text = '\u0010 aé𝄞'.repeat(50_000);
      await connection.sendStream([text.slice(0, 99_997), text.slice(99_997)]);
      assert.equal(await client.received.next(), text);
      const bytes = Buffer.from(text);
      await connection.sendStream([bytes.subarray(0, 70_001), bytes.subarray(70_001)], { binary: false });
      assert.equal(await client.received.next(), text);
      await connection.sendStream([]);
      assert.equal(await client.received.next(), '');
      await end(client);
    }),
  );

  test(
    'a source that fails, or a signal, takes the message back: the client gets nothing of it, and the session goes on',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const client = new ResumingClient();
      await client.open(url);
      const connection = await opened.next();
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(100 * KIB);
        await settled(); // some of it has left
        throw new Error('disk');
      };
      await assert.rejects(connection.sendStream(failing()), { code: 'ERR_WS_SEND_STREAM' });
      const controller = new AbortController();
      const endless = source(Infinity);
      const sending = connection.sendStream(endless.parts, { signal: controller.signal });
      while (endless.given.parts < 40) await turn();
      controller.abort('enough');
      await assert.rejects(sending, (reason) => reason === 'enough');
      while (!endless.given.isCancelled) await turn();
      connection.send('next');
      assert.equal(await client.received.next(), 'next');
      assert.ok(client.wire.includes('\u0010!'), 'a message was taken back');
      await end(client);
    }),
  );

  test(
    'the end of the session ends it: ERR_WS_DROPPED, and the source is cancelled',
    leavingNothing(async (scope) => {
      const { opened, interrupted, expired, url } = await serve(scope, {
        resume: { replayBytes: 256 * KIB, keep: 1 },
      });
      for (const how of ['close', 'expire'] as const) {
        const client = new ResumingClient();
        await client.open(url);
        const connection = await opened.next();
        const endless = source(Infinity);
        const sending = connection.sendStream(endless.parts);
        const rejected = assert.rejects(sending, { code: 'ERR_WS_DROPPED' });
        while (endless.given.parts < 40) await turn();
        if (how === 'close') {
          await Promise.all([connection.close(4001), rejected]);
        } else {
          await client.cut();
          await interrupted.next();
          await rejected;
          // The promise of sendStream has told of it.
          assert.deepEqual((await expired.next()).unacknowledged, []);
        }
        while (!endless.given.isCancelled) await turn();
        await assert.rejects(connection.sendStream(['a']), { code: 'ERR_WS_DROPPED' });
        client.end.terminate();
      }
    }),
  );

  test(
    'a message that becomes larger than the client takes is taken back',
    leavingNothing(async (scope) => {
      const { opened, url } = await serve(scope);
      const client = new ResumingClient({ limits: { buffer: 256 * KIB, part: 64 * KIB, max: 300 * KIB } });
      await client.open(url);
      const connection = await opened.next();
      await assert.rejects(connection.sendStream(source(100).parts), {
        code: 'ERR_WS_DROPPED',
        message: /larger than the peer takes/,
      });
      connection.send('next');
      assert.equal(await client.received.next(), 'next');
      await end(client);
    }),
  );

  test(
    'a drain does not wait for a source: the message is taken back, and the session moves without it',
    leavingNothing(async (scope) => {
      const { server, opened, url } = await serve(scope);
      const client = new ResumingClient();
      await client.open(url);
      const connection = await opened.next();
      const endless = source(Infinity);
      const sending = connection.sendStream(endless.parts);
      while (endless.given.parts < 40) await turn();
      const rejected = assert.rejects(sending, { code: 'ERR_WS_DROPPED' });
      const { closed } = await server.drain({ code: 1012 });
      await rejected;
      assert.equal(closed, 1);
      client.end.terminate();
    }),
  );
});
