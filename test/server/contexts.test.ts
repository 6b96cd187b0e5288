// AsyncLocalStorage through the engine: handlers run in the context of their connection, callbacks of `send` in the context
// of their call. Connections share a tick, a timer and a read buffer, so each case has two of them and a third context.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import {
  type ClientConnection,
  connect,
  createServer,
  type ServerConnection,
  type ServerOptions,
} from '../../src/engine/index.ts';
import { endsWithTask } from '../../src/node/internals/async-stores.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { requestHandshake, switchingProtocols, upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, listenRaw } from '../support/raw-peer.ts';

const storage = new AsyncLocalStorage<string>();
const STORES = ['A', 'B'] as const;

/** Records the events of each connection, and the store of each event: `A message A`. */
class Notes {
  readonly inbox = new Inbox<string>();

  note(who: string, what: string): void {
    this.inbox.push(`${who} ${what} ${storage.getStore()}`);
  }

  /** Waits until both have had each of `events` in their own stores, in any order. */
  async expect(...events: string[]): Promise<void> {
    const expected = STORES.flatMap((who) => events.map((event) => `${who} ${event} ${who}`)).sort();
    assert.deepEqual((await this.inbox.take(expected.length)).sort(), expected);
    assert.deepEqual(this.inbox.rest, []);
  }
}

interface Named {
  readonly url: string;
}

/** For clients and for servers. */
function handlers(notes: Notes, name: (connection: Named) => string) {
  return {
    open: (connection: Named) => notes.note(name(connection), 'open'),
    message: (connection: Named) => notes.note(name(connection), 'message'),
    ping: (connection: Named) => notes.note(name(connection), 'ping'),
    pong: (connection: Named) => notes.note(name(connection), 'pong'),
    drain: (connection: Named) => notes.note(name(connection), 'drain'),
    error: (connection: Named) => notes.note(name(connection), 'error'),
    close: (connection: Named) => notes.note(name(connection), 'close'),
    failed: (_: unknown, connection: unknown) => notes.note(name(connection as Named), 'failed'),
  };
}

const named = ({ url }: Named): string => url.at(-1) as string;

interface Situation {
  readonly ours: readonly (ServerConnection | ClientConnection)[];
  readonly theirs: readonly (ServerConnection | ClientConnection)[];
}
type Settings = Pick<ServerOptions<undefined>, 'heartbeat' | 'highWaterMark' | 'closeTimeout'>;

