// The examples of docs/resuming.md about the server.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { completeResume } from '../../src/resume/server/options.ts';
import { ResumingClient } from '../resume/server/resuming-client.ts';
import { CHILD_PATIENCE, Command, repository } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';

const page = readFileSync(join(repository, 'docs/resuming.md'), 'utf8');

/** The example that contains `text`, on a free port. */
function example(text: string): string {
  const code = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
  const found = code.filter((block) => block.includes(text));
  assert.equal(found.length, 1, text);
  return (found[0] as string).replace('8080', '0');
}

test('the server: one connection over a break', (context) =>
  leavingNothing(async () => {
    const command = new Command(context, ['--input-type=module', '--eval', example("'you were away'")]);
    const [, port = ''] = await command.seen(/ready on port (\d+)/);
    const url = `ws://127.0.0.1:${port}`;
    const client = new ResumingClient();
    await client.open(url);
    client.end.send('hi');
    assert.deepEqual(await client.received.take(2), ['welcome', 'you said hi']);
    await client.cut();
    await command.seen(/away 22/);
    client.end.send('still here');
    await client.open(url);
    await command.seen(/back undefined/);
    assert.deepEqual(await client.received.take(2), ['you were away', 'you said still here']);
    client.end.close(1000, '');
    await client.connection?.closed;
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('who may resume', (context) =>
  leavingNothing(async () => {
    const command = new Command(context, ['--input-type=module', '--eval', example('authorize:')]);
    const [, port = ''] = await command.seen(/ready on port (\d+)/);
    const url = `ws://127.0.0.1:${port}`;
    const client = new ResumingClient({ startsAnew: false });
    await client.open(url, { headers: { Cookie: 'key=1' } });
    await client.cut();
    assert.equal((await client.open(url, { headers: { Cookie: 'key=1' } })).isResumed, true);
    client.end.send('block me');
    assert.equal(await client.received.next(), 'done');
    await client.cut();
    await client.dial(url, { headers: { Cookie: 'key=1' } });
    const { code } = await client.ends.next();
    assert.equal(code, 4706);
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('restarts: the next process goes on with the sessions of the one before', (context) =>
  leavingNothing(async (scope) => {
    const directory = mkdtempSync(join(tmpdir(), 'sessions-'));
    scope.defer(() => rmSync(directory, { recursive: true, force: true }));
    const code = example('fileStore({ directory').replace('./sessions', directory);
    const client = new ResumingClient();
    for (const turn of [1, 2]) {
      const command = new Command(context, ['--input-type=module', '--eval', code]);
      const [, port = ''] = await command.seen(/ready on port (\d+)/);
      const { isResumed } = await client.open(`ws://127.0.0.1:${port}`);
      assert.equal(isResumed, turn === 2);
      client.end.send(`turn ${turn}`);
      assert.equal(await client.received.next(), `turn ${turn}`);
      command.signal('SIGTERM');
      await client.interruptions.next();
      await command.exit;
    }
  }, CHILD_PATIENCE)());

test('the table of bounds has the defaults of the code', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+)( [KM]iB)? \|/gm)];
  const defaults = completeResume({}) as unknown as Record<string, number>;
  assert.equal(rows.length, 10);
  for (const [, name = '', digits = '', unit = ''] of rows) {
    const factor = unit === '' ? 1 : unit === ' KiB' ? 2 ** 10 : 2 ** 20;
    assert.equal(defaults[name], Number(digits.replaceAll(',', '')) * factor, name);
  }
});
