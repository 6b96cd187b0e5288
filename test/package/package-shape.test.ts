// The package as its users get it: packed, installed without network into an empty folder, and used from there in every
// way the README names. Needs dist/, which `npm test` builds first.

import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const top = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));

// Settings of the npm that runs these tests, its prefix above all, are not those of a user's npm.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_TEST_CONTEXT$|^NODE_OPTIONS$|^INIT_CWD$/iu.test(name)),
);

let folder = '';
let user = '';
let installed = '';
let files: string[] = [];
let packedSize = 0;

before(() => {
  assert.ok(existsSync(join(top, 'dist/kit/index.js')), 'dist/ is not built; run npm run build first');
  folder = mkdtempSync(join(tmpdir(), 'package-shape-'));
  user = join(folder, 'user');
  mkdirSync(user);
  const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], top);
  const [{ filename, size }] = JSON.parse(packed.stdout) as [{ filename: string; size: number }];
  packedSize = size;
  write('package.json', '{ "name": "user", "private": true }');
  run('npm', [
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--cache',
    join(folder, 'cache'),
    join(folder, filename),
  ]);
  installed = join(user, 'node_modules', manifest.name);
  files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(installed, join(entry.parentPath, entry.name)))
    .sort();
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program to its end, in the user's folder. Fails with everything it printed unless it exits 0. */
function run(program: string, parameters: readonly string[], cwd = user): SpawnSyncReturns<string> {
  const result = spawnSync(program, parameters, { cwd, env: environment, encoding: 'utf8', timeout: 60_000 });
  const command = [program, ...parameters].join(' ');
  assert.equal(
    result.status,
    0,
    `${command}: ${result.error ?? `exit ${result.status}`}\n${result.stdout}${result.stderr}`,
  );
  return result;
}

function write(name: string, text: string): string {
  mkdirSync(dirname(join(user, name)), { recursive: true });
  writeFileSync(join(user, name), text);
  return name;
}

/** The most that a download may weigh: engine, kit, the companions of src/kits, what runs ArkTS files, the test network, guides. */
const packedLimit = 1_260_000;
/** The most that the code of `harmony-websocket/engine` may weigh, each file packed: nothing of the rest is loaded by it. */
const engineLimit = 224_000;

/** Pages of docs/ for users. The others are for people who change the package; they link to tests and results. */
const guides = [
  'arkts',
  'browser',
  'bus',
  'client',
  'cluster',
  'command',
  'deviations',
  'errors',
  'frameworks',
  'from-socket-io',
  'from-uwebsockets',
  'from-ws',
  'kit-differences',
  'metrics',
  'nats',
  'observing',
  'packages',
  'presence',
  'production',
  'reconnect',
  'redis',
  'resume',
  'resuming',
  'routing',
  'scale',
  'streams',
  'testing',
  'whatwg',
];

/** Declarations that package.json and tsconfig.kit.json name. */
function publicDeclarations(): Set<string> {
  const configuration = readFileSync(join(top, 'tsconfig.kit.json'), 'utf8');
  const entries = `${JSON.stringify(manifest.exports)}${configuration}`.matchAll(/"\.\/(dist\/[^"]+\.d\.ts)"/gu);
  return new Set([...entries].map(([, path = '']) => path));
}

