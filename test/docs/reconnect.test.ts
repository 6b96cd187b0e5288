// The examples of docs/reconnect.md, and those of docs/resuming.md about the client.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { outboxDefaults, reconnectDefaults } from '../../src/client/reconnect/options.ts';
import { createServer, refuse } from '../../src/engine/index.ts';
import { resumeClientDefaults } from '../../src/resume/client/options.ts';
import { CHILD_PATIENCE, Command, repository } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

/** The example of a page that contains `text`, with another port. */
function example(page: string, text: string, port: number): string {
  const code = [...readFileSync(join(repository, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  const found = code.map((match) => match[1] ?? '').filter((block) => block.includes(text));
  assert.equal(found.length, 1, text);
  return (found[0] as string).replace(/808\d/, String(port));
}

test('a client that comes back', (context) =>
  leavingNothing(async (scope) => {
    const received = new Inbox<string>();
    const server = createServer({
      message(connection, data) {
        received.push(String(data));
        connection.send(`you said ${data}`);
      },
    });
    scope.defer(() => server.close());
    const { port } = await server.listen({ host: '127.0.0.1' });
    const command = new Command(context, [
      '--input-type=module',
      '--eval',
      example('docs/reconnect.md', 'gaveUp:', port),
    ]);
    await command.seen(/attempt 1/);
    assert.deepEqual(await received.take(2), ['hello', 'sent while connecting']);
    await command.seen(/got you said sent while connecting/);
    for (const connection of server.connections) connection.terminate();
    await command.seen(/closed 1006\nwait for true ERR_WS_LOST\nattempt 2/);
    assert.equal(await received.next(), 'hello');
    for (const connection of server.connections) void connection.close(4001, 'enough');
    await command.seen(/closed 4001/);
    await command.seen(/the client does not connect again: the answer is final/);
    await command.exit;
  }, CHILD_PATIENCE)());

test('a URL and headers that change', (context) =>
  leavingNothing(async (scope) => {
    const server = createServer({
      upgrade: ({ headers }) => (headers.authorization === 'Bearer token-2' ? undefined : refuse(401)),
    });
    scope.defer(() => server.close());
    const { port } = await server.listen({ host: '127.0.0.1' });
    const code = example('docs/reconnect.md', 'freshToken', port);
    const command = new Command(context, ['--input-type=module', '--eval', code]);
    await command.seen(/open with 2/);
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('a client that resumes', (context) =>
  leavingNothing(async (scope) => {
    const server = createServer({
      resume: true,
      message: (connection, data) => void connection.send(`you said ${data}`),
    });
    scope.defer(() => server.close());
    const { port } = await server.listen({ host: '127.0.0.1' });
    const code = example('docs/resuming.md', "console.log('interrupted', code)", port);
    const command = new Command(context, ['--input-type=module', '--eval', code]);
    await command.seen(/open\ngot you said hi/);
    for (const connection of server.connections) void connection.close(4002, 'done');
    await command.seen(/closed 4002 0/);
    await command.exit;
  }, CHILD_PATIENCE)());

test('the defaults of the pages', () => {
  const page = readFileSync(join(repository, 'docs/reconnect.md'), 'utf8');
  const { initial, max, factor, stableAfter, maxRetryAfter } = reconnectDefaults;
  const shown = (value: number): string => value.toLocaleString('en-US');
  for (const text of [
    `| ${shown(initial)} ms, ${shown(max)} ms, ${factor} |`,
    `| \`stableAfter\` | ${shown(stableAfter)} ms |`,
    `| \`maxRetryAfter\` | ${shown(maxRetryAfter)} ms |`,
    `| \`outbox\` | ${shown(outboxDefaults.maxMessages)} messages, ${outboxDefaults.maxBytes / 1024 / 1024} MiB |`,
  ])
    assert.ok(page.includes(text), text);
  const resuming = readFileSync(join(repository, 'docs/resuming.md'), 'utf8');
  const { maxQueuedBytes, replayBytes } = resumeClientDefaults;
  assert.ok(resuming.includes(`\`maxQueuedBytes\` (${maxQueuedBytes / 1024 / 1024} MiB)`));
  assert.ok(resuming.includes(`\`replayBytes\` (${replayBytes / 1024 / 1024} MiB)`));
});
