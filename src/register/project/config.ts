// harmony.config.ts, .js or .json5: what a project tells this package, for every way to run it. Reads it and checks it.

import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nearestName } from '../../core/nearest-name.ts';
import { translate } from '../load.ts';
import { configFiles, isFile, nearestWith } from '../project-folders.ts';
import { projectError } from './errors.ts';
import { readJson5 } from './json5.ts';
import type { HarmonyConfig } from './options.ts';
import { placeOf } from './place.ts';

/** The nearest configuration at or above a folder. */
export interface FoundConfig {
  /** Path of the file. */
  readonly path: string;
  /** The folder that its paths count from. */
  readonly folder: string;
  readonly config: HarmonyConfig;
  /** `path:line` of a name or text in the file. */
  where(text: string): string;
}

/**
 * Finds and reads the configuration.
 *
 * @throws ERR_PROJECT_FILE for a file that cannot be loaded, or that is not a {@link HarmonyConfig}
 */
export async function readConfig(start: string): Promise<FoundConfig | undefined> {
  const folder = nearestWith(start, configFiles);
  if (folder === undefined) return undefined;
  const path = join(folder, configFiles.find((name) => isFile(join(folder, name)))!);
  const where = (text: string) => placeOf(path, text);
  return { path, folder: dirname(path), config: checkConfig(await contentOf(path), path, where), where };
}

/** The value of the file: its default export, or the object that it is. */
async function contentOf(path: string): Promise<unknown> {
  if (extname(path) === '.json5') {
    const file = readJson5(path);
    const twice = file.repeated('provide');
    if (twice !== undefined) throw projectError('ERR_PROVIDE_TWICE', twice.second, twice.name, twice.first);
    return file.value;
  }
  try {
    const module = (await import(urlOf(path))) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // The errors of the translator name place and remedy themselves.
    if (code?.startsWith('ERR_ARKTS')) throw error;
    const remedy = /ts$/.test(path) ? 'it may import types and modules of Node.js only' : 'correct it';
    throw projectError('ERR_PROJECT_FILE', path, `the configuration cannot be loaded (${message})`, remedy);
  }
}

/** What to import: TypeScript is translated here, since the configuration is read before the hooks are there. */
function urlOf(path: string): string {
  const { href } = pathToFileURL(path);
  if (!/ts$/.test(path)) return href;
  const { code } = translate(readFileSync(path, 'utf8'), path, href);
  return `data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`;
}

/** Each option with the check of its value, and what is expected. */
const options: Readonly<
  Record<keyof HarmonyConfig, readonly [isRight: (value: unknown) => boolean, expected: string]>
> = {
  provide: [
    (value) => isObject(value) && Object.values(value).every((source) => typeof source === 'string' && source !== ''),
    "an object of paths: { '@kit.MapKit': './stubs/map.ts' }",
  ],
  product: [isName, 'the name of a product'],
  target: [isName, 'the name of a target'],
  buildMode: [isName, 'the name of a build mode'],
};

/** Checks a configuration. @throws ERR_PROJECT_FILE */
export function checkConfig(value: unknown, path: string, where: (text: string) => string): HarmonyConfig {
  if (!isObject(value)) {
    throw projectError(
      'ERR_PROJECT_FILE',
      path,
      'the configuration is not an object',
      'export one: export default { … }',
    );
  }
  for (const [name, given] of Object.entries(value)) {
    if (!Object.hasOwn(options, name)) {
      const names = Object.keys(options);
      const nearest = nearestName(name, names);
      const remedy = nearest === undefined ? `the options are ${names.join(', ')}` : `did you mean "${nearest}"?`;
      throw projectError('ERR_PROJECT_FILE', where(name), `there is no option "${name}"`, remedy);
    }
    const [isRight, expected] = options[name as keyof HarmonyConfig];
    if (given !== undefined && !isRight(given)) {
      throw projectError('ERR_PROJECT_FILE', where(name), `"${name}" has a wrong value`, `give it ${expected}`);
    }
  }
  return value as HarmonyConfig;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
