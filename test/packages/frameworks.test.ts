// Each program of docs/frameworks.md, as its reader would run it: saved, started, asked over HTTP, met by a WebSocket, and
// ended by SIGTERM while the socket is open.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { type ClientConnection, connect } from 'harmony-websocket/engine';
import { Command, repository } from '../support/command.ts';
import type { Scope } from '../support/handles.ts';
import { programFolder } from '../support/page.ts';
import { programs } from './place.ts';
import { trial } from './trial.ts';

const page = readFileSync(join(repository, 'docs/frameworks.md'), 'utf8');

interface Recipe {
  readonly heading: string;
  readonly package: string;
  readonly beside?: readonly string[];
  /** What the ends of the program ask of it. */
  readonly meet: (address: string, scope: Scope) => Promise<ClientConnection>;
  /** Files that it needs beside it. */
  readonly files?: Readonly<Record<string, string>>;
}

const recipes: readonly Recipe[] = [
  {
    heading: 'Express',
    package: 'express',
    beside: ['express-session'],
    meet: (address, scope) => loggedIn(address, scope, logInByPost),
  },
  { heading: 'Koa', package: 'koa', meet: (address, scope) => loggedIn(address, scope, logInByQuery) },
  { heading: 'Fastify', package: 'fastify', meet: echoes },
  { heading: 'Hono', package: '@hono/node-server', meet: echoes },
  { heading: 'crossws, h3 and Nitro', package: 'crossws', meet: echoes },
  { heading: 'NestJS', package: '@nestjs/core', beside: ['@nestjs/common', '@nestjs/platform-express'], meet: echoes },
  {
    heading: 'Next',
    package: 'next',
    files: { 'pages/index.js': 'export default () => <p>hello</p>;\n' },
    meet: async (address, scope) => {
      assert.match(await (await fetch(address, { headers: { Connection: 'close' } })).text(), /hello/u);
      return echoes(address, scope);
    },
  },
];

for (const { heading, package: name, beside = [], meet, files = {} } of recipes) {
  const exercised = `docs/frameworks.md: HTTP beside, messages, SIGTERM with an open socket`;
  trial({ name, exercised, asks: null, beside }, async (scope) => {
    const folder = programFolder(scope, programs);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    writeFileSync(join(folder, 'server.mjs'), program(heading));
    const environment = {
      PORT: '0',
      NODE_ENV: 'development',
      NEXT_TELEMETRY_DISABLED: '1',
      NODE_TEST_CONTEXT: undefined,
    };
    const server = new Command({ after: (task) => scope.defer(task) }, ['server.mjs'], { folder, environment });
    const [, address = ''] = await server.seen(/(http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+)/u);
    const connection = await meet(address.replace(/\/$/u, ''), scope);
    server.signal('SIGTERM');
    assert.equal((await connection.closed).code, 1001);
    // Nest ends the process by the signal that it got.
    assert.match(String(await server.exit), /^(?:0|SIGTERM)$/u);
  });
}

/** The program of a section, as JavaScript. */
function program(heading: string): string {
  const section = page.split(/^## /mu).find((text) => text.startsWith(`${heading}\n`));
  const [, language, code] = /^```(js|ts)\n([\s\S]*?)^```$/mu.exec(section ?? '') ?? [];
  assert.ok(code !== undefined, `docs/frameworks.md has a program below "${heading}"`);
  if (language === 'js') return code;
  const compilerOptions = { experimentalDecorators: true };
  return transformSync(code, { loader: 'ts', target: 'es2022', tsconfigRaw: { compilerOptions } }).code;
}

async function echoes(address: string, scope: Scope): Promise<ClientConnection> {
  assert.equal((await fetch(address, { headers: { Connection: 'close' } })).status, 200);
  const connection = await opened(address, scope);
  const messages = connection[Symbol.asyncIterator]();
  connection.send('text');
  assert.equal(String((await messages.next()).value), 'text');
  connection.send(new Uint8Array([0, 255]));
  assert.deepEqual(Buffer.from((await messages.next()).value as Uint8Array).toString('hex'), '00ff');
  return connection;
}

async function loggedIn(
  address: string,
  scope: Scope,
  logIn: (address: string) => Promise<Response>,
): Promise<ClientConnection> {
  await assert.rejects(opened(address, scope), { code: 'ERR_WS_REFUSED', status: 401 });
  const response = await logIn(address);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  const connection = await opened(address, scope, { Cookie: cookies.join('; ') });
  const messages = connection[Symbol.asyncIterator]();
  connection.send('hello');
  assert.equal((await messages.next()).value, 'ann: hello');
  return connection;
}

async function opened(address: string, scope: Scope, headers = {}): Promise<ClientConnection> {
  const connection = await connect(`${address.replace('http', 'ws')}/chat`, { headers });
  scope.defer(() => connection.terminate());
  return connection;
}

function logInByPost(address: string): Promise<Response> {
  return fetch(`${address}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Connection: 'close' },
    body: '{"user":"ann"}',
  });
}

function logInByQuery(address: string): Promise<Response> {
  return fetch(`${address}/login?user=ann`, { headers: { Connection: 'close' } });
}
