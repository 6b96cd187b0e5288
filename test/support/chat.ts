// The conversation that both chats of docs/from-socket-io.md must have: a stranger is refused; Ann and Ben meet in a room.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from './command.ts';
import type { Scope } from './handles.ts';

/**
 * Runs a server with its clients, and lets Ann and Ben talk.
 *
 * @param folder  where the programs are saved
 * @returns what the server printed
 */
export async function chat(scope: Scope, folder: string, server: string, client: string): Promise<string> {
  writeFileSync(join(folder, 'server.mjs'), server);
  writeFileSync(join(folder, 'client.mjs'), client);
  const environment = { PORT: '0', NODE_TEST_CONTEXT: undefined, NO_PROXY: '127.0.0.1' };
  const start = (...parameters: string[]) =>
    new Command({ after: (task) => scope.defer(task) }, parameters, { folder, environment });
  const running = start('server.mjs');
  const [address] = await running.seen(/\w+:\/\/127\.0\.0\.1:\d+/u);

  const stranger = start('client.mjs', address, 'token-of-nobody');
  await stranger.seen(/^refused: unknown token$/mu);
  assert.equal(await stranger.exit, 1);

  const ann = start('client.mjs', address, 'token-of-ann');
  await ann.seen(/^members of blue: 1$/mu);
  const ben = start('client.mjs', address, 'token-of-ben');
  await ben.seen(/^members of blue: 2$/mu);
  await ann.seen(/^ben is online$/mu);
  ben.write('blue Hello, Ann\n');
  await ben.seen(/^sent$/mu);
  await ann.seen(/^ben: Hello, Ann$/mu);
  ben.write('red Hello\n');
  await ben.seen(/^not sent: join red first$/mu);
  ben.process.stdin?.end();
  await ann.seen(/^ben is offline$/mu);
  assert.equal(await ben.exit, 0);
  assert.equal(ben.stdout, 'members of blue: 2\nsent\nnot sent: join red first\n');
  ann.process.stdin?.end();
  assert.equal(await ann.exit, 0);
  assert.equal(ann.stdout, 'members of blue: 1\nben is online\nben: Hello, Ann\nben is offline\n');
  running.signal('SIGTERM');
  assert.equal(await running.exit, 0);
  assert.equal(ann.stderr + ben.stderr + running.stderr, '');
  return running.stdout;
}