/** A server whose connections are accepted in their stores: the application hands the requests over. */
async function servers(scope: Scope, tls: boolean, notes: Notes, settings: Settings): Promise<Situation> {
  const server = createServer({ ...settings, ...handlers(notes, named) });
  scope.defer(() => server.close());
  const http = tls ? createHttpsServer(serverCertificate()) : createHttpServer();
  http.on('upgrade', (request, socket, head) => {
    storage.run(request.url?.at(-1) as string, () => server.handleUpgrade(request, socket, head));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  scope.defer(() => http.close());
  const { port } = http.address() as AddressInfo;
  const theirs: ClientConnection[] = [];
  for (const who of STORES) {
    const url = `${tls ? 'wss' : 'ws'}://127.0.0.1:${port}/${who}`;
    theirs.push(await open(scope, url, tls ? { tls: trust() } : {}));
  }
  const ours = [...server.connections].sort((one, other) => (one.url < other.url ? -1 : 1));
  return { ours, theirs };
}

/** Clients that were connected in their stores. */
async function clients(scope: Scope, tls: boolean, notes: Notes, settings: Settings): Promise<Situation> {
  const { url, server } = await listen(scope, {}, tls ? { tls: serverCertificate() } : {});
  const ours: ClientConnection[] = [];
  for (const who of STORES) {
    const options = { ...settings, ...(tls ? { tls: trust() } : {}), handlers: handlers(notes, named) };
    ours.push(await storage.run(who, () => connect(`${url}${who}`, options)));
  }
  const theirs = [...server.connections].sort((one, other) => (one.url < other.url ? -1 : 1));
  return { ours, theirs };
}

const situations = { servers, clients };

for (const [role, situation] of Object.entries(situations)) {
  for (const tls of [false, true]) {
    describe(`${role} over ${tls ? 'TLS' : 'TCP'}`, () => {
      test(
        'messages, pings and pongs are reported in the context of their connection, sent in the context of its call',
        leavingNothing(async (scope) => {
          const notes = new Notes();
          const { ours, theirs } = await situation(scope, tls, notes, {});
          await notes.expect('open');
          for (const each of theirs) {
            each.send('x');
            each.ping('x');
          }
          await notes.expect('message', 'ping');
          const sent = new Inbox<string>();
          const told = (): void => sent.push(String(storage.getStore()));
          for (const [index, each] of ours.entries()) {
            storage.run(`call ${index}`, () => {
              each.send('x', told);
              each.ping('x');
            });
            each.send('x', told);
          }
          assert.deepEqual((await sent.take(4)).sort(), ['call 0', 'call 1', 'undefined', 'undefined']);
          await notes.expect('pong');
          // The bytes that came during a pause are read in the turn of the call that ends it.
          for (const each of ours) storage.run('somebody', () => each.pause());
          for (const each of theirs) each.send('x');
          for (let turns = 0; turns < 5; turns++) await turn();
          for (const each of ours) storage.run('somebody', () => each.resume());
          await notes.expect('message');
          for (const each of theirs) void each.close(1000);
          await notes.expect('close');
        }),
      );
      test(
        'drain, error and close too, whatever causes them; and callbacks of dropped messages',
        leavingNothing(async (scope) => {
          const notes = new Notes();
          const { ours } = await situation(scope, tls, notes, { highWaterMark: 1 });
          await notes.expect('open');
          for (const each of ours) storage.run('somebody', () => each.send('more than one byte'));
          await notes.expect('drain');
          const sent = new Inbox<string>();
          const told = (error?: Error): void => sent.push(`${error === undefined} ${storage.getStore()}`);
          for (const each of ours) {
            storage.run('somebody', () => each.terminate());
            storage.run('call', () => each.send('late', told));
          }
          await notes.expect('error', 'close');
          assert.deepEqual(await sent.take(2), ['false call', 'false call']);
        }),
      );
      test(
        'the deadlines of the closing handshake, and failures',
        leavingNothing(async (scope) => {
          const notes = new Notes();
          const { ours, theirs } = await situation(scope, tls, notes, { closeTimeout: 20 });
          await notes.expect('open');
          for (const each of theirs) each.pause();
          for (const each of ours) {
            storage.run('call', () =>
              each.send('x', () => {
                throw new Error('of a callback');
              }),
            );
          }
          await notes.expect('failed', 'close');
        }),
      );
    });
  }
}

describe('a heartbeat without an answer', () => {
  test(
    'is reported in the context of its connection',
    leavingNothing(async (scope) => {
      const notes = new Notes();
      const silent = await listenRaw(scope);
      const opening = STORES.map((who) =>
        storage.run(who, () =>
          connect(`${silent.url}${who}`, {
            heartbeat: { interval: 10, timeout: 10 },
            handlers: handlers(notes, named),
          }),
        ),
      );
      for (const _ of opening) {
        const peer = await silent.accepted();
        peer.write(switchingProtocols(await peer.readHead()));
      }
      await Promise.all(opening);
      await notes.expect('open', 'error', 'close');
    }),
  );
});

describe('a connection without a context', () => {
  for (const tls of [false, true]) {
    test(
      `over ${tls ? 'TLS' : 'TCP'}: its handlers have none either, whatever causes the event`,
      leavingNothing(async (scope) => {
        const notes = new Notes();
        const { url, opened } = await listen(
          scope,
          { highWaterMark: 1, ...handlers(notes, () => 'it') },
          tls ? { tls: serverCertificate() } : {},
        );
        const client = await storage.run('somebody', () => open(scope, url, tls ? { tls: trust() } : {}));
        const connection = await opened.next();
        storage.run('somebody', () => {
          connection.pause();
          client.send('x');
          client.ping('x');
        });
        for (let turns = 0; turns < 5; turns++) await turn();
        storage.run('somebody', () => {
          connection.resume();
          connection.send('more than one byte');
        });
        const first = await notes.inbox.take(4);
        assert.deepEqual(
          first.sort(),
          ['drain', 'message', 'open', 'ping'].map((event) => `it ${event} undefined`),
        );
        storage.run('somebody', () => connection.terminate());
        assert.deepEqual(await notes.inbox.take(2), ['it error undefined', 'it close undefined']);
      }),
    );
  }
});

describe('a connection to a listener that began in a context', () => {
  // Before AsyncContextFrame, Node accepts outside any.
  const expected = endsWithTask ? 'service' : undefined;
  for (const [how, cut] of [
    ['whole', 0],
    ['in two pieces', 20],
  ] as const) {
    test(
      `has it: its handshake comes ${how}`,
      leavingNothing(async (scope) => {
        const notes = new Notes();
        const { port } = await storage.run('service', () =>
          listen(scope, { message: () => notes.note('it', 'message') }),
        );
        const request = upgradeRequest();
        for (let count = 0; count < 2; count++) {
          const peer = await connectRaw(scope, port);
          peer.write(request.slice(0, cut));
          for (let turns = 0; turns < 5; turns++) await turn();
          peer.write(request.slice(cut));
          await peer.readHead();
          peer.write(hex('81 81 00000000 78'));
          assert.equal(await notes.inbox.next(), `it message ${expected}`);
        }
      }),
    );
  }

  test(
    'so have its HTTP requests',
    leavingNothing(async (scope) => {
      const notes = new Notes();
      const server = createServer();
      scope.defer(() => server.close());
      const { port } = await storage.run('service', () =>
        server.listen({
          host: '127.0.0.1',
          request(_request, response) {
            notes.note('it', 'request');
            response.end();
          },
        }),
      );
      for (const cut of [0, 8]) {
        const peer = await connectRaw(scope, port);
        const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
        peer.write(request.slice(0, cut));
        for (let turns = 0; turns < 5; turns++) await turn();
        peer.write(request.slice(cut));
        assert.equal(await notes.inbox.next(), 'it request service');
      }
    }),
  );
});

describe('a store that upgrade sets', () => {
  test(
    'by enterWith is the context of the connection',
    leavingNothing(async (scope) => {
      const notes = new Notes();
      const { port } = await listen(scope, {
        ...handlers(notes, named),
        upgrade: ({ url }) => storage.enterWith(url.slice(1)),
      });
      for (const who of STORES) {
        const peer = await connectRaw(scope, port);
        await requestHandshake(peer, {}, `/${who}`);
        peer.write(hex('81 81 00000000 78'));
      }
      await notes.expect('open', 'message');
    }),
  );
  test(
    'a refusal is reported in the context of its request, even when its time is over',
    leavingNothing(async (scope) => {
      const stores = new Inbox<string>();
      const server = createServer({
        handshakeTimeout: 20,
        upgrade: () => new Promise<undefined>(() => {}),
        refused: (request) => stores.push(`${request?.url} ${storage.getStore()}`),
      });
      const http = createHttpServer();
      http.on('upgrade', (request, socket, head) => {
        storage.run(String(request.url), () => server.handleUpgrade(request, socket, head));
      });
      http.listen(0, '127.0.0.1');
      await once(http, 'listening');
      scope.defer(() => http.close());
      for (const who of STORES) {
        const peer = await connectRaw(scope, (http.address() as AddressInfo).port);
        peer.write(upgradeRequest({}, `/${who}`));
      }
      assert.deepEqual((await stores.take(2)).sort(), ['/A /A', '/B /B']);
      await server.close();
    }),
  );
});
