// `listen({ metrics, health })`, and the same for an HTTP server that the application runs: what monitors get, while the
// server works and while it drains.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { connect, createServer, refuse } from '../../src/engine/index.ts';
import type { ListenOptions } from '../../src/server/options.ts';
import { listen, open, serverCertificate } from '../support/engine.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { upgradeRequest } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends one request, on its own connection. */
function ask(
  port: number,
  path: string,
  method = 'GET',
  headers: Record<string, string> = {},
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body === '' ? undefined : body);
  });
}

const probes: ListenOptions = { metrics: '/metrics', health: '/healthz' };
const openMetrics = { accept: 'application/openmetrics-text; version=1.0.0' };

describe('listen({ metrics })', () => {
  test(
    'answers in the format that is accepted',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, {}, probes);
      const plain = await ask(port, '/metrics');
      assert.equal(plain.status, 200);
      assert.equal(plain.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
      assert.equal(plain.headers.vary, 'Accept');
      assert.equal(plain.headers['cache-control'], 'no-store');
      assert.match(plain.body, /^websocket_connections_opened_total 0$/mu);
      const open = await ask(port, '/metrics?format=any', 'GET', openMetrics);
      assert.equal(open.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
      assert.ok(open.body.endsWith('\n# EOF\n'));
      assert.equal(Number(open.headers['content-length']), Buffer.byteLength(open.body));
    }),
  );

  test(
    'HEAD has the same fields without a body; other methods get 405, and a body of a request ends its connection',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, {}, probes);
      const { status, headers, body } = await ask(port, '/metrics', 'HEAD', openMetrics);
      assert.deepEqual({ status, body }, { status: 200, body: '' });
      assert.ok(Number(headers['content-length']) > 1_000);
      for (const path of ['/metrics', '/healthz']) {
        for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
          const refused = await ask(port, path, method, {}, method === 'POST' ? 'x'.repeat(100_000) : '');
          assert.equal(refused.status, 405, method);
          assert.equal(refused.headers.allow, 'GET, HEAD');
          if (method === 'POST') assert.equal(refused.headers.connection, 'close');
        }
      }
    }),
  );

  test(
    'with a prefix and labels',
    leavingNothing(async (scope) => {
      const metrics = { path: '/m', prefix: 'chat_', labels: { server: 'one' } };
      const { port } = await listen(scope, {}, { metrics });
      assert.match((await ask(port, '/m')).body, /^chat_connections\{server="one"\} 0$/mu);
      assert.equal((await ask(port, '/metrics')).status, 426);
    }),
  );

  test(
    'other paths go where they went before: to request, or to what an upgrade lacks',
    leavingNothing(async (scope) => {
      const seen: (string | undefined)[] = [];
      const handler = ({ url }: IncomingMessage, response: ServerResponse): void => {
        seen.push(url);
        response.end('mine');
      };
      const { port, server } = await listen(scope, {}, { ...probes, request: handler });
      for (const path of ['/', '/metrics/', '/Metrics', '/metricsx', '/%6detrics', '//metrics']) {
        assert.equal((await ask(port, path)).body, 'mine', path);
      }
      assert.equal((await ask(port, '/metrics')).status, 200);
      assert.equal((await ask(port, 'http://host/healthz')).body, '{"status":"ok"}\n');
      assert.deepEqual(seen, ['/', '/metrics/', '/Metrics', '/metricsx', '/%6detrics', '//metrics']);
      const bare = await server.listen({ host: '127.0.0.1', metrics: '/metrics' });
      assert.equal((await ask(bare.port, '/healthz')).status, 426);
    }),
  );

  test(
    'a handshake for such a path is a handshake; a request for another protocol is answered',
    leavingNothing(async (scope) => {
      const { port, url, opened } = await listen(scope, {}, probes);
      await open(scope, `${url}metrics`);
      assert.equal((await opened.next()).url, '/metrics');
      const fields = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' };
      assert.equal((await ask(port, '/healthz', 'GET', fields)).status, 200);
    }),
  );

  test(
    'over TLS, and two requests on one connection',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, {}, probes);
      const peer = await connectRaw(scope, port);
      peer.write(
        'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      );
      const answers = (await peer.readToEnd()).toString();
      assert.equal(answers.match(/HTTP\/1\.1 200 OK/gu)?.length, 2);
      peer.end();
      const { url } = await listen(scope, {}, { ...probes, tls: serverCertificate() });
      const { status } = await new Promise<{ status: number }>((resolve, reject) => {
        get(`${url.replace('wss:', 'https:')}healthz`, { rejectUnauthorized: false, agent: false }, (response) => {
          response.resume().on('end', () => resolve({ status: response.statusCode ?? 0 }));
        }).on('error', reject);
      });
      assert.equal(status, 200);
    }),
  );
});

