// The declarations of the packages that use `ws`, and the trials, compile against the types of this package as they do against
// @types/ws: what TypeScript finds in the packages' own declarations is the same.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const isInstalled = existsSync(join(folder, 'node_modules/@types/ws'));

test('types: the trials and the declarations of the packages', { skip: !isInstalled, timeout: 240_000 }, () => {
  assert.deepEqual(compile('tsconfig.ours.json'), compile('tsconfig.json'));
});

/** Errors in the trials are errors of the test; it returns those in declarations of packages. */
function compile(project: string): string[] {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const options = ['-p', join(folder, project), '--noEmit', '--skipLibCheck', 'false', '--pretty', 'false'];
  const { stdout } = spawnSync(process.execPath, [compiler, ...options], { encoding: 'utf8', cwd: folder });
  const lines = stdout.split('\n').filter((line) => line !== '');
  const own = lines.filter((line) => !line.startsWith(' ') && !line.startsWith('node_modules/'));
  assert.deepEqual(own, [], project);
  return lines.sort();
}
