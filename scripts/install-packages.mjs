// Installs the packages of test/packages/package.json (some 700 MB), which use `ws` and get this package in its place by the
// `overrides` there, for test/packages/*.test.ts. What is up to date stays.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const folder = join(top, 'test/packages');
const installed = join(folder, 'node_modules');

if (isCurrent()) {
  console.log('packages: all are there');
} else {
  console.log('packages: installing (some 700 MB) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Their own scripts build what only speed needs.
  const { status, error } = spawnSync(npm, ['ci', '--ignore-scripts'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) {
    const how = error === undefined ? `ended with ${status}` : `failed: ${error.message}`;
    console.error(`packages: npm ci in test/packages ${how}`);
    process.exit(1);
  }
}
// What this repository builds instead of a copy, so that a new build is what the packages load. Not the whole repository: this
// folder would be in itself.
const self = join(installed, 'harmony-websocket');
rmSync(self, { recursive: true, force: true });
mkdirSync(self);
symlinkSync(join(top, 'dist'), join(self, 'dist'), 'junction');
copyFileSync(join(top, 'package.json'), join(self, 'package.json'));

/** Whether npm has installed what the lock file says, and the package that takes the place of `ws` as it is now. */
function isCurrent() {
  const record = join(installed, '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(record, 'utf8')).packages;
  const isSame = Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional === true || found[path]?.version === version,
  );
  return isSame && ['browser.js', 'index.js', 'wrapper.mjs', 'package.json'].every(isOverrideCurrent);
}

function isOverrideCurrent(file) {
  const copy = join(installed, 'ws', file);
  return existsSync(copy) && readFileSync(copy, 'utf8') === readFileSync(join(top, 'packages/ws', file), 'utf8');
}
