// The examples of docs/observing.md, as programs of their own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { transformSync } from 'esbuild';
import { connect } from '../../src/engine/index.ts';
import { Command, repository } from '../support/command.ts';

const page = readFileSync(join(repository, 'docs/observing.md'), 'utf8');

/** The example that contains `text`, on free ports. */
function example(text: string): string {
  const code = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
  const found = code.filter((block) => block.includes(text));
  assert.equal(found.length, 1, text);
  const free = (found[0] as string).replace('port: 8080', 'port: 0').replace('port: 9229', 'port: 0');
  return transformSync(free, { loader: 'ts' }).code;
}

const echo = `
import { createServer } from 'harmony-websocket/engine';
const server = createServer({ message(connection, data) { connection.send(data); } });
const { port } = await server.listen({ port: 0 });
console.log('ready on port ' + port);
`;

/** Runs a program with a server in it. */
async function program(context: TestContext, code: string, environment: Record<string, string> = {}) {
  const command = new Command(context, ['--input-type=module', '--eval', code], { environment });
  const [, port = ''] = await command.seen(/ready on port (\d+)/);
  return { command, url: `ws://127.0.0.1:${port}/chat?room=1` };
}

/** A client says `hello`, pings, and leaves. */
async function converse(url: string): Promise<void> {
  const connection = await connect(url, { headers: { Cookie: 'sid=secret' } });
  const messages = connection[Symbol.asyncIterator]();
  connection.send('hello');
  await messages.next();
  connection.ping();
  await connection.close(1000);
}

describe('docs/observing.md', () => {
  test('Chrome DevTools: the inspector prints its URL', async (context) => {
    const { command } = await program(context, example('createInspector(server'));
    const [, socket = ''] = await command.seen(
      /devtools:\/\/devtools\/bundled\/js_app\.html\?ws=([^&\s]+)&panel=network/,
    );
    const told: string[] = [];
    const devtools = await connect(`ws://${socket}`, {
      handlers: { message: (_, data) => void told.push(String(data)) },
    });
    devtools.send('{"id":1,"method":"Network.enable"}');
    devtools.send('{"id":2,"method":"Log.enable"}');
    while (!told.some((text) => text.includes('"id":2'))) await new Promise((resolve) => setTimeout(resolve, 20));
    devtools.terminate();
  });

  test('NODE_DEBUG: the lines of the page', async (context) => {
    const { command, url } = await program(context, echo, { NODE_DEBUG: 'harmony-websocket' });
    await converse(url);
    await command.seen(/#1 closed/, 'stderr');
    const [, listed = ''] = /```text\n([\s\S]*?)```/.exec(page) ?? [];
    const plain = (text: string) =>
      text.replace(/harmony-websocket \d+: /g, '').replace(/127\.0\.0\.1:\d+/g, 'ADDRESS');
    const printed = plain(command.stderr).split('\n');
    for (const line of plain(listed).trim().split('\n'))
      assert.ok(printed.includes(line), `${line}\n${printed.join('\n')}`);
    assert.doesNotMatch(command.stderr, /secret/);
    assert.match(command.stderr, /< Cookie: \*\*\*/);
  });

  test('a logger', async (context) => {
    const { command, url } = await program(context, example('const logger = {'));
    await converse(url);
    await command.seen(/info #\d+ open \/chat\?room=1 127\.0\.0\.1:\d+\n[\s\S]*info #\d+ closed 1000 \(OK\)/);
    assert.doesNotMatch(command.stdout, /hello|secret/);
  });

  test('channels: a module that is loaded before a program that knows nothing of it', async (context) => {
    const { command, url } = await program(context, example("subscribe('harmony-websocket:open'") + echo);
    await converse(url);
    await command.seen(/open #(\d+) \/chat\?room=1\nreceived on #\1: hello\nsent on #\1: hello/);
  });

  test('an observer', async (context) => {
    const { command, url } = await program(context, example('observer: {'));
    await converse(url);
    await command.seen(/received 5 bytes on #\d+, 5 in all\nsent 5 bytes on #\d+, 10 in all/);
  });

  test('the table of channels has each channel that there is', () => {
    const source = readFileSync(join(repository, 'src/observe/channels.ts'), 'utf8');
    const names = [...source.matchAll(/channel\(`\$\{PREFIX\}([\w:]+)`\)/g)].map(([, name = '']) => name);
    assert.equal(names.length, 10);
    for (const name of names) assert.match(page, new RegExp(`^\\| .*\`${name}\``, 'm'), name);
  });
});
