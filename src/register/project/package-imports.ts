// What an import of a package leads to: another module of the project, or a package that ohpm installed. The rules are those of
// ohpm: what oh-package.json5 declares by `file:` first, then the folders `oh_modules` from the importing file upwards.

import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { kitModules } from '../kit-modules.ts';
import { isFile, isFolder } from '../project-folders.ts';
import { findFile } from '../resolve.ts';
import { projectError } from './errors.ts';
import { objectOf, textOf } from './json5.ts';
import type { Dependency, OhPackage, Packages } from './packages.ts';
import { placeOf } from './place.ts';
import { realPath } from './replacements.ts';

/** Finds the files behind imports of packages. */
export class PackageImports {
  readonly #packages: Packages;
  /** Folders of packages whose dependencies have no circle. */
  readonly #checked = new Set<string>();

  constructor(packages: Packages) {
    this.#packages = packages;
  }

  /**
   * The path of the file that an import of a package leads to.
   *
   * @param importer  Path of the importing file.
   * @returns `undefined` where the import is not one of ohpm: a kit, a file, a package of npm
   * @throws ERR_OHPM_MISSING, ERR_OHPM_FOLDER, ERR_OHPM_ENTRY, ERR_OHPM_CYCLE
   */
  find(specifier: string, importer: string): string | undefined {
    const [, name, below] = /^((?:@[^/]+\/)?[^/@.#:][^/:]*)(?:\/(.+))?$/.exec(specifier) ?? [];
    if (name === undefined || /\.so$/.test(name) || Object.hasOwn(kitModules, specifier)) return undefined;
    const own = this.#packages.around(dirname(importer));
    if (own === undefined || importer.includes(`${sep}node_modules${sep}`)) return undefined;
    const declared = this.#declared(name, own);
    if (declared === undefined && isBuiltin(specifier)) return undefined;
    this.#refuseCircles(own, []);
    const ofFile = folderIn(declared);
    if (declared !== undefined && ofFile !== undefined && !isFolder(ofFile)) {
      throw projectError('ERR_OHPM_FOLDER', declared.where, name, ofFile);
    }
    const folder = ofFile ?? installed(name, dirname(importer)) ?? this.#moduleNamed(name, own.folder);
    if (folder !== undefined) return fileOf(this.#packages, folder, name, below, declared);
    if (declared === undefined || isInNodeModules(name, dirname(importer))) return undefined;
    const root = this.#packages.project(own.folder)?.folder ?? own.folder;
    const at = placeOf(importer, specifier);
    throw projectError('ERR_OHPM_MISSING', declared.where, name, declared.version, at, root);
  }

  /** The declaration of a dependency, in the module or in the project, after the project's `overrides`. */
  #declared(name: string, own: OhPackage): Dependency | undefined {
    const project = this.#packages.project(own.folder);
    const root = project && this.#packages.at(project.folder);
    const declared = own.dependency(name) ?? root?.dependency(name);
    const override = root && textOf(objectOf(root.file.value.overrides)[name]);
    if (declared === undefined || root === undefined || override === undefined) return declared;
    return { version: override, where: root.file.where('overrides', name), folder: root.folder };
  }

  /** The module of the project whose package has this name. */
  #moduleNamed(name: string, folder: string): string | undefined {
    const modules = this.#packages.project(folder)?.modules ?? [];
    return modules.find((module) => this.#packages.at(module)?.name === name);
  }

  #refuseCircles(own: OhPackage, path: readonly OhPackage[]): void {
    if (this.#checked.has(own.folder)) return;
    const start = path.findIndex(({ folder }) => folder === own.folder);
    if (start !== -1) {
      const circle = path.slice(start);
      const last = circle.at(-1)!;
      const where = last.dependency(this.#nameIn(last, own))?.where ?? last.file.path;
      throw projectError(
        'ERR_OHPM_CYCLE',
        where,
        [...circle, own].map(({ name }) => name),
      );
    }
    for (const name of own.required) {
      const folder = folderIn(this.#declared(name, own));
      const next = folder && this.#packages.at(folder);
      if (next) this.#refuseCircles(next, [...path, own]);
    }
    this.#checked.add(own.folder);
  }

  /** The name by which one package depends on the other. */
  #nameIn(one: OhPackage, other: OhPackage): string {
    const isOther = (name: string) => folderIn(this.#declared(name, one)) === other.folder;
    return one.required.find(isOther) ?? other.name;
  }
}

/** The folder that `file:` names. An archive is unpacked by ohpm, into oh_modules. */
function folderIn(declared: Dependency | undefined): string | undefined {
  const path = declared?.version.match(/^file:(.+)$/)?.[1];
  if (declared === undefined || path === undefined || /\.(har|hsp|tgz)$/.test(path)) return undefined;
  return resolve(declared.folder, path);
}

/** The folder in the nearest oh_modules that has the package. */
function installed(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = join(basename(at) === 'oh_modules' ? at : join(at, 'oh_modules'), name);
    if (isFolder(found)) return realPath(found);
    if (at === dirname(at)) return undefined;
  }
}

/** Whether Node finds the package by its own rules. */
function isInNodeModules(name: string, folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (isFolder(join(at, 'node_modules', name))) return true;
    if (at === dirname(at)) return false;
  }
}

/** Entries of a package whose oh-package.json5 names none. */
const entries = ['Index', 'index', 'src/main/ets/Index', 'src/main/ets/index'];

function fileOf(
  packages: Packages,
  folder: string,
  name: string,
  below: string | undefined,
  declared: Dependency | undefined,
): string {
  if (below !== undefined) return realPath(complete(folder, below) ?? join(folder, below));
  const found = packages.at(folder);
  const main = textOf(found?.file.value.main);
  for (const entry of main === undefined ? entries : [main, ...entries]) {
    const file = complete(folder, entry);
    if (file !== undefined) return realPath(file);
  }
  const where =
    (main === undefined ? undefined : found?.file.where('main')) ?? found?.file.path ?? declared?.where ?? folder;
  if (isFile(join(folder, 'ets/modules.abc'))) {
    const remedy = 'use its sources, or provide the module (harmony.config.ts)';
    throw projectError('ERR_OHPM_ENTRY', where, name, 'it is compiled for devices (ets/modules.abc)', remedy);
  }
  const problem = main === undefined ? 'it has no entry file' : `its entry "${main}" does not exist`;
  throw projectError(
    'ERR_OHPM_ENTRY',
    where,
    name,
    problem,
    `set "main" to a file in ${relative('', folder) || folder}`,
  );
}

/** The path of a file below a folder, whose extension may be left out. */
function complete(folder: string, path: string): string | undefined {
  const whole = join(folder, path);
  if (isFile(whole)) return whole;
  const found = findFile(pathToFileURL(whole).href, pathToFileURL(join(folder, 'importer.ets')).href);
  if (found !== undefined) return fileURLToPath(found);
  return isFile(`${whole}.js`) ? `${whole}.js` : undefined;
}
