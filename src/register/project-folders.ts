// Where a project is: the folders at or above a file that DevEco, ohpm or this package put their files into.

import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The file of ohpm that each module, each package and the project itself has. */
export const packageFile = 'oh-package.json5';
/** DevEco's list of mocks, in a module. */
export const mockFile = 'src/mock/mock-config.json5';
/** The configuration of this package; the first that exists counts. */
export const configFiles = [
  'harmony.config.ts',
  'harmony.config.mts',
  'harmony.config.js',
  'harmony.config.mjs',
  'harmony.config.json5',
] as const;

/** The nearest folder at or above `folder` that has one of `files`. */
export function nearestWith(folder: string, files: readonly string[]): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (files.some((file) => isFile(join(at, file)))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Whether `folder`, or a folder above, has anything that this part of the package reads. */
export function isInProject(folder: string): boolean {
  return nearestWith(folder, [packageFile, mockFile, ...configFiles]) !== undefined;
}

/** The module of a project that `folder` is in. */
export function moduleFolder(folder: string): string | undefined {
  return nearestWith(folder, [packageFile, mockFile]);
}

export function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // Not a path of this system, or one that may not be read.
  }
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}
