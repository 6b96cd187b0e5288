// A kit module for one importing file, with only those parts of the kit that the file names: `@kit.NetworkKit` passes on a module
// for each of its names, and a program that imports `webSocket` should not load them all.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isAbsent } from './absent-names.ts';
import { moduleImports } from './device-imports.ts';
import { exportedVariables } from './exports.ts';
import { tokenize } from './tokens.ts';

/** Where a file behind a kit has a name from. */
interface Part {
  /** URL of the file. */
  readonly file: string;
  readonly name: string;
}

const read = new Map<string, ReadonlyMap<string, Part> | undefined>();

/**
 * The text of a module with these names of a kit.
 *
 * @param file   URL of the file behind the kit
 * @param names  what the importing file names; those that the kit does not have become `undefined`
 * @returns `undefined` where the file itself serves: it passes on one module only, or a name is its own
 */
export function partsText(kit: string, file: string, names: readonly string[]): string | undefined {
  if (!read.has(file)) read.set(file, partsOf(file));
  const parts = read.get(file);
  if (parts === undefined) return undefined;
  const lines: string[] = [];
  for (const name of [...names].sort()) {
    const part = parts.get(name);
    if (part !== undefined) lines.push(`export { ${part.name} as ${name} } from ${JSON.stringify(part.file)};`);
    else if (isAbsent(kit, name)) lines.push(`export { $absent as ${name} };`);
    else return undefined;
  }
  return `const $absent = undefined;\n${lines.join('\n')}\n`;
}

/** The names that a file passes on from several modules. */
function partsOf(file: string): ReadonlyMap<string, Part> | undefined {
  const parts = new Map<string, Part>();
  try {
    const tokens = tokenize(readFileSync(fileURLToPath(file), 'utf8'));
    const variables = [...exportedVariables(tokens)];
    for (const { module, bindings } of moduleImports(tokens)) {
      for (const { name, local, exported = '*' } of bindings) {
        const part = { file: new URL(module, file).href, name };
        if (exported !== '*') parts.set(exported, part);
        for (const [as, variable] of variables) if (variable === local) parts.set(as, part);
      }
    }
  } catch {
    return undefined; // Only compiled files can be read: then every name comes from the file.
  }
  const isKit = new Set([...parts.values()].map((part) => part.file)).size > 1;
  return isKit && [...parts.values()].every(({ name }) => name !== '*') ? parts : undefined;
}
