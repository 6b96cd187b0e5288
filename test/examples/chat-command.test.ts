// What `npm run example:chat` says to options that are wrong, and to brokers that are not there. Needs dist/.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Command } from '../support/command.ts';

const cases: readonly (readonly [parameters: string, code: number, said: RegExp])[] = [
  ['--help', 0, /--nodes 3 --bus nats:/u],
  ['--nodes 3', 2, /--nodes and --bus go together/u],
  ['--nodes 2 --bus x', 2, /--bus is "x"; expected redis:/u],
  ['--workers 0', 2, /--workers is "0"; expected a whole number from 1 to 64/u],
  ['--workers 2 --nodes 2', 2, /--workers is for one machine/u],
  ['--colour red', 2, /Unknown option '--colour'; see --help/u],
  [
    '--port 0 --nodes 1 --bus redis://u:sesame@127.0.0.1:1',
    1,
    /Redis at 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/u,
  ],
  ['--port 0 --nodes 1 --bus nats://u:sesame@127.0.0.1:1', 1, /NATS at 127\.0\.0\.1:1 cannot be reached/u],
];

describe('example:chat', () => {
  for (const [parameters, code, said] of cases) {
    test(parameters, { timeout: 60_000 }, async (t) => {
      const command = new Command(t, ['examples/chat/main.js', ...parameters.split(' ')]);
      assert.equal(await command.exit, code, command.stderr);
      assert.match(command.stdout + command.stderr, said);
      assert.ok(!command.stderr.includes('sesame'));
    });
  }
});
