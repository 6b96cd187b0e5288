// The packed package at work, on the Node that runs this: installed without network, with its optional peer, in an empty
// folder. A file for each module of the device, the DevEco example by the command, a network in memory, workers, bundles. Vite and
// Vitest come from the registry, in test/register/projects/. Needs dist/.

import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kitModules } from '../../src/register/kit-modules.ts';
import { networkPrinted } from '../register/projects/project.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = fileURLToPath(new URL('../fixtures/projects/source', import.meta.url));

// Settings of the npm that runs these tests, its prefix above all, are not those of a user's npm.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_TEST_CONTEXT$|^NODE_OPTIONS$|^INIT_CWD$/iu.test(name)),
);

let folder = '';
let user = '';

before(() => {
  assert.ok(existsSync(join(top, 'dist/kit/index.js')), 'dist/ is not built; run npm run build first');
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'package-installed-')));
  user = join(folder, 'user');
  write('package.json', '{ "name": "user", "private": true, "type": "module" }');
  const tarballs = [top, join(top, 'node_modules/@swc/wasm-typescript')].map(pack);
  const flags = ['--offline', '--no-audit', '--no-fund', '--cache', join(folder, 'cache')];
  printed(run('npm', ['install', ...flags, ...tarballs]));
  symlinkSync(join(top, 'node_modules/esbuild'), join(user, 'node_modules/esbuild'), 'junction');
  cpSync(fixtures, join(user, 'src'), { recursive: true });
});

after(() => rmSync(folder, { recursive: true, force: true }));

function pack(from: string): string {
  const { stdout } = run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], from);
  return join(folder, stdout.trim().split('\n').at(-1)!);
}

function run(program: string, parameters: readonly string[], cwd = user): SpawnSyncReturns<string> {
  const command = program === 'node' ? process.execPath : program;
  return spawnSync(command, parameters, { cwd, env: environment, encoding: 'utf8', timeout: 60_000 });
}

/** What a program printed, which must have ended well. */
function printed({ status, stdout, stderr }: SpawnSyncReturns<string>): string {
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

function write(name: string, text: string): void {
  mkdirSync(dirname(join(user, name)), { recursive: true });
  writeFileSync(join(user, name), text);
}

const register = ['--import', 'harmony-websocket/register'];

describe('node --import harmony-websocket/register', () => {
  test('a program of fifty files and more, each with another module of the device', () => {
    const modules = Object.keys(kitModules).filter((name) => !name.startsWith('@ohos/'));
    assert.ok(modules.length >= 50, `${modules.length}`);
    for (const [index, name] of modules.entries()) {
      write(
        `many/part${index}.ets`,
        `import * as module from '${name}';
        interface Names { list: string[] }
        enum Least { One = 1 }
        export function hasNames(): boolean {
          const names: Names = { list: Object.keys(module) };
          return names.list.length >= Least.One;
        }`,
      );
    }
    const imports = modules.map((_, index) => `import { hasNames as part${index} } from './part${index}';`);
    const calls = modules.map((_, index) => `part${index}()`);
    write('many/main.ets', `${imports.join('\n')}\nconsole.log([${calls.join(', ')}].every((has) => has));`);
    const outcome = run('node', [...register, 'many/main.ets']);
    assert.equal(printed(outcome), 'true\n');
    assert.equal(outcome.stderr, '');
  });

  test('http, webSocket, emitter and connection on a network in memory', () => {
    assert.equal(printed(run('node', [...register, 'src/network/main.js'])), `${networkPrinted.join('\n')}\n`);
  });

  test('a task and a worker', () => {
    assert.equal(printed(run('node', [...register, 'src/work/main.js'])), '12 42\n');
  });
});

describe('the command, in the DevEco example', () => {
  const command = (...parameters: string[]) =>
    run(join(user, 'node_modules/.bin/harmony-websocket'), parameters, join(user, 'deveco'));
  before(() => cpSync(join(top, 'examples/deveco'), join(user, 'deveco'), { recursive: true }));

  test('test', () => {
    assert.match(printed(command('test', '--reporter', 'tap')), /^# pass 6$/mu);
  });

  test('doctor', () => {
    assert.match(printed(command('doctor')), /\n {2}@kit\.NetworkKit: connection, webSocket, http\n/u);
  });

  test('types', () => {
    printed(command('types'));
    assert.ok(existsSync(join(user, 'deveco/.harmony/tsconfig.json')));
  });
});

describe('the plugins', () => {
  const bundling = (external: string) => `
    import { build } from 'esbuild';
    import { harmonyWebSocket } from 'harmony-websocket/esbuild';
    await build({
      entryPoints: ['src/network/main.js'], bundle: true, platform: 'node', format: 'esm', outfile: 'bundle.js',
      external: [${external}], plugins: [harmonyWebSocket()],
    });`;
  for (const [title, external] of [
    ['inside', ''],
    ['outside', "'harmony-websocket'"],
  ] as const) {
    test(`a bundle of esbuild with the package ${title}`, () => {
      write('build.js', bundling(external));
      printed(run('node', ['build.js']));
      const text = readFileSync(join(user, 'bundle.js'), 'utf8');
      assert.equal(text.includes('from "harmony-websocket/kits/http"'), title === 'outside');
      assert.equal(printed(run('node', ['bundle.js'])), `${networkPrinted.join('\n')}\n`);
    });
  }

  test('what Vite asks its plugin', () => {
    write(
      'vite.js',
      `import { readFileSync } from 'node:fs';
      import { resolve } from 'node:path';
      import { harmonyWebSocket } from 'harmony-websocket/vite';
      const plugin = harmonyWebSocket();
      await plugin.config({ root: '.' });
      const layer = resolve('src/network/Layer.ets').replaceAll('\\\\', '/');
      const { id } = await plugin.resolveId.call({ resolve: async () => null }, '@ohos.net.http', layer, {});
      console.log(id.replace(/^.*\\/node_modules\\//, ''));
      console.log(plugin.transform(readFileSync(id, 'utf8'), id).code.trim().split('\\n')[1]);
      console.log(plugin.transform(readFileSync(layer, 'utf8'), layer).code.includes('Promise<string>'));`,
    );
    assert.equal(
      printed(run('node', ['vite.js'])),
      'harmony-websocket/dist/register/kits/ohos-net-http.js\nimport { http } from "harmony-websocket/kits/http";\nfalse\n',
    );
  });
});
