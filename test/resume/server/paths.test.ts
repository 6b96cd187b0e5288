// `paths` and `resume` together: each path has its handlers and bounds for sessions, too, and a session belongs to its path with
// its parameters.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer, memoryStore, type RoutedServerOptions } from '../../../src/engine/index.ts';
import { formatStart } from '../../../src/resume/protocol/control.ts';
import { type Peer, type TestNetwork, useNetwork } from '../../../src/testing/index.ts';
import { isError } from '../../support/expect.ts';

const KIB = 1024;
const E = '\u0010';

interface Ready {
  readonly id: string;
  readonly tok: string;
  readonly resumed?: boolean;
}

let attempts = 0;

function routed(resume: object = {}) {
  const events: string[] = [];
  const server = createServer({
    resume,
    paths: {
      '/chat/:room': {
        limits: { maxMessageSize: 100 * KIB },
        open: ({ params }) => void events.push(`chat open ${params.room}`),
        message: ({ params }, data) => void events.push(`chat message ${params.room} ${data}`),
        interrupted: ({ params }) => void events.push(`chat interrupted ${params.room}`),
        resumed: ({ params, url }, { isRestored }) =>
          void events.push(`chat resumed ${params.room} ${url} ${isRestored}`),
        expired: ({ params }, { why }) => void events.push(`chat expired ${params.room} ${why}`),
      },
      '/news': { open: () => void events.push('news open') },
    },
    interrupted: ({ url }) => void events.push(`interrupted ${url}`),
    resumed: ({ url }) => void events.push(`resumed ${url}`),
    expired: ({ url }, { why }) => void events.push(`expired ${url} ${why}`),
  });
  return { server, events };
}

