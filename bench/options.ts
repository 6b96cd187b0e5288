// The command line: what may be given, checked in full before anything is built or measured. Whatever is wrong is told in
// one sentence with what is allowed.

import { parseArgs } from 'node:util';
import { defaultMajor, majors } from './harness/nodes.ts';
import { type PeerName, peerNames } from './harness/peers.ts';
import { groups } from './micro/cases.ts';
import type { Workload } from './workload.ts';
import { isChecked, workloads } from './workloads.ts';

/** What a run does, with options of the same names. `compare` is what it does without any. */
export type Mode = 'compare' | 'check' | 'profile' | 'heap' | 'micro' | 'render';

export interface Options {
  readonly mode: Mode;
  readonly isQuick: boolean;
  /** Major versions of Node, each of which gets a separate run. */
  readonly nodes: readonly string[];
  readonly workloads: readonly Workload[];
  /** Groups of micro-benchmarks, or parts of their names. */
  readonly words: readonly string[];
  readonly servers?: readonly PeerName[] | undefined;
  readonly rounds: number;
  /** Of a round. */
  readonly milliseconds: number;
  readonly warmUp: number;
  /** Folder for what is written, instead of bench/results/. */
  readonly out?: string | undefined;
  /** Folder of another built checkout. */
  readonly against?: string | undefined;
  /** Of Node and V8, for our own processes. Absent: none. */
  readonly nodeFlags?: readonly string[] | undefined;
  readonly mayInstall: boolean;
  /** Whether dist/ is up to date. */
  readonly isBuilt: boolean;
}

/** The command line is wrong. Its message is for the user. */
export class UsageError extends Error {}

const MODES = ['check', 'profile', 'heap', 'micro', 'render'] as const;

/** What would have no effect: told, so that nobody waits for it in vain. */
const UNUSED: Readonly<
  Record<Mode, readonly ('rows' | 'servers' | 'rounds' | 'milliseconds' | 'out' | 'node-flags')[]>
> = {
  compare: [],
  check: ['servers', 'out'],
  profile: ['rounds'],
  heap: ['rounds', 'milliseconds'],
  micro: ['servers', 'rounds', 'milliseconds', 'out', 'node-flags'],
  render: ['rows', 'servers', 'rounds', 'milliseconds', 'node-flags'],
};

/** With the most that makes sense, so that a slip of the finger does not run for a day. */
const MOST = { rounds: 1_000, milliseconds: 600_000 };

const DESCRIBED = {
  quick: { type: 'boolean', text: 'all rows in three short rounds, into bench/results/quick/' },
  check: { type: 'boolean', text: 'a short run against ws and a bare socket; ends with 1 if a row has become slower' },
  profile: { type: 'boolean', text: 'where the time goes: a CPU profile of each row, and a flame graph (SVG)' },
  heap: { type: 'boolean', text: 'with P6: what an idle connection consists of, by constructor' },
  micro: { type: 'boolean', text: `single routines, each beside its slow twin; groups: ${groups.join(', ')}` },
  render: { type: 'boolean', text: 'writes tables and pictures again, from results.json' },
  node: {
    type: 'string',
    value: 'LIST',
    text: `versions of Node, one run for each: ${majors.join(',')} (default ${defaultMajor})`,
  },
  servers: {
    type: 'string',
    value: 'LIST',
    text: `only these: ${peerNames.filter((name) => !name.includes('(other)')).join(',')}`,
  },
  rounds: { type: 'string', value: 'N', text: `rounds of each contender, 1 to ${MOST.rounds} (default 5)` },
  milliseconds: { type: 'string', value: 'N', text: `length of a round, 1 to ${MOST.milliseconds} (default 1200)` },
  against: {
    type: 'string',
    value: 'FOLDER',
    text: 'ours from another built checkout in the same run; results are not written',
  },
  'node-flags': {
    type: 'string',
    value: 'FLAGS',
    text: 'runs ours with these flags of Node or V8; results are not written',
  },
  out: { type: 'string', value: 'FOLDER', text: 'writes results there instead of bench/results/' },
  'no-install': { type: 'boolean', text: 'takes what is installed; rows tell what is missing' },
  build: { type: 'boolean', text: 'compiles dist/ first; npm run bench gives it' },
  help: { type: 'boolean', text: 'this text' },
} as const satisfies Record<string, { type: 'boolean' | 'string'; value?: string; text: string }>;

