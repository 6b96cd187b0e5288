// docs/kits.md, which is made of the declarations of src/kits.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));

test('the table of kits is what the declarations say', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/kit-members.mjs', '--check'], {
    cwd: top,
    encoding: 'utf8',
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  assert.equal(status, 0, stderr);
});

test('a remark is found where the function is, and of any overload', () => {
  const page = readFileSync(`${top}/docs/kits.md`, 'utf8');
  // A function of another file, a method of an interface with several overloads, and a class.
  for (const row of [
    '| `factoryReset` | answers 801. |',
    '| `emit` | events stay in their thread; they do not reach workers. |',
    '| `RestrictedWorker` | the same as `ThreadWorker`. |',
  ]) {
    assert.ok(page.includes(row), row);
  }
});
