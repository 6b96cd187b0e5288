// `npm run bench:cluster`: what a message costs in two workers, against the same server in one process, as CPU time of all its
// processes. The load needs a core itself, so throughput on few cores says nothing: what counts is the CPU time of a message,
// and how much of it falls on the busiest process, which bounds what a machine with more cores does.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { usageOf } from '../harness/usage.ts';
import { EchoLoad, type Round } from '../load/echo-load.ts';
import { HandshakeLoad } from '../load/handshake-load.ts';
import { PublishLoad } from '../load/publish-load.ts';

const MILLISECONDS = 3_000;
const WARM_UP = 1_000;
const ROUNDS = 3;
const MICROSECONDS = 1_000_000;

interface Server {
  readonly name: string;
  readonly program: 'app' | 'primary';
  readonly environment: Readonly<Record<string, string>>;
}

interface Load {
  open(port: number): Promise<void>;
  run(milliseconds: number): Promise<Round>;
  close(): void;
}

interface Comparison {
  readonly title: string;
  readonly unit: string;
  readonly workload: string;
  readonly load: (port: number) => Load;
  readonly servers: readonly Server[];
}

const one: Server = { name: 'one process', program: 'app', environment: { ALONE: '1' } };
const two: Server = { name: 'two workers', program: 'primary', environment: { WORKERS: '2' } };
const attachedOne: Server = {
  name: 'one process, attached',
  program: 'app',
  environment: { ALONE: '1', ATTACHED: '1' },
};
const attachedTwo: Server = {
  name: 'two workers, attached (node:cluster)',
  program: 'primary',
  environment: { WORKERS: '2', ATTACHED: '1' },
};

/** Present where there is a Redis for the comparison: `REDIS=redis://127.0.0.1:6379`. */
const { REDIS } = process.env;
const eachConnected: Server = {
  name: 'two workers, each with a connection to Redis',
  program: 'primary',
  environment: { WORKERS: '2', OWN_BUS: REDIS ?? '' },
};
const oneConnected: Server = {
  name: 'two workers, one connection to Redis',
  program: 'primary',
  environment: { WORKERS: '2', ONE_BUS: REDIS ?? '' },
};

const text64 = { size: 64, opcode: 1 } as const;

const handshakes = (port: number): Load => {
  const load = new HandshakeLoad(port);
  return { open: async () => {}, run: (milliseconds) => load.run(milliseconds), close() {} };
};

const comparisons: readonly Comparison[] = [
  {
    title: 'P1: 64 B text echo, 100 connections, 16 in flight',
    unit: 'message',
    workload: 'echo',
    load: () => new EchoLoad({ ...text64, connections: 100, inFlight: 16 }),
    servers: [one, two],
  },
  {
    title: 'P5: publish 64 B to 1,000 subscribers, 8 in flight',
    unit: 'delivery',
    workload: 'publish',
    load: () => new PublishLoad({ ...text64, subscribers: 1_000, inFlight: 8 }),
    servers: [one, two],
  },
  {
    title: 'publish 64 B to 10,000 subscribers, 1 in flight',
    unit: 'delivery',
    workload: 'publish',
    load: () => new PublishLoad({ ...text64, subscribers: 10_000, inFlight: 1 }),
    servers: [one, two],
  },
  ...(REDIS === undefined
    ? []
    : [
        {
          title: 'Redis: publish 64 B to 200 subscribers, 8 in flight',
          unit: 'delivery',
          workload: 'publish',
          load: () => new PublishLoad({ ...text64, subscribers: 200, inFlight: 8 }),
          servers: [eachConnected, oneConnected],
        },
      ]),
  {
    title: 'handshakes, 16 at a time',
    unit: 'handshake',
    workload: 'echo',
    load: handshakes,
    servers: [one, two, attachedOne, attachedTwo],
  },
];

interface Figures {
  /** Microseconds of CPU of all processes for one message. */
  readonly cost: number;
  /** Messages for each second of CPU of the busiest process. */
  readonly capacity: number;
  /** Parts of the CPU time, of each process. */
  readonly parts: readonly number[];
}

async function measure(comparison: Comparison, server: Server): Promise<Figures> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`${server.program}.js`, import.meta.url))], {
    env: { ...process.env, WORKLOAD: comparison.workload, ...server.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const { port, pids } = await told(child);
    const load = comparison.load(port);
    try {
      await load.open(port);
      await load.run(WARM_UP);
      const before = pids.map((pid) => usageOf(pid).cpu);
      const { count } = await load.run(MILLISECONDS);
      const spent = pids.map((pid, at) => usageOf(pid).cpu - (before[at] as number));
      const all = spent.reduce((sum, cpu) => sum + cpu, 0);
      return {
        cost: all / count,
        capacity: (count / Math.max(...spent)) * MICROSECONDS,
        parts: spent.map((cpu) => cpu / all),
      };
    } finally {
      load.close();
    }
  } finally {
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  }
}

async function told(child: ChildProcess): Promise<{ port: number; pids: number[] }> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, 'line')) as [string];
  return JSON.parse(line) as { port: number; pids: number[] };
}

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
console.log(`Node ${process.versions.node}; the best of ${ROUNDS} rounds of ${MILLISECONDS / 1000} s each`);
for (const comparison of comparisons) {
  if (wanted.length > 0 && !wanted.some((word) => comparison.title.includes(word))) continue;
  console.log(`\n${comparison.title}`);
  const best = new Map<Server, Figures>();
  // In turn, so that what slows the machine down for a while slows all of them down.
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of comparison.servers) {
      const figures = await measure(comparison, server);
      const known = best.get(server);
      if (known === undefined || figures.cost < known.cost) best.set(server, figures);
    }
  }
  for (const [index, server] of comparison.servers.entries()) {
    const base = best.get(comparison.servers[index & ~1] as Server) as Figures;
    const { cost, capacity, parts } = best.get(server) as Figures;
    const shares = parts.map((part) => `${Math.round(part * 100)} %`).join(' + ');
    const against =
      index % 2 === 0
        ? ''
        : `; ${(base.cost / cost).toFixed(2)} × per CPU second, ${(capacity / base.capacity).toFixed(2)} × on cores enough`;
    console.log(`  ${server.name}: ${cost.toFixed(2)} µs CPU a ${comparison.unit} (${shares})${against}`);
  }
}
