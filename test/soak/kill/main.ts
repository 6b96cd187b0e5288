// `npm run soak -- --resume --kill`: kills a server in both modes, and tells what a message costs in each mode. Returns markdown and
// whether all holds.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../../src/engine/index.ts';
import { KilledServer, type Mode } from './killed-server.ts';
import { type KillResult, runKills } from './run.ts';

const MEASURED = 40_000;
/** Messages that each client has on their way. */
const WINDOW = 4;

export async function killReport(kills: number, clients: number, date: string): Promise<[string, KillResult[]]> {
  const results: KillResult[] = [];
  for (const mode of ['ahead', 'spill'] as const) {
    results.push(await runKills({ mode, clients, kills, rate: 2_000, between: 1_000 }));
    console.log(`${mode}: done`);
  }
  const costs: [Mode, number][] = [];
  for (const mode of ['none', 'spill', 'ahead'] as const) costs.push([mode, await costOf(mode, clients)]);
  const row = (name: string, of: (result: KillResult) => string | number): string =>
    `| ${name} | ${results.map((result) => of(result).toLocaleString('en-US')).join(' | ')} |`;
  const lines = [
    `${date}, Node.js ${process.version}, ${clients} clients, ${kills} times \`kill -9\``,
    '',
    `| | ${results.map(({ settings }) => settings.mode).join(' | ')} |`,
    '|---|---:|---:|',
    row('messages to the server', ({ sent }) => sent),
    row('sessions resumed', ({ resumed }) => resumed),
    row('sessions lost, their clients told', ({ expired }) => expired),
    row('messages that were told to be unacknowledged', ({ told }) => told[0]),
    row('acknowledged messages of these sessions without an answer', ({ told }) => told[1]),
    row('messages handled again, with the same key', ({ twice }) => twice),
    row('lost and not told, out of order, or again with another key', ({ violations }) => violations.length),
    '',
    '| CPU of the server, message and answer | µs |',
    '|---|---:|',
    ...costs.map(
      ([mode, cost]) => `| ${mode === 'none' ? 'no store' : `\`fileStore\`, ${mode}`} | ${cost.toFixed(0)} |`,
    ),
    '',
  ];
  return [lines.join('\n'), results];
}

/** Microseconds of the server's CPU for a message and its answer, with all clients connected. */
async function costOf(mode: Mode, count: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'killed-'));
  const server = new KilledServer(join(directory, 'sessions'), '', mode);
  await server.start();
  let answers = 0;
  let isDone = false;
  const clients = Array.from({ length: count }, () =>
    connect(`ws://127.0.0.1:${server.port}/`, {
      resume: true,
      handlers: {
        open: (client) => {
          for (let sent = 0; sent < WINDOW; sent++) client.send('m'.repeat(100));
        },
        message: (client, data) => {
          answers++;
          if (!isDone) client.send(String(data));
        },
      },
    }),
  );
  const reached = async (wanted: number): Promise<void> => {
    while (answers < wanted) await delay(5);
  };
  try {
    await reached(MEASURED / 2);
    const [before, from] = [await server.figures(), answers];
    await reached(from + MEASURED);
    const [after, to] = [await server.figures(), answers];
    return (after.cpu - before.cpu) / (to - from);
  } finally {
    isDone = true;
    await Promise.all(clients.map((client) => client.close()));
    await server.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}
