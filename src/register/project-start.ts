// Opens the project of a run under Node's hooks. Where there is none (a folder without oh-package.json5, mocks and
// harmony.config), nothing of project/ is loaded. This file and project-folders.ts are bundled with the hooks.

import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Project, Provided } from './project/project.ts';
import { isInProject } from './project-folders.ts';

let project: Project | undefined;

/** Where resources.ts finds the folder of the run. */
const shared = globalThis as unknown as Record<symbol, string | undefined>;

/**
 * The folder that the project of this run is looked for at: that of the file that Node runs.
 *
 * @param script  `process.argv[1]`; absent with `--eval`
 * @returns `undefined` where there is no project
 */
export function folderOfRun(script: string | undefined): string | undefined {
  const folder = script === undefined ? process.cwd() : dirname(pathOf(script));
  if (!isInProject(folder)) return undefined;
  shared[Symbol.for('harmony-websocket/run-folder')] = folder;
  return folder;
}

/** A worker may have been started with a URL. */
function pathOf(script: string): string {
  return script.startsWith('file:') ? fileURLToPath(script) : resolve(script);
}

/**
 * Opens the project, before the first import.
 *
 * @throws the errors of errors.ts
 */
export async function startProject(folder: string): Promise<void> {
  const { openProject } = await import('./project-open.ts');
  project = await openProject({ folder });
}

/** What an import leads to by the configuration of the project; see `provided` of project.ts. */
export function providedModule(specifier: string, importer: string | undefined): Provided | undefined {
  return project?.provided(specifier, importer);
}
