// What an idle connection consists of in V8's heap: snapshots of our child before and after many connections.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './harness/child.ts';
import { headOf } from './harness/machine.ts';
import { memoryOf } from './harness/measure.ts';
import { commandOf, isOurs, labelOf, type PeerName } from './harness/peers.ts';
import { IdleLoad } from './load/idle-load.ts';
import { UsageError } from './options.ts';
import { type HeapSnapshot, heapTable } from './report/heap-table.ts';
import { sentenceOf } from './report/markdown.ts';
import type { RunSettings } from './run.ts';
import type { Workload } from './workload.ts';

/** Parts before the tables. */
const HEADING = 2;
const CONNECTIONS = 2_000;
/** Opened and closed before, so that code and pools are there. */
const PRACTICE = 500;

/**
 * Prints a table for each server, and writes all of them.
 *
 * @param directory  gets `heap.md`
 * @throws UsageError when the row is not about idle connections
 */
export async function heapRows(chosen: readonly Workload[], settings: RunSettings, directory: string): Promise<void> {
  if (!chosen.every(({ kind }) => kind === 'idle'))
    throw new UsageError('--heap is for the row P6: npm run bench -- P6 --heap');
  const servers = settings.servers ?? ['harmony'];
  const parts = [
    '# The heap of an idle connection',
    `${sentenceOf(headOf(settings))} ${CONNECTIONS.toLocaleString('en-US')} connections; memory outside V8's heap, such as sockets of the system, is not in it.`,
  ];
  for (const name of servers) {
    let table: string;
    try {
      table = await tableOf(name as PeerName, settings);
    } catch (error) {
      console.error(`${labelOf(name)} has no snapshot of its heap: ${(error as Error).message}`);
      process.exitCode = 1;
      continue;
    }
    console.log(`${labelOf(name)}, Node ${settings.node.version}\n\n${table}\n`);
    parts.push(`## ${labelOf(name)}`, table);
  }
  if (parts.length === HEADING) return;
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'heap.md');
  writeFileSync(file, `${parts.join('\n\n')}\n`);
  console.log(`in ${file}`);
}

async function tableOf(name: PeerName, { node, nodeFlags = [] }: RunSettings): Promise<string> {
  const task = { kind: 'echo', message: { size: 64, opcode: 1 }, isPinged: true };
  const child = new Child(commandOf('server', name, node, isOurs(name) ? nodeFlags : []), task);
  const load = new IdleLoad();
  try {
    const port = await child.ready();
    const practice = new IdleLoad();
    await practice.open(port, PRACTICE);
    practice.close();
    const before = await snapshotOf(child);
    await load.open(port, CONNECTIONS);
    const after = await snapshotOf(child);
    load.check();
    return heapTable(before, after, CONNECTIONS);
  } finally {
    load.close();
    await child.stop();
  }
}

async function snapshotOf(child: Child): Promise<HeapSnapshot> {
  await memoryOf(child);
  const { file } = (await child.ask('snapshot')) as { file: string };
  const snapshot = JSON.parse(readFileSync(file, 'utf8')) as HeapSnapshot;
  rmSync(file);
  return snapshot;
}
