// `npm run soak`: see the help text. Exits 0 when every check holds, 1 when one does not or the run broke off, 2 for a
// wrong command line.

import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killReport } from './kill/main.ts';
import type { Moment } from './moment.ts';
import { pictures, progress, table } from './report.ts';
import { resumeTable, runResumeSoak } from './resume-run.ts';
import { runSoak } from './run.ts';
import { INJECTIONS, type Injection, longRun, type Settings } from './settings.ts';

const help = `npm run soak -- --minutes N [options]

Holds many connections of a server on this machine for some minutes. Messages of 0 bytes to 1 MiB go both ways, text
and binary, whole and fragmented, some compressed; connections come and leave in every way there is. Every message is
numbered and compared; memory, handles and the event loop are sampled. Half of the clients are this package's, half ws's.

  --minutes N      time with traffic, warm-up included; slopes are judged at 6 minutes or more  (default 6)
  --connections N  at a time                                                                  (default 10,000)
  --rate N         messages a second that clients send; the server answers each               (default 6,000)
  --seed N         of all that is random                                                      (default: the time)
  --out FOLDER     for samples.jsonl, result.md and soak.svg                                  (default build/soak)
  --resume         resumable sessions instead, 2,000 clients by default, a broken connection every 50 ms; 10 minutes
  --kill N         with --resume: 40 clients, whose server is ended by kill -9 so often, with the modes ahead and spill
  --publish        also put table and picture into docs/
  --streams        something else: messages of gigabytes in small heaps; --streams --help tells more
  --inject FAULTS  do something wrong, to see that it is found: some of ${INJECTIONS.join(',')}
`;
if (process.argv.includes('--streams')) {
  await import('./streams/main.ts'); // has its own help, and its own results
  process.exit();
}
const top = fileURLToPath(new URL('../..', import.meta.url));
if (process.argv.includes('--resume')) await soakResume();
const options = readOptions();
mkdirSync(options.out, { recursive: true });
const samples = createWriteStream(join(options.out, 'samples.jsonl'));
const moments: Moment[] = [];
let printed = 0;

const { settings } = options;
console.log(
  `soak: ${settings.connections.toLocaleString('en-US')} connections, ${settings.warmUp} s of warm-up and ${settings.duration} s, seed ${settings.seed}`,
);
try {
  const result = await runSoak(settings, (moment, { violationCount, violations }) => {
    samples.write(`${JSON.stringify(moment)}\n`);
    moments.push(moment);
    if (['opening', 'warm-up', 'run'].includes(moment.phase)) {
      if (moment.time - printed < 10) return;
      printed = moment.time;
    }
    console.log(progress(moments, violationCount));
    if (violationCount > 0) console.log(violations.slice(0, 3).join('\n'));
  });
  const markdown = table(result, new Date().toISOString().slice(0, 10));
  writeFileSync(join(options.out, 'result.md'), markdown);
  writeFileSync(join(options.out, 'soak.svg'), pictures(result));
  console.log(`\n${markdown}`);
  for (const violation of result.ledger.violations) console.log(violation);
  if (options.publish) publish(markdown, pictures(result));
  process.exitCode = result.passed ? 0 : 1;
} catch (error) {
  console.error(`soak: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  samples.end();
}

/** `--resume`: see resume-run.ts. Does not return. */
async function soakResume(): Promise<never> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    options: { resume: flag, minutes: text, connections: text, rate: text, seed: text, publish: flag, kill: text },
  });
  const date = new Date().toISOString().slice(0, 10);
  if (values.kill !== undefined) {
    const [report, results] = await killReport(Number(values.kill), Number(values.connections ?? 40), date);
    console.log(`\n${report}`);
    for (const { violations } of results) for (const violation of violations) console.log(violation);
    if (values.publish === true) publish(report, undefined, 'kill');
    process.exit(results.every(({ violations }) => violations.length === 0) ? 0 : 1);
  }
  let printedAt = performance.now();
  const result = await runResumeSoak(
    {
      clients: Number(values.connections ?? 2000),
      seconds: Number(values.minutes ?? 10) * 60,
      cutEvery: 50,
      rate: Number(values.rate ?? 1000),
      seed: Number(values.seed ?? Date.now() % 2 ** 31),
    },
    ({ cuts, resumed, up, down }, left) => {
      if (performance.now() - printedAt < 10_000) return;
      printedAt = performance.now();
      console.log(`${left.toFixed(0)} s left, ${cuts} cuts, ${resumed} resumes, ${up} messages up, ${down} down`);
    },
  );
  const markdown = resumeTable(result, date);
  console.log(`\n${markdown}`);
  for (const violation of result.violations) console.log(violation);
  if (values.publish === true) publish(markdown, undefined, 'resume soak');
  process.exit(result.violations.length === 0 ? 0 : 1);
}

/** Puts the results where readers look, in the place of those before. */
function publish(markdown: string, svg: string | undefined, name = 'soak'): void {
  const page = join(top, 'docs/reliability.md');
  const text = readFileSync(page, 'utf8');
  const place = new RegExp(
    `(<!-- ${name} results: written by npm run soak -->\\n).*?(<!-- end of ${name} results -->)`,
    'su',
  );
  if (!place.test(text)) throw new Error('docs/reliability.md has no place for the results');
  writeFileSync(
    page,
    text.replace(place, (_, begin: string, end: string) => `${begin}\n${markdown}\n${end}`),
  );
  if (svg === undefined) return;
  mkdirSync(join(top, 'docs/images'), { recursive: true });
  writeFileSync(join(top, 'docs/images/soak.svg'), svg);
}

function readOptions(): { settings: Settings; out: string; publish: boolean } {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  let values: { [name: string]: string | boolean | undefined };
  try {
    ({ values } = parseArgs({
      options: {
        minutes: text,
        connections: text,
        rate: text,
        seed: text,
        out: text,
        inject: text,
        publish: flag,
        help: { ...flag, short: 'h' },
      },
    }));
  } catch (error) {
    refuse((error as Error).message);
  }
  if (values.help === true) {
    process.stdout.write(help);
    process.exit(0);
  }
  const number = (name: string, fallback: number, least: number): number => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!(value >= least)) refuse(`--${name} is "${values[name]}"; expected a number of at least ${least}`);
    return value;
  };
  const inject = (typeof values.inject === 'string' ? values.inject.split(',') : []) as Injection[];
  if (!inject.every((fault) => INJECTIONS.includes(fault))) {
    refuse(`--inject is "${values.inject}"; expected some of ${INJECTIONS.join(',')}`);
  }
  const minutes = number('minutes', 6, 0.5);
  const settings = longRun(minutes, number('connections', 10_000, 10), number('seed', Date.now() % 2 ** 31, 0));
  return {
    settings: { ...settings, rate: number('rate', settings.rate, 1), inject },
    out: typeof values.out === 'string' ? values.out : join(top, 'build/soak'),
    publish: values.publish === true,
  };
}

function refuse(text: string): never {
  console.error(`soak: ${text}\n\n${help}`);
  process.exit(2);
}
