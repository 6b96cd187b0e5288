// The declarations of modules of the device that this package does not have and nobody provides, for `harmony-websocket types`.
// Such a module loads, and using a name of it throws. So that unchanged code type-checks, its names have the type `any`. Kits are
// listed by name: a misspelt one is an error of the compiler.

import { kitTable } from '../kit-table.ts';

/** Everything else that a device may have. What is declared by its own name goes first. */
const patterns = ['@ohos.*', '@hms.*', '@system.*', '*.so'];

/** @param declared  Modules that have declarations. */
export function absentDeclarations(declared: ReadonlySet<string>): string {
  const kits = [...kitTable.matchAll(/^@kit\.\w+/gm)].map(([name]) => name).filter((name) => !declared.has(name));
  return [...kits, ...patterns].map((name) => `declare module '${name}';\n`).join('');
}