test(
  'on a Unix socket',
  { skip: process.platform === 'win32' },
  leavingNothing(async (scope) => {
    const folder = mkdtempSync(join(tmpdir(), 'monitoring-'));
    scope.defer(() => rmSync(folder, { recursive: true, force: true }));
    const server = createServer();
    scope.defer(() => server.close());
    const path = join(folder, 'socket');
    await server.listen({ path, health: '/healthz' });
    const status = await new Promise((resolve, reject) => {
      const sent = request({ socketPath: path, path: '/healthz', agent: false }, (response) =>
        response.resume().on('end', () => resolve(response.statusCode)),
      );
      sent.on('error', reject).end();
    });
    assert.equal(status, 200);
  }),
);

test('a path that is one of WebSocket is an error of listen', async () => {
  const server = createServer({ paths: { '/chat/:room': {}, '/metrics': {} } });
  for (const options of [{ metrics: '/metrics' }, { metrics: { path: '/chat/one' } }, { health: '/chat/one' }]) {
    await rejectsWith(server.listen(options), 'ERR_WS_OPTION', 'a path that is not one of WebSocket', '/chat/:room');
  }
  await server.close();
});

test(
  'the text tells what has happened',
  leavingNothing(async (scope) => {
    const ended = new Inbox<number>();
    const { url, port } = await listen(
      scope,
      {
        open: (connection) => void connection.subscribe('news'),
        close: (_connection, { code }) => ended.push(code),
        message: (connection, data) => void connection.send(data),
      },
      { ...probes, metrics: { path: '/metrics', closeCodes: [4001] } },
    );
    const client = await open(scope, url);
    const answers = client[Symbol.asyncIterator]();
    client.send('text');
    await answers.next();
    client.send(new Uint8Array(1_000));
    await answers.next();
    const lines = async (): Promise<string[]> => (await ask(port, '/metrics')).body.split('\n');
    const has = (all: readonly string[], line: string): void =>
      assert.ok(all.includes(`websocket_${line}`), `${line}\n${all.join('\n')}`);
    const during = await lines();
    has(during, 'connections 1');
    has(during, 'handshakes_total{outcome="accepted"} 1');
    has(during, 'messages_total{direction="received",type="text"} 1');
    has(during, 'messages_total{direction="sent",type="binary"} 1');
    has(during, 'payload_bytes_total{direction="received"} 1004');
    has(during, 'topic_subscriptions 1');
    await client.close(4001);
    assert.equal(await ended.next(), 4001);
    const after = await lines();
    has(after, 'connections 0');
    has(after, 'connections_closed_total 1');
    has(after, 'connection_lifetime_seconds_count 1');
    has(after, 'close_frames_total{direction="received",code="4001"} 1');
    has(after, 'topics 0');
  }),
);

test(
  'handshakes that the upgrade handler refuses count by their status, which `refused` is told as well',
  leavingNothing(async (scope) => {
    const statuses: (number | undefined)[] = [];
    const { server, url, port } = await listen(
      scope,
      { upgrade: () => refuse(429, 'slow down'), refused: (_request, { status }) => void statuses.push(status) },
      probes,
    );
    await rejectsWith(connect(url), 'ERR_WS_REFUSED', '429');
    assert.deepEqual(server.metrics().connections.refused, { 429: 1 });
    assert.deepEqual(statuses, [429]);
    assert.match((await ask(port, '/metrics')).body, /^websocket_handshakes_unsuccessful_total\{reason="429"\} 1$/mu);
  }),
);

describe('health', () => {
  test(
    'is 503 while the server drains; the port answers until the last connection is gone, and refuses upgrades',
    leavingNothing(async (scope) => {
      const { server, port, url, opened } = await listen(scope, { closeTimeout: 60_000 }, probes);
      const silent = await connectRaw(scope, port);
      silent.write(upgradeRequest());
      await opened.next();
      assert.deepEqual((await ask(port, '/healthz')).status, 200);
      const drained = server.drain({ deadline: 60_000 });
      assert.equal(server.isDraining, true);
      const { status, body, headers } = await ask(port, '/healthz');
      assert.deepEqual({ status, body }, { status: 503, body: '{"status":"draining"}\n' });
      assert.equal(headers['content-type'], 'application/json');
      assert.match((await ask(port, '/metrics')).body, /^websocket_connections/mu);
      await rejectsWith(connect(url), 'ERR_WS_REFUSED', '503');
      silent.reset();
      await drained;
      await rejectsWith(connect(url), 'ERR_WS_CONNECT', 'ECONNREFUSED');
    }),
  );

  test(
    'an HTTP connection that stays open does not hold up a drain',
    leavingNothing(async (scope) => {
      const { server, port, url } = await listen(scope, {}, probes);
      const monitor = await connectRaw(scope, port);
      monitor.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      assert.match((await monitor.read(15)).toString(), /^HTTP\/1\.1 200 OK/u);
      const unfinished = await connectRaw(scope, port);
      unfinished.write('GET /healthz HTTP/1.1\r\n');
      await open(scope, url);
      assert.equal((await server.drain()).closed, 1);
      await monitor.gone();
      await unfinished.gone();
    }),
  );

  test(
    'close() ends such a port at once, also during a drain',
    leavingNothing(async (scope) => {
      const { server, port, opened } = await listen(scope, { closeTimeout: 60_000 }, probes);
      const silent = await connectRaw(scope, port);
      silent.write(upgradeRequest());
      await opened.next();
      const drained = server.drain({ spread: 60_000 });
      assert.equal((await ask(port, '/healthz')).status, 503);
      await server.close();
      await drained;
      await assert.rejects(ask(port, '/healthz'), { code: 'ECONNREFUSED' });
      await silent.gone();
    }),
  );

  test(
    'other listeners of the server are closed at once',
    leavingNothing(async (scope) => {
      const { server, port, opened } = await listen(scope, { closeTimeout: 60_000 });
      const probed = await server.listen({ host: '127.0.0.1', health: '/healthz' });
      const silent = await connectRaw(scope, port);
      silent.write(upgradeRequest());
      await opened.next();
      const drained = server.drain({ deadline: 60_000 });
      assert.equal((await ask(probed.port, '/healthz')).status, 503);
      await assert.rejects(ask(port, '/'), { code: 'ECONNREFUSED' });
      silent.reset();
      await drained;
    }),
  );
});

