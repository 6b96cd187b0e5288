// `harmony-websocket doctor`: what a project imports of the device, and what to do about what is not there.

import { relative, resolve } from 'node:path';
import { parseArguments } from '../arguments.ts';
import { CommandError, ExitCode } from '../exit.ts';
import type { Streams } from '../streams.ts';

export const doctorHelp = `harmony-websocket doctor: what a project needs to run off the device

Reads the sources of a project and says what they import of which kit: what works, what the project provides, what is
missing and how to provide it, and which files with components its tests reach, by which imports. Names that only
types and components use are not needed here, and not listed.

Usage
  harmony-websocket doctor [FOLDER]

Options
  -h, --help    print this help

Examples
  harmony-websocket doctor
  harmony-websocket doctor entry

Exit codes
  0    everything that tests reach is there; without tests, everything that is imported
  1    something is missing, or a source or a configuration has a mistake
  2    the command line has a mistake
`;

/** Prints the diagnosis. @returns the exit code */
export async function doctorCommand(args: readonly string[], { stdout }: Streams): Promise<number> {
  const { positionals } = parseArguments(args, {}, ['FOLDER']);
  const folder = resolve(positionals[0] ?? '.');
  // Loaded when it is needed: it reads JSON5, and the other commands do not.
  const { diagnose } = await import('#doctor');
  const found = await diagnose(folder).catch((error: Error & { code?: string }) => {
    // Anything without a code is a bug.
    if (error.code === undefined) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw new CommandError(`no folder ${relative('', folder) || folder}; name the folder of a project`);
    }
    throw new CommandError(error.message);
  });
  const { files, works, provided, missing, unreached, mistakes, interfaces } = found;
  const lines = [
    `${count(files, 'file')}, ${count(new Set([...works, ...provided, ...missing, ...unreached].map(({ module }) => module)).size, 'module')} of the device`,
  ];
  section(lines, 'Works', byModule(works));
  section(
    lines,
    'Provided by the project',
    provided.map(({ module, name, source }) => `${module}${name === '*' ? '' : `: ${name}`}, by ${source}`),
  );
  section(
    lines,
    'Missing: undefined off the device, and its use throws',
    missing.map(({ module, name, where }) => `${where}: ${named(name)} of ${module}`),
    missing.length === 0
      ? undefined
      : `to provide a module, name a file in harmony.config.json5: { provide: { '${missing[0]!.module}': './stubs/file.ets' } }, or for tests in src/mock/mock-config.json5`,
  );
  section(
    lines,
    'Missing in files that no test reaches',
    unreached.map(({ module, name, where }) => `${where}: ${named(name)} of ${module}`),
  );
  section(
    lines,
    'Components that tests reach: they load, and their use throws',
    interfaces.map((chain) => chain.join(' → ')),
  );
  section(lines, 'Mistakes', mistakes);
  const isWell = missing.length + mistakes.length === 0;
  if (isWell) lines.push('', 'Everything that is needed is there.');
  stdout.write(`${lines.join('\n')}\n`);
  return isWell ? ExitCode.ok : ExitCode.failed;
}

function section(lines: string[], title: string, items: readonly string[], remedy?: string): void {
  if (items.length === 0) return;
  lines.push('', title, ...items.map((item) => `  ${item}`));
  if (remedy !== undefined) lines.push(`  ${remedy}`);
}

function byModule(names: readonly { readonly module: string; readonly name: string }[]): string[] {
  const modules = new Map<string, string[]>();
  for (const { module, name } of names) modules.set(module, [...(modules.get(module) ?? []), named(name)]);
  return [...modules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([module, list]) => `${module}: ${list.join(', ')}`);
}

function named(name: string): string {
  return name === '*' ? 'the module' : name === 'default' ? 'the default export' : name;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
