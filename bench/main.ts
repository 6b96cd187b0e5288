// Compares echo servers in one run on one machine: this package's engine (harmony) and kit, `ws`, and the bare socket
// that is the limit. Each runs as a child on one core, loaded from another; rounds are interleaved, so that a drift of the machine meets all alike.
//
//   npm run bench               all workloads, five rounds
//   npm run bench -- --quick    three short rounds
//   npm run bench -- small      workloads whose name contains "small"

import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EchoClients, type EchoLoad } from './load.ts';
import type { Usage } from './servers/child.ts';

interface Workload extends EchoLoad {
  readonly name: string;
}

const WORKLOADS: readonly Workload[] = [
  { name: 'small: 64 B text, 20 × 16 in flight', connections: 20, inFlight: 16, size: 64, opcode: 1 },
  { name: 'ping-pong: 64 B text, 50 × 1 in flight', connections: 50, inFlight: 1, size: 64, opcode: 1 },
  { name: 'medium: 64 KiB binary, 8 × 4 in flight', connections: 8, inFlight: 4, size: 64 * 1024, opcode: 2 },
  { name: 'large: 1 MiB binary, 8 × 4 in flight', connections: 8, inFlight: 4, size: 1024 * 1024, opcode: 2 },
];
const SERVERS = ['harmony', 'kit', 'ws', 'bare'] as const;
type ServerName = (typeof SERVERS)[number];

interface Sample {
  readonly rate: number;
  /** Microseconds of server CPU a message. */
  readonly cpu: number;
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const rounds = values.quick === true ? 3 : 5;
const milliseconds = values.quick === true ? 1_000 : 3_000;
const canPin = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;
if (canPin) spawnSync('taskset', ['-pc', '1', String(process.pid)]);

class Server {
  readonly #child: ChildProcess;

  constructor(name: ServerName, { size, opcode }: Workload) {
    const script = fileURLToPath(new URL(`servers/${name}.ts`, import.meta.url));
    this.#child = fork(script, [String(size), String(opcode)], { execArgv: ['--import', 'tsx'] });
    if (canPin) spawnSync('taskset', ['-apc', '0', String(this.#child.pid)]);
  }

  async ready(): Promise<number> {
    const [{ port }] = (await once(this.#child, 'message')) as [{ port: number }];
    return port;
  }

  async usage(): Promise<Usage> {
    this.#child.send('usage');
    const [usage] = (await once(this.#child, 'message')) as [Usage];
    return usage;
  }

  async stop(): Promise<void> {
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }
}

async function compare(workload: Workload): Promise<Map<ServerName, Sample[]>> {
  const samples = new Map<ServerName, Sample[]>(SERVERS.map((name) => [name, []]));
  const running = new Map<ServerName, { server: Server; clients: EchoClients }>();
  for (const name of SERVERS) {
    const server = new Server(name, workload);
    const clients = new EchoClients(workload);
    await clients.open(await server.ready());
    await clients.run(milliseconds / 2); // warm-up
    running.set(name, { server, clients });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, { server, clients }] of running) {
      const before = await server.usage();
      const start = performance.now();
      const count = await clients.run(milliseconds);
      const seconds = (performance.now() - start) / 1000;
      const after = await server.usage();
      samples.get(name)?.push({ rate: count / seconds, cpu: (after.cpu - before.cpu) / count });
    }
  }
  for (const { server, clients } of running.values()) {
    clients.close();
    await server.stop();
  }
  return samples;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

function range(numbers: readonly number[], digits: number): string {
  return `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)}–${Math.max(...numbers).toFixed(digits)})`;
}

function digitsFor(value: number): number {
  return value < 10 ? 2 : value < 100 ? 1 : 0;
}

const chosen = WORKLOADS.filter(({ name }) => positionals.every((word) => name.includes(word)));
if (chosen.length === 0) {
  console.error(`no workload is called like that; there are: ${WORKLOADS.map(({ name }) => name).join('; ')}`);
  process.exit(2);
}
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${rounds} rounds of ${milliseconds} ms, ${canPin ? 'server and load on a core each' : 'not pinned'}; median (min–max)\n`,
);
for (const workload of chosen) {
  const samples = await compare(workload);
  const ws = median((samples.get('ws') as Sample[]).map(({ rate }) => rate));
  const bare = median((samples.get('bare') as Sample[]).map(({ cpu }) => cpu));
  console.log(`### ${workload.name}\n`);
  console.log('| server | messages/s | × ws | CPU µs/message | × bare |\n|---|---:|---:|---:|---:|');
  for (const [name, rows] of samples) {
    const rates = rows.map(({ rate }) => rate);
    const cpu = rows.map((row) => row.cpu);
    console.log(
      `| ${name} | ${range(rates, 0)} | ${(median(rates) / ws).toFixed(2)} | ${range(cpu, digitsFor(median(cpu)))} | ${(median(cpu) / bare).toFixed(2)} |`,
    );
  }
  console.log('');
}
