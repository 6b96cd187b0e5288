// The examples of docs/production.md. The first one, for the end of a process: test/faults/termination.test.ts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { CHILD_PATIENCE, Command, repository } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';

const page = readFileSync(join(repository, 'docs/production.md'), 'utf8');

/** The example that contains `text`, on a free port. */
function example(text: string): string {
  const code = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
  const found = code.filter((block) => block.includes(text));
  assert.equal(found.length, 1, text);
  return (found[0] as string).replace('8080', '0');
}

test('mistakes of your own: a message that a handler fails on ends its connection, and no other', (context) =>
  leavingNothing(async () => {
    const command = new Command(context, ['--input-type=module', '--eval', example('failed(error, subject)')]);
    const [, port = ''] = await command.seen(/ready on port (\d+)/);
    const url = `ws://127.0.0.1:${port}`;
    const [good, bad, worse] = await Promise.all([connect(`${url}/`), connect(`${url}/bad`), connect(`${url}/worse`)]);
    bad.send('no JSON');
    assert.equal((await bad.closed).code, 1011);
    worse.send('{"question":"why?"}');
    const { code, reason } = await worse.closed;
    assert.deepEqual({ code, reason }, { code: 1011, reason: 'internal error' });
    good.send('{"question":"ping"}');
    assert.equal((await good[Symbol.asyncIterator]().next()).value, 'pong');
    good.terminate();
    command.signal('SIGTERM');
    await command.exit;
    assert.match(command.stderr, /\/bad SyntaxError[\s\S]*\/worse Error: no answer to why\?/);
  }, CHILD_PATIENCE)());

test('large binary messages: one that is lent is published as it came', (context) =>
  leavingNothing(async () => {
    const command = new Command(context, ['--input-type=module', '--eval', example("binaryMessages: 'lent'")]);
    const [, port = ''] = await command.seen(/ready on port (\d+)/);
    const [from, to] = await Promise.all([0, 1].map(() => connect(`ws://127.0.0.1:${port}/`)));
    const messages = to?.[Symbol.asyncIterator]();
    for (const size of [10, 100_000, 5000]) {
      from?.send(Buffer.alloc(size, size));
      assert.deepEqual((await messages?.next())?.value, Buffer.alloc(size, size));
    }
    for (const connection of [from, to]) connection?.terminate();
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());