async function dial(
  network: TestNetwork,
  target: string,
  port = 80,
): Promise<{ client: Peer; hello: { max: number } }> {
  const client = await network.client(`ws://localhost:${port}${target}`, { subprotocols: ['wsr1'] });
  const hello = JSON.parse((await client.receives('text', /^.H\{/)).slice(2));
  return { client, hello };
}

function say(client: Peer, given: Partial<Parameters<typeof formatStart>[0]>): void {
  const limits = { buffer: 64 * KIB, part: 16 * KIB, max: 1024 * KIB };
  client.sendText(formatStart({ version: 1, limits, attempt: ++attempts, ...given }));
}

async function readyOf(client: Peer): Promise<Ready> {
  const ready = JSON.parse((await client.receives('text', /^.R\{/)).slice(2));
  client.sendText(`${E}A0 0`);
  return ready;
}

async function begin(network: TestNetwork, target: string): Promise<{ client: Peer; ready: Ready }> {
  const { client } = await dial(network, target);
  say(client, { nonce: `nonce-${'x'.repeat(22)}-${++attempts}` });
  return { client, ready: await readyOf(client) };
}

async function resume(network: TestNetwork, target: string, { id, tok }: Ready, port = 80): Promise<Peer> {
  const { client } = await dial(network, target, port);
  say(client, { resume: { id, token: tok, received: 0 } });
  return client;
}

async function isRefused(client: Peer): Promise<void> {
  assert.deepEqual(JSON.parse((await client.receives('text', /^.X\{/)).slice(2)), { why: 'unknown' });
  await client.receivesClose(4704);
}

describe('paths with sessions', { timeout: 60_000 }, () => {
  test('each path has its own handlers for sessions, with parameters; the others are those of the server', async () => {
    await using network = useNetwork();
    const { server, events } = routed({ keep: 1_000 });
    await server.listen({ port: 80 });
    const chat = await begin(network, '/chat/tea');
    chat.client.sendText('hello');
    await network.settle();
    chat.client.reset();
    const news = await begin(network, '/news');
    news.client.reset();
    await network.settle();
    assert.deepEqual(events.splice(0), [
      'chat open tea',
      'chat message tea hello',
      'chat interrupted tea',
      'news open',
      'interrupted /news',
    ]);
    const { attached, detached, begun } = server.metrics().sessions ?? assert.fail();
    assert.deepEqual({ attached, detached, begun }, { attached: 0, detached: 2, begun: 2 });
    const back = await resume(network, '/news', news.ready);
    assert.equal((await readyOf(back)).resumed, true);
    await network.advance(1_000);
    assert.deepEqual(events, ['resumed /news', 'chat expired tea expired']);
    await server.close();
  });

  test('a path has its own bounds, which H announces', async () => {
    await using network = useNetwork();
    const { server } = routed();
    await server.listen({ port: 80 });
    assert.equal((await dial(network, '/chat/tea')).hello.max, 100 * KIB);
    assert.notEqual((await dial(network, '/news')).hello.max, 100 * KIB);
    await server.close();
  });

  test('a token is unknown at another path, and for another parameter; the session waits on for its client', async () => {
    await using network = useNetwork();
    const { server, events } = routed();
    await server.listen({ port: 80 });
    const { client, ready } = await begin(network, '/chat/tea');
    client.reset();
    await network.settle();
    for (const target of ['/news', '/chat/coffee', '/chat/tea%2520', '/chat/TEA']) {
      await isRefused(await resume(network, target, ready));
    }
    assert.deepEqual(events, ['chat open tea', 'chat interrupted tea']);
    assert.deepEqual(server.metrics().sessions?.refused, { unknown: 4 });
    // The same path, written in another way.
    await readyOf(await resume(network, '/chat/te%61?token=2', ready));
    await network.settle();
    assert.deepEqual(events.slice(2), ['chat resumed tea /chat/te%61?token=2 false']);
    await server.close();
  });

  test('a session moves to another server, and has the handlers of its path there', async () => {
    await using network = useNetwork();
    const store = memoryStore();
    const first = routed({ store, drainSpread: 0 });
    const second = routed({ store });
    await first.server.listen({ port: 80 });
    await second.server.listen({ port: 81 });
    const { client, ready } = await begin(network, '/chat/tea');
    const drained = first.server.drain({ code: 1012 });
    for await (const { opcode, payload } of client) {
      if (opcode !== 8) continue;
      assert.equal(payload.readUInt16BE(0), 1012);
      break;
    }
    client.sendClose(1012);
    assert.equal((await drained).closed, 1);
    await isRefused(await resume(network, '/news', ready, 81));
    await readyOf(await resume(network, '/chat/tea', ready, 81));
    await network.settle();
    assert.deepEqual(second.events, ['chat resumed tea /chat/tea true']);
    await second.server.close();
  });

  test('sessions of one user count on all paths together', async () => {
    await using network = useNetwork();
    const { server } = routed({ bind: () => 'ann', maxSessionsPerUser: 2 });
    await server.listen({ port: 80 });
    await begin(network, '/chat/tea');
    await begin(network, '/news');
    const { client } = await dial(network, '/news');
    say(client, { nonce: `nonce-${'x'.repeat(22)}` });
    await client.receivesClose(4707);
    await server.close();
  });

  test('a client that does not ask for a session has a plain connection on its path', async () => {
    await using network = useNetwork();
    const { server, events } = routed();
    await server.listen({ port: 80 });
    const client = await network.client('ws://localhost/chat/tea');
    client.sendText('hi');
    await network.settle();
    assert.deepEqual(events, ['chat open tea', 'chat message tea hi']);
    await server.close();
  });
});

describe('bad input', () => {
  for (const [title, options, ...parts] of [
    [
      'handlers of sessions at a path, without resume',
      { paths: { '/': { resumed() {} } } },
      'paths["/"].resumed is ',
      'resume: true beside it',
    ],
    [
      'resume at a path',
      { resume: true, paths: { '/': { resume: true } } },
      'paths["/"].resume',
      'pass it to createServer({ resume })',
    ],
    ['a handler that is not a function', { resume: true, paths: { '/': { expired: 5 } } }, 'paths["/"].expired is 5'],
  ] as [string, object, ...string[]][]) {
    test(title, () => {
      let error: unknown;
      try {
        createServer(options as RoutedServerOptions<undefined, '/'>);
      } catch (thrown) {
        error = thrown;
      }
      isError(error, 'ERR_WS_OPTION', ...parts);
    });
  }
});
