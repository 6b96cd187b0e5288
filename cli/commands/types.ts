// `harmony-websocket types`: writes declarations of kits and of provided modules, for TypeScript.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArguments } from '../arguments.ts';
import { CommandError, ExitCode } from '../exit.ts';
import type { Streams } from '../streams.ts';

export const typesHelp = `harmony-websocket types: declarations of kits and of provided modules

Writes a tsconfig.json and declarations into a folder of the project. A tsconfig.json that extends it type-checks
imports of the kits, of the modules that harmony.config.ts and src/mock/mock-config.json5 provide, of BuildProfile and
of modules that are absent (as any), globals such as getContext, and timers as numbers. It may have "paths" of its
own. Run the command again after the configuration or the package changes.

Usage
  harmony-websocket types [FOLDER] [options]

Options
  --out DIR     folder to write into, counted from FOLDER (default .harmony)
  -h, --help    print this help

Examples
  harmony-websocket types
  harmony-websocket types entry --out types

Exit codes
  0    the files are written
  1    a configuration has a mistake, or a file cannot be written
  2    the command line has a mistake
`;

/** Writes the files. @returns the exit code */
export async function typesCommand(args: readonly string[], { stdout }: Streams): Promise<number> {
  const { values, positionals } = parseArguments(args, { out: { type: 'string', default: '.harmony' } }, ['FOLDER']);
  const folder = resolve(positionals[0] ?? '.');
  const out = resolve(folder, values.out);
  try {
    // Loaded when it is needed: it reads JSON5, and the other commands do not.
    const { declarationsOf } = await import('#project');
    const files = await declarationsOf(folder, out);
    mkdirSync(out, { recursive: true });
    for (const [name, text] of files) {
      writeFileSync(join(out, name), text);
      stdout.write(`wrote ${shown(join(out, name))}\n`);
    }
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    // Anything without a code is a bug.
    if (code === undefined) throw error;
    throw new CommandError(message);
  }
  const base = relative(folder, join(out, 'tsconfig.json')).replaceAll('\\', '/');
  stdout.write(`extend it in ${shown(join(folder, 'tsconfig.json'))}: { "extends": "./${base}" }\n`);
  return ExitCode.ok;
}

/** A path as the user would write it here. */
function shown(path: string): string {
  return relative('', path) || path;
}
