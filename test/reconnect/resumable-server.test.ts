// `ResumableWebSocket` with a real server over real sockets, which are cut at any byte.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer, type ServerConnection } from '../../src/engine/index.ts';
import { ResumableWebSocket } from '../../src/reconnect/index.ts';
import { faultProxy, type Lane } from '../support/fault-proxy.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

/** As a number from 0 to 1, always the same ones. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const MESSAGES = 120;
const TYPES = ['text', 'binary', 'escaped', 'large'] as const;

/** Message `number` of an end, of any kind. */
function message(number: number): string | Uint8Array<ArrayBuffer> {
  switch (TYPES[number % TYPES.length]) {
    case 'binary':
      return new Uint8Array(number).fill(number);
    case 'escaped':
      return `\u0010A${number} 0`;
    case 'large':
      return `${number} ${'€😀'.repeat(500)}`;
    default:
      return `message ${number}`;
  }
}

function shown(data: string | ArrayBuffer | Uint8Array): string {
  return typeof data === 'string' ? data : Buffer.from(data as Uint8Array).toString('hex');
}

const expected = Array.from({ length: MESSAGES }, (_, number) => shown(message(number)));

describe('the end for devices and our server', { timeout: 60_000 }, () => {
  for (const seed of [1, 2, 3]) {
    test(
      `${MESSAGES} messages each way over a link that breaks at any byte, seed ${seed}`,
      leavingNothing(async (scope) => {
        const random = numbers(seed);
        const atServer: string[] = [];
        const atClient: string[] = [];
        const opened = new Inbox<ServerConnection>();
        const serverDone = new Inbox<void>();
        const clientDone = new Inbox<void>();
        const server = createServer({
          resume: { part: 512, replayBytes: 8192, maxResumesPerMinute: 100_000 },
          open: (connection) => opened.push(connection),
          message(_connection, data) {
            atServer.push(shown(data));
            if (atServer.length === MESSAGES) serverDone.push();
          },
        });
        const { port } = await server.listen({ host: '127.0.0.1' });
        scope.defer(() => server.close());
        let cuts = 0;
        const proxy = await faultProxy(scope, port, (proxied) => {
          if (cuts === 30) return;
          cuts++;
          const lane: Lane = random() < 0.5 ? proxied.toServer : proxied.toClient;
          lane.hold(Math.floor(200 + random() * 4000));
          void lane.held().then(() => (random() < 0.5 ? proxied.reset() : proxied.destroy()));
        });
        const events: string[] = [];
        const closed = new Inbox<void>();
        const socket = new ResumableWebSocket(
          {
            url: `ws://127.0.0.1:${proxy.port}`,
            policy: { initial: 1, max: 5 },
            networkHints: false,
            buffer: 4096,
          },
          {
            open: (isResumable) => events.push(`open ${isResumable}`),
            message(data) {
              atClient.push(shown(data));
              if (atClient.length === MESSAGES) clientDone.push();
            },
            expired: ({ why }) => events.push(`expired ${why}`),
            resumed: (lost) => lost > 0 && events.push(`${lost} lost`),
            closed: () => closed.push(),
          },
        );
        socket.connect();
        const sent = Array.from({ length: MESSAGES }, (_, number) => {
          const data = message(number);
          return socket.send(typeof data === 'string' ? data : data.buffer);
        });
        const connection = await opened.next();
        for (let number = 0; number < MESSAGES; number++) {
          connection.send(message(number));
          await connection.drained();
        }
        await Promise.all(sent);
        await serverDone.next();
        await clientDone.next();
        assert.deepEqual(atServer, expected);
        assert.deepEqual(atClient, expected);
        assert.deepEqual(events, ['open true']);
        assert.ok(cuts > 3, `${cuts} cuts`);
        socket.close();
        await closed.next();
      }),
    );
  }

  test(
    'a server without resume is plain',
    leavingNothing(async (scope) => {
      const server = createServer({
        open: (connection) => void connection.send('welcome'),
        message: (connection, data) => void connection.send(data),
      });
      const { port } = await server.listen({ host: '127.0.0.1' });
      scope.defer(() => server.close());
      const heard = new Inbox<string>();
      const closed = new Inbox<void>();
      const socket = new ResumableWebSocket(
        { url: `ws://127.0.0.1:${port}`, plainFallback: true, networkHints: false },
        { message: (data) => heard.push(shown(data)), closed: () => closed.push() },
      );
      socket.connect();
      const sent = socket.send('echo');
      assert.equal(await heard.next(), 'welcome');
      assert.equal(await sent, true);
      assert.equal(await heard.next(), 'echo');
      socket.close();
      await closed.next();
    }),
  );
});
