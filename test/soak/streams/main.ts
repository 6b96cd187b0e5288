// `npm run soak -- --streams`: messages of gigabytes through two processes whose heap is 256 MiB, with and without
// compression, source and sink slow in turn, and clients that die in the middle. Exits 0 when every byte was right and
// memory stayed small.

import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Line, stackedCharts } from '../../../scripts/plot.ts';
import type { News, Order } from './process.ts';
import { tasksOf } from './transfer.ts';

const MEBIBYTE = 2 ** 20;
/** Of V8, in MiB. What the processes hold in buffers is judged by their RSS. */
const HEAP = 256;
/** By so much RSS may grow over that of a process that has begun, in MiB. */
const GROWTH = 128;

const help = `npm run soak -- --streams [options]

Sends one message of many bytes after another between two processes of a small heap: to the server, to the client, and
back while it arrives; with and without compression; source and sink slow in turn; and with clients that die in the middle.

  --mebibytes N  size of a message                    (default 2,048)
  --publish      also put the picture into docs/images
`;

interface Sample {
  /** Seconds since the beginning. */
  readonly time: number;
  readonly rss: number;
  readonly heap: number;
  readonly buffers: number;
  readonly late: number;
}

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--streams'),
  options: {
    mebibytes: { type: 'string', default: '2048' },
    publish: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help === true) {
  process.stdout.write(help);
  process.exit(0);
}
const size = Number(values.mebibytes) * MEBIBYTE;
const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
const samples = { server: [] as Sample[], client: [] as Sample[] };
const violations: string[] = [];
let heard: (news: News) => void = () => {};

function start(role: 'server' | 'client') {
  const path = fileURLToPath(new URL('process.ts', import.meta.url));
  const child = fork(path, [role], { execArgv: [`--max-old-space-size=${HEAP}`, '--import', 'tsx'] });
  child.on('message', (news: News) => {
    if (news.kind === 'sample') samples[role].push({ time: seconds(), ...news });
    else if (news.kind === 'violation') violations.push(news.text);
    else heard(news);
  });
  child.on('exit', (code, signal) => {
    if (isOver) return;
    console.error(`soak: the process of the ${role} ended by itself (${signal ?? `exit ${code}`})`);
    process.exit(1);
  });
  return child;
}

/** What the next news of a kind says. */
function next<Kind extends 'port' | 'done'>(kind: Kind): Promise<Extract<News, { kind: Kind }>> {
  return new Promise((resolve) => {
    heard = (news) => {
      if (news.kind === kind) resolve(news as Extract<News, { kind: Kind }>);
    };
  });
}

let isOver = false;
const server = start('server');
const { port } = await next('port');
const client = start('client');
for (const { name, task, compression } of tasksOf(size)) {
  const from = seconds();
  client.send({ task, compression, port } satisfies Order);
  const { outcome } = await next('done');
  if (outcome !== 'ok') violations.push(`${name}: ${outcome}`);
  const moved = (task.stopAt ?? task.size) / MEBIBYTE;
  const time = seconds() - from;
  console.log(`${name}: ${outcome}, ${Math.round(moved)} MiB in ${time.toFixed(1)} s; ${worst(from)}`);
}
isOver = true;
server.disconnect();
client.disconnect();

for (const role of ['server', 'client'] as const) {
  const before = samples[role][0]?.rss ?? 0;
  const most = Math.max(...samples[role].map(({ rss }) => rss));
  console.log(`${role}: RSS ${mebibytes(before)} at first, ${mebibytes(most)} at most`);
  if (most > before + GROWTH * MEBIBYTE) violations.push(`RSS of the ${role} grew by ${mebibytes(most - before)}`);
}
const out = fileURLToPath(new URL('../../../build/soak', import.meta.url));
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'streams.svg'), picture());
if (values.publish === true) {
  writeFileSync(fileURLToPath(new URL('../../../docs/images/streams.svg', import.meta.url)), picture());
}
for (const violation of violations) console.log(violation);
process.exitCode = violations.length === 0 ? 0 : 1;

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)} MiB`;
}

/** The largest RSS and the worst lateness since a time. */
function worst(from: number): string {
  return (['server', 'client'] as const)
    .map((role) => {
      const recent = samples[role].filter(({ time }) => time >= from);
      const rss = Math.max(0, ...recent.map((sample) => sample.rss));
      const late = Math.max(0, ...recent.map((sample) => sample.late));
      return `${role} RSS ${mebibytes(rss)}, late ${Math.round(late)} ms`;
    })
    .join('; ');
}

/** The highest of so many points in a row that a picture has some 300. */
function highest(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const each = Math.ceil(points.length / 300);
  const found: (readonly [number, number])[] = [];
  for (let at = 0; at < points.length; at += each) {
    found.push(points.slice(at, at + each).reduce((most, point) => (point[1] > most[1] ? point : most)));
  }
  return found;
}

function picture(): string {
  const x = { label: 'time, s' };
  const chart = (role: 'server' | 'client') => {
    const line = (name: string, value: (sample: Sample) => number): Line => ({
      name,
      points: highest(samples[role].map((sample) => [sample.time, value(sample) / MEBIBYTE])),
    });
    return {
      title: `Memory of the ${role}, messages of ${mebibytes(size)}`,
      x,
      y: { label: 'MiB' },
      lines: [
        line('RSS', ({ rss }) => rss),
        line('heap', ({ heap }) => heap),
        line('buffers', ({ buffers }) => buffers),
      ],
    };
  };
  return stackedCharts('Messages of gigabytes in a heap of 256 MiB', [chart('server'), chart('client')]);
}
