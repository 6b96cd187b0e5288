// examples/deveco: a project of DevEco Studio runs as it is, from its own tests to the last import.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const example = fileURLToPath(new URL('../../examples/deveco', import.meta.url));
const env = { ...process.env, NODE_TEST_CONTEXT: undefined };

test('its tests pass: a layer with http, connection, emitter and util, in a HAR, and an app with a mocked kit', () => {
  const lists = ['net/src/test/List.test.ets', 'entry/src/test/List.test.ets'];
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'harmony-websocket/register', '--test', '--test-reporter', 'tap', ...lists],
    { cwd: example, encoding: 'utf8', env },
  );
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^# pass 6$/mu);
});

test('the doctor finds all that its tests need', () => {
  const command = join(example, '../../dist/cli/main.js');
  const { status, stdout } = spawnSync(process.execPath, [command, 'doctor'], { cwd: example, encoding: 'utf8', env });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /\n {2}@kit\.NetworkKit: connection, webSocket, http\n/u);
  assert.match(stdout, /\n {2}@kit\.MapKit: map, by entry\/src\/mock\/MapKit\.mock\.ets\n/u);
});
