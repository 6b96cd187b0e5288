// docs/kits.md, which is made of the declarations of src/kits: it is up to date, and what it lists as working has a test.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));

function run(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, args, {
    cwd: top,
    encoding: 'utf8',
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
}

test('the table of kits is what the declarations say', () => {
  const { status, stderr } = run('scripts/kit-members.mjs', '--check');
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

describe('each member that works is named by a test of its kit', () => {
  test('all of them', () => {
    const { status, stderr } = run('scripts/kit-tests.mjs');
    assert.equal(status, 0, stderr);
  });

  test('what no test calls is found, and a title of a test does not count', () => {
    const names = ['URL.nowhere', 'its parts can be set'];
    const { status, stderr } = run(
      'scripts/kit-tests.mjs',
      ...names.flatMap((name) => ['--also', `src/kits/url/url.ts:${name}`]),
    );
    assert.equal(status, 1);
    assert.equal(stderr, names.map((name) => `no test names src/kits/url/url.ts: ${name}\n`).join(''));
  });
});
