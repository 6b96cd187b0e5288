// Decisions of the application that fail: by an exception or a rejection, by a field that cannot be sent, by a subprotocol
// that the client has not offered, in time or too late. The client gets 500 without a reason, and nothing is uncaught.

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, test } from 'node:test';
import { accept, refuse, type ServerOptions, type WebSocketError } from '../../src/engine/index.ts';
import { listen } from '../support/engine.ts';
import { isError, uncaughtExceptions } from '../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { upgradeRequest } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

type Upgrade = NonNullable<ServerOptions<undefined>['upgrade']>;
type Failing = readonly [name: string, upgrade: Upgrade, cause: unknown];

const boom = new Error('the database is down');

/** The exception of the application. */
const thrown: readonly Failing[] = [
  [
    'throws',
    () => {
      throw boom;
    },
    boom,
  ],
  ['rejects', () => Promise.reject(boom), boom],
  [
    'rejects after a while',
    async () => {
      await turn();
      throw boom;
    },
    boom,
  ],
  [
    'throws undefined',
    () => {
      throw undefined;
    },
    undefined,
  ],
  [
    'throws a value that cannot be shown',
    () => {
      throw Object.create(null);
    },
    /./,
  ],
  ['rejects with a revoked proxy', () => Promise.reject(revoked()), /./],
  [
    'returns a promise whose then throws',
    () =>
      ({
        // biome-ignore lint/suspicious/noThenProperty: a result may be any thenable
        get then(): never {
          throw boom;
        },
      }) as never,
    boom,
  ],
  [
    'returns a promise that is fulfilled and then throws',
    // biome-ignore lint/suspicious/noThenProperty: a result may be any thenable
    () => ({ then: (_: unknown, no: (e: Error) => void) => no(boom) }) as never,
    boom,
  ],
];

/** Decisions that cannot be carried out. The client has offered `chat`. */
const unfit: readonly Failing[] = [
  [
    'a subprotocol that was not offered',
    () => accept({ subprotocol: 'mqtt' }),
    /"mqtt"; expected one of the client's offers: chat/,
  ],
  ['a subprotocol that is not a string', () => accept({ subprotocol: 5 as never }), /offers/],
  ['a field with a line end', async () => accept({ headers: { 'X-A': 'a\nb' } }), /X-A/],
  ['a field of the handshake', () => accept({ headers: { 'Sec-WebSocket-Accept': 'x' } }), /"Sec-WebSocket-Accept"/],
  ['a field with a letter beyond ASCII', () => accept({ headers: { 'X-A': 'é' } }), /visible ASCII/],
  [
    'a field that the client did not send',
    ({ headers }) => accept({ headers: { 'X-A': headers['x-a'] as string } }),
    /X-A/,
  ],
  [
    'a field whose getter throws',
    () =>
      accept({
        headers: {
          get 'X-A'(): never {
            throw boom;
          },
        },
      }),
    /./,
  ],
  ['a refusal with a line end in a field', () => refuse(403, 'no', { 'X-A': 'a\r\nX-B: b' }), /X-A/],
  ['a refusal with its own field', async () => refuse(403, 'no', { Connection: 'keep-alive' }), /"Connection"/],
  ['a refusal with an invalid status', () => refuse(200), /200/],
  ['a refusal made by hand, without fields', () => ({ kind: 'refuse', status: 403, reason: 'no' }) as never, /./],
  [
    'a refusal made by hand, with a symbol',
    () => ({ kind: 'refuse', status: 403, reason: Symbol('no'), headers: {} }) as never,
    /./,
  ],
  [
    'a refusal made by hand, with status 200',
    () => ({ kind: 'refuse', status: 200, reason: 'no', headers: {} }) as never,
    /200/,
  ],
  ['true', () => true as never, /answer of upgrade/],
  ['null', async () => null as never, /answer of upgrade/],
  ['an object of another kind', () => ({ kind: 'maybe' }) as never, /answer of upgrade/],
  [
    'an object whose getters throw',
    () =>
      ({
        get kind(): never {
          throw boom;
        },
      }) as never,
    boom,
  ],
  [
    'a context whose getter throws',
    () =>
      ({
        kind: 'accept',
        get context(): never {
          throw boom;
        },
      }) as never,
    boom,
  ],
  ['a revoked proxy', () => revoked() as never, /./],
];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Makes a handshake that is refused with 500. @returns the errors that `refused` got */
async function fail(scope: Scope, upgrade: Upgrade): Promise<{ refusal: WebSocketError; request: IncomingMessage }> {
  const refused = new Inbox<readonly [IncomingMessage | undefined, WebSocketError]>();
  const { port, server } = await listen(scope, { upgrade, refused: (...told) => refused.push(told) });
  const peer = await connectRaw(scope, port);
  peer.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'chat' }));
  const answer = (await peer.readToEnd()).toString();
  assert.match(answer, /^HTTP\/1\.1 500 Internal Server Error\r\n(.+\r\n)+\r\nthe server could not decide\n$/);
  const [request, refusal] = await refused.next();
  assert.equal(server.connections.size, 0);
  assert.deepEqual(refused.rest, []);
  return { refusal, request: request as IncomingMessage };
}

