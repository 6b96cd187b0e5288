// The package that takes the place of `ws`, as users get it: packed and installed with this one, without network, by an
// override of npm for a package that depends on `ws`. Needs dist/.

import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as ws from 'ws';

const top = fileURLToPath(new URL('../..', import.meta.url));
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_TEST_CONTEXT$|^NODE_OPTIONS$|^INIT_CWD$/iu.test(name)),
);

let folder = '';
let user = '';

/** Opens a server, talks to it, and prints the message that it received. */
const CONVERSATION = `
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => {
    const client = new WebSocket('ws://127.0.0.1:' + server.address().port, 'chat');
    client.on('message', (data, isBinary) => {
      console.log(String(data), isBinary, client.protocol);
      client.close(4000, 'bye');
    });
    client.on('open', () => client.send('hi'));
    client.on('close', (code) => server.close(() => console.log('closed', code)));
  });
  server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })));
`;

before(() => {
  assert.ok(existsSync(join(top, 'dist/ws/index.js')), 'dist/ is not built; run npm run build first');
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'package-override-')));
  user = join(folder, 'user');
  const own = pack(top);
  const override = pack(join(top, 'packages/ws'));
  write('consumer/package.json', '{ "name": "consumer", "version": "1.0.0", "dependencies": { "ws": "^8.0.0" } }');
  write(
    'consumer/index.js',
    `const WebSocket = require('ws'); const { WebSocketServer } = WebSocket; exports.talk = () => {${CONVERSATION}};`,
  );
  const manifest = {
    name: 'user',
    private: true,
    dependencies: { consumer: 'file:consumer', 'harmony-websocket': `file:${own}` },
    overrides: { ws: `file:${override}` },
  };
  write('package.json', JSON.stringify(manifest));
  const flags = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--install-links'];
  printed(run('npm', ['install', ...flags, '--cache', join(folder, 'cache')]));
});

after(() => rmSync(folder, { recursive: true, force: true }));

function pack(from: string): string {
  mkdirSync(user, { recursive: true });
  const { stdout } = run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], from);
  return join(folder, stdout.trim().split('\n').at(-1) as string);
}

function run(program: string, parameters: readonly string[], cwd = user): SpawnSyncReturns<string> {
  const command = program === 'node' ? process.execPath : program;
  return spawnSync(command, parameters, { cwd, env: environment, encoding: 'utf8', timeout: 60_000 });
}

/** What a program printed, which must have ended well and have written nothing to stderr. */
function printed({ status, stdout, stderr }: SpawnSyncReturns<string>): string {
  assert.deepEqual([status, stderr.replace(/^npm .*\n/gmu, '')], [0, ''], stdout);
  return stdout;
}

function write(name: string, text: string): void {
  mkdirSync(dirname(join(user, name)), { recursive: true });
  writeFileSync(join(user, name), text);
}

function ran(name: string, text: string): string {
  write(name, text);
  return printed(run('node', [name]));
}

const talked = 'hi false chat\nclosed 4000\n';

describe('an override of ws', () => {
  test('is what a package that depends on ws gets', () => {
    assert.equal(ran('a.cjs', "require('consumer').talk();"), talked);
    const manifest = ran('b.cjs', "console.log(require('ws/package.json').name);");
    assert.equal(manifest, 'harmony-websocket-ws\n');
  });

  test('by require: the class, with the same members as that of ws', () => {
    const names = Object.keys(ws).filter((name) => !['default', 'module.exports'].includes(name));
    const program = `
      const ws = require('ws');
      console.log(typeof ws, ws.name, ws === ws.WebSocket, ws.Server === ws.WebSocketServer);
      console.log(${JSON.stringify(names)}.filter((name) => ws[name] === undefined).join());
    `;
    assert.equal(ran('c.cjs', program), 'function WebSocket true true\n\n');
    assert.equal(
      ran('d.cjs', `const WebSocket = require('ws'); const { WebSocketServer } = WebSocket; ${CONVERSATION}`),
      talked,
    );
  });

  test('by import: the default and the names that ws has', () => {
    const names = Object.keys(ws).filter((name) => name !== 'module.exports');
    const program = `
      import * as all from 'ws';
      import WebSocket, { WebSocketServer } from 'ws';
      console.log(${JSON.stringify(names)}.filter((name) => all[name] === undefined).join(), all.WebSocket === WebSocket);
      ${CONVERSATION}
    `;
    assert.equal(ran('e.mjs', program), ` true\n${talked}`);
  });

  test('by require and by import: one class', () => {
    const program = `
      import { createRequire } from 'node:module';
      import WebSocket from 'ws';
      console.log(createRequire(import.meta.url)('ws') === WebSocket);
    `;
    assert.equal(ran('f.mjs', program), 'true\n');
  });

  test('for a page: what says that it has no sockets of Node', () => {
    const { exports, browser } = JSON.parse(readFileSync(join(user, 'node_modules/ws/package.json'), 'utf8'));
    assert.deepEqual([exports['.'].browser, browser], ['./browser.js', 'browser.js']);
    const program = "try { require('./node_modules/ws/browser.js')(); } catch ({ message }) { console.log(message); }";
    assert.match(ran('g.cjs', program), /^ws does not work in a page/u);
  });

  test('has nothing but its files', () => {
    const { dependencies, engines } = JSON.parse(readFileSync(join(top, 'packages/ws/package.json'), 'utf8'));
    const own = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
    assert.deepEqual([dependencies, engines], [{ [own.name]: own.version }, own.engines]);
  });
});
