// What CommonJS requires: kit modules, and ArkTS files.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { project } from './project.ts';

const program = `
  const { webSocket, vpn } = require('@kit.NetworkKit');
  const { map } = require('@kit.MapKit');
  const { five } = require('./five');
  console.log(webSocket === require('harmony-websocket').webSocket, typeof vpn, typeof map, five);`;
const files = {
  'package.json': '{ "type": "commonjs" }',
  'five.ets': 'export const five: number = 5;',
  'main.ts': program,
  'main.cjs': program.replace('./five', './five.ets'),
  'names.ts': `
    enum Color { Red = 3 }
    exports.red = Color.Red;
    exports.kit = typeof require('@kit.NetworkKit').webSocket;`,
  'names.mjs': `import { kit, red } from './names.ts'; console.log(red, kit);`,
  'strict.ts': `'use strict'; const kit: object = require('@kit.NetworkKit');
    console.log((function (this: unknown) { return this; })() === undefined);
    throw new Error('on line 3');`,
};
const run = ['--disable-warning=ExperimentalWarning', '--import', 'harmony-websocket/register'];
const major = Number(process.versions.node.split('.')[0]);

describe('require() of a kit module', { skip: major < 22 && 'Node.js 20 calls no hooks for it' }, () => {
  for (const file of ['main.ts', 'main.cjs']) {
    test(`by ${file}`, async (context) => {
      const { code, stdout, stderr } = await project(context, files).node(...run, file);
      assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'true undefined undefined 5\n', stderr: '' });
    });
  }

  test('by a TypeScript file of which an ES module imports names', async (context) => {
    const { code, stdout, stderr } = await project(context, files).node(...run, 'names.mjs');
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '3 object\n', stderr: '' });
  });

  test('in strict mode, with the lines of the source', async (context) => {
    const { stdout, stderr } = await project(context, files).node(...run, 'strict.ts');
    assert.equal(stdout, 'true\n', stderr);
    assert.match(stderr, /strict\.ts:3:11\b/);
  });
});

describe('where Node.js does not look for it', { skip: major >= 22 && 'Node.js 22 and later call hooks' }, () => {
  for (const file of ['main.ts', 'main.cjs']) {
    test(`${file} fails with a sentence that tells the remedy`, async (context) => {
      const { code, stderr } = await project(context, files).node(...run, file);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^Error: .*main\.(?:ts|cjs): Node\.js v20\.\d+\.\d+ cannot find "@kit\.NetworkKit" by require\(\).*"type": "module" in package\.json\), or run it on Node\.js 24 or later$/m,
      );
    });
  }

  test('other missing modules keep the error of Node', async (context) => {
    const { stderr } = await project(context, { 'main.cjs': `require('no-module');` }).node(...run, 'main.cjs');
    assert.match(stderr, /^Error: Cannot find module 'no-module'$/m);
  });
});
