// Settings of V8 for large messages: what the call sets, what it says where it sets nothing, and that it stays quiet.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RuntimeTuning } from '../../src/node/tune-runtime.ts';

/** In a separate process, since flags stay set. @param before  statements ahead of the two calls */
function tuned(before = ''): RuntimeTuning[] {
  const module = JSON.stringify(fileURLToPath(new URL('../../src/node/tune-runtime.ts', import.meta.url)));
  const program = `${before}; import(${module}).then(({ tuneRuntime }) => {
    console.log(JSON.stringify([tuneRuntime(), tuneRuntime()]));
  });`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', '--eval', program], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '' },
  });
  assert.deepEqual([stderr, status], ['', 0]);
  return JSON.parse(stdout) as RuntimeTuning[];
}

test('Node 24 and later: each call returns the flag that is set, and V8 has no complaint', () => {
  const [first, second] = tuned();
  assert.deepEqual(first, second);
  if (Number.parseInt(process.versions.node, 10) >= 24) {
    assert.deepEqual(first, { flags: ['--external-memory-accounted-in-global-limit'] });
  } else {
    assert.deepEqual(first?.flags, []);
    assert.match(first?.reason ?? '', /^V8 1[12]\.\S+ has no setting that helps; Node\.js 24 and later have one$/);
  }
});

test('a runtime with another engine is left alone, and told', () => {
  for (const name of ['bun', 'deno']) {
    const [first] = tuned(`Object.defineProperty(process.versions, '${name}', { value: '1.0.0' })`);
    assert.deepEqual(first, { flags: [], reason: 'V8 flags cannot be set in this runtime' });
  }
});