describe('an HTTP server of the application', () => {
  test(
    'handleMetrics and handleHealth answer its requests; health is 503 from a drain until the server is attached again',
    leavingNothing(async (scope) => {
      const server = createServer();
      scope.defer(() => server.close());
      const http = createHttpServer((message, response) => {
        if (message.url === '/metrics') server.handleMetrics(message, response, { prefix: 'app_' });
        else server.handleHealth(message, response);
      });
      scope.defer(() => new Promise((resolve) => http.close(resolve)));
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      const { port } = http.address() as AddressInfo;
      server.attach(http);
      const metrics = await ask(port, '/metrics', 'GET', openMetrics);
      assert.match(metrics.body, /^app_connections 0$/mu);
      assert.equal((await ask(port, '/')).status, 200);
      await server.drain();
      assert.equal((await ask(port, '/')).status, 503);
      assert.equal((await ask(port, '/', 'DELETE')).status, 405);
      server.attach(http);
      assert.equal((await ask(port, '/')).status, 200);
    }),
  );

  test(
    'of HTTP/2',
    leavingNothing(async (scope) => {
      const server = createServer();
      const http = createHttp2Server((message, response) =>
        server.handleMetrics(message as unknown as IncomingMessage, response as unknown as ServerResponse),
      );
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      const client = connectHttp2(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
      scope.defer(async () => {
        await new Promise<void>((resolve) => client.close(resolve));
        await new Promise((resolve) => http.close(resolve));
      });
      const stream = client.request({ ':path': '/metrics', ':method': 'POST' });
      stream.end('body');
      const status = await new Promise((resolve) => stream.on('response', (fields) => resolve(fields[':status'])));
      assert.equal(status, 405);
      await new Promise((resolve) => stream.resume().on('close', resolve));
    }),
  );

  test('refuses other arguments', () => {
    const server = createServer();
    const fake = { rawHeaders: [], headers: {}, method: 'GET' };
    const response = { writeHead: () => assert.fail(), end: () => assert.fail() };
    for (const [call, ...parts] of [
      [
        () => server.handleMetrics(undefined as never, response as never),
        'first argument of handleMetrics is undefined',
      ],
      [() => server.handleMetrics(fake as never, undefined as never), 'second argument of handleMetrics'],
      [() => server.handleHealth(fake as never, fake as never), 'second argument of handleHealth', "Node's `request`"],
      [() => server.handleHealth(fake as never, { ...response, headersSent: true } as never), 'nobody has begun'],
      [
        () => (server.handleHealth as (...all: unknown[]) => void)(fake, response, 5),
        'a further argument of handleHealth',
      ],
      [() => server.handleMetrics(fake as never, response as never, { path: '/x' } as never), 'path'],
    ] as [() => void, ...string[]][]) {
      let error: unknown;
      try {
        call();
      } catch (thrown) {
        error = thrown;
      }
      isError(error, 'ERR_WS_OPTION', ...parts);
    }
  });
});

test('bad options of listen: nothing is opened', async () => {
  const server = createServer();
  for (const [options, ...parts] of [
    [{ metrics: 'metrics' }, 'metrics is "metrics"', 'begins with /'],
    [{ metrics: '/metrics?x=1' }, 'begins with /, without query'],
    [{ metrics: '/mé' }, 'caf%C3%A9'],
    [{ metrics: true }, "such as '/metrics'"],
    [{ metrics: {} }, 'metrics.path is undefined'],
    [{ metrics: { path: 5 } }, 'metrics.path is 5'],
    [{ metrics: { path: '/m', prefix: '-' } }, 'metrics.prefix'],
    [{ metrics: { path: '/m', format: 'prometheus' } }, 'metrics.format'],
    [{ health: '' }, 'health is ""'],
    [{ health: ['/a'] }, 'health'],
    [{ metrics: '/a', health: '/a' }, 'health is "/a"', 'another path than that of metrics'],
    [{ metrics: { path: '/a' }, health: '/a' }, 'another path than that of metrics'],
    [{ healthcheck: '/a' }, "use health: '/healthz'"],
  ] as [unknown, ...string[]][]) {
    await rejectsWith(server.listen(options as ListenOptions), 'ERR_WS_OPTION', ...parts);
  }
  await server.close();
});
