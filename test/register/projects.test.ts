// Projects as users have them: each installs the packed package with the tools it works with from a registry, at the
// versions its package.json names, and runs. They share one ArkTS program (fixtures/projects/source). Needs dist/.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = fileURLToPath(new URL('../fixtures/projects', import.meta.url));
const require = createRequire(import.meta.url);

// What npm and the runner of these tests tell their own processes is not for the projects; where the registry is, is.
const kept = /^npm_config_(?:registry|cache|cafile|userconfig|globalconfig|https?_proxy|noproxy)$/iu;
const dropped = /^npm_|^NODE_TEST_CONTEXT$|^NODE_OPTIONS$|^INIT_CWD$|^VITEST|^HARMONY_|^HYPIUM_|^FORCE_COLOR$/iu;
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name) || !dropped.test(name))),
  NO_COLOR: '1',
};

/** What npm says when a registry cannot be reached. */
const unreachable =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED)\b/u;

type ProjectName = 'node-test' | 'vitest' | 'esbuild' | 'tsx';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams, for messages. */
  readonly output: string;
}

let folder = '';
/** Set once npm could not reach the registry: why the tests are skipped. */
let offline: string | undefined;
const running = new Set<ChildProcess>();

before(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'harmony-websocket-projects-')));
  const packed = await run(top, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  assert.equal(packed.code, 0, packed.output);
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  renameSync(join(folder, filename), join(folder, 'harmony-websocket.tgz'));
});

after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function run(cwd: string, program: string, ...parameters: string[]): Promise<Outcome> {
  const child = spawn(program, parameters, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, stdout, output });
    });
  });
}

const installed = new Map<ProjectName, Promise<string>>();

/**
 * Folder of the project, installed once. Without a registry the test is skipped with the reason.
 *
 * @throws Error with CI=true, when npm cannot reach a registry
 */
async function project(name: ProjectName, context: TestContext): Promise<string | undefined> {
  if (!installed.has(name)) installed.set(name, install(name));
  const where = await installed.get(name)!;
  if (offline !== undefined) context.skip(offline);
  return offline === undefined ? where : undefined;
}

