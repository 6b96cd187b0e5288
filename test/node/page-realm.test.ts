// The package where a test runner gives modules a realm and globals of their own, as Jest with jsdom does. Each scenario
// runs in its own process, since modules of another realm need a flag of Node's. Needs dist/.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';

const program = ['--experimental-vm-modules', '--no-warnings', '--import', 'tsx', 'test/node/programs/page-realm.ts'];

describe('in another realm, without what a DOM environment lacks', () => {
  for (const scenario of ['engine', 'failures', 'kit', 'testing', 'every entry']) {
    test(scenario, { timeout: 60_000 }, async () => {
      const child = spawn(process.execPath, [...program, scenario], { stdio: ['ignore', 'pipe', 'pipe'] });
      const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
      assert.equal(errors, '');
      assert.equal(output, 'done\n');
      assert.equal(code, 0);
    });
  }
});