describe('an upgrade handler that', () => {
  for (const [name, upgrade, cause] of thrown) {
    test(
      `${name}: 500 without a reason; refused gets the error, with its cause; nothing is uncaught`,
      leavingNothing(async (scope) => {
        const uncaught = uncaughtExceptions(scope);
        const { refusal, request } = await fail(scope, upgrade);
        isError(refusal, 'ERR_WS_UPGRADE_FAILED', 'upgrade handler failed', cause === boom ? boom.message : '');
        assert.equal(refusal.status, 500);
        if (!(cause instanceof RegExp)) assert.equal(refusal.cause, cause);
        assert.equal(request.url, '/');
        await turn();
        assert.deepEqual(uncaught.rest, []);
      }),
    );
  }
  for (const [name, upgrade, cause] of unfit) {
    test(
      `returns ${name}: the same`,
      leavingNothing(async (scope) => {
        const uncaught = uncaughtExceptions(scope);
        const { refusal } = await fail(scope, upgrade);
        isError(refusal, 'ERR_WS_UPGRADE_FAILED');
        if (cause instanceof RegExp) assert.match((refusal.cause as Error).message, cause);
        else assert.equal(refusal.cause, cause);
        await turn();
        assert.deepEqual(uncaught.rest, []);
      }),
    );
  }
  test(
    'throws text of a client: the text of the error stays one line, and short',
    leavingNothing(async (scope) => {
      const text = `no user a\r\nb\u001b[31m${'x'.repeat(1000)}`;
      const { refusal } = await fail(scope, () => {
        throw new Error(text);
      });
      assert.match(refusal.message, /\(no user a b \[31mx{200,300}\)/);
      assert.equal((refusal.cause as Error).message, text);
    }),
  );
  test(
    'fails: a failed handler gets the exception, and the request',
    leavingNothing(async (scope) => {
      const failed = new Inbox<readonly unknown[]>();
      for (const [, upgrade] of thrown.slice(0, 3)) {
        const { port } = await listen(scope, { upgrade, failed: (...told) => failed.push(told) });
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest({}, '/who'));
        assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 500 /);
        const [error, request] = await failed.next();
        assert.equal(error, boom);
        assert.equal((request as IncomingMessage).url, '/who');
      }
    }),
  );
  test(
    'fails, in a server that has neither handler: one warning for each reason, 20 in all',
    leavingNothing(async (scope) => {
      const warnings = new Inbox<Error & { code?: string }>();
      process.on('warning', warnings.push);
      scope.defer(() => process.off('warning', warnings.push));
      const { port } = await listen(scope, {
        upgrade: ({ url }) => {
          throw new Error(`no ${url}`);
        },
      });
      const ask = async (path: string): Promise<void> => {
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest({}, path));
        assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 500 /);
      };
      for (const path of ['/a', '/a', '/b']) await ask(path);
      const texts = await warnings.take(2);
      assert.deepEqual(
        texts.map(({ code, message }) => [code, /\(no (.*?)\)/.exec(message)?.[1]]),
        [
          ['ERR_WS_UPGRADE_FAILED', '/a'],
          ['ERR_WS_UPGRADE_FAILED', '/b'],
        ],
      );
      for (let count = 0; count < 25; count++) await ask(`/${count}`);
      const rest = await warnings.take(18);
      assert.match(rest.at(-1)?.message ?? '', /further ones are not printed$/);
      await turn();
      assert.deepEqual(warnings.rest, []);
    }),
  );
});

describe('an upgrade handler that fails after its client was answered, or has left', () => {
  for (const [name, hasFailed] of [
    ['goes to failed', true],
    ['is a warning without it, even if refused exists: it has been called already', false],
  ] as const) {
    test(
      name,
      leavingNothing(async (scope) => {
        const uncaught = uncaughtExceptions(scope);
        const told = new Inbox<unknown>();
        const onWarning = ({ message }: Error): void => told.push(message);
        process.on('warning', onWarning);
        scope.defer(() => process.off('warning', onWarning));
        const refused = new Inbox<WebSocketError>();
        let reject = (_: Error): void => {};
        const { port } = await listen(scope, {
          handshakeTimeout: 20,
          upgrade: () => new Promise<undefined>((_, no) => (reject = no)),
          refused: (_, error) => refused.push(error),
          ...(hasFailed ? { failed: told.push } : {}),
        });
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest());
        assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 503 /);
        isError(await refused.next(), 'ERR_WS_HANDSHAKE_TIMEOUT');
        reject(boom);
        const first = await told.next();
        if (hasFailed) assert.equal(first, boom);
        else assert.match(String(first), /the database is down/);
        assert.deepEqual([uncaught.rest, refused.rest], [[], []]);
      }),
    );
  }
  test(
    'because its signal was aborted is not reported',
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const failed = new Inbox<unknown>();
      const refused = new Inbox<WebSocketError>();
      const asked = new Inbox<void>();
      const { port } = await listen(scope, {
        upgrade: ({ signal }) =>
          new Promise<undefined>((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            asked.push();
          }),
        refused: (_, error) => refused.push(error),
        failed: failed.push,
      });
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest());
      await asked.next();
      peer.reset();
      isError(await refused.next(), 'ERR_WS_HANDSHAKE_LOST');
      await turn();
      assert.deepEqual([uncaught.rest, failed.rest, refused.rest], [[], [], []]);
    }),
  );
});

test(
  'an exception or rejection of refused goes to failed with the request; without failed it is uncaught',
  leavingNothing(async (scope) => {
    const uncaught = uncaughtExceptions(scope);
    const failed = new Inbox<readonly unknown[]>();
    const handlers = [
      () => {
        throw boom;
      },
      () => Promise.reject(boom),
    ];
    for (const refused of handlers) {
      const { port } = await listen(scope, {
        upgrade: () => refuse(403),
        refused,
        failed: (...told) => failed.push(told),
      });
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest());
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 403 /);
      const [error, request] = await failed.next();
      assert.equal(error, boom);
      assert.equal((request as IncomingMessage).url, '/');
    }
    const { port } = await listen(scope, { upgrade: () => refuse(403), refused: handlers[0] as () => never });
    const peer = await connectRaw(scope, port);
    peer.write(upgradeRequest());
    assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 403 /);
    assert.equal(await uncaught.next(), boom);
  }),
);
