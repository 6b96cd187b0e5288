// What importing the engine loads of Node: nothing that only the namespace of `node:http` wants. Needs dist/.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('importing the engine does not load undici', () => {
  const top = fileURLToPath(new URL('../..', import.meta.url));
  const script =
    "await import('harmony-websocket/engine'); console.log(process.moduleLoadList.filter((name) => name.includes('undici')).join())";
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: top, encoding: 'utf8' });
  assert.equal(text.trim(), '');
});
