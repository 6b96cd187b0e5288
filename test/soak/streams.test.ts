// Messages of some MiB between a server and clients, both ways and through an echo that passes them on, with and without
// compression; and clients that die in the middle. `npm run soak -- --streams` does the same with 2 GiB, and watches memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handlesBecome, openHandles } from '../support/handles.ts';
import { streamServer, tasksOf, transfer } from './streams/transfer.ts';

const MEBIBYTE = 2 ** 20;

test('streams of messages: every byte, both ways, and nothing is left of those that are cut', async () => {
  const before = openHandles();
  const violations: string[] = [];
  const server = streamServer((text) => violations.push(text));
  const { port } = await server.listen({ host: '127.0.0.1' });
  const all = [...tasksOf(64 * MEBIBYTE).slice(0, 5), ...tasksOf(8 * MEBIBYTE).slice(5)];
  for (const { name, task, compression } of all) {
    assert.equal(await transfer(task, port, compression), 'ok', name);
  }
  await server.close();
  assert.deepEqual(violations, []);
  await handlesBecome(before);
});
