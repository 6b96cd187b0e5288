// docs/from-uwebsockets.md and docs/from-socket-io.md: what their tables name of this package exists, and our program for users of
// uWebSockets.js does what theirs does. The chat for users of Socket.IO: test/packages/from-socket-io.test.ts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { type ClientConnection, connect, createServer } from '../../src/engine/index.ts';
import { CHILD_PATIENCE, Command, repository } from '../support/command.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { codeSpans, columnOf, pageText, programOf } from '../support/page.ts';

const uws = pageText('from-uwebsockets.md');
const pages = { 'from-socket-io.md': pageText('from-socket-io.md'), 'from-uwebsockets.md': uws };

/** A source without its comments. */
function source(path: string): string {
  return readFileSync(join(repository, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gmu, '');
}

/** What a source declares: members, parameters, functions, classes. */
function declared(paths: readonly string[]): Set<string> {
  const names = paths.flatMap((path) => [...source(path).matchAll(/\b([A-Za-z_]\w*)\??(?=[:(<])|class (\w+)/gu)]);
  return new Set(names.map(([, name, klass]) => name ?? klass ?? ''));
}

const index = 'src/engine/index.ts';
const publicSources = [...source(index).matchAll(/from '(.+?)'/gu)].map(([, path = '']) => join(dirname(index), path));
const known = declared([...publicSources, 'src/core/error-table.ts']);
for (const name of source('src/ws/index.ts').match(/\w+/gu) ?? []) known.add(name);
const owners: Readonly<Record<string, Set<string>>> = {
  server: declared(['src/server/server.ts']),
  connection: declared([
    'src/core/connection/connection.ts',
    'src/server/server-connection.ts',
    'src/client/client-connection.ts',
  ]),
  request: declared(['src/server/options.ts']),
  event: declared(['src/core/connection/close-event.ts']),
  error: declared(['src/core/errors.ts']),
};

/** The names of a span that nothing of this package has. */
function unknown(span: string): string[] {
  const code = span.replaceAll(/'[^']*'|\b(?:true|false|ws)\b/gu, '');
  const wrong = (code.match(/[A-Za-z_]\w*/gu) ?? []).filter((name) => !known.has(name) && owners[name] === undefined);
  const [, owner = '', member = ''] = /^(\w+)\.(\w+)/u.exec(code) ?? [];
  if (owner !== '' && owners[owner]?.has(member) !== true) wrong.push(`${owner}.${member}`);
  return wrong.map((name) => `${name} in ${span}`);
}

/** The plain names in the first column of the table below a heading. */
function optionsOf(page: string, heading: string): string[] {
  const section = page.split(/^## /mu).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const spans = ['Socket.IO', 'uWebSockets.js'].flatMap((head) => columnOf(section, head)).flatMap(codeSpans);
  return spans.filter((span) => /^\w+$/u.test(span));
}

describe('the tables', () => {
  for (const [name, page] of Object.entries(pages)) {
    test(`${name}: what they name of this package exists`, () => {
      const spans = columnOf(page, 'here').flatMap(codeSpans);
      assert.ok(spans.length > 60, 'the page has its tables');
      assert.deepEqual(spans.flatMap(unknown), []);
    });
  }

  test('the check sees a name that does not exist', () => {
    assert.deepEqual(unknown('connection.emit(data)'), [
      'emit in connection.emit(data)',
      'connection.emit in connection.emit(data)',
    ]);
    assert.deepEqual(unknown('server.context'), ['server.context in server.context']);
    assert.deepEqual(unknown('limits: { maxPayload }'), ['maxPayload in limits: { maxPayload }']);
  });

  test('each setting of compression is one that a server takes', () => {
    const settings = columnOf(uws, 'here')
      .flatMap(codeSpans)
      .filter((span) => /^compression: [{tf]/u.test(span));
    assert.ok(settings.length > 8);
    for (const setting of settings) createServer(new Function(`return { ${setting} }`)() as object);
  });

  test('an option of the others is refused with advice', async () => {
    const { 'from-socket-io.md': socketIo } = pages;
    const forServers = [...optionsOf(socketIo, 'Options of the server'), ...optionsOf(uws, 'Options of `ws`')];
    const forClients = optionsOf(socketIo, 'Options of the client');
    assert.ok(forServers.length > 25 && forClients.length > 35);
    const ours = new Set(['idleTimeout', 'maxLifetime', 'compression']); // same name, other unit or values
    const advice = { code: 'ERR_WS_OPTION', message: /^\w+ \(5\) is not an option: (?!the options are|did you mean)/u };
    for (const name of forServers)
      if (!ours.has(name)) assert.throws(() => createServer({ [name]: 5 } as object), advice);
    for (const name of forClients) await assert.rejects(connect('ws://127.0.0.1:1/', { [name]: 5 } as object), advice);
  });

  test('what createServer says to an option of uWebSockets.js is what the page shows', () => {
    const [, shown] = /```text\n(.*)\n```/u.exec(uws) ?? [];
    const error = { code: 'ERR_WS_OPTION', message: shown };
    assert.throws(() => createServer({ maxPayloadLength: 16384 } as object), error);
  });
});

test('the program for users of uWebSockets.js', (context) =>
  leavingNothing(async (scope) => {
    const environment = { PORT: '0', NODE_TEST_CONTEXT: undefined };
    const parameters = ['--input-type=module', '--eval', programOf(uws, 'With this package')];
    const server = new Command(context, parameters, { environment });
    const [host] = await server.seen(/127\.0\.0\.1:\d+/u);
    await rooms(scope, host);
    server.signal('SIGTERM');
    assert.equal(await server.exit, 0);
    assert.equal(server.stderr, '');
  }, CHILD_PATIENCE)());

/** What both programs do. */
async function rooms(scope: Scope, host: string): Promise<void> {
  const health = await fetch(`http://${host}/health`, { headers: { Connection: 'close' } });
  assert.equal(await health.text(), 'ok\n');
  await assert.rejects(connect(`ws://${host}/rooms/blue`), { code: 'ERR_WS_REFUSED', status: 401 });
  await assert.rejects(connect(`ws://${host}/elsewhere`), { code: 'ERR_WS_REFUSED', status: 404 });

  const ann = await enter(scope, `ws://${host}/rooms/blue?user=ann`);
  assert.equal(await ann.heard.next(), '1 in blue');
  const ben = await enter(scope, `ws://${host}/rooms/blue?user=ben`);
  assert.equal(await ben.heard.next(), '2 in blue');
  const eve = await enter(scope, `ws://${host}/rooms/red?user=eve`);
  assert.equal(await eve.heard.next(), '1 in red');
  assert.equal(await ann.heard.next(), 'ben is here');

  ben.connection.send('Hello'.repeat(500));
  assert.equal(await ann.heard.next(), `ben: ${'Hello'.repeat(500)}`);
  ben.connection.send(Uint8Array.of(0, 255));
  assert.deepEqual(await ben.heard.next(), Buffer.of(0, 255));
  ben.connection.send(new Uint8Array(64 * 1024 + 1));
  assert.equal((await ben.connection.closed).code, 1009);
  assert.equal(await ann.heard.next(), 'ben has left');
  for (const { connection } of [ann, eve]) await connection.close(1000);
  assert.deepEqual([...ann.heard.rest, ...ben.heard.rest, ...eve.heard.rest], []);
}

interface Guest {
  readonly connection: ClientConnection;
  readonly heard: Inbox<string | Buffer>;
}

async function enter(scope: Scope, url: string): Promise<Guest> {
  const heard = new Inbox<string | Buffer>();
  const handlers = { message: (_: ClientConnection, data: string | Buffer) => heard.push(data) };
  const connection = await connect(url, { compression: true, handlers });
  scope.defer(() => connection.terminate());
  return { connection, heard };
}