describe('what is in the package', () => {
  test('code, declarations and guides: no sources, maps, tests, build state or configuration of the checkout', () => {
    const documents = [
      'package.json',
      'LICENSE',
      'NOTICE',
      'README.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'tsconfig.kit.json',
      'examples/grafana-dashboard.json',
    ];
    documents.push('docs/resume-vectors.json', ...guides.map((name) => `docs/${name}.md`));
    assert.deepEqual(
      files.filter((file) => !file.startsWith('dist/')),
      documents.sort(),
    );
    const built = files.filter((file) => file.startsWith('dist/') && !file.startsWith('dist/cli/page/'));
    assert.deepEqual(
      built.filter((file) => !/^dist\/[\w/-]+(?:\.js|\.d\.ts)$/u.test(file)),
      [],
    );
  });

  test('each import in a shipped declaration has its declaration, and folders without such imports are not shipped', () => {
    const declarations = files.filter((file) => file.endsWith('.d.ts'));
    const imported = (file: string) => {
      const text = readFileSync(join(installed, file), 'utf8');
      const specifiers = [...text.matchAll(/(?:from|import\() ?'(\.[^']+)\.(?:ts|js)'/gu)].map(([, path = '']) => path);
      return specifiers.map((path) => `${posix.join(posix.dirname(file), path)}.d.ts`);
    };
    const reached = new Set<string>();
    const todo = declarations.filter((file) => publicDeclarations().has(file));
    for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
      if (reached.has(file)) continue;
      assert.ok(files.includes(file), `${file} is not in the package`);
      reached.add(file);
      todo.push(...imported(file));
    }
    const foldersOf = (names: Iterable<string>) => new Set([...names].map((name) => posix.dirname(name)));
    const useless = [...foldersOf(declarations)].filter((name) => !foldersOf(reached).has(name));
    assert.deepEqual(useless, []);
  });

  test(`it weighs at most ${packedLimit / 1000} kB packed`, () => {
    assert.ok(packedSize <= packedLimit, `${packedSize} bytes`);
  });

  test(`the engine weighs at most ${engineLimit / 1000} kB of it, and loads no companion`, () => {
    const reached = new Set(['dist/engine/index.js']);
    for (const file of reached) {
      const text = readFileSync(join(installed, file), 'utf8');
      for (const [, path = ''] of text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/gu)) {
        reached.add(posix.join(posix.dirname(file), path));
      }
    }
    assert.deepEqual(
      [...reached].filter((file) => /^dist\/(?:kits|register|kit)\//u.test(file)),
      [],
    );
    const sources = [...reached].flatMap((file) => [
      ...readFileSync(join(installed, file), 'utf8').matchAll(/^\/\/ src\/(bus\/\S+)$/gmu),
    ]);
    // A server without a bus has only the options of its own calls.
    assert.deepEqual(
      sources.map(([, source]) => source),
      ['bus/message-options.ts', 'bus/list-options.ts'],
    );
    const size = [...reached].reduce((sum, file) => sum + gzipSync(readFileSync(join(installed, file))).length, 0);
    assert.ok(size <= engineLimit, `${size} bytes in ${reached.size} files`);
  });

  test('docstrings are in the declarations only; code names the sources that it comes from', () => {
    const code = files.filter((file) => /^dist\/(?!cli\/).*\.js$/u.test(file));
    const text = (file: string) => readFileSync(join(installed, file), 'utf8');
    assert.deepEqual(
      code.filter((file) => /^\s*(?:\/\*\*|\/\/(?! src\/))/mu.test(text(file))),
      [],
    );
    assert.match(text('dist/server/server.d.ts'), /\/\*\*/u);
  });

  test('every relative link of its documents leads to a file of the package', () => {
    const broken: string[] = [];
    for (const file of files.filter((name) => name.endsWith('.md'))) {
      for (const [, target = ''] of readFileSync(join(installed, file), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/gu)) {
        if (/^(?:https?|mailto):/u.test(target)) continue;
        if (!files.includes(posix.join(posix.dirname(file), target))) broken.push(`${file}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });

  test('every target of `exports`, `bin` and `sideEffects` is there', () => {
    const targets: string[] = [...Object.values<string>(manifest.bin), ...manifest.sideEffects];
    for (const entry of Object.values(manifest.exports)) {
      targets.push(...(typeof entry === 'string' ? [entry] : Object.values(entry as Record<string, string>)));
    }
    // A star stands for the rest of a path.
    const isThere = (target: string) => {
      const [begin = '', end] = posix.normalize(target).split('*');
      return files.some((file) => (end === undefined ? file === begin : file.startsWith(begin) && file.endsWith(end)));
    };
    assert.deepEqual(
      targets.filter((target) => !isThere(target)),
      [],
    );
  });

  test('it has no runtime dependencies', () => {
    assert.deepEqual(Object.keys(manifest.dependencies ?? {}), []);
    assert.deepEqual(
      readdirSync(join(user, 'node_modules')).filter((name) => !name.startsWith('.')),
      [manifest.name],
    );
  });

  test('no file names a place of the machine it was built on', () => {
    const naming = files.filter((file) =>
      readFileSync(join(installed, file), 'latin1').includes(top.replace(/\/$/u, '')),
    );
    assert.deepEqual(naming, []);
  });
});

describe('a JavaScript user', () => {
  const exchange = `
    const server = createServer({ message(connection, data) { connection.send(data); } });
    const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
    const connection = await connect(\`ws://127.0.0.1:\${port}/\`);
    connection.send('hello');
    for await (const message of connection) { console.log('echo', message); break; }
    await connection.close(1000);
    await server.drain();
  `;

  test('imports the engine and holds a conversation', () => {
    write(
      'engine.mjs',
      `import { connect, createServer, WebSocketError } from 'harmony-websocket/engine';\n${exchange}`,
    );
    assert.equal(run('node', ['engine.mjs']).stdout, 'echo hello\n');
  });

  test('requires the engine and holds a conversation', () => {
    write(
      'engine.cjs',
      `const { connect, createServer } = require('harmony-websocket/engine');\n(async () => {${exchange}})();`,
    );
    assert.equal(run('node', ['engine.cjs']).stdout, 'echo hello\n');
  });

  test('imports the kit by name and as default', () => {
    write(
      'kit.mjs',
      `import byDefault, { hilog, webSocket } from 'harmony-websocket';
      console.log(byDefault === webSocket, typeof webSocket.createWebSocket().on, typeof hilog.info);`,
    );
    assert.equal(run('node', ['kit.mjs']).stdout, 'true function function\n');
  });

  test('requires the kit', () => {
    write(
      'kit.cjs',
      `const { webSocket } = require('harmony-websocket');
      console.log(typeof webSocket.createWebSocket, typeof webSocket.createWebSocketServer);`,
    );
    assert.equal(run('node', ['kit.cjs']).stdout, 'function function\n');
  });

  test('imports bridges whose packages are not there, and is told how to install them', () => {
    write(
      'bridges.mjs',
      `import { connectionSpans, registerMetrics } from 'harmony-websocket/opentelemetry';
      import { registerMetrics as ofPromClient } from 'harmony-websocket/prom-client';
      import { natsBus, natsStore } from 'harmony-websocket/nats';
      import { redisBus, redisStore } from 'harmony-websocket/redis';
      const source = { metrics() {} };
      for (const call of [() => ofPromClient(source), () => registerMetrics(source), () => connectionSpans(),
        () => redisBus('redis://127.0.0.1'), () => redisStore({ url: 'redis://127.0.0.1', library: 'ioredis' }), () => natsBus(), () => natsStore()])
        try { call(); } catch (error) { console.log(error.code, error.message); }`,
    );
    const missing = (user: string, name: string): string =>
      `ERR_WS_PACKAGE_MISSING ${user} needs the package ${name}, which is not installed: npm install ${name}\n`;
    const ofApi = missing('harmony-websocket/opentelemetry', '@opentelemetry/api');
    const ofMetrics = missing('harmony-websocket/prom-client', 'prom-client');
    const ofRedis = missing('redisBus', 'redis') + missing('redisStore', 'ioredis');
    const ofNats = ['natsBus', 'natsStore'].map((user) => missing(user, '@nats-io/transport-node')).join('');
    assert.equal(run('node', ['bridges.mjs']).stdout, ofMetrics + ofApi + ofApi + ofRedis + ofNats);
  });

  test('cannot reach what is not public', () => {
    write('private.mjs', "await import('harmony-websocket/dist/kit/index.js').catch(({ code }) => console.log(code));");
    assert.equal(run('node', ['private.mjs']).stdout, 'ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  test('runs the command', () => {
    assert.equal(run('npx', ['--no-install', 'harmony-websocket', '--version']).stdout, `${manifest.version}\n`);
    assert.match(run('npx', ['--no-install', 'harmony-websocket', '--help']).stdout, /serve[\s\S]+connect/u);
  });
});

describe('a TypeScript user', () => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

  /** Type-checks one file of the user with `compilerOptions`, the declarations of the package included. */
  function check(project: string, file: string, text: string, compilerOptions: object, base = {}): void {
    write(`${project}/${file}`, text);
    write(`${project}/tsconfig.json`, JSON.stringify({ ...base, files: [file], compilerOptions }));
    run('node', [tsc, '-p', project]);
  }

  /** Where Node's types come from: the engine's own types mention Buffer and node:http. */
  function withNodeTypes(): void {
    const types = join(user, 'node_modules/@types');
    if (existsSync(types)) return;
    mkdirSync(types);
    symlinkSync(join(top, 'node_modules/@types/node'), join(types, 'node'));
  }

  const engineUser = `
    import { accept, connect, createServer, type ServerConnection, WebSocketError } from 'harmony-websocket/engine';
    const server = createServer<{ name: string }>({
      upgrade: (request) => accept({ context: { name: request.url } }),
      message(connection: ServerConnection<{ name: string }>, data) {
        connection.send(typeof data === 'string' ? connection.context.name : data);
      },
    });
    const { port }: { port: number } = await server.listen({ port: 0 });
    const connection = await connect('ws://localhost:' + port, { subprotocols: ['chat'] });
    const sent: boolean = connection.send('text');
    const { code, wasClean }: { code: number; wasClean: boolean } = await connection.close(1000);
    // @ts-expect-error nothing provides the context
    createServer<{ name: string }>({ message: (it, data) => it.send(data) });
    // @ts-expect-error a number is no data
    connection.send(1);
    export { code, sent, wasClean, WebSocketError };
  `;
  const kitUser = (specifier: string): string => `
    import { webSocket } from '${specifier}';
    const client: webSocket.WebSocket = webSocket.createWebSocket();
    client.on('message', (error, value: string | ArrayBuffer) => void [error, value]);
    const connected: Promise<boolean> = client.connect('ws://localhost/');
    // @ts-expect-error there is no such event
    client.on('nothing', () => {});
    export { connected };
  `;
  const strict = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022'], exactOptionalPropertyTypes: true };

  test('checks both entries with moduleResolution nodenext, from an ES module and from CommonJS', () => {
    withNodeTypes();
    const options = { ...strict, module: 'nodenext', types: ['node'] };
    check('nodenext-engine', 'main.mts', engineUser, options);
    check('nodenext-kit', 'main.mts', kitUser('harmony-websocket'), options);
    check('nodenext-commonjs', 'main.cts', kitUser('harmony-websocket'), options);
  });

  test('checks both entries with moduleResolution bundler', () => {
    withNodeTypes();
    const options = { ...strict, module: 'esnext', moduleResolution: 'bundler', types: ['node'] };
    check('bundler-engine', 'main.ts', engineUser, options);
    check('bundler-kit', 'main.ts', kitUser('harmony-websocket'), options);
  });

  test('checks @kit.NetworkKit by extending harmony-websocket/tsconfig.kit.json', () => {
    withNodeTypes();
    check(
      'arkts',
      'main.ts',
      kitUser('@kit.NetworkKit'),
      { types: ['node'] },
      { extends: 'harmony-websocket/tsconfig.kit.json' },
    );
  });
});
