// The files that the tests of an app begin with: one for each module, as DevEco Studio lays projects out.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { CommandError } from './exit.ts';

/** A file of tests. */
export interface TestFile {
  /** Relative to the working folder, with forward slashes. */
  readonly path: string;
  /** Names of the module: the one that the project gives it, and that of its folder. Empty without a module. */
  readonly modules: readonly string[];
}

/** Where a module has its tests: those that run anywhere, those that run on a device, and those of a plain project. */
const places = ['src/test', 'src/ohosTest/ets/test', 'test'];
const LIST = 'List.test.ets';
/** Folders between the one that is given and a module. */
const DEPTH = 3;

/**
 * Finds the test files of a module, or of the modules in a project.
 *
 * @param given    a module, a project, a folder with List.test.ets, or a file of tests
 * @param modules  names of the modules that are wanted; all where it is empty
 * @throws CommandError if there are none
 */
export function findTestFiles(given: string, modules: readonly string[]): readonly TestFile[] {
  const kind = kindOf(given);
  if (kind === undefined)
    throw new CommandError(`${given} does not exist; name a module, a project or a file of tests`);
  if (kind === 'file') {
    if (!given.endsWith('.test.ets'))
      throw new CommandError(`${given} is not a file of tests; their names end in .test.ets`);
    return [checked({ path: shortPath(given), modules: [] })];
  }
  const direct = join(given, LIST);
  const found = kindOf(direct) === 'file' ? [{ path: shortPath(direct), modules: [] }] : searched(given, DEPTH);
  if (found.length === 0) {
    const wanted = places.map((place) => `${place}/${LIST}`).join(', ');
    const other = otherTests(given);
    const advice = other === undefined ? '' : `; there is ${other}: name it to run it`;
    throw new CommandError(`no tests in ${given}: expected ${wanted} in it or in a module below it${advice}`);
  }
  const selected =
    modules.length === 0 ? found : found.filter((file) => file.modules.some((name) => modules.includes(name)));
  if (selected.length === 0) {
    const names = [...new Set(found.flatMap((file) => file.modules.slice(0, 1)))].join(', ') || 'none';
    throw new CommandError(`no module is called ${modules.join(', ')}; those with tests are ${names}`);
  }
  return selected.map(checked);
}

function searched(folder: string, depth: number): TestFile[] {
  const own = places.map((place) => join(folder, place, LIST)).filter((path) => kindOf(path) === 'file');
  if (own.length > 0) return own.map((path) => ({ path: shortPath(path), modules: namesOf(folder) }));
  if (depth === 0) return [];
  return foldersIn(folder).flatMap((name) => searched(join(folder, name), depth - 1));
}

/** The folders that may be modules, or have some. */
function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\.|(node_modules|oh_modules|build|src)$)/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** A file of tests in the same places that has another name. */
function otherTests(given: string): string | undefined {
  for (const folder of [given, ...foldersIn(given).map((name) => join(given, name))]) {
    for (const place of places) {
      const at = join(folder, place);
      const name = kindOf(at) === 'folder' ? readdirSync(at).find((file) => file.endsWith('.test.ets')) : undefined;
      if (name !== undefined) return shortPath(join(at, name));
    }
  }
  return undefined;
}

/** The name in module.json5 is the one that hvigor takes; the folder may have another. */
function namesOf(folder: string): readonly string[] {
  const path = join(folder, 'src/main/module.json5');
  const text = kindOf(path) === 'file' ? readFileSync(path, 'utf8') : '';
  const [, name] = /["']?module["']?\s*:\s*\{[^{}]*?["']?\bname["']?\s*:\s*["']([^"']+)["']/u.exec(text) ?? [];
  return [...(name === undefined ? [] : [name]), basename(resolve(folder))];
}

/** A file that declares nothing would pass. */
function checked(file: TestFile): TestFile {
  const text = readFileSync(file.path, 'utf8');
  if (/\bexport\s+default\b|\bas\s+default\b|\bdescribe\s*\(|\bhypiumTest\s*\(/.test(text)) return file;
  throw new CommandError(
    `${file.path}:1: no default export, so no test is declared; add one: export default function testsuite() { … }`,
  );
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? 'file' : stats?.isDirectory() ? 'folder' : undefined;
}

/** As `node --test` takes it. */
function shortPath(path: string): string {
  return relative(process.cwd(), path).split(sep).join('/');
}
