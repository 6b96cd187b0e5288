// Where the file of a worker is. A device knows the modules of its application; here they are folders above the file that
// makes the worker, or above the current folder: `entry/ets/workers/A.ets` is `entry/src/main/ets/workers/A.ets`.

import { statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { workerError } from './errors.ts';
import { ownFolder, ownURL } from './own-files.ts';

/**
 * Finds the file of a worker.
 *
 * @param script  as a device writes it: `entry/ets/…`, `@bundle:com.example/entry/ets/…`, `@har/ets/…`, a path relative to the
 *                file of the caller or to `src/main/ets` of its module; or an absolute path or URL
 * @param caller  path of the file that makes the worker, if it is known
 * @returns the URL of the file
 * @throws BusinessError 10200007 if there is none
 */
export function locate(script: string, caller: string | undefined): string {
  const tried = candidates(script, caller);
  const found = tried.map(completed).find((path) => path !== undefined);
  if (found !== undefined) return pathToFileURL(found).href;
  const from = caller === undefined ? '' : ` for ${caller}`;
  throw workerError(
    'path',
    `"${script}" was not found${from}: looked at ${[...new Set(tried)].slice(0, 8).join(', ')}`,
  );
}

/** The path of the file that calls into this package; the bundle, if both are in one. */
export function callerFile(): string | undefined {
  const own = ownFolder();
  if (own === undefined) return fileURLToPath(ownURL());
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 30;
    Error.prepareStackTrace = (_, frames) => frames;
    const frames = new Error('where').stack as unknown as NodeJS.CallSite[];
    for (const frame of frames) {
      const name = frame.getFileName() ?? '';
      if (name === '' || name.startsWith('node:') || urlOf(name).startsWith(own)) continue;
      return name.startsWith('file:') ? fileURLToPath(name) : name;
    }
    return undefined;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function urlOf(name: string): string {
  return isAbsolute(name) ? pathToFileURL(name).href : name;
}

function candidates(script: string, caller: string | undefined): string[] {
  if (script.startsWith('file:') && URL.canParse(script)) return [fileURLToPath(script)];
  // On a device, `/entry/ets/A.ets` is `entry/ets/A.ets`.
  if (isAbsolute(script)) return [script, ...(script.startsWith('/') ? candidates(script.slice(1), caller) : [])];
  const starts = [caller === undefined ? undefined : dirname(caller), process.cwd()].filter(
    (folder) => folder !== undefined,
  );
  const above = [...new Set(starts.flatMap(foldersUpFrom))];
  const path = script.replace(/^@bundle:[^/]+\//, '');
  const named = path.startsWith('.') ? null : /^(@?)([^/]+(?:\/[^/]+)?)\/ets\/(.+)$/.exec(path);
  const [, , moduleName, rest] = named ?? [];
  if (moduleName !== undefined && rest !== undefined) {
    const name = basename(moduleName);
    return above.flatMap((folder) => {
      const own = basename(folder) === name ? [join(folder, 'src/main/ets', rest)] : [];
      const modules = [name, `oh_modules/${moduleName}`, `oh_modules/@${moduleName}`];
      return [...own, ...modules.map((module) => join(folder, module, 'src/main/ets', rest))];
    });
  }
  const beside = caller === undefined ? [] : [join(dirname(caller), path)];
  const inModule = above
    .filter((folder) => basename(folder) === 'ets' || basename(folder) === 'MainAbility')
    .map((folder) => join(folder, path));
  return [
    ...beside,
    ...inModule,
    ...above.map((folder) => join(folder, 'src/main/ets', path)),
    join(process.cwd(), path),
  ];
}

function foldersUpFrom(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpFrom(parent)];
}

/** The path with the extension of the file that there is. DevEco accepts `.ets`, `.ts` and `.js`, or none. */
function completed(path: string): string | undefined {
  const stem = path.replace(/\.(?:ets|ts|js)$/, '');
  return [path, `${stem}.ets`, `${stem}.ts`, `${stem}.js`].find((file) => isFile(file));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
