// The public surface, entry by entry, as docs/api/report and docs/api have it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));

test('reports and reference are up to date, every type is exported and every member documented', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/api.mjs', '--check'], {
    cwd: top,
    encoding: 'utf8',
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  assert.equal(status, 0, `the public surface has changed; review this, then: npm run api\n${stderr}`);
});

test('each entry of package.json with declarations has a report', () => {
  const { exports } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
  const names = Object.entries<unknown>(exports).flatMap(([name, entry]) => {
    return typeof entry === 'object' ? [`${name === '.' ? 'kit' : name.slice(2).replaceAll('/', '-')}.api.md`] : [];
  });
  assert.deepEqual(readdirSync(join(top, 'docs/api/report')).sort(), names.sort());
});
