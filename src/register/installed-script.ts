// JavaScript of packages that ohpm installed. It is ES modules, whatever the package.json of the project above says: Node would
// read it as CommonJS by that file, or warn.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hasModuleSyntax } from './exports.ts';
import type { LoadedModule } from './load.ts';
import { tokenize } from './tokens.ts';

/** Loads an ES module of JavaScript in oh_modules; `undefined` for all other files. @throws the errors of `node:fs` */
export function loadInstalled(url: string): LoadedModule | undefined {
  if (!/^file:.*\/oh_modules\/.*\.js$/.test(url)) return undefined;
  const source = readFileSync(fileURLToPath(url), 'utf8');
  return hasModuleSyntax(tokenize(source)) ? { format: 'module', source, shortCircuit: true } : undefined;
}
