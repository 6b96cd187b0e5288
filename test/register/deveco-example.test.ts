// examples/deveco: a project of DevEco Studio runs as it is, from its own tests to the last import.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const example = fileURLToPath(new URL('../../examples/deveco', import.meta.url));
const env = { ...process.env, NODE_TEST_CONTEXT: undefined };

const command = join(example, '../../dist/cli/main.js');

test('`harmony-websocket test` passes: a HAR with http, connection, emitter and util, and an app with a mocked kit', () => {
  const { status, stdout } = spawnSync(process.execPath, [command, 'test', '--reporter', 'tap'], {
    cwd: example,
    encoding: 'utf8',
    env,
  });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^# pass 6$/mu);
});

test('the doctor finds all that its tests need', () => {
  const { status, stdout } = spawnSync(process.execPath, [command, 'doctor'], { cwd: example, encoding: 'utf8', env });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /\n {2}@kit\.NetworkKit: connection, webSocket, http\n/u);
  assert.match(stdout, /\n {2}@kit\.MapKit: map, by entry\/src\/mock\/MapKit\.mock\.ets\n/u);
});
