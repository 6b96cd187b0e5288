// The browser build of the package as a bundler takes it: nothing of Node is left in it, and it stays small.

import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import * as underNode from '../../src/kit/index.ts';

/** Bundles a program of this package's user. */
function bundle(program: string, options: Parameters<typeof build>[0] = {}) {
  return build({
    stdin: { contents: program, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'silent',
    ...options,
  });
}

const everything = `export * from 'harmony-websocket'; export { default } from 'harmony-websocket';`;

/** What only Node can run, or only the engine needs. */
const ofNode =
  /dist\/browser\/(?:node|client|server|engine|register|cli|kit\/server|core\/connection|core\/message|core\/extension)\//u;

describe('the browser condition of the package', () => {
  test('esbuild bundles it for a browser, with no module of Node', async () => {
    // A module of Node would already be an error here: "Could not resolve".
    const { metafile } = await bundle(everything);
    const imports = Object.values(metafile!.inputs).flatMap((input) => input.imports.map(({ path }) => path));
    assert.deepEqual(
      imports.filter((path) => path.startsWith('node:') || builtinModules.includes(path)),
      [],
    );
    const inputs = Object.keys(metafile!.inputs);
    assert.ok(
      inputs.some((path) => path.endsWith('dist/browser/index.js')),
      inputs.join(),
    );
    assert.deepEqual(
      inputs.filter((path) => ofNode.test(path)),
      [],
    );
  });

  test('no global of Node is used, but for asking whether it is there', async () => {
    const globals = ['process', 'Buffer', 'global', 'setImmediate', 'require', '__dirname', '__filename'];
    // esbuild replaces free identifiers only, so that properties, strings and local names do not count.
    const define = Object.fromEntries(globals.map((name) => [name, `NODE_GLOBAL_${name}`]));
    const { outputFiles } = await bundle(everything, { define });
    const text = outputFiles![0]!.text;
    const unguarded = text
      .split('\n')
      .filter((line) => line.includes('NODE_GLOBAL_') && !/typeof NODE_GLOBAL_\w+ [!=]==? "/u.test(line))
      // The use that such a question allows.
      .filter((line) => !/^\s*NODE_GLOBAL_setImmediate\(task\);$/u.test(line));
    assert.deepEqual(unguarded, []);
  });

  test('it has the names of the Node build', async () => {
    const { outputFiles } = await bundle(everything);
    const inBrowser = await import(`data:text/javascript,${encodeURIComponent(outputFiles![0]!.text)}`);
    assert.deepEqual(Object.keys(inBrowser).sort(), Object.keys(underNode).sort());
    assert.deepEqual(Object.keys(inBrowser.webSocket), Object.keys(underNode.webSocket));
    assert.equal(inBrowser.default, inBrowser.webSocket);
    assert.deepEqual(inBrowser.webSocket.TlsProtocol, underNode.webSocket.TlsProtocol);
    assert.deepEqual(Object.keys(inBrowser.hilog).sort(), Object.keys(underNode.hilog).sort());
    for (const make of ['createWebSocket', 'createWebSocketServer'] as const) {
      assert.deepEqual(methodsOf(inBrowser.webSocket[make]()), methodsOf(underNode.webSocket[make]()));
    }
  });

  test('a client takes less than 10 KiB, compressed', async (t) => {
    const program = `import { webSocket } from 'harmony-websocket'; globalThis.ws = webSocket.createWebSocket();`;
    const { outputFiles } = await bundle(program, { minify: true });
    const { contents } = outputFiles![0]!;
    const compressed = gzipSync(contents).byteLength;
    t.diagnostic(`${contents.byteLength} bytes, ${compressed} with gzip`);
    assert.ok(compressed < 10 * 1024, `${compressed} bytes`);
  });
});

/** Names of functions, without extensions such as getters. */
function methodsOf(object: object): string[] {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object)));
  return properties.flatMap(([name, { value }]) => (typeof value === 'function' ? [name] : [])).sort();
}
