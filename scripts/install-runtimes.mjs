// Installs the runtimes of test/runtimes/package.json (Bun, Deno, other versions of Node; some 600 MB) into a folder that git
// ignores, for test/runtimes/runtimes.test.ts. Runtimes that are up to date stay.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const from = join(top, 'test/runtimes');
const to = join(top, 'node_modules/.cache/runtimes');

const { optionalDependencies } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
const isCurrent = Object.entries(optionalDependencies).every(([name, wanted]) => {
  const manifest = join(to, 'node_modules', name, 'package.json');
  return existsSync(manifest) && wanted.endsWith(JSON.parse(readFileSync(manifest, 'utf8')).version);
});
if (isCurrent) {
  console.log(`runtimes: ${Object.keys(optionalDependencies).join(', ')} are there`);
} else {
  mkdirSync(to, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(from, file), join(to, file));
  console.log('runtimes: installing (some 600 MB) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(npm, ['ci'], { cwd: to, stdio: 'inherit' });
  if (status !== 0) {
    console.error(
      `runtimes: npm ci in ${to} ${error === undefined ? `ended with ${status}` : `failed: ${error.message}`}`,
    );
    process.exitCode = 1;
  }
}
