// Programs that are typed by @types/ws compile against our types. That types/program.ts compiles against @types/ws is seen when
// the tests are type-checked.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const programs: readonly (readonly [title: string, project: string])[] = [
  ['types/program.ts compiles against harmony-websocket/ws', 'types'],
  ['types/commonjs/program.cts compiles against @types/ws', 'types/commonjs'],
  ['types/commonjs/program.cts compiles against harmony-websocket/ws', 'types/commonjs/tsconfig.ours.json'],
];

for (const [title, project] of programs) {
  test(title, () => {
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const path = fileURLToPath(new URL(project, import.meta.url));
    const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', path], { encoding: 'utf8' });
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });
}