export const help = `npm run bench -- [ROW…] [OPTION…]

Compares WebSocket servers and clients in one run on this machine. docs/performance.md describes the rows and how they are
measured. Rows: ${rowNames().join(', ')}; without any, all of them run.

${Object.entries(DESCRIBED)
  .map(([name, option]) => `  --${`${name}${'value' in option ? ` ${option.value}` : ''}`.padEnd(18)}${option.text}`)
  .join('\n')}

Examples:
  npm run bench                         all rows, five rounds, into bench/results/, README.md and docs/performance.md
  npm run bench -- P1 'P3 64 KiB'       these rows; the others stay as they are
  npm run bench -- P1 --node 20,24,26   one row on three versions of Node
  npm run bench -- --check P1           whether a change made one row slower
  npm run bench -- --micro mask         the micro-benchmarks of one group
  npm run bench -- P6 --servers harmony --against . --node-flags=--max-semi-space-size=4
                                        what a flag changes, beside ours without it
`;

/**
 * @param words  of the command line, without the program
 * @returns what to do; `help` if that was asked for
 * @throws UsageError in one sentence that tells what is allowed
 */
export function parseOptions(words: readonly string[]): Options | 'help' {
  const { values, positionals } = parsed(words);
  if (values.help) return 'help';
  const chosen = MODES.filter((mode) => values[mode]);
  if (chosen.length + Number(values.quick) > 1) {
    const names = [...(values.quick ? ['quick'] : []), ...chosen].map((name) => `--${name}`);
    throw new UsageError(`${names.join(' and ')} do not go together: give one of them`);
  }
  const [mode = 'compare'] = chosen;
  for (const name of UNUSED[mode]) {
    const isGiven = name === 'rows' ? positionals.length > 0 : values[name] !== undefined;
    if (isGiven) throw new UsageError(`${name === 'rows' ? 'a row' : `--${name}`} does not go with --${mode}`);
  }
  if (values.against !== undefined && mode !== 'compare') {
    throw new UsageError(`--against does not go with --${mode}: it is for measuring rows, with or without --quick`);
  }
  const isShort = values.quick || mode === 'check';
  const milliseconds = numberOf('milliseconds', values.milliseconds);
  const servers = serversOf(values.servers);
  return {
    mode,
    isQuick: values.quick,
    nodes: nodesOf(values.node),
    workloads: rowsOf(mode, positionals, values.quick, servers),
    words: positionals,
    servers,
    rounds: numberOf('rounds', values.rounds) ?? (isShort ? 3 : 5),
    milliseconds: milliseconds ?? (mode === 'check' ? 700 : values.quick ? 250 : 1_200),
    warmUp: values.quick ? 200 : (milliseconds ?? 800),
    out: folderOf('out', values.out),
    against: folderOf('against', values.against),
    nodeFlags: flagsOf(values['node-flags']),
    mayInstall: !values['no-install'],
    isBuilt: !values.build,
  };
}

interface Values {
  readonly quick: boolean;
  readonly check: boolean;
  readonly profile: boolean;
  readonly heap: boolean;
  readonly micro: boolean;
  readonly render: boolean;
  readonly help: boolean;
  readonly 'no-install': boolean;
  readonly build: boolean;
  readonly 'node-flags'?: string | undefined;
  readonly node?: string | undefined;
  readonly servers?: string | undefined;
  readonly rounds?: string | undefined;
  readonly milliseconds?: string | undefined;
  readonly against?: string | undefined;
  readonly out?: string | undefined;
}

