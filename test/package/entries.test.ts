// The entries of the package belong together, whichever of them a program names and whatever bundles it: one `webSocket`,
// which `configure` sets up, and one class of each error. Runs dist/ by the package's public names.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { harmonyWebSocket } from 'harmony-websocket/esbuild';
import { project } from '../register/project.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));

/** Prints what the names of a kit import lead to, and what `connect` answers to an application without permissions. */
const kitProgram = `
  import byDefault, { BusinessError, webSocket } from 'harmony-websocket';
  import { configure } from 'harmony-websocket/configure';
  import { webSocket as ofKit } from '@kit.NetworkKit';
  import { BusinessError as ofBasic } from '@kit.BasicServicesKit';
  const answer = () => ofKit.createWebSocket().connect('ws://127.0.0.1:1/').catch((error) => error);
  const restore = configure({ permissions: [] });
  const refused = await answer();
  restore();
  configure({ allowedDomains: [] });
  const elsewhere = await answer();
  console.log(byDefault === webSocket, ofKit === webSocket, ofBasic === BusinessError, refused instanceof ofBasic);
  console.log(refused.code, elsewhere.code);
`;
const kitPrinted = 'true true true true\n201 2302998\n';

/** Prints for each entry whether its errors are of the engine's class. */
const errorsProgram = `
  import { connect, WebSocketError } from 'harmony-websocket/engine';
  import { configure } from 'harmony-websocket/configure';
  import { useNetwork } from 'harmony-websocket/testing';
  const thrown = async (call) => { try { await call(); } catch (error) { return error; } };
  const network = useNetwork();
  const calls = [
    () => configure({ profile: 'none' }),
    () => useNetwork({ latency: 'none' }),
    () => connect('ws://nobody.example/'),
  ];
  for (const call of calls) console.log((await thrown(call)) instanceof WebSocketError);
  await network.uninstall();
`;
const errorsPrinted = 'true\ntrue\ntrue\n';

async function printed(context: TestContext, files: Record<string, string>, ...parameters: string[]): Promise<string> {
  const { code, stdout, stderr } = await project(context, files).node(...parameters);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return stdout;
}

/** Bundles a program; the text, and the sources in it by the headings that scripts/bundle.mjs leaves. */
async function bundled(program: string, options: BuildOptions): Promise<{ text: string; sources: string[] }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: top,
    stdin: { contents: program, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [harmonyWebSocket()],
    ...options,
  });
  const ofPackage = Object.keys(metafile!.inputs).filter((path) => path.startsWith('dist/'));
  const texts = ofPackage.map((path) => readFileSync(join(top, path), 'utf8'));
  // A source that imports a file which stays outside has two headings in its bundle: one is that of the import.
  const headings = (text: string) => [...text.matchAll(/^\/\/ (src\/\S+)$/gmu)].map(([, source = '']) => source);
  const sources = texts.flatMap((text) => [...new Set(headings(text))]);
  return { text: outputFiles![0]!.text, sources };
}

function assertEachOnce(sources: readonly string[]): void {
  assert.ok(sources.includes('src/kit/policy.ts'), sources.join());
  assert.deepEqual(
    sources.filter((source, index) => sources.indexOf(source) !== index),
    [],
  );
}

describe('under Node', () => {
  test('`harmony-websocket/configure` sets up what an ArkTS file imports as @kit.NetworkKit', async (context) => {
    const files = { 'main.ets': kitProgram };
    assert.equal(await printed(context, files, '--import', 'harmony-websocket/register', 'main.ets'), kitPrinted);
  });

  test('it does so from a module that is loaded before, imported or required', async (context) => {
    const files = {
      'imported.mjs': `import { configure } from 'harmony-websocket/configure'; configure({ permissions: [] });`,
      'required.cjs': `require('harmony-websocket/configure').configure({ permissions: [] });`,
      'main.ets': `
        import { webSocket } from '@kit.NetworkKit';
        webSocket.createWebSocket().connect('ws://127.0.0.1:1/').catch((error) => console.log(error.code));`,
    };
    for (const first of ['./imported.mjs', './required.cjs']) {
      const parameters = ['--import', 'harmony-websocket/register', '--import', first, 'main.ets'];
      assert.equal(await printed(context, files, ...parameters), '201\n', first);
    }
  });

  test('the errors of every entry are of the class that `harmony-websocket/engine` exports', async (context) => {
    assert.equal(await printed(context, { 'main.mjs': errorsProgram }, 'main.mjs'), errorsPrinted);
    const plugins = `
      import { WebSocketError } from 'harmony-websocket/engine';
      import { harmonyWebSocket as vite } from 'harmony-websocket/vite';
      import { harmonyWebSocket as esbuild } from 'harmony-websocket/esbuild';
      for (const plugin of [vite, esbuild]) {
        try { plugin({ colour: 5 }); } catch (error) { console.log(error instanceof WebSocketError); }
      }`;
    assert.equal(await printed(context, { 'main.mjs': plugins }, 'main.mjs'), 'true\ntrue\n');
  });
});

test('classes have the names of their sources, which users see in inspections and stack traces', async (context) => {
  const program = `
    import { connect, createServer } from 'harmony-websocket/engine';
    const server = createServer({ open(connection) { console.log(connection.constructor.name); } });
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const client = await connect('ws://127.0.0.1:' + port + '/');
    console.log(client.constructor.name, server.constructor.name);
    client.terminate();
    await server.close();`;
  const lines = (await printed(context, { 'main.mjs': program }, 'main.mjs')).trim().split('\n').sort();
  assert.deepEqual(lines, ['ClientConnection Server', 'ServerConnection']);
  const files = readdirSync(join(top, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  );
  for (const file of files) assert.doesNotMatch(readFileSync(join(top, 'dist', file), 'utf8'), /\bclass _/u, file);
});

describe('in a bundle', () => {
  for (const platform of ['browser', 'node'] as const) {
    test(`for ${platform}, the kit's entries are one, and have each source once`, async (context) => {
      const { text, sources } = await bundled(kitProgram, { platform });
      assertEachOnce(sources);
      // Node stands in for the page here, and warns when the page's build looks into its `localStorage`.
      const parameters = ['--disable-warning=ExperimentalWarning', 'main.mjs'];
      assert.equal(await printed(context, { 'main.mjs': text }, ...parameters), kitPrinted);
    });
  }

  test('for node, all entries are one, and have each source once', async (context) => {
    const { text, sources } = await bundled(`${errorsProgram}\nimport 'harmony-websocket';`, { platform: 'node' });
    assertEachOnce(sources);
    assert.equal(await printed(context, { 'main.mjs': text }, 'main.mjs'), errorsPrinted);
  });

  for (const entry of ['engine', 'testing', 'whatwg']) {
    test(`for browser, \`harmony-websocket/${entry}\` is refused: it needs sockets, and the error names their module`, async () => {
      const bundling = bundled(`export * from 'harmony-websocket/${entry}';`, { platform: 'browser' });
      await assert.rejects(bundling, /Could not resolve "node:net"/u);
    });
  }

  test('for browser, every entry that has a build for it shares its sources with the others', async () => {
    const { exports } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
    const names = Object.entries<Record<string, string>>(exports).flatMap(([name, { browser }]) =>
      browser === undefined ? [] : [`harmony-websocket${name.slice(1)}`],
    );
    assert.deepEqual(names, ['harmony-websocket', 'harmony-websocket/configure']);
    const program = names
      .map((name, index) => `import * as n${index} from '${name}'; console.log(n${index});`)
      .join('\n');
    assertEachOnce((await bundled(program, { platform: 'browser' })).sources);
  });
});
