// Which modules a run gets from the project instead of from the device or from their own files: DevEco's mock-config.json5,
// harmony.config, and the option `provide` of the plugins, as one table.

import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { kitNames } from '../kit-names.ts';
import { isFile, isFolder, mockFile } from '../project-folders.ts';
import { findFile } from '../resolve.ts';
import { projectError } from './errors.ts';
import { objectOf, readJson5, textOf } from './json5.ts';

/** A replacement, checked. */
export interface Replacement {
  /** The module, as the file names it. */
  readonly module: string;
  /** Path of the file that takes its place. */
  readonly source: string;
  /** Path of the file that is replaced; absent for modules that are imported by a name. */
  readonly target?: string;
}

/** The replacements that hold in a run. Of two for one module the later one added counts. */
export class Replacements {
  readonly #modules = new Map<string, string>();
  readonly #files = new Map<string, string>();
  /** Files that take the place of others. What they import is never replaced, so that a mock can use the original. */
  readonly #sources = new Set<string>();

  add(replacements: readonly Replacement[]): this {
    for (const { module, source, target } of replacements) {
      this.#sources.add(source);
      if (target === undefined) this.#modules.set(module, source);
      else this.#files.set(target, source);
    }
    return this;
  }

  isSource(path: string): boolean {
    return this.#sources.has(path);
  }

