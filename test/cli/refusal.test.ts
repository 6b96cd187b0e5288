// `connect` to servers that refuse: what they answered is printed, so far as it helps.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { run } from './command.ts';

/** What `connect` prints of a refusal. */
async function refused(t: TestContext, answer: (response: ServerResponse) => void, ...parameters: string[]) {
  const server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1');
  t.after(() => void server.close());
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const command = run(t, ['connect', url, ...parameters], { input: '' });
  assert.equal(await command.exit, 1);
  assert.equal(command.stdout, '');
  return command.stderr;
}

describe('connect: a refusal tells', { timeout: 120_000 }, () => {
  test('status, the fields that say what to do, and the text', async (t) => {
    const printed = await refused(t, (response) => {
      response.writeHead(401, 'Unauthorized', {
        'WWW-Authenticate': ['Basic realm="chat"', 'Bearer'],
        'Retry-After': '30',
        'Set-Cookie': 'session=1',
        'Content-Type': 'text/plain; charset=utf-8',
      });
      response.end('log in first\nsee https://chat.example/login\n');
    });
    const [first, ...details] = printed.split('\n');
    assert.match(first!, /^harmony-websocket: server answered 401 Unauthorized instead of 101 Switching Protocols; /);
    assert.deepEqual(details, [
      '  HTTP/1.1 401 Unauthorized',
      '  WWW-Authenticate: Basic realm="chat"',
      '  WWW-Authenticate: Bearer',
      '  Retry-After: 30',
      '',
      '  log in first',
      '  see https://chat.example/login',
      '',
    ]);
  });

  test('a redirect that is not followed: where it leads, and the flag that follows it', async (t) => {
    const printed = await refused(t, (response) => response.writeHead(302, { Location: '/elsewhere' }).end());
    assert.match(printed, /it redirects to "\/elsewhere": connect there, or raise --max-redirects/);
    assert.match(printed, /\n {2}Location: \/elsewhere\n/);
  });

  test('what a server says cannot steer the terminal, and does not show the credentials that were sent', async (t) => {
    const printed = await refused(
      t,
      (response) => {
        response.writeHead(403, { 'Content-Type': 'text/plain', Server: 'x\x9b2J' });
        response.end('bad token abcdefgh12345\x1b[2J; set maxRedirects');
      },
      '--header',
      'Authorization: Bearer abcdefgh12345',
    );
    assert.match(printed, /\n {2}bad token \*\*\*\\x1b\[2J; set maxRedirects\n/);
    assert.match(printed, /\n {2}Server: x\\x9b2J\n/);
    assert.doesNotMatch(printed, /abcdefgh|\p{Cc}(?<!\n)/u);
  });

  test('a long text is cut', async (t) => {
    const printed = await refused(t, (response) => {
      response.writeHead(500, { 'Content-Type': 'text/plain' }).end('line\n'.repeat(2000));
    });
    assert.equal(printed.match(/^ {2}line$/gm)?.length, 40);
    assert.match(printed, /\n {2}…\n$/);
  });

  test('a proxy that is not there: which, where it was set, and what to do in the environment', async (t) => {
    const environment = { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '' };
    const command = run(t, ['connect', 'ws://host.example/'], { input: '', environment });
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, /proxy 127\.0\.0\.1:1 .*HTTP_PROXY.*NO_PROXY\)?\n$/);
    assert.doesNotMatch(command.stderr, /proxy\.exclude/);
    assert.equal(command.stderr.match(/\(/g)?.length, command.stderr.match(/\)/g)?.length);
  });

  test('loopback is reached directly, even with a user name and a password', async (t) => {
    const url = `ws://user:secret@127.0.0.1:1/`;
    const command = run(t, ['connect', url], { input: '', environment: { HTTP_PROXY: 'http://127.0.0.1:2' } });
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, /^harmony-websocket: cannot connect to 127\.0\.0\.1:1 /);
  });
});
