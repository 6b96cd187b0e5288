// `node --test` with `harmony-websocket/register`, in a project that installs both.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { installing } from './project.ts';

const project = installing('node-test');

describe('node --test', () => {
  test('hypium suites run unchanged, from List.test.ets', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const { scripts } = JSON.parse(readFileSync(join(where.folder, 'package.json'), 'utf8'));
    const [program, ...parameters] = (scripts.test as string).split(' ');
    const { code, output } = await where.start(program!, '--test-reporter=tap', ...parameters).ended;
    assert.equal(code, 0, output);
    const ran = [...output.matchAll(/^ +ok \d+ - (\w+)$/gmu)].map(([, name]) => name);
    assert.deepEqual(ran, [
      'answers',
      'answers_with_done',
      'answers_in_a_callback',
      'imports_and_refuses_use',
      'refuses_bad_addresses',
    ]);
  });

  test('what fails shows the lines of the .ets files', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const failing = [
      '--test',
      '--test-reporter=tap',
      '--import',
      'harmony-websocket/register',
      'test/Failing.test.ets',
    ];
    const { code, output } = await where.start('node', ...failing).ended;
    assert.equal(code, 1, output);
    assert.match(
      output,
      /not ok 1 - throws[\s\S]+src[\\/]Fault\.ets:12:11[\s\S]+Failing\.test\.ets:7:19[\s\S]+not ok 2/u,
    );
    assert.match(
      output,
      /not ok 2 - compares[\s\S]+'expected 2 to equal 3'[\s\S]+Failing\.test\.ets:11:21[\s\S]+not ok 3/u,
    );
    assert.match(
      output,
      /not ok 3 - compares_in_a_callback[\s\S]+expected 'late' to equal 'early'[\s\S]+Failing\.test\.ets:16:24/u,
    );
  });
});
