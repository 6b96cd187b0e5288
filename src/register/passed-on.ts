// Names of the device that files of a project pass on: `export { map } from '@kit.MapKit'`, `export * from './kits'`. A file that
// imports such a name from another file of the project gets the same error when it uses it.

import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isAbsent } from './absent-names.ts';
import { isDeviceModule, type ModuleImport, mayImportDevice, moduleImports } from './device-imports.ts';
import { exportedVariables } from './exports.ts';
import { kitNames } from './kit-names.ts';
import { findFile } from './resolve.ts';
import { lineOf, tokenize } from './tokens.ts';

/** Where an absent name comes from. */
export interface Origin {
  readonly module: string;
  /** Name in the module; `*` for the whole module. */
  readonly name: string;
  /** The file that imports it from the module. */
  readonly path: string;
  /** Line of that import, counted from 1. */
  readonly line: number;
}

/** A file that passes names on. */
interface PassingFile {
  readonly path: string;
  readonly source: string;
  readonly imports: readonly ModuleImport[];
  /** Its exported variables by the names of the exports. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Finds where the names come from that one file imports from others. */
export class PassedNames {
  readonly #importer: string;
  /** Files that were read, by their paths. Most declare what they export and pass nothing on. */
  readonly #files = new Map<string, PassingFile | undefined>();

  /** @param importer  path of the importing file */
  constructor(importer: string) {
    this.#importer = importer;
  }

  /**
   * The origin of a name; `undefined` for what is not an absent name of the device.
   *
   * @param specifier  the relative specifier that the file imports
   * @param exported   the name that the file behind it has for it
   */
  originOf(specifier: string, exported: string): Origin | undefined {
    return this.#follow(specifier, this.#importer, exported, new Set());
  }

  /** `seen`: the names that files were asked for, since files may pass names on in a circle. */
  #follow(specifier: string, importer: string, exported: string, seen: Set<string>): Origin | undefined {
    const file = /^\.{1,2}(\/|$)/.test(specifier) ? this.#file(specifier, importer) : undefined;
    const key = `${file?.path}\0${exported}`;
    if (file === undefined || seen.has(key)) return undefined;
    seen.add(key);
    const variable = file.variables.get(exported);
    for (const one of file.imports) {
      for (const { name, local, exported: as } of one.bindings) {
        if (as === exported || (local !== '' && local === variable)) return this.#through(file, one, name, seen);
        if (as !== '*' || exported === 'default' || !mayHave(one.module, exported)) continue;
        const found = this.#through(file, one, exported, seen);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #through({ path, source }: PassingFile, from: ModuleImport, name: string, seen: Set<string>): Origin | undefined {
    const { module, start } = from;
    if (!isDeviceModule(module)) return name === '*' ? undefined : this.#follow(module, path, name, seen);
    return name === '*' || isAbsent(module, name) ? { module, name, path, line: lineOf(source, start) } : undefined;
  }

  #file(specifier: string, importer: string): PassingFile | undefined {
    const from = pathToFileURL(importer).href;
    const path = fileURLToPath(findFile(specifier, from) ?? new URL(specifier, from));
    if (!this.#files.has(path)) this.#files.set(path, read(path));
    return this.#files.get(path);
  }
}

/** Whether `export *` of a module can pass on a name: of the device's modules, only those with a list of names. */
function mayHave(module: string, name: string): boolean {
  return !isDeviceModule(module) || kitNames().get(module)?.includes(name) === true;
}

function read(path: string): PassingFile | undefined {
  try {
    const source = readFileSync(path, 'utf8');
    const passesOn = /\bexport\s*(?:[{*]|default\s+[\w$]+\s*(?:;|$))/m.test(source);
    if (!passesOn || !(mayImportDevice(source) || /\bfrom\s*['"]\.{1,2}[/'"]/.test(source))) return undefined;
    const tokens = tokenize(source);
    const imports = moduleImports(tokens).filter(({ isDynamic }) => !isDynamic);
    return { path, source, imports, variables: exportedVariables(tokens) };
  } catch {
    return undefined; // The file is not there: the error is that of the loader.
  }
}
