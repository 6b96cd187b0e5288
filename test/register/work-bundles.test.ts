// Tasks and workers of a program that esbuild bundles. The file of a worker is an entry point, too.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type BuildOptions, build } from 'esbuild';
import { harmonyWebSocket } from 'harmony-websocket/esbuild';
import { project } from './project.ts';

const source = new URL('../fixtures/projects/source/work/', import.meta.url);
const files = {
  'package.json': '{ "type": "module" }',
  ...Object.fromEntries(
    ['main.js', 'Work.ets', 'Sync.ets', 'Double.ets'].map((name) => [
      `src/${name}`,
      readFileSync(new URL(name, source), 'utf8'),
    ]),
  ),
};

/** Bundles the program and its worker, and removes the sources. */
async function bundled(context: TestContext, options: BuildOptions): Promise<ReturnType<typeof project>> {
  const where = project(context, files);
  await build({
    absWorkingDir: where.folder,
    entryPoints: ['src/main.js', 'src/Sync.ets'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir: 'out',
    logLevel: 'silent',
    plugins: [harmonyWebSocket()],
    ...options,
  });
  rmSync(join(where.folder, 'src'), { recursive: true });
  return where;
}

const external = ['harmony-websocket'];

describe('a task and a worker run in a bundle', () => {
  for (const [title, options] of [
    ['with the package outside', { external }],
    ['that is minified', { external, minify: true }],
    ['with the package inside, installed beside it too', {}],
  ] as [string, BuildOptions][]) {
    test(title, async (context) => {
      const { node } = await bundled(context, options);
      const { code, stdout, stderr } = await node('out/main.js');
      assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '12 42\n', stderr: '' });
    });
  }

  test('of CommonJS', async (context) => {
    const entryPoints = ['src/Work.ets', 'src/Sync.ets'];
    const { folder, node } = await bundled(context, { entryPoints, format: 'cjs' });
    writeFileSync(join(folder, 'out/package.json'), '{ "type": "commonjs" }');
    writeFileSync(join(folder, 'out/main.cjs'), `require('./Work.js').work().then(console.log);`);
    const { code, stdout, stderr } = await node('out/main.cjs');
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '12 42\n', stderr: '' });
  });
});

test('without the package beside it, a bundle that contains the package names the remedy', async (context) => {
  const { folder, node } = await bundled(context, {});
  rmSync(join(folder, 'node_modules'), { recursive: true });
  const { code, stderr } = await node('out/main.js');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^BusinessError: Worker initialization failed, the bundle .*main\.js contains harmony-websocket, .*: install it beside the bundle, or leave it out of the bundle \(external: \['harmony-websocket'\]\)$/m,
  );
});
