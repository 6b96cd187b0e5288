// What `harmony-websocket types` writes: declarations of the kits, of the modules that a project provides, of those that are
// absent, of `BuildProfile` and of what is global on a device, and a tsconfig that includes them.
//
// They are ambient (`declare module`), not `paths`: the `paths` of a tsconfig replace those of the one that it extends, so a
// project with paths of its own would lose them. A file in `files` stays, whatever the project includes itself.

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kitModules } from '../kit-modules.ts';
import { moduleFolder } from '../project-folders.ts';
import { absentDeclarations } from './absent-declarations.ts';
import { buildProfile } from './build-profile.ts';
import { readConfig } from './config.ts';
import { globalDeclarations, timerDeclarations } from './global-declarations.ts';
import { objectOf, readJson5 } from './json5.ts';
import { Packages } from './packages.ts';
import { type Replacement, readMocks, readProvided } from './replacements.ts';

/** The files to write, with their texts, by their names. */
export type Declarations = ReadonlyMap<string, string>;

/** This package as its users get it. */
const top = fileURLToPath(new URL('../../../', import.meta.url));

const head = '// Written by "harmony-websocket types".\n';

/**
 * The declarations for a folder of a project.
 *
 * @param out  The folder that they are written into.
 * @throws the errors of errors.ts
 */
export async function declarationsOf(folder: string, out: string): Promise<Declarations> {
  const provided = await providedIn(folder);
  const files = new Map<string, string>();
  const kits = kitDeclarations(new Set(provided.keys()));
  const modules = [...provided].map(([module, source], index) => {
    const name = `provided-${index + 1}.d.ts`;
    const declared = isTypeScript(source);
    if (declared) files.set(name, namespaceOf(source, out, index));
    return `declare module '${module}'${declared ? ` {\n  export = ${namespace(index)};\n}` : ';'}\n`;
  });
  files.set('kits.d.ts', `${head}${kits.text}`);
  files.set('absent.d.ts', head + absentDeclarations(new Set([...kits.modules, ...provided.keys()])));
  files.set('globals.d.ts', head + globalDeclarations);
  files.set('timers.d.ts', head + timerDeclarations(usesNodeTypes(folder)));
  files.set('provided.d.ts', [head, ...modules, await buildProfileDeclaration(folder)].join(''));
  files.set('tsconfig.json', tsconfig([...files.keys()], kits.compilerOptions));
  return files;
}

/** Sources of modules that this package does not have itself, by module. Files that replace files keep their types. */
async function providedIn(folder: string): Promise<Map<string, string>> {
  const config = await readConfig(folder);
  const module = moduleFolder(folder);
  const all: Replacement[] = module === undefined ? [] : readMocks(module);
  if (config?.config.provide !== undefined) {
    all.push(...readProvided(config.config.provide, config.folder, config.where));
  }
  const named = all.filter(({ module, target }) => target === undefined && !Object.hasOwn(kitModules, module));
  return new Map(named.map(({ module, source }) => [module, source]));
}

/** The kits of tsconfig.kit.json, and its other settings. */
function kitDeclarations(provided: ReadonlySet<string>): { text: string; modules: string[]; compilerOptions: object } {
  const { paths, ...compilerOptions } = objectOf(readJson5(join(top, 'tsconfig.kit.json')).value.compilerOptions);
  const modules = Object.entries(objectOf(paths)).flatMap(([module, files]) => {
    const [file] = Array.isArray(files) ? (files as string[]) : [];
    if (file === undefined || provided.has(module)) return [];
    const from = `harmony-websocket/types/${file.replace(/^\.\/dist\/register\/|\.d\.ts$/g, '')}`;
    const isDefault = hasDefault(join(top, file));
    const byDefault = isDefault ? `  export { default } from '${from}';\n` : '';
    return [`declare module '${module}' {\n  export * from '${from}';\n${byDefault}}\n`];
  });
  return { text: modules.join(''), modules: Object.keys(objectOf(paths)), compilerOptions };
}

/** Whether a package.json in the folder or above it has `@types/node`. */
function usesNodeTypes(folder: string): boolean {
  for (let place = folder; ; place = dirname(place)) {
    const path = join(place, 'package.json');
    if (existsSync(path)) {
      const { dependencies, devDependencies } = objectOf(readJson5(path).value);
      if ([dependencies, devDependencies].some((all) => Object.hasOwn(objectOf(all), '@types/node'))) return true;
    }
    if (dirname(place) === place) return false;
  }
}

/** Whether a module of TypeScript has a default export. */
function hasDefault(path: string): boolean {
  return /\bexport\s+default\b|\bas\s+default\b/.test(readFileSync(path, 'utf8'));
}

function isTypeScript(path: string): boolean {
  return /\.m?ts$/.test(path);
}

function namespace(index: number): string {
  return `$harmony_provided_${index + 1}`;
}

/** A module with all that a source exports, which is also a namespace: an ambient declaration cannot name a path. */
function namespaceOf(source: string, out: string, index: number): string {
  const extension = extname(source);
  const name = basename(source, extension) + extension.replace('ts', 'js');
  const path = [...relative(out, dirname(source)).split(sep), name].filter((part) => part !== '').join('/');
  const from = JSON.stringify(path.startsWith('.') ? path : `./${path}`);
  const byDefault = hasDefault(source) ? `export { default } from ${from};\n` : '';
  return `${head}export * from ${from};\n${byDefault}export as namespace ${namespace(index)};\n`;
}

async function buildProfileDeclaration(folder: string): Promise<string> {
  const module = moduleFolder(folder);
  if (module === undefined) return '';
  const config = await readConfig(folder);
  const constants = [...buildProfile(new Packages(), module, config?.config ?? {})];
  const types = constants.map(([name, value]) => ({ name, type: typeof value }));
  return [
    "declare module 'BuildProfile' {\n",
    ...types.map(({ name, type }) => `  export const ${name}: ${type};\n`),
    '  export default class BuildProfile {\n',
    ...types.map(({ name, type }) => `    static readonly ${name}: ${type};\n`),
    '  }\n}\n',
  ].join('');
}

function tsconfig(files: readonly string[], compilerOptions: object): string {
  const names = files.map((name) => `./${name}`);
  const text = JSON.stringify({ files: names, compilerOptions }, undefined, 2);
  return `${head}// Your own tsconfig.json extends it.\n${text}\n`;
}
