// `harmony-websocket test`: the hypium tests of an app or module, on Node's test runner.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArguments, parseInteger } from '../arguments.ts';
import { CommandError, ExitCode, UsageError } from '../exit.ts';
import { onInterrupt } from '../signals.ts';
import type { Streams } from '../streams.ts';
import { findTestFiles } from '../test-files.ts';

export const testHelp = `harmony-websocket test: runs the hypium tests of an app on this computer, with Node's test runner

Usage
  harmony-websocket test [FOLDER] [options]

FOLDER is a module, a project with modules, or a file that ends in .test.ets; by default the working folder. A
module's tests begin with src/test/List.test.ets, src/ohosTest/ets/test/List.test.ets or test/List.test.ets. If a
module has several, all run.

Options
  --filter TEXT           run only tests with this text in their name, as in Suite#test or Outer.Inner#test
  --reporter NAME[=FILE]  spec (the default), tap, dot, junit, lcov or github (spec, and annotations of the lines that
                          fail); repeat for several. FILE gets the report instead of standard output
  --coverage              tell which lines of the sources ran; the files of tests do not count
  --watch                 run again when a file changes
  --shuffle               run the tests in random order; the seed is printed
  --seed N                the seed of an order that was printed; implies --shuffle
  --timeout MS            how long a test may take (default 5000)
  --data FILE             the data.json of data-driven tests, where the app's test ability sets it
  -p NAME=VALUE           parameters of hvigorw test: module, scope (Suite or Suite#test), coverage; others are named
                          and have no effect, nor have --mode, --no-daemon, --no-parallel and --no-incremental
  -h, --help              print this help

More choices are environment variables: HYPIUM_LEVEL, HYPIUM_SIZE, HYPIUM_TEST_TYPE, HYPIUM_TAG, HYPIUM_STRESS and
others. docs/arkts.md lists them.

Examples
  harmony-websocket test
  harmony-websocket test entry --watch --filter Chat
  harmony-websocket test --coverage --reporter spec --reporter junit=report.xml
  harmony-websocket test -p module=entry@default -p scope=ChatTest#reconnects -p coverage=true

Exit codes
  0    all tests passed
  1    a test failed, no test ran, or the value of an option is not valid
  2    the command line has a mistake
  130  interrupted
`;

/** Options of hvigorw that say how it builds. A command line that has them runs here, too. */
const ofHvigor = {
  mode: { type: 'string' },
  daemon: { type: 'boolean' },
  'no-daemon': { type: 'boolean' },
  parallel: { type: 'boolean' },
  'no-parallel': { type: 'boolean' },
  incremental: { type: 'boolean' },
  'no-incremental': { type: 'boolean' },
} as const;

const MAX_TIME = 999_999_999;
const reporters = ['spec', 'tap', 'dot', 'junit', 'lcov', 'github'];

/** What the runner is started with. */
interface Run {
  /** Parameters of `node`. */
  readonly parameters: readonly string[];
  /** Environment variables of the tests. */
  readonly variables: Readonly<Record<string, string>>;
  /** What selects tests, as the user wrote it. */
  readonly selection: readonly string[];
  /** Whether the runner goes on until it is interrupted. */
  readonly isWatching: boolean;
}

/** Runs the tests. @returns the exit code */
export async function testCommand(args: readonly string[], { notices }: Streams): Promise<number> {
  const { run, ignored } = readCommandLine(args);
  if (ignored.length > 0) notices.note(`without effect here: ${ignored.join(', ')}`);
  // Node's runner sets it for its own processes; a runner inside another would report to that one.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const counter = run.isWatching ? undefined : new Counter();
  const child = spawn(process.execPath, [...(counter?.flags ?? []), ...run.parameters], {
    stdio: 'inherit',
    env: { ...environment, ...run.variables },
  });
  let isInterrupted = false;
  const ignore = onInterrupt(
    (signal) => {
      isInterrupted = true;
      child.kill(signal);
    },
    () => child.kill('SIGKILL'),
  );
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', (error) => reject(new CommandError(`cannot start ${process.execPath}: ${error.message}`)));
      child.on('exit', (code) => {
        if (code === null || isInterrupted) resolve(ExitCode.interrupted);
        else resolve(code === 0 ? ExitCode.ok : ExitCode.failed);
      });
    });
    if (code === ExitCode.ok && counter?.count() === 0) throw new CommandError(noTest(run.selection));
    return code;
  } finally {
    ignore();
    counter?.remove();
  }
}

/** Counts the tests that ran, by a reporter beside those of the user. */
class Counter {
  readonly #folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-'));
  readonly #file = join(this.#folder, 'count');

  get flags(): string[] {
    const reporter = new URL('../test-counter.js', import.meta.url).href;
    return [`--test-reporter=${reporter}`, `--test-reporter-destination=${this.#file}`];
  }

