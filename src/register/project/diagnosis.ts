// What `harmony-websocket doctor` finds: what the files of a project import of the device, which of it is here, which the
// project provides, what is missing, and which files with a user interface its tests reach.

import { readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nearestName } from '../../core/nearest-name.ts';
import { isAbsent } from '../absent-names.ts';
import { isDeviceModule } from '../device-imports.ts';
import { deviceModule, kitFile } from '../device-module.ts';
import { isFile, isFolder } from '../project-folders.ts';
import { findFile } from '../resolve.ts';
import { readJson5 } from './json5.ts';
import { placeOf } from './place.ts';
import { openProject, type Project } from './project.ts';
import { ReadFiles } from './read-files.ts';

/** Folders that hold no sources of the project. */
const SKIPPED = new Set([
  'node_modules',
  'oh_modules',
  'build',
  'dist',
  '.git',
  '.hvigor',
  '.preview',
  '.harmony',
  '.test',
]);
const TEST_LISTS = /(?:^|\/)test\/List\.test\.(?:ets|ts)$/u;

/** An imported name of the device, and where it is first imported. */
export interface ImportedName {
  readonly module: string;
  readonly name: string;
  /** `path:line`, the path relative to the folder. */
  readonly where: string;
}

/** What is known of a project. Paths are relative to its folder, with forward slashes. */
export interface Diagnosis {
  /** Number of files that were read. */
  readonly files: number;
  /** Names that this package has. */
  readonly works: readonly ImportedName[];
  /** Modules and names that the project provides, with the file that does. */
  readonly provided: readonly (ImportedName & { readonly source: string })[];
  /** Names that are `undefined` off the device, in files that tests reach; in all files of a project without tests. */
  readonly missing: readonly ImportedName[];
  /** Such names in other files, which are not needed for the tests. */
  readonly unreached: readonly ImportedName[];
  /** Sentences with place and remedy. */
  readonly mistakes: readonly string[];
  /** Files with components that tests import, each with the files from the list of tests to it. Using a component throws. */
  readonly interfaces: readonly (readonly string[])[];
}

/**
 * Reads the sources below a folder.
 *
 * @throws the errors of errors.ts, where the configuration of the project has a mistake
 */
export async function diagnose(folder: string): Promise<Diagnosis> {
  const project = await openProject({ folder });
  const paths = sourcesIn(folder);
  const shown = (path: string): string => relative(folder, path).replaceAll('\\', '/');
  const mistakes = new Set<string>(mistakesInConfiguration(folder));
  const files = new ReadFiles();
  const reach = new Reach(project, files, mistakes);
  const lists = paths.filter((path) => TEST_LISTS.test(shown(path)));
  const ways = new Map(lists.flatMap((list) => [...reach.waysFrom(list)]));
  const works: ImportedName[] = [];
  const provided: (ImportedName & { source: string })[] = [];
  const missing: ImportedName[] = [];
  const unreached: ImportedName[] = [];
  const seen = new Set<string>();
  // What tests reach comes first: of several places the first is told.
  for (const path of [...paths].sort((a, b) => Number(ways.has(b)) - Number(ways.has(a)))) {
    const absent = lists.length === 0 || ways.has(path) ? missing : unreached;
    const importer = pathToFileURL(path).href;
    const { uses, problem } = files.read(path);
    if (problem !== undefined && absent === missing) mistakes.add(problem);
    for (const [module, { names, line }] of uses) {
      const where = `${shown(path)}:${line}`;
      const fresh = [...(names.size === 0 ? ['*'] : names)].filter((name) => !seen.has(`${module} ${name}`));
      for (const name of fresh) seen.add(`${module} ${name}`);
      try {
        const given = project.provided(module, importer);
        if (given?.path !== undefined) {
          for (const name of fresh) provided.push({ module, name, where, source: shown(given.path) });
          continue;
        }
        const lacking = new Set(deviceModule(module, importer)?.missing);
        for (const name of fresh) {
          const isMissing = kitFile(module) === undefined || lacking.has(name) || isAbsent(module, name);
          (isMissing ? absent : works).push({ module, name, where });
        }
      } catch (error) {
        mistakes.add((error as Error).message);
      }
    }
  }
  const interfaces = [...ways].filter(([path]) => files.read(path).hasComponent).map(([, way]) => way.map(shown));
  return { files: paths.length, works, provided, missing, unreached, mistakes: [...mistakes], interfaces };
}

