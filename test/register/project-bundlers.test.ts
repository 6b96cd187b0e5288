// The project in the plugins for esbuild and Vite: the same answers as under Node's hooks.

import assert from 'node:assert/strict';
import module, { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { project } from './project.ts';

const esbuild = pathToFileURL(createRequire(import.meta.url).resolve('esbuild')).href;

const files = {
  'build-profile.json5': `{ modules: [{ name: 'entry', srcPath: './entry' }, { name: 'net', srcPath: './net' }] }`,
  'oh-package.json5': '{}',
  'stubs/map.ts': `export class map { static zoom: number = 3; }`,
  'stubs/other.ts': `export class map { static zoom: number = 4; }`,
  'harmony.config.json5': `{ provide: { '@kit.MapKit': './stubs/map.ts' } }`,
  'entry/oh-package.json5': `{ name: 'entry', dependencies: { '@company/net': 'file:../net', gone: '1.0.0' } }`,
  'entry/src/mock/mock-config.json5': `{ "@ohos.net.http": { "source": "src/mock/Http.mock.ets" }, "Local.ets": { "source": "src/mock/Local.mock.ets" } }`,
  'entry/src/mock/Http.mock.ets': `export default { createHttp: (): string => 'mocked http' };`,
  'entry/src/mock/Local.mock.ets': `export const local: string = 'mocked local';`,
  'entry/src/main/ets/Local.ets': `export const local: string = 'local';`,
  'entry/src/main/ets/main.ets': `
    import { http } from '@kit.NetworkKit';
    import { map } from '@kit.MapKit';
    import { name } from '@company/net';
    import { local } from './Local';
    import { DEBUG } from 'BuildProfile';
    console.log(http.createHttp(), map.zoom, name, local, DEBUG);`,
  'entry/src/main/ets/gone.ets': `import 'gone';`,
  'net/oh-package.json5': `{ name: '@company/net', main: 'Index.ets' }`,
  'net/Index.ets': `export const name: string = 'net';`,
};

describe('esbuild', () => {
  const script = (options: string, entry = 'main') => `
    import { build } from '${esbuild}';
    import { harmonyWebSocket } from 'harmony-websocket/esbuild';
    await build({
      entryPoints: ['entry/src/main/ets/${entry}.ets'],
      bundle: true, platform: 'node', format: 'esm', outfile: 'out.mjs', external: ['harmony-websocket'],
      logLevel: 'silent', plugins: [harmonyWebSocket(${options})],
    });`;

  test('a bundle has what the project provides', async (context) => {
    const { node } = project(context, { ...files, 'build.mjs': script('') });
    assert.equal((await node('build.mjs')).stderr, '');
    assert.equal((await node('out.mjs')).stdout, 'mocked http 3 net mocked local true\n');
  });

  test('the option counts before harmony.config', async (context) => {
    const { node } = project(context, {
      ...files,
      'build.mjs': script("{ provide: { '@kit.MapKit': './stubs/other' } }"),
    });
    assert.equal((await node('build.mjs')).stderr, '');
    assert.equal((await node('out.mjs')).stdout, 'mocked http 4 net mocked local true\n');
  });

  test('a dependency that is not installed is an error of the build', async (context) => {
    const { node } = project(context, { ...files, 'build.mjs': script('', 'gone') });
    const { code, stderr } = await node('build.mjs');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /oh-package\.json5:1: the dependency "gone" \("1\.0\.0"\) is not installed, and .*gone\.ets:1 imports it/,
    );
  });

  test('a source that does not exist fails before the build', async (context) => {
    const { node } = project(context, { ...files, 'build.mjs': script("{ provide: { '@kit.MapKit': './none' } }") });
    const { code, stderr } = await node('build.mjs');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /harmonyWebSocket: provide, "@kit\.MapKit": the source "\.\/none" of "@kit\.MapKit" does not exist/,
    );
  });
});

describe('Vite', () => {
  /** Asks the plugin as Vite does. */
  const script = (options: string, root: string) => `
    import { harmonyWebSocket } from 'harmony-websocket/vite';
    const plugin = harmonyWebSocket(${options});
    console.log(JSON.stringify(await plugin.config({ root: process.cwd() + '${root}' })));
    const importer = process.cwd() + '/entry/src/main/ets/main.ets';
    const context = { resolve: async () => null };
    for (const specifier of ['@kit.MapKit', '@company/net', './Local', 'BuildProfile', '@kit.NetworkKit']) {
      const { id } = await plugin.resolveId.call(context, specifier, importer, {});
      console.log(id.replaceAll('\\0', '').replaceAll(process.cwd(), ''));
      if (id.startsWith('\\0')) console.log(plugin.load(id).replaceAll(process.cwd(), ''));
    }`;

  test('imports lead to what the project provides', async (context) => {
    const { node } = project(context, { ...files, 'ask.mjs': script('', '/entry') });
    const { stdout, stderr } = await node('ask.mjs');
    assert.equal(stderr, '');
    assert.deepEqual(stdout.split('\n').slice(1, 4), [
      '/stubs/map.ts',
      '/net/Index.ets',
      '/entry/src/mock/Local.mock.ets',
    ]);
    assert.match(stdout, /^export \{ default as http \} from "\/entry\/src\/mock\/Http\.mock\.ets";$/m);
  });

  test('Vitest tells its tests where the module is', async (context) => {
    const { node } = project(context, {
      ...files,
      'vitest.mjs': `process.env.VITEST = 'true';\nawait import('./ask.mjs');`,
      'ask.mjs': script("{ provide: { '@kit.MapKit': '../stubs/other.ts' } }", '/entry'),
    });
    const { stdout, stderr } = await node('vitest.mjs');
    assert.equal(stderr, '');
    const { test } = JSON.parse(stdout.split('\n')[0]!) as { test: { env: Record<string, string>; server: unknown } };
    assert.match(test.env.HARMONY_WEBSOCKET_MODULE ?? '', /entry$/);
    assert.notEqual(test.server, undefined);
    assert.match(stdout, /^\/stubs\/other\.ts$/m);
  });
});

describe('tsx', () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const register = 'harmony-websocket/register';

  // Before Node.js 22.15 hooks do not see what CommonJS requires.
  const skip = !('registerHooks' in module);
  test('files that tsx makes CommonJS of', { skip }, async (context) => {
    const { node } = project(context, {
      ...files,
      'entry/src/test/main.ts': files['entry/src/main/ets/main.ets'].replace('./Local', '../main/ets/Local'),
    });
    for (const hooks of [
      [tsx, register],
      [register, tsx],
    ]) {
      const { stdout, stderr } = await node(...hooks.flatMap((hook) => ['--import', hook]), 'entry/src/test/main.ts');
      assert.equal(stderr, '');
      assert.equal(stdout, 'mocked http 3 net mocked local true\n');
    }
  });

  for (const [order, hooks] of [
    ['before', [tsx, register]],
    ['after', [register, tsx]],
  ] as const) {
    test(`registered ${order} this package`, async (context) => {
      const { node } = project(context, {
        ...files,
        'package.json': '{ "type": "module" }',
        'entry/src/test/main.ts': `import '../main/ets/main.ets';`,
      });
      const { stdout, stderr } = await node(...hooks.flatMap((hook) => ['--import', hook]), 'entry/src/test/main.ts');
      assert.equal(stderr, '');
      assert.equal(stdout, 'mocked http 3 net mocked local true\n');
    });
  }
});
