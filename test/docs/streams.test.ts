// The examples of docs/streams.md: an upload into a file, a file as a message, and a proxy that holds no message.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, MessageStream } from '../../src/engine/index.ts';
import { CHILD_PATIENCE, Command } from '../support/command.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { pattern } from '../support/hex.ts';
import { pageText, programFolder, programOf } from '../support/page.ts';

const page = pageText('streams.md');
const programs = new URL('.programs/', import.meta.url);

/** Starts the server below a heading, in its own folder. */
async function serve(context: TestContext, scope: Scope, heading: string) {
  const folder = programFolder(scope, programs);
  writeFileSync(join(folder, 'server.mjs'), programOf(page, heading).replace('8080', '0'));
  const command = new Command(context, ['server.mjs'], { folder });
  scope.defer(async () => {
    command.signal('SIGKILL');
    await command.exit;
  });
  const [, port = ''] = await command.seen(/ready on port (\d+)/u);
  return { folder, url: `ws://127.0.0.1:${port}/` };
}

test('a file of 3 MiB is sent by the one example and stored by the other', (context) =>
  leavingNothing(async (scope) => {
    const { folder, url } = await serve(context, scope, 'An upload into a file');
    const bytes = pattern(3 * 2 ** 20);
    writeFileSync(join(folder, 'client.mjs'), programOf(page, 'A file as a message'));
    writeFileSync(join(folder, 'file.bin'), bytes);
    const client = new Command(context, ['client.mjs', url, 'file.bin'], { folder });
    await client.seen(/stored: 3145728\n/u);
    assert.equal(await client.exit, 0);
    assert.ok(readFileSync(join(folder, 'upload.bin')).equals(bytes));
    const connection = await connect(url);
    connection.send('abc');
    assert.equal((await connection[Symbol.asyncIterator]().next()).value, 'small: 3');
    connection.terminate();
  }, CHILD_PATIENCE)());

test('the proxy passes on messages, text and binary', (context) =>
  leavingNothing(async (scope) => {
    const { url } = await serve(context, scope, 'A proxy that holds no message');
    const [from, to] = [await connect(url), await connect(url, { streamAbove: 0 })];
    const messages = to[Symbol.asyncIterator]();
    for (const data of ['é'.repeat(200_000), Buffer.from(pattern(500_000)), '']) {
      from.send(data);
      const { value } = await messages.next();
      assert.ok(value instanceof MessageStream);
      const got = typeof data === 'string' ? await value.text() : await value.bytes();
      assert.deepEqual(got, data);
    }
    for (const connection of [from, to]) connection.terminate();
  }, CHILD_PATIENCE)());
