// Our server behind nginx: as nginx is when nobody has told it of WebSocket, half told, and set up as our error says. Both
// sides are told what is missing.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect, createServer, type WebSocketError } from '../../src/engine/index.ts';
import { rejectsWith } from '../support/expect.ts';
import { Inbox } from '../support/inbox.ts';
import { isListening } from '../support/listening.ts';
import { peer } from '../support/peers.ts';

const { path, skip } = peer('nginx');

/** The settings of a location of nginx other than `proxy_pass`, by its path. */
const locations: Readonly<Record<string, string>> = {
  '/untold': '',
  '/http11': 'proxy_http_version 1.1;',
  '/upgrade-only': 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;',
  '/http10': 'proxy_http_version 1.0; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";',
  '/told':
    'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $http_host;',
};

/** Starts nginx on a port that was free a moment ago, and on another one where somebody was faster. */
async function startNginx(directory: string, upstream: number): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 0; ; attempt++) {
    const probe = createTcpServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const blocks = Object.entries(locations).map(
      ([at, settings]) => `location ${at} { proxy_pass http://127.0.0.1:${upstream}; ${settings} }`,
    );
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${directory}/${name};`)
      .join(' ');
    writeFileSync(
      join(directory, 'nginx.conf'),
      `daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events {}
http { access_log off; ${temporary} server { listen 127.0.0.1:${port}; ${blocks.join('\n')} } }`,
    );
    const child = spawn(
      path,
      ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log')],
      {
        stdio: 'ignore',
      },
    );
    if (await isListening(child, port)) return { child, port };
    assert.ok(attempt < 5, `nginx does not start: ${readFileSync(join(directory, 'error.log'), 'utf8')}`);
  }
}

describe('our server behind nginx', { skip }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-nginx-'));
  const refused = new Inbox<WebSocketError>();
  const server = createServer({
    refused: (_, error) => refused.push(error),
    message: (connection, data) => void connection.send(data),
  });
  let nginx: Awaited<ReturnType<typeof startNginx>>;
  before(async () => {
    mkdirSync(join(directory, 'logs'));
    const { port } = await server.listen({ host: '127.0.0.1' });
    nginx = await startNginx(directory, port);
  });
  after(async () => {
    const { child } = nginx;
    child.kill();
    if (child.exitCode === null) await once(child, 'close');
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const url = (at: string): string => `ws://127.0.0.1:${nginx.port}${at}`;
  const remedy =
    'In nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';
  const table: readonly (readonly [at: string, status: number, code: string, fault: string])[] = [
    ['/untold', 400, 'ERR_WS_REQUEST_HTTP_VERSION', 'a proxy in front of this server removed Upgrade'],
    ['/http11', 426, 'ERR_WS_REQUEST_UPGRADE', 'a proxy in front of this server removed Upgrade'],
    [
      '/upgrade-only',
      400,
      'ERR_WS_REQUEST_CONNECTION',
      'a proxy in front of this server removed Upgrade from Connection',
    ],
    ['/http10', 400, 'ERR_WS_REQUEST_HTTP_VERSION', 'speaks HTTP/1.0 to it, which has no Upgrade'],
  ];
  for (const [at, status, code, fault] of table) {
    test(`${at}: ${status}; the answer, \`refused\` and the client's error say what the proxy did and what to set`, async () => {
      const error = await rejectsWith(connect(url(at)), 'ERR_WS_REFUSED', fault, remedy);
      assert.equal(error.status, status);
      assert.ok(String(error.response?.body).includes(remedy));
      assert.match(String(error.response?.headers.server), /^nginx/);
      const { code: seen, message } = await refused.next();
      assert.equal(seen, code);
      assert.ok(message.includes(fault) && message.includes(remedy), message);
    });
  }
  test('/told: the connection opens', async () => {
    const connection = await connect(url('/told'));
    connection.send('hello');
    for await (const message of connection) {
      assert.equal(message, 'hello');
      break;
    }
    await connection.close();
  });
  test('what looks at the port with a browser is not a refused client', async () => {
    const response = await fetch(url('/untold').replace('ws:', 'http:'));
    assert.equal(response.status, 400);
    assert.doesNotMatch(await response.text(), /proxy in front/);
    assert.deepEqual(refused.rest, []);
  });
});
