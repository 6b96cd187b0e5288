// docs/kits.md, which is made of the declarations of src/kits.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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
