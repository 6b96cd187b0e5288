// The packages of ohpm: oh-package.json5 of a module, of a package in oh_modules, and of the project, with what each depends
// on. Reading only; packages-resolve.ts finds what an import leads to.

import { dirname, join } from 'node:path';
import { isFile, nearestWith, packageFile } from '../project-folders.ts';
import { type Json5File, type JsonObject, objectOf, objectsOf, readJson5, textOf } from './json5.ts';

/** A dependency as it is declared. */
export interface Dependency {
  /** `'1.2.0'`, `'^1.2.0'`, `'file:../net'` */
  readonly version: string;
  /** `path:line` of the declaration. */
  readonly where: string;
  /** The folder that a path of `file:` counts from. */
  readonly folder: string;
}

/** A folder with an oh-package.json5. */
export interface OhPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly file: Json5File;
  /** The dependency of this name, for development and for loading on demand too. */
  dependency(name: string): Dependency | undefined;
  /** The names of `dependencies`, without those for development or for loading on demand. */
  readonly required: readonly string[];
}

/** Reads packages, each once. */
export class Packages {
  readonly #byFolder = new Map<string, OhPackage | undefined>();
  readonly #projects = new Map<string, Project | undefined>();

  /** The package whose folder this is. */
  at(folder: string): OhPackage | undefined {
    if (!this.#byFolder.has(folder)) {
      const path = join(folder, packageFile);
      this.#byFolder.set(folder, isFile(path) ? this.#read(folder, path) : undefined);
    }
    return this.#byFolder.get(folder);
  }

  /** The package that a folder is in. */
  around(folder: string): OhPackage | undefined {
    const found = nearestWith(folder, [packageFile]);
    return found === undefined ? undefined : this.at(found);
  }

  /** The project that a folder is in. */
  project(folder: string): Project | undefined {
    if (!this.#projects.has(folder)) {
      this.#projects.set(folder, this.#findProject(folder));
    }
    return this.#projects.get(folder);
  }

  #read(folder: string, path: string): OhPackage {
    const file = readJson5(path);
    const dependency = (name: string): Dependency | undefined => {
      for (const kind of ['dependencies', 'devDependencies', 'dynamicDependencies']) {
        const written = textOf(objectOf(file.value[kind])[name]);
        if (written === undefined) continue;
        return { version: this.#withParameters(written, folder), where: file.where(kind, name), folder };
      }
      return undefined;
    };
    return {
      folder,
      name: textOf(file.value.name) ?? '',
      version: this.#withParameters(textOf(file.value.version) ?? '', folder),
      file,
      dependency,
      required: Object.keys(objectOf(file.value.dependencies)),
    };
  }

  /** Replaces `@param:a.b` by what the file of parameters of the project says. */
  #withParameters(written: string, folder: string): string {
    if (!written.startsWith('@param:')) return written;
    const root = this.project(folder)?.folder;
    if (root === undefined) return written;
    const path = textOf(readJson5(join(root, packageFile)).value.parameterFile);
    if (path === undefined) return written;
    const parameters = readJson5(join(root, path)).value;
    const whole = written.slice('@param:'.length);
    const nested = whole.split('.').reduce<unknown>((value, key) => objectOf(value as JsonObject)[key], parameters);
    return textOf(parameters[whole]) ?? (typeof nested === 'string' ? nested : written);
  }

  #findProject(folder: string): Project | undefined {
    const found = nearestWith(folder, ['build-profile.json5']);
    if (found === undefined) return undefined;
    const profile = readJson5(join(found, 'build-profile.json5'));
    // Each module has a build-profile.json5, too, without a list of modules.
    if (!Array.isArray(profile.value.modules))
      return dirname(found) === found ? undefined : this.project(dirname(found));
    const modules = objectsOf(profile.value.modules).flatMap((module) => {
      const path = textOf(module.srcPath);
      return path === undefined ? [] : [join(found, path)];
    });
    return { folder: found, profile, modules };
  }
}

/** A project of DevEco: the folder whose build-profile.json5 lists the modules. */
export interface Project {
  readonly folder: string;
  readonly profile: Json5File;
  /** Folders of the modules. */
  readonly modules: readonly string[];
}
