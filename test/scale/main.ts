// `npm run scale`: see the help text. Exits 0 when every scenario kept its promises, 1 when one did not, 2 for a wrong command line.

import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BusKind } from './node-task.ts';
import { play } from './play.ts';
import { publish, shown, table } from './report.ts';
import type { Outcome } from './scenario.ts';
import { scenarios } from './scenarios/all.ts';
import { measureSubscriptions } from './subscriptions.ts';

const BUSES: readonly BusKind[] = ['redis', 'nats', 'redis-sharded', 'redis-cluster', 'none'];
const help = `npm run scale -- [options]

Three nodes in processes of their own behind a TCP balancer, 300 clients, and a broker that is started for the run
(redis-server, nats-server). Faults happen by script. A ledger knows what was accepted, and compares it with what each
subscriber got. It fails where a message was lost that no node reported, where one came twice, or out of order.

  --scenario NAMES  only these, separated by commas (default: all)
  --bus BUSES       only these: ${BUSES.join(', ')} (default: those of each scenario)
  --clients N       (default 300; with --quick 60)
  --quick           shorter, to see that it works
  --list            prints the scenarios
  --publish         also writes the tables of docs/scale.md
  --compare         something else: latency and cost beside Socket.IO and crossws; --compare --help tells more
  --memory          something else: what a subscription costs the broker
  --help

Scenarios:
${scenarios.map(({ name, title, buses }) => `  ${name.padEnd(18)} ${title} (${buses.join(', ')})`).join('\n')}
`;
// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
if (process.argv.includes('--compare')) {
  await import('./compare/main.ts'); // has its own help, and its own results
  process.exit();
}
if (process.argv.includes('--memory')) {
  await measureSubscriptions();
  process.exit();
}
const top = fileURLToPath(new URL('../..', import.meta.url));
const values = readOptions();
const outcomes: Outcome[] = [];
for (const scenario of scenarios) {
  if (values.scenarios !== undefined && !values.scenarios.includes(scenario.name)) continue;
  for (const bus of values.buses ?? scenario.buses) {
    if (!scenario.buses.includes(bus) && values.scenarios === undefined) continue;
    console.log(`${scenario.name} on ${bus}: ${scenario.title}`);
    const outcome = await play(scenario, {
      bus,
      nodes: bus === 'none' ? 1 : 3,
      clients: values.clients,
      share: values.quick ? 0.4 : 1,
      progress: (text) => console.log(text),
    });
    outcomes.push(outcome);
    console.log(`${shown(outcome)}\n`);
  }
}
const date = new Date().toISOString().slice(0, 10);
const head = `${date}, Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? process.arch}; nodes, broker, balancer and ${values.clients} clients share the machine.`;
const markdown = table(outcomes, head);
mkdirSync(join(top, 'build/scale'), { recursive: true });
writeFileSync(join(top, 'build/scale/scenarios.md'), `${markdown}\n`);
writeFileSync(join(top, 'build/scale/scenarios.json'), JSON.stringify(outcomes, undefined, 2));
if (values.publish) publish(join(top, 'docs/scale.md'), 'scenarios', markdown);
const broken = outcomes.filter(({ passed }) => !passed);
console.log(
  `${outcomes.length - broken.length} of ${outcomes.length} kept their promises; the table is in build/scale/scenarios.md`,
);
process.exitCode = broken.length === 0 ? 0 : 1;

interface Options {
  readonly scenarios: readonly string[] | undefined;
  readonly buses: readonly BusKind[] | undefined;
  readonly clients: number;
  readonly quick: boolean;
  readonly publish: boolean;
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  let given: { [name: string]: string | boolean | undefined };
  try {
    ({ values: given } = parseArgs({
      options: {
        scenario: text,
        bus: text,
        clients: text,
        quick: flag,
        list: flag,
        publish: flag,
        compare: flag,
        help: { ...flag, short: 'h' },
      },
    }));
  } catch (error) {
    refuse((error as Error).message);
  }
  if (given.help === true || given.list === true) {
    process.stdout.write(help);
    process.exit(0);
  }
  const wanted = typeof given.scenario === 'string' ? given.scenario.split(',') : undefined;
  const unknown = wanted?.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) refuse(`there is no scenario "${unknown}"`);
  const buses = typeof given.bus === 'string' ? (given.bus.split(',') as BusKind[]) : undefined;
  const wrong = buses?.find((bus) => !BUSES.includes(bus));
  if (wrong !== undefined) refuse(`--bus is "${wrong}"; expected some of ${BUSES.join(',')}`);
  const clients = Number(given.clients ?? (given.quick === true ? 60 : 300));
  if (!Number.isInteger(clients) || clients < 6)
    refuse(`--clients is "${given.clients}"; expected an integer of at least 6`);
  return { scenarios: wanted, buses, clients, quick: given.quick === true, publish: given.publish === true };
}

function refuse(text: string): never {
  console.error(`scale: ${text}\n\n${help}`);
  process.exit(2);
}