/** The first mistake of each configuration that is not JSON5, which a run tells only when it needs the file. */
function mistakesInConfiguration(folder: string): string[] {
  return filesIn(folder, /^(?:oh-package|build-profile|module|app)\.json5$/u).flatMap((path) => {
    try {
      readJson5(path);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

function sourcesIn(folder: string): string[] {
  return filesIn(folder, /(?<!\.d)\.(?:ets|ts)$/u);
}

function filesIn(folder: string, pattern: RegExp): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) found.push(...filesIn(path, pattern));
    else if (entry.isFile() && pattern.test(entry.name)) found.push(path);
  }
  return found;
}

/** What a file leads to by its imports. */
class Reach {
  readonly #project: Project;
  readonly #files: ReadFiles;
  readonly #mistakes: Set<string>;
  readonly #imports = new Map<string, readonly string[]>();

  constructor(project: Project, files: ReadFiles, mistakes: Set<string>) {
    this.#project = project;
    this.#files = files;
    this.#mistakes = mistakes;
  }

  /** The shortest way to each file that it leads to, itself first. */
  waysFrom(start: string): Map<string, string[]> {
    const ways = new Map([[start, [start]]]);
    // A map yields what is added meanwhile: this goes by breadth.
    for (const [path, way] of ways) {
      for (const next of this.#importsOf(path)) if (!ways.has(next)) ways.set(next, [...way, next]);
    }
    return ways;
  }

  #importsOf(path: string): readonly string[] {
    const known = this.#imports.get(path);
    if (known !== undefined) return known;
    const importer = pathToFileURL(path).href;
    const found = new Set<string>();
    for (const { module } of this.#files.read(path).imports) {
      if (isDeviceModule(module)) continue;
      try {
        const target = this.#target(module, importer);
        if (target !== undefined && /\.(?:ets|ts)$/u.test(target)) found.add(target);
        if (target === undefined) this.#tellMissing(module, path);
      } catch (error) {
        this.#mistakes.add((error as Error).message);
      }
    }
    this.#imports.set(path, [...found]);
    return [...found];
  }

  /** An import of a file or package that is not there. */
  #tellMissing(module: string, path: string): void {
    const place = placeOf(path, module);
    if (/^\.{1,2}(?:\/|$)/u.test(module)) {
      const nearest = nearestFile(resolve(dirname(path), module));
      const remedy = nearest === undefined ? 'create it, or correct the path' : `did you mean "${nearest}"?`;
      this.#mistakes.add(`${place}: there is no file "${module}"; ${remedy}`);
    } else if (!module.startsWith('/') && !isInstalled(module, path)) {
      this.#mistakes.add(
        `${place}: the package "${module}" is not installed; declare it in oh-package.json5 and run "ohpm install", ` +
          'or provide it (harmony.config.ts)',
      );
    }
  }

  #target(module: string, importer: string): string | undefined {
    const given = this.#project.provided(module, importer);
    if (given !== undefined) return given.path ?? given.name;
    const file = findFile(module, importer);
    if (file !== undefined) return fileURLToPath(file);
    if (!module.startsWith('.')) return undefined;
    const whole = fileURLToPath(new URL(module, importer));
    return isFile(whole) ? whole : undefined;
  }
}

/** The file beside a missing one whose name differs least, as in the case of its letters. */
function nearestFile(path: string): string | undefined {
  const folder = dirname(path);
  if (!isFolder(folder)) return undefined;
  const names = readdirSync(folder);
  const stem = (name: string) => name.replace(/\.(?:ets|ts|js|json)$/u, '');
  const nearest = nearestName(stem(basename(path)), names.map(stem));
  return names.find((name) => stem(name) === nearest);
}

/** Whether Node finds a package, or it is a module of Node. */
function isInstalled(module: string, path: string): boolean {
  // This package is there: it is the one that reads.
  if (isBuiltin(module) || /^harmony-websocket(?:\/|$)/u.test(module)) return true;
  const [, name] = /^((?:@[^/]+\/)?[^/]+)/u.exec(module) ?? [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (isFolder(join(folder, 'node_modules', name ?? module))) return true;
    if (folder === dirname(folder)) return false;
  }
}
