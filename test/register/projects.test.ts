// Projects as users have them: each installs the packed package with the tools it works with from a registry, at the
// versions its package.json names, and runs. They share one ArkTS program (fixtures/projects/source). Needs dist/.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { type Outcome, Project } from '../support/tarball.ts';

const require = createRequire(import.meta.url);

type ProjectName = 'node-test' | 'vitest' | 'esbuild' | 'tsx';

const installed = new Map<ProjectName, Promise<Project | string>>();

after(async () => {
  for (const installing of installed.values()) {
    const project = await installing.catch(() => undefined);
    if (typeof project === 'object') project.remove();
  }
});

/** The project, installed once. Without a registry the test is skipped with the reason. */
async function project(name: ProjectName, context: TestContext): Promise<Project | undefined> {
  if (!installed.has(name)) installed.set(name, Project.install(name));
  const result = await installed.get(name)!;
  if (typeof result === 'object') return result;
  context.skip(result);
  return undefined;
}

/** The line that a stack trace has where src/Fault.ets throws. */
const faultFrame = /at (?:_?Fault\.)?raise \(.*\bsrc[\\/]Fault\.ets:12:11\)/u;

const absentSentence = '"http" of @kit.NetworkKit is not part of harmony-websocket; it can be imported, but not used';

/** What app.ets of the projects `esbuild` and `tsx` prints before it throws. */
function assertProgramRan({ code, stdout, output }: Outcome): void {
  assert.match(stdout, /^answer HELLO 1 true true$/mu, output);
  assert.ok(stdout.includes(absentSentence), output);
  assert.match(output, faultFrame);
  assert.match(output, /at .*\bapp\.ets:20:13/u);
  assert.equal(code, 1);
}

describe('node --test', () => {
  test('hypium suites run unchanged, from List.test.ets', async (context) => {
    const where = await project('node-test', context);
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
    const where = await project('node-test', context);
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

describe('Vitest and Vite', () => {
  test('tests of Vitest and of hypium talk to a server, with one webSocket', async (context) => {
    const where = await project('vitest', context);
    if (where === undefined) return;
    const { code, output } = await where.start('npx', '--no-install', 'vitest', 'run', '--reporter=verbose').ended;
    assert.equal(code, 0, output);
    for (const name of [
      'chat.test.js > the app talks to a server',
      'chat.test.js > there is one webSocket object',
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
    assert.match(output, /Tests +9 passed \(9\)/u);
    assert.doesNotMatch(output, /Unhandled/u);
    assert.equal(output.match(/^harmony-websocket: WebSocket\.\w+ failed with /gmu)?.length, 3, output);
  });

  test('what fails shows the lines of the .ets files', async (context) => {
    const where = await project('vitest', context);
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
    const where = await project('vitest', context);
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
    const where = await project('vitest', context);
    if (where === undefined) return;
    const { code, stdout, output } = await where.start('node', 'fetch.js', '/src/ChatClient.ets').ended;
    assert.equal(code, 0, output);
    assert.match(stdout, /^text\/javascript\n/u);
    assert.match(stdout, /from "\/src\/model\/Index\.ets\?import"/u);
    assert.match(stdout, /from "\/node_modules\/harmony-websocket\/dist\/register\/kits\/network-kit\.js"/u);
    assert.doesNotMatch(stdout, /private|@Sendable|BusinessError/u);
  });

  test('a program for Node is built, with one webSocket', async (context) => {
    const where = await project('vitest', context);
    if (where === undefined) return;
    const built = await where.start('npx', '--no-install', 'vite', 'build', '--config', 'server.config.js').ended;
    assert.equal(built.code, 0, built.output);
    const { code, stdout, output } = await where.start('node', 'server/server.js').ended;
    assert.equal(code, 0, output);
    assert.match(stdout, /^HELLO true$/mu);
  });

  test('the plugin is one of Vite, by its types', async (context) => {
    const where = await project('vitest', context);
    if (where === undefined) return;
    await check(
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

describe('esbuild', () => {
  for (const external of [[], ['harmony-websocket']]) {
    test(`a bundle runs${external.length > 0 ? ', with harmony-websocket left out of it' : ''}`, async (context) => {
      const where = await project('esbuild', context);
      if (where === undefined) return;
      const { code, output } = await where.start('node', 'build.js', 'app.ets', ...external).ended;
      assert.equal(code, 0, output);
      const text = readFileSync(join(where.folder, 'out/app.js'), 'utf8');
      assert.equal(/^import .* from "harmony-websocket";$/mu.test(text), external.length > 0);
      assertProgramRan(await where.start('node', '--enable-source-maps', 'out/app.js').ended);
    });
  }

  test('a page is refused in a sentence', async (context) => {
    const where = await project('esbuild', context);
    if (where === undefined) return;
    writeFileSync(join(where.folder, 'page.js'), "import './src/Page';\nimport '@kit.ArkUI';\n");
    const { code, output } = await where.start('node', 'build.js', 'page.js').ended;
    assert.equal(code, 1);
    assert.match(output, /\[ERROR\] .*src[\\/]Page\.ets:3: "struct Page" is ArkUI; .* \[plugin harmony-websocket\]/u);
    assert.match(
      output,
      /\[ERROR\] "@kit\.ArkUI" \(imported by .*page\.js\) is not part of harmony-websocket; it has @kit/u,
    );
  });

  test('the plugin is one of esbuild, by its types', async (context) => {
    const where = await project('esbuild', context);
    if (where === undefined) return;
    await check(
      where,
      `import { harmonyWebSocket } from 'harmony-websocket/esbuild';
       import { build, type Plugin } from 'esbuild';
       const plugin: Plugin = harmonyWebSocket();
       await build({ entryPoints: ['app.ets'], plugins: [plugin, harmonyWebSocket()] });`,
    );
  });
});

describe('tsx', () => {
  const orders = [
    ['--import', 'tsx', '--import', 'harmony-websocket/register'],
    ['--import', 'harmony-websocket/register', '--import', 'tsx'],
  ];
  for (const imports of orders) {
    test(`node ${imports.join(' ')}: .ts is tsx's, .ets is ours`, async (context) => {
      const where = await project('tsx', context);
      if (where === undefined) return;
      const outcome = await where.start('node', ...imports, 'main.ts').ended;
      assert.match(outcome.stdout, /^decorated run\nanswer$/mu, outcome.output);
      assertProgramRan(outcome);
    });
  }

  test('tsx --import harmony-websocket/register', async (context) => {
    const where = await project('tsx', context);
    if (where === undefined) return;
    assertProgramRan(
      await where.start('npx', '--no-install', 'tsx', '--import', 'harmony-websocket/register', 'app.ets').ended,
    );
  });
});

/** Type-checks a module of the project, with the types of its tools. */
async function check(where: Project, text: string): Promise<void> {
  const types = join(where.folder, 'node_modules/@types');
  mkdirSync(types, { recursive: true });
  rmSync(join(types, 'node'), { recursive: true, force: true });
  symlinkSync(dirname(require.resolve('@types/node/package.json')), join(types, 'node'), 'junction');
  writeFileSync(join(where.folder, 'check.mts'), text);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
  };
  writeFileSync(join(where.folder, 'tsconfig.check.json'), JSON.stringify({ files: ['check.mts'], compilerOptions }));
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { code, output } = await where.start('node', tsc, '-p', 'tsconfig.check.json', '--pretty', 'false').ended;
  assert.equal(code, 0, output);
}