  /**
   * The path of the file that takes the place of what `specifier` leads to.
   *
   * @param importer  URL of the importing file.
   */
  find(specifier: string, importer: string): string | undefined {
    const source = this.#modules.get(specifier);
    if (source !== undefined || this.#files.size === 0 || !/^(\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) return source;
    if (!URL.canParse(specifier, importer)) return undefined;
    const target = findFile(specifier, importer) ?? new URL(specifier, importer);
    return target.protocol === 'file:' ? this.ofFile(realPath(fileURLToPath(target))) : undefined;
  }

  /** The path of the file that takes the place of another. @param path  without symbolic links */
  ofFile(path: string): string | undefined {
    return this.#files.get(path);
  }

  /** Names that a kit gets from sources, since it re-exports what they replace: `http` for `@ohos.net.http`. */
  namesOf(kit: string): ReadonlyMap<string, string> {
    const names = new Map<string, string>();
    if (!kit.startsWith('@kit.')) return names;
    for (const [module, source] of this.#modules) {
      if (deviceModule.test(module) && mayExport(kit, module)) names.set(kitName(module), source);
    }
    return names;
  }
}

const deviceModule = /^@(ohos|hms|system|arkts)\.[^/]+$/;

/** Modules whose names two kits have: the kit that re-exports them. */
const kitsOf: Readonly<Record<string, string>> = {
  '@ohos.bluetooth.': '@kit.ConnectivityKit',
  '@ohos.net.': '@kit.NetworkKit',
};

/** Whether a kit re-exports a module: it has the name. Of kits of HarmonyOS the names are not known. */
function mayExport(kit: string, module: string): boolean {
  const family = Object.keys(kitsOf).find((beginning) => module.startsWith(beginning));
  if (family !== undefined && kitsOf[family] !== kit) return false;
  const names = kitNames().get(kit) ?? [];
  return names.length === 0 || names.includes(kitName(module));
}

/**
 * Modules that kits re-export by another name than the last part of theirs: facts of the SDK's kits/@kit.*.d.ts. Those of
 * `@system` have a capital letter there.
 */
const otherNames: Readonly<Record<string, string>> = {
  '@arkts.utils': 'ArkTSUtils',
  '@ohos.animator': 'Animator',
  '@ohos.arkui.observer': 'uiObserver',
  '@ohos.batteryStatistics': 'batteryStats',
  '@ohos.faultLogger': 'FaultLogger',
  '@ohos.file.environment': 'Environment',
  '@ohos.file.fileuri': 'fileUri',
  '@ohos.file.fs': 'fileIo',
  '@ohos.file.statvfs': 'statfs',
  '@ohos.fileshare': 'fileShare',
  '@ohos.measure': 'MeasureText',
  '@ohos.nfc.controller': 'nfcController',
  '@ohos.pluginComponent': 'pluginComponentManager',
  '@ohos.resourceschedule.systemload': 'systemLoad',
  '@ohos.secureElement': 'omapi',
  '@ohos.systemparameter': 'systemParameter',
  '@ohos.usbManager.serial': 'serialManager',
  '@ohos.util.json': 'JSON',
  '@system.mediaquery': 'SystemMediaQuery',
  '@system.router': 'SystemRouter',
};

/** The name by which the kit of a module re-exports the module's default. */
function kitName(module: string): string {
  if (Object.hasOwn(otherNames, module)) return otherNames[module]!;
  const last = module.slice(module.lastIndexOf('.') + 1);
  return module.startsWith('@system.') ? `${last[0]?.toUpperCase()}${last.slice(1)}` : last;
}

/**
 * The mocks of a module, read as DevEco reads them: a source counts from the module's folder; a local file is named by its path
 * below `src/main/ets`, with extension; an entry without a source says nothing.
 *
 * @throws ERR_PROJECT_FILE, ERR_PROVIDE_SOURCE, ERR_PROVIDE_TWICE
 */
export function readMocks(module: string): Replacement[] {
  const path = join(module, mockFile);
  if (!isFile(path)) return [];
  const places = new Map<string, string>();
  return readJson5(path).members.flatMap(({ name, value, where }): Replacement[] => {
    const given = typeof value === 'string' ? value : objectOf(value).source;
    if (given === undefined) return [];
    const source = typeof value === 'string' ? undefined : textOf(given);
    if (source === undefined) {
      const problem = `the mock of "${name}" has no path as its source`;
      throw projectError('ERR_PROJECT_FILE', where, problem, `write { source: 'src/mock/File.mock.ets' }`);
    }
    const local = resolve(module, 'src/main/ets', name);
    const isLocal = /\.(ets|ts)$/.test(name) && !name.startsWith('@');
    refuseSecond(places, isLocal ? local : name, name, where);
    const file = resolve(module, source);
    if (!isFile(file)) throw noSource(where, name, source, file);
    const replacement = { module: name, source: realPath(file) };
    return isLocal ? [{ ...replacement, target: realPath(local) }] : [replacement];
  });
}

/**
 * The modules that a configuration provides: a name, or the path of a file, and the path of the source. Paths count from
 * `folder`, and may leave out the extension of ArkTS and TypeScript files.
 *
 * @param whereOf  `path:line` of a module's entry.
 * @throws ERR_PROVIDE_SOURCE, ERR_PROVIDE_TWICE
 */
export function readProvided(
  provide: Readonly<Record<string, string>>,
  folder: string,
  whereOf: (module: string) => string,
): Replacement[] {
  const places = new Map<string, string>();
  return Object.entries(provide).map(([module, source]) => {
    const where = whereOf(module);
    const isLocal = /^(\.{1,2})?\//.test(module);
    const target = isLocal ? (complete(module, folder) ?? resolve(folder, module)) : undefined;
    refuseSecond(places, target ?? module, module, where);
    const file = complete(source, folder);
    if (file === undefined) throw noSource(where, module, source, resolve(folder, source));
    if (target !== undefined && !isFile(target)) {
      throw projectError('ERR_PROJECT_FILE', where, `the file "${module}" does not exist`, 'correct its path');
    }
    return { module, source: realPath(file), ...(target === undefined ? {} : { target: realPath(target) }) };
  });
}

function noSource(where: string, module: string, source: string, path: string): Error {
  if (!isFolder(path)) return projectError('ERR_PROVIDE_SOURCE', where, module, source, path);
  const problem = `the source "${source}" of "${module}" is a folder`;
  return projectError('ERR_PROJECT_FILE', where, problem, 'name a file in it');
}

/** The path of an existing file, whose extension may be left out. */
function complete(path: string, folder: string): string | undefined {
  const whole = resolve(folder, path);
  if (isFile(whole)) return whole;
  const found = findFile(pathToFileURL(whole).href, pathToFileURL(join(folder, 'importer.ets')).href);
  return found && fileURLToPath(found);
}

function refuseSecond(places: Map<string, string>, key: string, module: string, where: string): void {
  const first = places.get(key);
  if (first !== undefined) throw projectError('ERR_PROVIDE_TWICE', where, module, first);
  places.set(key, where);
}

/** A path as the module loader knows it: without symbolic links. */
export function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return existsSync(parent) ? join(realpathSync(parent), path.slice(parent.length)) : path;
}
