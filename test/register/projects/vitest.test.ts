// Vitest and Vite with `harmony-websocket/vite`, in a project that installs both.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertLoaded, installing, networkPrinted, typeCheck } from './project.ts';

const project = installing('vitest');

describe('Vitest and Vite', () => {
  test('tests of Vitest and of hypium talk to a server, with one webSocket', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const { code, output } = await where.start('npx', '--no-install', 'vitest', 'run', '--reporter=verbose').ended;
    assert.equal(code, 0, output);
    for (const name of [
      'chat.test.js > the app talks to a server',
      'chat.test.js > there is one webSocket object',
      'chat.test.js > companions have the values that are configured',
      'chat.test.js > absent names link and refuse use',
      'chat.test.js > what nobody handles fails no test',
      'List.test.ets > ChatClient > answers',
      'List.test.ets > ChatClient > answers_with_done',
      'List.test.ets > ChatClient > answers_in_a_callback',
      'List.test.ets > what_is_absent > imports_and_refuses_use',
      'List.test.ets > what_is_absent > refuses_bad_addresses',
    ]) {
      assert.match(output, new RegExp(`✓ test/${name} \\d`, 'u'));
    }
    assert.match(output, /Tests +10 passed \(10\)/u);
    assert.doesNotMatch(output, /Unhandled/u);
    assert.equal(output.match(/^harmony-websocket: WebSocket\.\w+ failed with /gmu)?.length, 3, output);
  });

  test('mocks, data and the rest of hypium work over Vitest', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const vitest = ['--no-install', 'vitest', 'run', '--config', 'hypium.config.js', '--reporter=verbose'];
    const { code, output } = await where.start('npx', ...vitest).ended;
    assert.equal(code, 0, output);
    assert.match(output, /Tests +5 passed \| 1 skipped \(6\)/u);
    assert.match(output, /skips_itself.*not here/u);
  });

  test('what fails shows the lines of the .ets files', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const { code, output } = await where.start('npx', '--no-install', 'vitest', 'run', '--config', 'failing.config.js')
      .ended;
    assert.equal(code, 1, output);
    assert.match(output, /Error: raised 1\n ❯ \S*raise src\/Fault\.ets:12:11\n/u);
    assert.match(output, /❯ failing\/Failing\.test\.ets:7:19/u);
    assert.match(output, /AssertException: expected 2 to equal 3\n ❯ failing\/Failing\.test\.ets:11:21/u);
    assert.match(output, /src[\\/]Page\.ets:3: "struct Page" is ArkUI/u);
    assert.match(output, /Tests +5 failed \(5\)/u);
  });

  test('a page is built, and leaves harmony-websocket to the resolution of packages', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const { code, output } = await where.start('npx', '--no-install', 'vite', 'build').ended;
    assert.equal(code, 0, output);
    const [, asset] = /(assets\/index-\S+\.js)/u.exec(output) ?? assert.fail(output);
    const text = readFileSync(join(where.folder, 'dist', asset!), 'utf8');
    assert.match(text, /^import \{ hilog, webSocket \} from "harmony-websocket";/u);
    assert.doesNotMatch(text, /from "node:/u);
    const { sources } = JSON.parse(readFileSync(join(where.folder, 'dist', `${asset}.map`), 'utf8')) as {
      sources: string[];
    };
    assert.ok(sources.includes('../../src/ChatClient.ets'), sources.join());
  });

  test('the dev server translates what a page loads', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const { code, stdout, output } = await where.start('node', 'fetch.js', '/src/ChatClient.ets').ended;
    assert.equal(code, 0, output);
    assert.match(stdout, /^text\/javascript\b.*$/mu);
    assert.match(stdout, /from "\/src\/model\/Index\.ets\?import[^"]*"/u);
    assert.match(
      stdout,
      /from "\/node_modules\/harmony-websocket\/dist\/register\/kits\/network-kit\.js(?:\?[^"]*)?"/u,
    );
    assert.doesNotMatch(stdout, /private|@Sendable|BusinessError/u);
  });

  test('the dev server gives a page the modules that are not here', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const main = await where.start('node', 'fetch.js', '/src/loading/main.ts').ended;
    assert.equal(main.code, 0, main.output);
    const [, path] =
      /from "(\/@id\/__x00__harmony-websocket:device:@kit\.MapKit:[^"]*)"/u.exec(main.stdout) ??
      assert.fail(main.output);
    const { code, stdout, output } = await where.start('node', 'fetch.js', path!).ended;
    assert.equal(code, 0, output);
    assert.match(
      stdout,
      /^text\/javascript\b[^\n]*\nconst \$absent = undefined;\nexport \{ \$absent as map, \$absent as default \};$/mu,
    );
  });

  test('a program for Node is built, with one webSocket', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const built = await where.start('npx', '--no-install', 'vite', 'build', '--config', 'server.config.js').ended;
    assert.equal(built.code, 0, built.output);
    const { code, stdout, output } = await where.start('node', 'server/server.js').ended;
    assert.equal(code, 0, output);
    assert.match(stdout, /^HELLO true$/mu);
  });

  for (const [title, variables] of [
    ['left to Node', {}],
    ['processed by Vite', { WHOLE: '1' }],
  ] as [string, Record<string, string>][]) {
    const [config, printed] = [['--config', 'network.config.js'], networkPrinted.join('\n')];

    test(`companions are on the network of a test, tasks and workers run, with this package ${title}`, async (context) => {
      const where = await project(context);
      if (where === undefined) return;
      const { code, output } = await where.startWith(variables, 'npx', '--no-install', 'vitest', 'run', ...config)
        .ended;
      assert.equal(code, 0, output);
    });

    test(`companions and webSocket are of one package in a program that is built, ${title}`, async (context) => {
      const where = await project(context);
      if (where === undefined) return;
      const flags = ['--ssr', 'src/network/main.js', '--outDir', 'network-out', '--emptyOutDir', ...config];
      const built = await where.startWith(variables, 'npx', '--no-install', 'vite', 'build', ...flags).ended;
      assert.equal(built.code, 0, built.output);
      const text = readFileSync(join(where.folder, 'network-out/main.js'), 'utf8');
      assert.equal(/from "harmony-websocket\/kits\/http"/u.test(text), variables.WHOLE === undefined);
      const { stdout, output } = await where.start('node', 'network-out/main.js').ended;
      assert.equal(stdout.trim(), printed, output);
    });

    test(`and in one that the dev server runs, ${title}`, async (context) => {
      const where = await project(context);
      if (where === undefined) return;
      const { stdout, output } = await where.startWith(variables, 'node', 'network/serve.js').ended;
      assert.equal(stdout.trim(), printed, output);
    });
  }

  test('every module of the device loads, and its use is told', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const { code, output } = await where.start('npx', '--no-install', 'vitest', 'run', '--config', 'loading.config.js')
      .ended;
    assert.equal(code, 0, output);
    assertLoaded(readFileSync(join(where.folder, 'loading.txt'), 'utf8'));
  });

  test('a program that imports every kind of module is built', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const flags = ['--ssr', 'src/loading/run.ts', '--outDir', 'loaded', '--config', 'loading.config.js'];
    const built = await where.start('npx', '--no-install', 'vite', 'build', '--sourcemap', ...flags).ended;
    assert.equal(built.code, 0, built.output);
    const { code, stdout, output } = await where.start('node', '--enable-source-maps', 'loaded/run.js').ended;
    assert.equal(code, 0, output);
    assertLoaded(stdout);
  });

  test('a module of DevEco has its mocks, its packages and what the plugin provides', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    const flags = ['--config', 'provided.config.js', '--reporter=verbose'];
    const { code, output } = await where.start('npx', '--no-install', 'vitest', 'run', ...flags).ended;
    assert.equal(code, 0, output);
    assert.match(output, /✓ src\/test\/List\.test\.ets > project > provides_modules/u);
  });

  test('the plugin is one of Vite, by its types', async (context) => {
    const where = await project(context);
    if (where === undefined) return;
    await typeCheck(
      where,
      `import { harmonyWebSocket } from 'harmony-websocket/vite';
       import { defineConfig, type Plugin } from 'vite';
       import { vitestRunner } from './node_modules/harmony-websocket/dist/register/hypium/vitest-runner.js';
       import * as vitest from 'vitest';
       const plugin: Plugin = harmonyWebSocket();
       export default defineConfig({ plugins: [plugin, harmonyWebSocket()] });
       export const runner = vitestRunner(vitest);`,
    );
  });
});
