// The examples of docs/production.md on what stands in front of a server, of docs/routing.md, and of proxies in docs/client.md.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { connect } from '../../src/engine/index.ts';
import { Routes } from '../../src/server/routes.ts';
import { certificates } from '../support/certificates.ts';
import { CHILD_PATIENCE, Command, repository } from '../support/command.ts';
import { listen, open } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { requestHandshake, upgradeRequest } from '../support/handshake.ts';
import { connectRaw } from '../support/raw-peer.ts';
import { listenSocks } from '../support/socks-server.ts';

/** The example of a page that contains `text`, on a free port. */
function example(page: string, text: string): string {
  const code = [...readFileSync(join(repository, 'docs', page), 'utf8').matchAll(/^```[tj]s\n([\s\S]*?)^```$/gm)];
  const found = code.map((match) => match[1] ?? '').filter((block) => block.includes(text));
  assert.equal(found.length, 1, text);
  return (found[0] as string).replace('8080', '0');
}

test('behind a load balancer of TCP: the client of its header', (context) =>
  leavingNothing(async (scope) => {
    const code = example('production.md', 'proxyProtocol: true');
    const command = new Command(context, ['--input-type=module', '--eval', code]);
    const [, port = ''] = await command.seen(/on port (\d+)/);
    const peer = await connectRaw(scope, Number(port));
    peer.write('PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n');
    await requestHandshake(peer);
    await command.seen(/client 203\.0\.113\.9 false/);
    peer.destroy();
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('behind a proxy of HTTP: what its field says', (context) =>
  leavingNothing(async (scope) => {
    const code = example('production.md', "forwarding: 'forwarded'");
    const command = new Command(context, ['--input-type=module', '--eval', code]);
    const [, port = ''] = await command.seen(/on port (\d+)/);
    for (const [proto, status] of [
      ['https', 101],
      ['http', 403],
    ] as const) {
      const peer = await connectRaw(scope, Number(port));
      peer.write(upgradeRequest({ Forwarded: `for="[2001:db8::5]:4711";proto=${proto};host=chat.example` }));
      assert.match(await peer.readHead(), new RegExp(`^HTTP/1.1 ${status} `));
      await command.seen(new RegExp(`2001:db8::5 ${proto === 'https'} chat\\.example`));
      peer.destroy();
    }
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('a Unix socket', (context) =>
  leavingNothing(async (scope) => {
    const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-'));
    scope.defer(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'chat.sock');
    const code = example('production.md', "path: './chat.sock'").replaceAll('./chat.sock', path);
    const command = new Command(context, ['--input-type=module', '--eval', code]);
    await command.seen(/ready at .*chat\.sock/);
    assert.equal(statSync(path).mode & 0o777, 0o660);
    const client = await connect(`ws+unix://${path}:/room`);
    client.send('hi');
    assert.equal((await client[Symbol.asyncIterator]().next()).value, 'hi');
    client.terminate();
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('a SOCKS proxy', (context) =>
  leavingNothing(async (scope) => {
    const { port: target } = await listen(scope);
    const { port, requests } = await listenSocks(scope, target, { login: { username: 'user', password: 'password' } });
    const code = example('client.md', 'socks5h://user:password@').replace(':1080', `:${port}`);
    const command = new Command(context, ['--input-type=module', '--eval', code]);
    await command.seen(/connected to ws:\/\/chat\.example\//);
    assert.deepEqual(requests, ['login user:password', '5 name chat.example:80']);
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('certificates: new ones by a signal, others by name', (context) =>
  leavingNothing(async (scope) => {
    const { directory, server, wrongHost } = certificates();
    const folder = mkdtempSync(join(directory, 'page-'));
    const write = (name: string, { cert, key }: { cert: string; key: string }): void => {
      writeFileSync(join(folder, `${name}cert.pem`), cert);
      writeFileSync(join(folder, `${name}key.pem`), key);
    };
    const subject = async (port: string, servername: string): Promise<string> => {
      const socket = connectTls({ host: '127.0.0.1', port: Number(port), servername, rejectUnauthorized: false });
      scope.defer(() => socket.destroy());
      await once(socket, 'secureConnect');
      const { subjectaltname = '' } = socket.getPeerCertificate();
      socket.destroy();
      return subjectaltname;
    };
    write('', server);
    write('chat-', wrongHost);
    const code = (text: string): string[] => {
      const inFolder = example('production.md', text).replace(/readFileSync\('/g, `readFileSync('${folder}/`);
      return ['--input-type=module', '--eval', inFolder.replace('error.message, error.cause', 'error.message')];
    };
    const renewing = new Command(context, code('SIGHUP'));
    const [, port = ''] = await renewing.seen(/ready on port (\d+)/);
    assert.match(await subject(port, 'localhost'), /localhost/);
    write('', { cert: wrongHost.cert, key: server.key });
    renewing.signal('SIGHUP');
    await renewing.seen(/tls\.key is not usable/, 'stderr');
    assert.match(await subject(port, 'localhost'), /localhost/);
    write('', wrongHost);
    renewing.signal('SIGHUP');
    await renewing.seen(/new certificate/);
    assert.match(await subject(port, 'localhost'), /other\.example/);
    renewing.signal('SIGTERM');
    await renewing.exit;

    write('', server);
    const naming = new Command(context, code('rooms.example'));
    const [, other = ''] = await naming.seen(/names on port (\d+)/);
    assert.match(await subject(other, 'localhost'), /localhost/);
    for (const name of ['chat.example', 'a.rooms.example']) assert.match(await subject(other, name), /other\.example/);
    naming.signal('SIGTERM');
    await naming.exit;
  }, CHILD_PATIENCE)());

test('paths: handlers, parameters, another path', (context) =>
  leavingNothing(async (scope) => {
    const command = new Command(context, ['--input-type=module', '--eval', example('routing.md', "'/news'")]);
    const [, port = ''] = await command.seen(/paths on port (\d+)/);
    const base = `ws://127.0.0.1:${port}`;
    const [one, two] = [await open(scope, `${base}/chat/tea`), await open(scope, `${base}/chat/t%65a`)];
    one.send('hi');
    for (const client of [one, two]) assert.equal((await client[Symbol.asyncIterator]().next()).value, 'hi');
    const news = await open(scope, `${base}/news`);
    assert.equal((await news[Symbol.asyncIterator]().next()).value, 'nothing new');
    const inbox = await open(scope, `${base}/users/ann/inbox`, { headers: { Authorization: 'Bearer ann' } });
    inbox.send('x');
    assert.equal((await inbox[Symbol.asyncIterator]().next()).value, 'ann wrote x');
    inbox.send('x'.repeat(1025));
    assert.equal((await inbox.closed).code, 1009);
    await rejectsWith(connect(`${base}/users/ann/inbox`), 'ERR_WS_REFUSED', 'this is not your inbox');
    await rejectsWith(connect(`${base}/chat`), 'ERR_WS_REFUSED', '/chat/:room, /users/:name/inbox, /news');
    await command.seen(/\/users\/ann\/inbox closed with/);
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('paths: the members of a room', (context) =>
  leavingNothing(async (scope) => {
    const command = new Command(context, ['--input-type=module', '--eval', example('routing.md', 'server.members')]);
    const [, port = ''] = await command.seen(/rooms on port (\d+)/);
    const ann = await open(scope, `ws://127.0.0.1:${port}/chat/tea/ann`);
    const messages = ann[Symbol.asyncIterator]();
    assert.equal((await messages.next()).value, 'here are ann');
    await open(scope, `ws://127.0.0.1:${port}/chat/tea/bob`);
    assert.equal((await messages.next()).value, 'here are ann and bob');
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('the table of paths in docs/routing.md', () => {
  const routes = new Routes({ '/chat/:room': true });
  const page = readFileSync(join(repository, 'docs/routing.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (`\/.*) \| (?:`room` is `([^`]*)`|404)/gm)];
  assert.equal(rows.length, 7);
  for (const [, targets = '', room] of rows) {
    for (const [, target = ''] of targets.matchAll(/`([^`]*)`/g)) {
      assert.deepEqual(
        routes.find(target) && routes.paramsOf(target),
        room === undefined ? undefined : { room },
        target,
      );
    }
  }
});

test('requests and replies: a reply, an error, the time, a signal, the bound, the end', (context) =>
  leavingNothing(async () => {
    const code = example('routing.md', 'class Requests');
    const more = `
      const told = async (promise) => console.log(await promise.catch(({ name, message }) => name + ': ' + message));
      await told(requests.request('fail'));
      await told(requests.request('never', { timeout: 20 }));
      await told(requests.request('x', { signal: AbortSignal.abort() }));
      const controller = new AbortController();
      const aborted = told(requests.request('never', { signal: controller.signal }));
      controller.abort(new Error('enough'));
      await aborted;
      const waiting = [told(requests.request('never')), told(requests.request('never'))];
      await told(requests.request('x'));
      requests.settle({ id: 99, body: 'nobody asked' });
      connection.close();
      await Promise.all(waiting);
      await told(requests.request('x'));
      await server.close();`;
    const command = new Command(context, ['--input-type=module', '--eval', code + more]);
    await command.exit;
    assert.equal(command.stderr, '');
    assert.deepEqual(command.stdout.trim().split('\n'), [
      'hello, too',
      'Error: it failed',
      'TimeoutError: The operation was aborted due to timeout',
      'AbortError: This operation was aborted',
      'Error: enough',
      'Error: 2 requests wait for their replies',
      'Error: connection closed with 1005 before the reply',
      'Error: connection closed with 1005 before the reply',
      'Error: connection is not open',
    ]);
  }, CHILD_PATIENCE)());
