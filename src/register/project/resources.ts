// Reads the resources of a module as far as networking code does: the JSON files of `resources/<language>/element`, and raw
// files. It keeps nothing, so that the contexts of any thread, and of any bundle, can use it.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, resolve } from 'node:path';
import { isFile, isFolder, moduleFolder } from '../project-folders.ts';
import { projectError } from './errors.ts';

/** Resources of the module that the run is in, and of those beside it. Names that nobody has give `undefined`. */
export interface ModuleResources {
  /**
   * The value of a resource in a file below `element`, as it is written: references (`$string:name`) are not followed.
   *
   * @param kind        `string`, `integer`, `float`, `boolean`, `color`, `strarray`, `intarray` or `plural`
   * @param moduleName  `''` for the module of the run; others are folders beside it
   * @param locale      Such as `en-US`; absent: the base values.
   */
  element(kind: string, name: string, moduleName: string, locale: string | undefined): unknown;
  /** The content of a file below `rawfile`. */
  rawFile(path: string, moduleName: string): Uint8Array | undefined;
  /** Names of the files and folders in a folder below `rawfile`; `''` is that folder itself. */
  rawFiles(folder: string, moduleName: string): string[] | undefined;
}

/**
 * The resources of a module.
 *
 * @param folder  A folder in the module; without one that of the run.
 * @returns `undefined` where there is no module
 */
export function moduleResources(folder = folderOfRun()): ModuleResources | undefined {
  const own = moduleFolder(resolve(folder));
  if (own === undefined) return undefined;
  const resourcesOf = (module: string) => {
    const isOwn = module === '' || module === basename(own);
    return join(isOwn ? own : join(dirname(own), module), 'src/main/resources');
  };
  const raw = (path: string, module: string) => rawPath(join(resourcesOf(module), 'rawfile'), path);
  return {
    element(kind, name, module, locale) {
      for (const place of [resourcesOf(module), ...appScope(own)]) {
        for (const language of languages(locale)) {
          const value = elements(join(place, language, 'element'), kind).get(name);
          if (value !== undefined) return value;
        }
      }
      return undefined;
    },
    rawFile(path, module) {
      const file = raw(path, module);
      return file !== undefined && isFile(file) ? readFileSync(file) : undefined;
    },
    rawFiles(path, module) {
      const found = raw(path, module);
      return found !== undefined && isFolder(found) ? readdirSync(found).sort() : undefined;
    },
  };
}

/** Where project-start.ts leaves the folder in this thread, and the plugin of Vite for the processes of tests. */
function folderOfRun(): string {
  const known = (globalThis as unknown as Record<symbol, string | undefined>)[runFolder];
  return known ?? process.env.HARMONY_WEBSOCKET_MODULE ?? process.cwd();
}

const runFolder = Symbol.for('harmony-websocket/run-folder');

/** Folders below `resources`, the first that has a name counts: `en_US`, `en`, `base`. */
function languages(locale: string | undefined): string[] {
  if (locale === undefined) return ['base'];
  return [locale.replaceAll('-', '_'), locale.replace(/[-_].*$/, ''), 'base'];
}

/** The resources of the whole app, in the nearest folder above the module that has them. */
function appScope(module: string): string[] {
  for (let at = module; at !== dirname(at); at = dirname(at)) {
    const found = join(at, 'AppScope/resources');
    if (isFolder(found)) return [found];
  }
  return [];
}

/** The values of one kind in the JSON files of a folder. Their names say nothing: each file names the kind inside. */
function elements(folder: string, kind: string): Map<string, unknown> {
  const found = new Map<string, unknown>();
  if (!isFolder(folder)) return found;
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.json')) continue;
    const list = objectIn(join(folder, file))[kind];
    if (!Array.isArray(list)) continue;
    for (const { name, value } of list as { name?: unknown; value?: unknown }[]) {
      if (typeof name === 'string' && !found.has(name)) found.set(name, value);
    }
  }
  return found;
}

function objectIn(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    throw projectError('ERR_PROJECT_FILE', path, `the file is not JSON (${(error as Error).message})`, 'correct it');
  }
}

/** A path below the folder of raw files; `undefined` for one that leads out of it. */
function rawPath(folder: string, path: string): string | undefined {
  const below = normalize(path);
  return below.startsWith('..') ? undefined : join(folder, below);
}
