// What stands behind a module of the device: a file of this package, or nothing. Either way every name that the importing file
// asks for is there, so that the file links; those that nobody has are `undefined`.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeviceModule, type ModuleUse, moduleUses } from './device-imports.ts';
import { registerError } from './errors.ts';
import { exportedNames } from './exports.ts';
import { kitModules } from './kit-modules.ts';
import { kitNames, nearestKit } from './kit-names.ts';
import { tokenize } from './tokens.ts';

/** A module of the device, for one importing file. */
export interface DeviceModule {
  /** URL of the file of this package; `undefined` where it has none. */
  readonly file: string | undefined;
  /** Names that the importing file needs and `export *` of the file does not give. None where the file has them all. */
  readonly missing: readonly string[];
  /** All names that the importing file can ask for; absent where it may ask for any. */
  readonly names?: readonly string[];
}

/**
 * Finds a module of the device; `undefined` for other names.
 *
 * @param importer  URL of the importing module; without one, or where it cannot be read, the module has the names that are
 *                  known of it.
 * @throws ERR_KIT_UNKNOWN for what is probably a misspelling.
 */
export function deviceModule(specifier: string, importer?: string): DeviceModule | undefined {
  if (!isDeviceModule(specifier)) return undefined;
  const use = usesOf(importer)?.get(specifier);
  const file = kitFile(specifier);
  if (file !== undefined) {
    const exported = use === undefined ? undefined : exportsOf(file);
    if (use === undefined || exported === undefined) return { file, missing: [] };
    const missing = [...use.names].filter((name) => name !== '*' && !exported.has(name));
    // `export *` leaves out a default.
    const needsDefault = missing.length > 0 && use.names.has('default') && exported.has('default');
    const names = use.isWhole ? {} : { names: [...use.names] };
    return { file, missing: needsDefault ? [...missing, 'default'] : missing, ...names };
  }
  refuseMisspelling(specifier, importer, use);
  const names = new Set(use?.names);
  if (use === undefined || names.delete('*')) for (const name of kitNames().get(specifier) ?? []) names.add(name);
  return { file, missing: [...names.add('default')] };
}

/** URL of the file of this package behind a module of the device; `undefined` for what it does not have. */
export function kitFile(specifier: string): string | undefined {
  if (!Object.hasOwn(kitModules, specifier)) return undefined;
  return new URL(`./${kitModules[specifier]}.js`, import.meta.url).href;
}

/**
 * The text of a module that has the missing names, and what the file exports. A name of the file that was not seen keeps its
 * value.
 *
 * @param file  specifier of the file, where there is one
 */
export function moduleText(missing: readonly string[], file?: string): string {
  const exported = (variable: (index: number) => string) =>
    `export { ${missing.map((name, index) => `${variable(index)} as ${name}`).join(', ')} };\n`;
  if (file === undefined) return `const $absent = undefined;\n${exported(() => '$absent')}`;
  const values = missing.map((name, index) => `$${index} = Reflect.get($file, ${JSON.stringify(name)})`);
  const from = JSON.stringify(file);
  return `import * as $file from ${from};\nexport * from ${from};\nconst ${values.join(', ')};\n${exported((index) => `$${index}`)}`;
}

/** An unknown kit near a known one, or a module of this package in other letters. */
function refuseMisspelling(specifier: string, importer: string | undefined, use: ModuleUse | undefined): void {
  const lower = specifier.toLowerCase();
  const sameButForCase = Object.keys(kitModules).find((name) => name.toLowerCase() === lower);
  const isUnknownKit = specifier.startsWith('@kit.') && !kitNames().has(specifier);
  const nearest = sameButForCase ?? (isUnknownKit ? nearestKit(specifier) : undefined);
  if (nearest === undefined) return;
  const name = displayName(importer);
  throw registerError('ERR_KIT_UNKNOWN', use === undefined ? name : `${name}:${use.line}`, specifier, nearest);
}

function displayName(importer: string | undefined): string {
  if (importer === undefined) return 'the command line';
  return importer.startsWith('file:') ? fileURLToPath(importer) : importer;
}

/** Of files that were translated here; by path. */
const translated = new Map<string, Map<string, ModuleUse>>();

/** Keeps what a translated file imports of the device, so that it need not be read again. */
export function rememberUses(path: string, uses: Map<string, ModuleUse>): void {
  if (uses.size > 0) translated.set(path, uses);
  else translated.delete(path);
}

/** The last file that was read for its imports: each of them asks. */
let last: { text: string; uses: Map<string, ModuleUse> } | undefined;

/** What a module imports of the device; `undefined` where it cannot be read. */
function usesOf(importer: string | undefined): Map<string, ModuleUse> | undefined {
  if (importer?.startsWith('file:') !== true) return undefined;
  try {
    const path = fileURLToPath(importer);
    const known = translated.get(path);
    if (known !== undefined) return known;
    const text = readFileSync(path, 'utf8');
    if (last?.text !== text) last = { text, uses: moduleUses(text) };
    return last.uses;
  } catch {
    return undefined; // Code from the command line, or of another tool.
  }
}

const exportedBy = new Map<string, ReadonlySet<string> | undefined>();

/** The names that a file of this package exports; `undefined` where it cannot be read. */
function exportsOf(url: string): ReadonlySet<string> | undefined {
  if (!exportedBy.has(url)) exportedBy.set(url, readExports(url));
  return exportedBy.get(url);
}

function readExports(url: string): ReadonlySet<string> | undefined {
  try {
    return exportedNames(tokenize(readFileSync(fileURLToPath(url), 'utf8')));
  } catch {
    return undefined;
  }
}
