// The packed package with and without its optional peer, the transformer of ArkTS, on this Node and on the newest that is
// installed (`node scripts/install-runtimes.mjs`). Installs without network. Needs dist/.

import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const peer = '@swc/wasm-typescript';

// Settings of the npm that runs these tests, its prefix above all, are not those of a user's npm.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_TEST_CONTEXT$|^NODE_OPTIONS$|^INIT_CWD$/iu.test(name)),
);

/** A client and a server of the kit, with types that the device's kits have and this package does not. */
const client = `import { webSocket, http } from '@kit.NetworkKit';
import { BusinessError } from '@kit.BasicServicesKit';
import { UIAbility } from '@kit.AbilityKit';

interface Answer { text: string }
let ability: UIAbility | undefined;
let request: http.HttpRequest | undefined;
const server: webSocket.WebSocketServer = webSocket.createWebSocketServer();
server.on('messageReceive', (message: webSocket.WebSocketMessage) => {
  server.send('echo ' + message.data, message.clientConnection);
});
const client: webSocket.WebSocket = webSocket.createWebSocket();
client.on('open', () => {
  client.send('hello', (error: BusinessError, value: boolean) => {
    console.info('sent', value);
  });
});
client.on('message', (error: BusinessError, value: string | ArrayBuffer) => {
  const answer: Answer = { text: value as string };
  console.info('message', answer.text);
  client.close();
});
client.on('close', (error: BusinessError, value: webSocket.CloseResult) => {
  console.info('closed', value.code);
  server.stop();
});
const config: webSocket.WebSocketServerConfig = {
  serverIP: '127.0.0.1',
  serverPort: 0,
  maxConcurrentClientsNumber: 10,
  maxConnectionsForOneClient: 10
};
server.start(config).then(() => {
  const port: number = (server as ESObject).serverPort;
  client.connect('ws://127.0.0.1:' + port + '/');
});
`;

/** Bundles a file by the esbuild of this repository, and prints the error or the size. */
const bundling = `import { harmonyWebSocket } from 'harmony-websocket/esbuild';
const { build } = await import(${JSON.stringify(pathToFileURL(join(top, 'node_modules/esbuild/lib/main.js')).href)});
const options = { bundle: true, platform: 'node', format: 'esm', write: false, logLevel: 'silent' };
await build({ ...options, entryPoints: [process.argv[2]], plugins: [harmonyWebSocket()] }).then(
  ({ outputFiles }) => console.log('bundled', outputFiles[0].text.includes('Green')),
  ({ errors }) => console.log(errors[0].text),
);
`;

let folder = '';

before(() => {
  assert.ok(existsSync(join(top, 'dist/kit/index.js')), 'dist/ is not built; run npm run build first');
  folder = mkdtempSync(join(tmpdir(), 'package-transformer-'));
  const tarball = pack(top);
  install('without', tarball);
  install('with', tarball, pack(join(top, 'node_modules', peer)));
});

after(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, parameters: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(program, parameters, { cwd, env: environment, encoding: 'utf8', timeout: 60_000 });
}

/** Packs the package in `from`. */
function pack(from: string): string {
  const { status, stdout, stderr } = run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], from);
  assert.equal(status, 0, stderr);
  return join(folder, stdout.trim().split('\n').at(-1)!);
}

/** Makes a project `name` with these tarballs and two programs: one with types only, one that needs more. */
function install(name: string, ...tarballs: string[]): void {
  const project = join(folder, name);
  mkdirSync(project);
  const write = (file: string, text: string) => writeFileSync(join(project, file), text);
  write('package.json', '{ "name": "user", "private": true }');
  const flags = ['--offline', '--no-audit', '--no-fund', '--cache', join(folder, 'cache')];
  const { status, stderr } = run('npm', ['install', ...flags, ...tarballs], project);
  assert.equal(status, 0, stderr);
  write('client.ets', client);
  write('enum.ets', 'export enum Color { Red = 1, Green }\nconsole.log(Color[2]);\n');
  write('main.ets', "import { Color } from './enum';\nconsole.log(Color.Red);\n");
  write('wrong.ets', 'let a = 1;\n\tlet b: number = {,};\n');
  write('build.mjs', bundling);
}

const newest = join(top, 'node_modules/.cache/runtimes/node_modules/node-26/bin/node');
const nodes: Array<[title: string, program: string, major: number]> = [
  [`Node ${process.version}`, process.execPath, Number(process.versions.node.split('.')[0])],
  ['Node 26', newest, 26],
];

for (const [title, program, major] of nodes) {
  describe(title, { skip: !existsSync(program) && 'not installed; node scripts/install-runtimes.mjs' }, () => {
    const start = (project: string, file: string) =>
      run(program, ['--import', 'harmony-websocket/register', file], join(folder, project));

    function ranTheClient({ stdout, stderr, status }: SpawnSyncReturns<string>): void {
      assert.equal(stderr, '');
      assert.equal(status, 0);
      assert.deepEqual(stdout.split('\n').sort(), ['', 'closed 1000', 'message echo hello', 'sent true']);
    }

    function advises({ status, stderr }: SpawnSyncReturns<string>, file: string, reason = ''): void {
      assert.equal(status, 1);
      const sentence = new RegExp(
        `^Error: .*${file}.*: Node\\.js v[\\d.]+ cannot translate this file by itself${reason}; ` +
          `install ${peer}: npm install --save-dev ${peer}$`,
        'mu',
      );
      assert.match(stderr, sentence);
    }

    test('with the peer everything runs', () => {
      ranTheClient(start('with', 'client.ets'));
      assert.equal(start('with', 'main.ets').stdout, 'Green\n1\n');
    });

    test('without it, a file whose types can be erased runs where Node can erase them', () => {
      const outcome = start('without', 'client.ets');
      if (major < 22) advises(outcome, 'client.ets');
      else ranTheClient(outcome);
    });

    test('without it, a file with an enum runs where Node can translate it; elsewhere a sentence says what to install', () => {
      const outcome = start('without', 'main.ets');
      if (major === 22 || major === 24) assert.equal(outcome.stdout, 'Green\n1\n');
      else if (major < 22) advises(outcome, 'main.ets');
      else advises(outcome, 'enum.ets:1', ' \\(TypeScript enum is not supported in strip-only mode\\)');
    });

    test('the plugin for esbuild needs it for the same files', () => {
      const bundle = (project: string) => run(program, ['build.mjs', 'main.ets'], join(folder, project)).stdout;
      assert.equal(bundle('with'), 'bundled true\n');
      if (major === 22 || major === 24) assert.equal(bundle('without'), 'bundled true\n');
      else
        assert.match(
          bundle('without'),
          /\.ets.*cannot translate this file.*npm install --save-dev @swc\/wasm-typescript\n$/u,
        );
    });

    test('without it, a syntax error has its place', { skip: major < 22 && 'Node cannot translate at all' }, () => {
      const { stderr } = start('without', 'wrong.ets');
      assert.match(stderr, /wrong\.ets:2:19: Unexpected token/u);
      assert.ok(stderr.includes(`\n  \tlet b: number = {,};\n  \t${' '.repeat(17)}^\n`), stderr);
    });
  });
}

test('the package installs nothing else', () => {
  const installed = readdirSync(join(folder, 'without/node_modules')).filter((name) => !name.startsWith('.'));
  assert.deepEqual(installed, ['harmony-websocket']);
});
