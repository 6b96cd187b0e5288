// tsx beside `harmony-websocket/register`, in a project that installs both.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertLoaded, assertProgramRan, installing } from './project.ts';

const project = installing('tsx');

describe('tsx', () => {
  const orders = [
    ['--import', 'tsx', '--import', 'harmony-websocket/register'],
    ['--import', 'harmony-websocket/register', '--import', 'tsx'],
  ];
  for (const imports of orders) {
    test(`node ${imports.join(' ')}: .ts is tsx's, .ets is ours`, async (context) => {
      const where = await project(context);
      if (where === undefined) return;
      const outcome = await where.start('node', ...imports, 'main.ts').ended;
      assert.match(outcome.stdout, /^decorated run\nanswer$/mu, outcome.output);
      assertProgramRan(outcome);
    });
  }

  for (const imports of orders) {
    test(`node ${imports.join(' ')}: every module of the device loads, and its use is told`, async (context) => {
      const where = await project(context);
      if (where === undefined) return;
      const { code, stdout, output } = await where.start('node', ...imports, 'src/loading/run.ts').ended;
      assert.equal(code, 0, output);
      assertLoaded(stdout);
    });
  }

  test('tsx --import harmony-websocket/register', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    assertProgramRan(
      await where.start('npx', '--no-install', 'tsx', '--import', 'harmony-websocket/register', 'app.ets').ended,
    );
  });
});
