// Connections over a stream that the application makes (`createConnection`), and over Unix sockets (`ws+unix:`).

import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect as connectTcp, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type ConnectionTarget, connect, createServer } from '../../src/engine/index.ts';
import { duplexPair } from '../support/duplex-pair.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

let count = 0;

/** A server on a Unix socket that answers each message with the path of its request before it. */
async function onUnixSocket(scope: Scope, server: Server): Promise<string> {
  count++;
  const path = join(tmpdir(), `hws-${process.pid}-${count}.sock`);
  const webSockets = createServer({
    message: (connection, data) => connection.send(`${connection.url} ${data}`),
  });
  webSockets.attach(server as never);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  scope.defer(async () => {
    await webSockets.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return path;
}

/** What the server answers to `hi`. */
async function answer(scope: Scope, url: string, options = {}): Promise<string> {
  const answers = new Inbox<string>();
  const handlers = { message: (_: unknown, data: string | Buffer) => answers.push(String(data)) };
  const connection = await open(scope, url, { ...options, handlers });
  connection.send('hi');
  return answers.next();
}

const isWindows = process.platform === 'win32';

describe('a Unix socket', { skip: isWindows && 'Windows has pipes' }, () => {
  test(
    'by ws+unix:, with the path of the request behind a colon',
    leavingNothing(async (scope) => {
      const path = await onUnixSocket(scope, createHttpServer());
      assert.equal(await answer(scope, `ws+unix://${path}:/chat?room=1`), '/chat?room=1 hi');
      assert.equal(await answer(scope, `ws+unix:${path}`), '/ hi');
    }),
  );

  test(
    'by wss+unix:, with the name localhost in the certificate',
    leavingNothing(async (scope) => {
      const path = await onUnixSocket(scope, createHttpsServer(serverCertificate()));
      assert.equal(await answer(scope, `wss+unix://${path}:/x`, { tls: trust() }), '/x hi');
    }),
  );

  test(
    'that does not exist',
    leavingNothing(async () => {
      await rejectsWith(connect('ws+unix:///nowhere/a.sock'), 'ERR_WS_CONNECT', '/nowhere/a.sock', 'ENOENT');
    }),
  );

  for (const [url, problem] of [
    ['ws+unix:', 'has no path of a Unix socket'],
    ['ws+unix://host/a.sock', 'has a host'],
    ['ws+unix:///a.sock#x', 'has a fragment'],
    ['ws+unix:///a%zz.sock', 'has a % in its path'],
  ] as const) {
    test(`the URL ${url} is refused`, () => rejectsWith(connect(url), 'ERR_WS_URL', problem).then(() => {}));
  }
});

describe('createConnection', () => {
  for (const tls of [false, true]) {
    test(
      `makes the socket of ${tls ? 'wss:' : 'ws:'}, which may be connecting`,
      leavingNothing(async (scope) => {
        const { port } = await listen(
          scope,
          { message: (connection, data) => connection.send(data) },
          tls ? { tls: serverCertificate() } : {},
        );
        const targets: ConnectionTarget[] = [];
        const made: Socket[] = [];
        const text = await answer(scope, `${tls ? 'wss' : 'ws'}://localhost:1/`, {
          ...(tls ? { tls: trust() } : {}),
          createConnection(target: ConnectionTarget) {
            targets.push(target);
            const socket = connectTcp(port, '127.0.0.1');
            made.push(socket);
            return socket;
          },
        });
        assert.equal(text, 'hi');
        const [{ host, port: wanted, path, secure } = {} as ConnectionTarget] = targets;
        assert.deepEqual(
          { host, wanted, path, secure },
          { host: 'localhost', wanted: 1, path: undefined, secure: tls },
        );
        assert.equal(made.length, 1);
      }),
    );
  }

  test(
    'may return a Duplex that is not a socket, and a Promise of it',
    leavingNothing(async (scope) => {
      const [ours, theirs] = duplexPair();
      const server = createHttpServer();
      const webSockets = createServer({ message: (connection, data) => connection.send(data) });
      webSockets.attach(server);
      scope.defer(() => webSockets.close());
      server.emit('connection', theirs);
      assert.equal(await answer(scope, 'ws://anywhere/', { createConnection: async () => ours }), 'hi');
    }),
  );

  test(
    'that throws or rejects makes connect reject, with its error as the cause',
    leavingNothing(async () => {
      const cause = new Error('no tunnel');
      for (const createConnection of [
        () => {
          throw cause;
        },
        () => Promise.reject(cause),
      ]) {
        const error = await rejectsWith(
          connect('ws://a.example:81', { createConnection }),
          'ERR_WS_CONNECT',
          'no tunnel',
        );
        assert.equal(error.cause, cause);
      }
    }),
  );

  test(
    'that returns something else, or stands beside a proxy, is refused',
    leavingNothing(async () => {
      const createConnection = (): never => ({}) as never;
      await rejectsWith(connect('ws://a.example', { createConnection }), 'ERR_WS_OPTION', 'result of createConnection');
      const proxy = { host: 'p.example', port: 3128 };
      await rejectsWith(connect('ws://a.example', { createConnection, proxy }), 'ERR_WS_OPTION', 'proxy is');
    }),
  );

  test(
    'is given up with the attempt',
    leavingNothing(async () => {
      const signals: AbortSignal[] = [];
      const createConnection = ({ signal }: ConnectionTarget): Promise<never> => {
        signals.push(signal);
        return new Promise(() => {});
      };
      await rejectsWith(
        connect('ws://a.example', { createConnection, handshakeTimeout: 20 }),
        'ERR_WS_HANDSHAKE_TIMEOUT',
      );
      assert.equal(signals[0]?.aborted, true);
    }),
  );
});
