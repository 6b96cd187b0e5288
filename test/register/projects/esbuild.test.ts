// esbuild with `harmony-websocket/esbuild`, in a project that installs both.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertLoaded, assertProgramRan, installing, typeCheck } from './project.ts';

const project = installing('esbuild');

describe('esbuild', () => {
  for (const external of [[], ['harmony-websocket']]) {
    test(`a bundle runs${external.length > 0 ? ', with harmony-websocket left out of it' : ''}`, async (context) => {
      const where = await project(context);
      if (where === undefined) return;
      const { code, output } = await where.start('node', 'build.js', 'app.ets', ...external).ended;
      assert.equal(code, 0, output);
      const text = readFileSync(join(where.folder, 'out/app.js'), 'utf8');
      assert.equal(/^import .* from "harmony-websocket";$/mu.test(text), external.length > 0);
      assertProgramRan(await where.start('node', '--enable-source-maps', 'out/app.js').ended);
    });
  }

  test('every module of the device loads, and its use is told', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const built = await where.start('node', 'build.js', 'src/loading/run.ts').ended;
    assert.equal(built.code, 0, built.output);
    assert.doesNotMatch(built.output, /WARNING/u);
    const { code, stdout, output } = await where.start('node', '--enable-source-maps', 'out/run.js').ended;
    assert.equal(code, 0, output);
    assertLoaded(stdout);
    assert.ok(!readFileSync(join(where.folder, 'out/run.js'), 'utf8').includes(where.folder));
  });

  test('a misspelled kit is refused in a sentence, a page is not', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    writeFileSync(join(where.folder, 'page.js'), "import './src/Page';\nimport '@kit.ArkUl';\n");
    const { code, output } = await where.start('node', 'build.js', 'page.js').ended;
    assert.equal(code, 1);
    assert.ok(!output.includes('ArkUI; '), output);
    assert.match(
      output,
      /\[ERROR\] "@kit\.ArkUl" \(imported by .*page\.js:2\) is not a module of the device; did you mean "@kit\.ArkUI"\?/u,
    );
  });

  test('the plugin is one of esbuild, by its types', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    await typeCheck(
      where,
      `import { harmonyWebSocket } from 'harmony-websocket/esbuild';
       import { build, type Plugin } from 'esbuild';
       const plugin: Plugin = harmonyWebSocket();
       await build({ entryPoints: ['app.ets'], plugins: [plugin, harmonyWebSocket()] });`,
    );
  });
});
