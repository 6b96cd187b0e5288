// Which headers of the application go along with a redirect, as the table of docs/client.md has it, and what the
// application may do before one is followed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConnectOptions, connect, createServer, type Redirect, refuse } from '../../src/engine/index.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

interface Seen {
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

interface Origin {
  /** Without a path. */
  readonly url: string;
  readonly seen: Inbox<Seen>;
}

/** A server that redirects each path to where `locations` says, and takes the others. */
async function origin(scope: Scope, locations: () => Record<string, string>, tls = false): Promise<Origin> {
  const seen = new Inbox<Seen>();
  const server = createServer({
    subprotocols: ['chat.v1'],
    upgrade: ({ url, headers }) => {
      seen.push({ url, headers });
      const location = locations()[url];
      return location === undefined ? undefined : refuse(307, 'elsewhere', { Location: location });
    },
  });
  scope.defer(() => server.close());
  const { port } = await server.listen({ host: '127.0.0.1', ...(tls ? { tls: serverCertificate() } : {}) });
  return { url: `${tls ? 'wss' : 'ws'}://127.0.0.1:${port}`, seen };
}

const options: ConnectOptions = {
  maxRedirects: 3,
  subprotocols: ['chat.v1'],
  tls: trust(),
  headers: [
    ['Authorization', 'Bearer x'],
    ['Cookie', 'a=1'],
    ['X-Api-Key', 'k'],
    ['X-Trace-Id', 't1'],
    ['x-trace-id', 't2'],
    ['Accept-Language', 'de'],
    ['User-Agent', 'app/1'],
    ['Origin', 'https://app.example'],
  ],
};

/** What a request had of the above. */
function own({ headers }: Seen): string[] {
  const names = [
    'accept-language',
    'authorization',
    'cookie',
    'origin',
    'sec-websocket-protocol',
    'user-agent',
    'x-api-key',
    'x-trace-id',
  ];
  return names.filter((name) => headers[name] !== undefined);
}

const everywhere = ['origin', 'sec-websocket-protocol', 'user-agent'];
const everything = [
  'accept-language',
  'authorization',
  'cookie',
  ...everywhere.slice(0, 2),
  'user-agent',
  'x-api-key',
  'x-trace-id',
];

describe('headers of the application, after a redirect', () => {
  test(
    'to another path of the same origin: all go along',
    leavingNothing(async (scope) => {
      const home = await origin(scope, () => ({ '/': '/next' }));
      await open(scope, `${home.url}/`, options);
      const [first, second] = await home.seen.take(2);
      assert.deepEqual(own(first as Seen), everything);
      assert.deepEqual(own(second as Seen), everything);
    }),
  );
  test(
    'to another port: only those that describe the client',
    leavingNothing(async (scope) => {
      const away = await origin(scope, () => ({}));
      const home = await origin(scope, () => ({ '/': `${away.url}/` }));
      await open(scope, `${home.url}/`, options);
      assert.deepEqual(own(await home.seen.next()), everything);
      const seen = await away.seen.next();
      assert.deepEqual(own(seen), everywhere);
      assert.equal(seen.headers['user-agent'], 'app/1');
      assert.equal(seen.headers.origin, 'https://app.example');
      assert.equal(`ws://${seen.headers.host}`, away.url);
    }),
  );
  test(
    'from ws: to wss: of the same host: the same, since the scheme makes another origin',
    leavingNothing(async (scope) => {
      const away = await origin(scope, () => ({}), true);
      const home = await origin(scope, () => ({ '/': `${away.url}/` }));
      await open(scope, `${home.url}/`, options);
      assert.deepEqual(own(await away.seen.next()), everywhere);
    }),
  );
  test(
    'to another host: the same',
    leavingNothing(async (scope) => {
      const home: Origin = await origin(scope, () => ({ '/': `${home.url.replace('127.0.0.1', 'localhost')}/next` }));
      await open(scope, `${home.url}/`, options);
      const [, second] = await home.seen.take(2);
      assert.deepEqual(own(second as Seen), everywhere);
    }),
  );
  test(
    'away and back to the first origin: the same, even on its other paths',
    leavingNothing(async (scope) => {
      const away: Origin = await origin(scope, () => ({ '/': `${home.url}/chosen-by-another` }));
      const home: Origin = await origin(scope, () => ({ '/': `${away.url}/`, '/chosen-by-another': '/end' }));
      await open(scope, `${home.url}/`, options);
      const [first, second, third] = await home.seen.take(3);
      assert.deepEqual(own(first as Seen), everything);
      assert.deepEqual(own(second as Seen), everywhere);
      assert.deepEqual(own(third as Seen), everywhere);
    }),
  );
  test(
    'crossOriginHeaders names those that go along, in any case, as often as they were given',
    leavingNothing(async (scope) => {
      const away = await origin(scope, () => ({}));
      const home = await origin(scope, () => ({ '/': `${away.url}/` }));
      await open(scope, `${home.url}/`, { ...options, crossOriginHeaders: ['X-TRACE-ID', 'X-Absent'] });
      const seen = await away.seen.next();
      assert.deepEqual(own(seen), [...everywhere, 'x-trace-id']);
      assert.equal(seen.headers['x-trace-id'], 't1, t2');
    }),
  );
  test(
    'Authorization and Cookie go along when they are named; the credentials of the URL never do',
    leavingNothing(async (scope) => {
      const away = await origin(scope, () => ({}));
      const home = await origin(scope, () => ({ '/': `${away.url}/` }));
      const crossOriginHeaders = ['authorization', 'cookie'];
      await open(scope, `${home.url}/`, { ...options, crossOriginHeaders });
      assert.deepEqual(own(await away.seen.next()), ['authorization', 'cookie', ...everywhere]);
      const url = `${home.url.replace('//', '//user:password@')}/`;
      await open(scope, url, { maxRedirects: 1, crossOriginHeaders });
      assert.deepEqual(own(await away.seen.next()), []);
    }),
  );
  const wrong: readonly (readonly [name: string, value: unknown, ...parts: string[]])[] = [
    ['a string', 'X-Trace-Id', 'an array of header names'],
    ['a number', 5, 'an array of header names'],
    ['a name that is not a token', ['X Trace'], '"X Trace"', 'names of headers'],
    ['a name that is not a string', [7], '7', 'the name of a header'],
    ['all of them', ['*'], '"*"', 'each one written out'],
    ['Host', ['X-A', 'HOST'], '"HOST"', 'other than Host'],
    ['Proxy-Authorization', ['proxy-authorization'], 'other than Host, Proxy-Authorization'],
    ['a field of the handshake', ['Sec-WebSocket-Protocol'], 'those of the handshake'],
  ];
  for (const [name, value, ...parts] of wrong) {
    test(`crossOriginHeaders refuses ${name} before anything is connected`, async () => {
      const wrongOptions = { crossOriginHeaders: value } as ConnectOptions;
      await rejectsWith(connect('ws://127.0.0.1:9/', wrongOptions), 'ERR_WS_OPTION', 'crossOriginHeaders', ...parts);
    });
  }
});

describe('beforeRedirect', () => {
  test(
    'is asked before each redirect, not before the first request',
    leavingNothing(async (scope) => {
      const away = await origin(scope, () => ({}));
      const home = await origin(scope, () => ({ '/': '/next', '/next': `${away.url.replace('ws:', 'http:')}/x?q` }));
      const asked: Redirect[] = [];
      await open(scope, `${home.url.replace('//', '//user:secret@')}/`, {
        maxRedirects: 2,
        beforeRedirect: (redirect) => void asked.push(redirect),
      });
      assert.deepEqual(asked, [
        { url: `${home.url}/next`, status: 307 },
        { url: `${away.url}/x?q`, status: 307 },
      ]);
    }),
  );
  for (const [name, refusing] of [
    [
      'throws',
      () => {
        throw new TypeError('not this host');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('not this host'))],
  ] as const) {
    test(
      `refuses a redirect when it ${name}: nothing is connected, not even looked up`,
      leavingNothing(async (scope) => {
        const { url } = await listen(scope, { upgrade: () => refuse(302, 'x', { Location: 'ws://host.invalid/a' }) });
        const error = await rejectsWith(
          connect(url, { maxRedirects: 1, beforeRedirect: refusing }),
          'ERR_WS_REDIRECT',
          '"ws://host.invalid/a"',
          'not this host',
        );
        assert.equal(error.status, 302);
        assert.ok(error.cause instanceof TypeError);
      }),
    );
  }
  test(
    'is waited for, within handshakeTimeout and the signal',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, { upgrade: () => refuse(302, 'x', { Location: '/again' }) });
      const never = (): Promise<void> => new Promise(() => {});
      const tooLong = connect(url, { maxRedirects: 1, handshakeTimeout: 50, beforeRedirect: never });
      await rejectsWith(tooLong, 'ERR_WS_HANDSHAKE_TIMEOUT');
      const abort = new AbortController();
      const beforeRedirect = (): Promise<void> => {
        abort.abort();
        return never();
      };
      await rejectsWith(connect(url, { maxRedirects: 1, beforeRedirect, signal: abort.signal }), 'ERR_WS_ABORTED');
    }),
  );
});