async function install(name: ProjectName): Promise<string> {
  if (offline !== undefined) return '';
  // Not just `name`: Vitest leaves files below vitest/src out of stack traces.
  const where = join(folder, `project-${name}`);
  cpSync(join(fixtures, name), where, { recursive: true });
  cpSync(join(fixtures, 'source'), join(where, 'src'), { recursive: true });
  // Scripts of packages are not needed by any of them.
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  // The time a file of tests may take is not for waiting on a registry that is not there.
  const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
  const { code, output } = await run(where, 'npm', 'install', ...flags, ...retries);
  if (code === 0) return where;
  assert.match(output, unreachable, output);
  offline = `npm install in ${name} could not reach a registry (${unreachable.exec(output)![0]}); it needs network`;
  if (process.env.CI === 'true') throw new Error(`${offline}. With CI=true no project may be skipped.`);
  return where;
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
    const { scripts } = JSON.parse(readFileSync(join(where, 'package.json'), 'utf8'));
    const [program, ...parameters] = (scripts.test as string).split(' ');
    const { code, output } = await run(where, program!, '--test-reporter=tap', ...parameters);
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
    const { code, output } = await run(where, 'node', ...failing);
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
    const { code, output } = await run(where, 'npx', '--no-install', 'vitest', 'run', '--reporter=verbose');
    assert.equal(code, 0, output);
    for (const name of [
      'chat.test.js > the app talks to a server',
      'chat.test.js > there is one webSocket object',
      'chat.test.js > absent names link and refuse use',
      'List.test.ets > ChatClient > answers',
      'List.test.ets > ChatClient > answers_with_done',
      'List.test.ets > ChatClient > answers_in_a_callback',
      'List.test.ets > what_is_absent > imports_and_refuses_use',
      'List.test.ets > what_is_absent > refuses_bad_addresses',
    ]) {
      assert.match(output, new RegExp(`✓ test/${name} \\d`, 'u'));
    }
    assert.match(output, /Tests +8 passed \(8\)/u);
  });

  test('what fails shows the lines of the .ets files', async (context) => {
    const where = await project('vitest', context);
    if (where === undefined) return;
    const { code, output } = await run(where, 'npx', '--no-install', 'vitest', 'run', '--config', 'failing.config.js');
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
    const { code, output } = await run(where, 'npx', '--no-install', 'vite', 'build');
    assert.equal(code, 0, output);
    const [, asset] = /(assets\/index-\S+\.js)/u.exec(output) ?? assert.fail(output);
    const text = readFileSync(join(where, 'dist', asset!), 'utf8');
    assert.match(text, /^import \{ hilog, webSocket \} from "harmony-websocket";/u);
    assert.doesNotMatch(text, /from "node:/u);
    const { sources } = JSON.parse(readFileSync(join(where, 'dist', `${asset}.map`), 'utf8')) as { sources: string[] };
    assert.ok(sources.includes('../../src/ChatClient.ets'), sources.join());
  });

  test('the dev server translates what a page loads', async (context) => {
    const where = await project('vitest', context);
    if (where === undefined) return;
    const { code, stdout, output } = await run(where, 'node', 'fetch.js', '/src/ChatClient.ets');
    assert.equal(code, 0, output);
    assert.match(stdout, /^text\/javascript\n/u);
    assert.match(stdout, /from "\/src\/model\/Index\.ets\?import"/u);
    assert.match(stdout, /from "\/node_modules\/harmony-websocket\/dist\/register\/kits\/network-kit\.js"/u);
    assert.doesNotMatch(stdout, /private|@Sendable|BusinessError/u);
  });

  test('a program for Node is built, with one webSocket', async (context) => {
    const where = await project('vitest', context);
    if (where === undefined) return;
    const built = await run(where, 'npx', '--no-install', 'vite', 'build', '--config', 'server.config.js');
    assert.equal(built.code, 0, built.output);
    const { code, stdout, output } = await run(where, 'node', 'server/server.js');
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
      const { code, output } = await run(where, 'node', 'build.js', 'app.ets', ...external);
      assert.equal(code, 0, output);
      const text = readFileSync(join(where, 'out/app.js'), 'utf8');
      assert.equal(/^import .* from "harmony-websocket";$/mu.test(text), external.length > 0);
      assertProgramRan(await run(where, 'node', '--enable-source-maps', 'out/app.js'));
    });
  }

  test('a page is refused in a sentence', async (context) => {
    const where = await project('esbuild', context);
    if (where === undefined) return;
    writeFileSync(join(where, 'page.js'), "import './src/Page';\nimport '@kit.ArkUI';\n");
    const { code, output } = await run(where, 'node', 'build.js', 'page.js');
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
      const outcome = await run(where, 'node', ...imports, 'main.ts');
      assert.match(outcome.stdout, /^decorated run\nanswer$/mu, outcome.output);
      assertProgramRan(outcome);
    });
  }

  test('tsx --import harmony-websocket/register', async (context) => {
    const where = await project('tsx', context);
    if (where === undefined) return;
    assertProgramRan(
      await run(where, 'npx', '--no-install', 'tsx', '--import', 'harmony-websocket/register', 'app.ets'),
    );
  });
});

/** Type-checks a module of the project, with the types of its tools. */
async function check(where: string, text: string): Promise<void> {
  const types = join(where, 'node_modules/@types');
  mkdirSync(types, { recursive: true });
  rmSync(join(types, 'node'), { recursive: true, force: true });
  symlinkSync(join(top, 'node_modules/@types/node'), join(types, 'node'), 'junction');
  writeFileSync(join(where, 'check.mts'), text);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
  };
  writeFileSync(join(where, 'tsconfig.check.json'), JSON.stringify({ files: ['check.mts'], compilerOptions }));
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { code, output } = await run(where, 'node', tsc, '-p', 'tsconfig.check.json', '--pretty', 'false');
  assert.equal(code, 0, output);
}