function parsed(words: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(Object.entries(DESCRIBED).map(([name, { type }]) => [name, { type }]));
  const { tokens } = parseArgs({ args: [...words], options, allowPositionals: true, strict: false, tokens: true });
  const values: Record<string, string | boolean> = {};
  for (const [name, { type }] of Object.entries(DESCRIBED)) if (type === 'boolean') values[name] = false;
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    const option = Object.hasOwn(DESCRIBED, name) ? DESCRIBED[name as keyof typeof DESCRIBED] : undefined;
    if (option === undefined) {
      const allowed = Object.keys(DESCRIBED).map((known) => `--${known}`);
      throw new UsageError(`${token.rawName} is not an option: allowed are ${allowed.join(', ')}`);
    }
    if (option.type === 'boolean') {
      if (value !== undefined) throw new UsageError(`--${name} does not take a value, but got ${quoted(value)}`);
      values[name] = true;
    } else {
      if (value === undefined) throw new UsageError(`--${name} needs a value: ${option.text}`);
      values[name] = value;
    }
  }
  return { values: values as unknown as Values, positionals };
}

function numberOf(name: keyof typeof MOST, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MOST[name]) return value;
  throw new UsageError(`--${name} ${quoted(text)}: give an integer from 1 to ${MOST[name]}`);
}

function nodesOf(text: string | undefined): string[] {
  if (text === undefined) return [defaultMajor];
  return listOf('node', text, majors);
}

function serversOf(text: string | undefined): PeerName[] | undefined {
  if (text === undefined) return undefined;
  return listOf(
    'servers',
    text,
    peerNames.filter((name) => !name.includes('(other)')),
  ) as PeerName[];
}

function listOf(name: string, text: string, allowed: readonly string[]): string[] {
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => !allowed.includes(word));
  if (wrong === undefined) return [...new Set(words)];
  throw new UsageError(`--${name} has ${quoted(wrong)}: allowed are ${allowed.join(', ')}, with commas between them`);
}

function folderOf(name: string, text: string | undefined): string | undefined {
  if (text === '') throw new UsageError(`--${name} is empty: give the path of a folder`);
  return text;
}

function flagsOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const flags = text.split(/\s+/).filter((word) => word !== '');
  const wrong = flags.find((flag) => !/^--\w/.test(flag));
  if (flags.length > 0 && wrong === undefined) return flags;
  const what = wrong === undefined ? 'is empty' : `has ${quoted(wrong)}`;
  throw new UsageError(`--node-flags ${what}: give flags as they follow node, such as --max-semi-space-size=4`);
}

function rowsOf(
  mode: Mode,
  words: readonly string[],
  isQuick: boolean,
  servers: readonly PeerName[] | undefined,
): readonly Workload[] {
  if (mode === 'micro') return [];
  const chosen = workloadsOf(mode === 'heap' && words.length === 0 ? ['P6'] : words, isQuick, servers);
  if (mode !== 'check') return chosen;
  const checked = chosen.filter(isChecked);
  if (checked.length > 0) return checked;
  const names = workloads.filter(isChecked).map(({ id }) => (id.includes(' ') ? `'${id}'` : id));
  throw new UsageError(`--check has nothing to hold ${words.join(', ')} to: allowed are ${names.join(', ')}`);
}

function workloadsOf(words: readonly string[], isQuick: boolean, servers: readonly PeerName[] | undefined): Workload[] {
  const unknown = words.find((word) => !workloads.some(({ id, row }) => word === id || word === row));
  if (unknown !== undefined) {
    const ids = workloads.filter(({ id, row }) => id !== row).map(({ id }) => `'${id}'`);
    throw new UsageError(
      `${quoted(unknown)} is not a row: allowed are ${rowNames().join(', ')}, or parts of them: ${ids.join(', ')}`,
    );
  }
  const asked =
    words.length === 0
      ? workloads.filter((workload) => !isQuick || workload.isQuick !== false)
      : workloads.filter(({ id, row }) => words.includes(id) || words.includes(row));
  const chosen = asked.filter((workload) => servers?.some((name) => workload.servers.includes(name)) ?? true);
  if (chosen.length > 0) return chosen;
  const others = [...new Set(asked.flatMap((workload) => workload.servers))];
  throw new UsageError(`--servers ${servers?.join(',')}: not in ${words.join(', ')}, which has ${others.join(', ')}`);
}

function rowNames(): string[] {
  return [...new Set(workloads.map(({ row }) => row))];
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