  /** `undefined` if the runner has not written it. */
  count(): number | undefined {
    try {
      return Number.parseInt(readFileSync(this.#file, 'utf8'), 10);
    } catch {
      return undefined;
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function noTest(selection: readonly string[]): string {
  if (selection.length === 0) return 'no test ran: the files declare none; add one with it(…) in a describe(…)';
  const written = selection.join(' and ');
  return `no test ran: none matches ${written}; names are compared as in Suite#test, in upper and lower case as written`;
}

/** Variables of the environment that select tests. */
const selecting = ['CLASS', 'NOT_CLASS', 'SUITE', 'IT_NAME', 'FILTER', 'TEST_TYPE', 'SIZE', 'LEVEL', 'TAG'].map(
  (name) => `HYPIUM_${name}`,
);

/** The options, parameters and variables that select tests. */
function selectionOf(filter: string | undefined, scope: string | undefined): string[] {
  return [
    ...(filter === undefined ? [] : [`--filter ${JSON.stringify(filter)}`]),
    ...(scope === undefined ? [] : [`-p scope=${scope}`]),
    ...selecting
      .filter((name) => (process.env[name] ?? '') !== '')
      // Options take the place of these two.
      .filter((name) => !(name === 'HYPIUM_FILTER' && filter !== undefined))
      .filter((name) => !(name === 'HYPIUM_CLASS' && scope !== undefined))
      .map((name) => `${name}=${process.env[name]}`),
  ];
}

function readCommandLine(args: readonly string[]): { run: Run; ignored: readonly string[] } {
  const { values, positionals } = parseArguments(
    args,
    {
      filter: { type: 'string' },
      reporter: { type: 'string', multiple: true, default: [] },
      coverage: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      shuffle: { type: 'boolean', default: false },
      seed: { type: 'string' },
      timeout: { type: 'string' },
      data: { type: 'string' },
      parameter: { type: 'string', short: 'p', multiple: true, default: [] },
      ...ofHvigor,
    },
    ['FOLDER'],
  );
  const hvigor = readParameters(values.parameter);
  const files = findTestFiles(positionals[0] ?? '.', hvigor.modules);
  const seed = values.seed === undefined ? undefined : parseInteger('--seed', values.seed, 1, MAX_TIME);
  const timeout = values.timeout === undefined ? undefined : parseInteger('--timeout', values.timeout, 1, MAX_TIME);
  const order = seed ?? (values.shuffle ? 'true' : undefined);
  return {
    run: {
      parameters: [
        '--test',
        ...(values.watch ? ['--watch'] : []),
        ...(values.coverage || hvigor.coverage ? coverageFlags() : []),
        ...reporterFlags(values.reporter),
        '--import',
        import.meta.resolve('harmony-websocket/register'),
        ...files.map(({ path }) => path),
      ],
      variables: {
        ...variable('HYPIUM_FILTER', values.filter),
        ...variable('HYPIUM_CLASS', hvigor.scope),
        ...variable('HYPIUM_RANDOM', order),
        ...variable('HYPIUM_TIMEOUT', timeout),
        ...variable('HYPIUM_DATA', values.data),
      },
      selection: selectionOf(values.filter, hvigor.scope),
      isWatching: values.watch,
    },
    ignored: [
      ...hvigor.ignored.map((name) => `-p ${name}`),
      ...Object.keys(ofHvigor)
        .filter((name) => values[name as keyof typeof ofHvigor] !== undefined)
        .map((name) => `--${name}`),
    ],
  };
}

function variable(name: string, value: string | number | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: String(value) };
}

interface HvigorParameters {
  readonly modules: readonly string[];
  readonly scope: string | undefined;
  readonly coverage: boolean;
  /** Names of those that mean nothing here. */
  readonly ignored: readonly string[];
}

/** Reads `-p NAME=VALUE`. */
function readParameters(given: readonly string[]): HvigorParameters {
  const known = new Map<string, string>();
  for (const parameter of given) {
    const equals = parameter.indexOf('=');
    if (equals < 1) throw new UsageError(`-p ${parameter} has no value; write it as in -p module=entry`);
    known.set(parameter.slice(0, equals), parameter.slice(equals + 1));
  }
  const coverage = known.get('coverage') ?? 'false';
  if (coverage !== 'true' && coverage !== 'false') {
    throw new CommandError(`-p coverage is "${coverage}"; expected true or false`);
  }
  return {
    // `entry@default`: a module and its target.
    modules: (known.get('module') ?? '')
      .split(',')
      .map((name) => name.replace(/@.*/, ''))
      .filter((name) => name !== ''),
    scope: known.get('scope'),
    coverage: coverage === 'true',
    ignored: [...known.keys()].filter((name) => !['module', 'scope', 'coverage'].includes(name)),
  };
}

/** Each reporter with its destination, which Node wants as soon as there are several. */
function reporterFlags(given: readonly string[]): string[] {
  return (given.length === 0 ? ['spec'] : given).flatMap((reporter) => {
    const [, name = '', file = 'stdout'] = /^([^=]*)(?:=(.*))?$/s.exec(reporter) ?? [];
    if (!reporters.includes(name) || file === '') {
      throw new CommandError(
        `--reporter is "${reporter}"; expected NAME or NAME=FILE, with one of ${reporters.join(', ')}`,
      );
    }
    const own = new URL(`../reporter.js?${name === 'github' ? 'spec' : name}`, import.meta.url).href;
    const all = name === 'github' ? [own, new URL('../github-reporter.js', import.meta.url).href] : [own];
    return all.flatMap((one) => [`--test-reporter=${one}`, `--test-reporter-destination=${file}`]);
  });
}

/** Node 20, and 22 before 22.5, cannot leave files out: the reporter does. */
function coverageFlags(): string[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 5)) return ['--experimental-test-coverage', '--enable-source-maps'];
  const own = fileURLToPath(new URL('../..', import.meta.url)).replaceAll('\\', '/');
  return [
    '--experimental-test-coverage',
    '--enable-source-maps',
    '--test-coverage-exclude=**/*.test.ets',
    `--test-coverage-exclude=${own}**`,
    '--test-coverage-exclude=**/node_modules/**',
    '--test-coverage-exclude=**/oh_modules/**',
  ];
}
