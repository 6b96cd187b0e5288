// A bundle that leaves `harmony-websocket` outside meets the package that other code of the process imports: the same network,
// the same errors, the same emitter. Bundles and runs dist/ by the package's public names; Vite is in test/register/projects/.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { harmonyWebSocket } from 'harmony-websocket/esbuild';
import { project } from '../register/project.ts';
import { networkPrinted } from '../register/projects/project.ts';

/** A layer as apps have it, and a program that uses it in a network in memory. */
const source = new URL('../fixtures/projects/source/network/', import.meta.url);
const files = Object.fromEntries(
  ['Layer.ets', 'check.js', 'main.js'].map((name) => [name, readFileSync(new URL(name, source), 'utf8')]),
);
const printed = { code: 0, stdout: `${networkPrinted.join('\n')}\n`, stderr: '' };

/** Bundles a file, and returns the names that are left outside. */
async function bundled(folder: string, file: string, options: BuildOptions): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: 'bundle.mjs',
    metafile: true,
    logLevel: 'silent',
    plugins: [harmonyWebSocket()],
    ...options,
  });
  const imports = Object.values(metafile!.outputs).flatMap((output) => output.imports);
  return imports.filter(({ path }) => !path.startsWith('node:')).map(({ path }) => path);
}

/** A plugin that leaves the package outside by its own callback. */
const leaving: Plugin = {
  name: 'leaving',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^harmony-websocket(?:\/testing)?$/ }, ({ path }) => ({ path, external: true })),
};

describe('esbuild', () => {
  for (const [title, options, outside] of [
    ['without externals', {}, false],
    ["with external: ['harmony-websocket']", { external: ['harmony-websocket'] }, true],
    ["with packages: 'external'", { packages: 'external' }, true],
    ['with a plugin that leaves the package outside', { plugins: [leaving, harmonyWebSocket()] }, true],
  ] as [string, BuildOptions, boolean][]) {
    test(`a program bundled ${title}`, async (context) => {
      const { folder, node } = project(context, files);
      const names = await bundled(folder, 'main.js', options);
      for (const name of ['harmony-websocket', 'harmony-websocket/kits/http', 'harmony-websocket/kits/containers']) {
        assert.equal(names.includes(name), outside, names.join());
      }
      assert.deepEqual(await node('bundle.mjs'), printed);
    });
  }

  test('a layer that is bundled, and used by tests that are not', async (context) => {
    const check = files['check.js']!.replace('./Layer', './bundle.mjs');
    const { folder, node } = project(context, { ...files, 'package.json': '{ "type": "module" }', 'check.js': check });
    await bundled(folder, 'Layer.ets', { external: ['harmony-websocket'] });
    assert.deepEqual(await node('main.js'), printed);
  });

  test('a bundle of CommonJS', async (context) => {
    const main = `require('./bundle.cjs').errors().then((errors) => {
      for (const error of errors) console.log(error instanceof require('harmony-websocket').BusinessError);
    });`;
    const { folder, node } = project(context, { ...files, 'main.cjs': main });
    await bundled(folder, 'Layer.ets', { external: ['harmony-websocket'], format: 'cjs', outfile: 'bundle.cjs' });
    const { code, stdout, stderr } = await node('--disable-warning=ExperimentalWarning', 'main.cjs');
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'true\ntrue\n', stderr: '' });
  });

  test('a kit of which a module is mocked', async (context) => {
    const { folder, node } = project(context, {
      'src/mock/mock-config.json5': `{ '@ohos.net.http': { source: 'src/mock/Http.mock.ets' } }`,
      'src/mock/Http.mock.ets': 'export default { createHttp: (): string => "mocked" };',
      'oh-package.json5': '{}',
      'main.ets': `
        import { connection, http } from '@kit.NetworkKit';
        import { connection as same } from 'harmony-websocket/kits/connection';
        console.log(http.createHttp(), connection === same);`,
    });
    await bundled(folder, 'main.ets', { external: ['harmony-websocket'] });
    const { code, stdout, stderr } = await node('bundle.mjs');
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'mocked true\n', stderr: '' });
  });

  test('only what the program uses is imported', async (context) => {
    const main = `import { webSocket } from '@kit.NetworkKit'; console.log(webSocket);`;
    const { folder } = project(context, { 'main.ets': main });
    const names = await bundled(folder, 'main.ets', { external: ['harmony-websocket'] });
    assert.deepEqual(names, ['harmony-websocket']);
  });
});
