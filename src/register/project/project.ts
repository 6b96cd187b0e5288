// The project that a run belongs to, and what its imports lead to: the one answer for Node's hooks and for the plugins of
// bundlers. A plain Node.js project has none of it, and never loads this file.

import { readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deviceModule, moduleText } from '../device-module.ts';
import { exportedNames } from '../exports.ts';
import { isFile, mockFile, moduleFolder } from '../project-folders.ts';
import { findFile } from '../resolve.ts';
import { tokenize } from '../tokens.ts';
import { buildProfile, buildProfileText } from './build-profile.ts';
import { type FoundConfig, readConfig } from './config.ts';
import type { ProvideOptions } from './options.ts';
import { PackageImports } from './package-imports.ts';
import { Packages } from './packages.ts';
import { Replacements, readMocks, readProvided } from './replacements.ts';

/** What an import leads to: a file, or a module that exists only here. */
export type Provided = ProvidedFile | ProvidedText;

/** A file of the project. */
export interface ProvidedFile {
  /** Its path, without symbolic links. */
  readonly path: string;
  readonly name?: undefined;
}

/** A module that is made. */
export interface ProvidedText {
  /** Tells it from other modules that are made. */
  readonly name: string;
  readonly path?: undefined;
  /**
   * JavaScript. It imports files only.
   *
   * @param specifierOf  Writes the path of a file as the specifier of an import.
   */
  text(specifierOf: (path: string) => string): string;
}

/** A project that has been opened. */
export interface Project {
  /**
   * What an import leads to by the configuration of the project.
   *
   * @param importer  URL of the importing file; `undefined` for the first file, and for modules that are not files.
   * @returns `undefined` where the project says nothing about it
   * @throws the errors of errors.ts
   */
  provided(specifier: string, importer: string | undefined): Provided | undefined;
}

/** What a plugin knows beside the configuration. */
export interface ProjectSettings extends ProvideOptions {
  /** The folder of the file that the run starts with, or the root of the build. */
  readonly folder: string;
}

/**
 * Opens the project that a folder is in. Mocks come from the module of that folder; if it is in no module, from the module
 * of the importing file.
 *
 * @throws the errors of errors.ts
 */
export async function openProject({ folder, provide }: ProjectSettings): Promise<Project> {
  const config = await readConfig(folder);
  return new OpenProject(folder, config, provide ?? {});
}

class OpenProject implements Project {
  readonly #packages = new Packages();
  readonly #imports = new PackageImports(this.#packages);
  readonly #config: FoundConfig | undefined;
  readonly #folder: string;
  readonly #provide: Readonly<Record<string, string>>;
  /** The replacements of the run; `undefined` where each module has its own. */
  readonly #ofRun: Replacements | undefined;
  readonly #ofModules = new Map<string | undefined, Replacements>();

  constructor(folder: string, config: FoundConfig | undefined, provide: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#config = config;
    this.#provide = provide;
    const module = moduleFolder(folder);
    const isModule = module !== undefined && this.#packages.project(module)?.folder !== module;
    this.#ofRun = isModule ? this.#replacements(module) : undefined;
    // A mistake in the configuration is reported at the start, even if no import asks for it.
    if (!isModule) this.#ofModule(undefined);
  }

  provided(specifier: string, importer: string | undefined): Provided | undefined {
    if (!importer?.startsWith('file:')) return undefined;
    const from = fileURLToPath(importer.replace(/[?#].*$/, ''));
    const replacements = this.#ofRun ?? this.#ofModule(moduleFolder(dirname(from)));
    const isSource = replacements.isSource(from);
    if (!isSource) {
      const path = replacements.find(specifier, importer);
      if (path !== undefined) return { path };
      const names = replacements.namesOf(specifier);
      if (names.size > 0) return kitWith(specifier, names, importer);
    }
    const module = this.#moduleOfBuildProfile(specifier, from);
    if (module !== undefined) return this.#buildProfile(module);
    const path = this.#imports.find(specifier, from) ?? scriptOf(specifier, from, importer);
    if (path === undefined) return undefined;
    return { path: isSource ? path : (replacements.ofFile(path) ?? path) };
  }

  #ofModule(module: string | undefined): Replacements {
    const known = this.#ofModules.get(module);
    if (known !== undefined) return known;
    const found = this.#replacements(module);
    this.#ofModules.set(module, found);
    return found;
  }

  /** Mocks first, then the configuration, then the option: of two for one module the later counts. */
  #replacements(module: string | undefined): Replacements {
    const found = new Replacements();
    if (module !== undefined && isFile(join(module, mockFile))) found.add(readMocks(module));
    if (this.#config?.config.provide !== undefined) {
      found.add(readProvided(this.#config.config.provide, this.#config.folder, this.#config.where));
    }
    const whereOf = (name: string) => `harmonyWebSocket: provide, "${name}"`;
    return found.add(readProvided(this.#provide, this.#folder, whereOf));
  }

  /** The module whose `BuildProfile` an import means. hvigor writes that of a HAR into the folder of the module. */
  #moduleOfBuildProfile(specifier: string, from: string): string | undefined {
    if (!/(^|\/)BuildProfile(\.ets)?$/.test(specifier)) return undefined;
    const module = moduleFolder(dirname(from));
    if (module === undefined) return undefined;
    if (specifier === 'BuildProfile') return module;
    const file = join(module, 'BuildProfile.ets');
    if (isFile(file)) return undefined;
    if (specifier === `${this.#packages.at(module)?.name}/BuildProfile`) return module;
    return `${join(dirname(from), specifier).replace(/\.ets$/, '')}.ets` === file ? module : undefined;
  }

  #buildProfile(module: string): ProvidedText {
    const constants = buildProfile(this.#packages, module, this.#config?.config ?? {});
    return { name: `BuildProfile of ${module}`, text: () => buildProfileText(constants) };
  }
}

/**
 * The JavaScript file that an import inside an installed package means and does not name whole: DevEco compiles HARs to
 * JavaScript, and their imports have no extension.
 */
function scriptOf(specifier: string, from: string, importer: string): string | undefined {
  if (!from.includes(`${sep}oh_modules${sep}`) || !/^\.{1,2}\//.test(specifier)) return undefined;
  const whole = join(dirname(from), specifier);
  if (isFile(whole) || findFile(specifier, importer) !== undefined) return undefined;
  return ['.js', '/Index.js', '/index.js'].map((end) => whole + end).find(isFile);
}

/** A kit for one importing file, with names from files of the project instead of its own. */
function kitWith(kit: string, names: ReadonlyMap<string, string>, importer: string): ProvidedText {
  const { file, missing: absent } = deviceModule(kit, importer) ?? { file: undefined, missing: [] };
  const missing = absent.filter((name) => !names.has(name));
  const list = [...names.entries()];
  return {
    name: `${kit} with ${list.map(([name]) => name).join()} without ${missing.join()}`,
    text: (specifierOf) => {
      const from = file === undefined ? undefined : specifierOf(fileURLToPath(file));
      const passedOn = from === undefined ? '' : `export * from ${JSON.stringify(from)};\n`;
      const sources = list.map(([name, path]) => {
        return `export { ${exportOf(path, name)} as ${name} } from ${JSON.stringify(specifierOf(path))};\n`;
      });
      return [missing.length > 0 ? moduleText(missing, from) : passedOn, ...sources].join('');
    },
  };
}

/** What a source has for a name of a kit: its default export, or that name where the original has no default. */
function exportOf(path: string, name: string): string {
  const exported = exportedNames(tokenize(readFileSync(path, 'utf8')));
  return !exported.has('default') && exported.has(name) ? name : 'default';
}
