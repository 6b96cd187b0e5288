// The guide's programs and the README's, unchanged, with a peer at the other end that connects, sends, resets and closes
// at random: the process lives, and serves others. `HOSTILE_TIME=10000 HOSTILE_SEED=1 npm test -- hostile` runs longer.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { connect } from '../../src/client/connect.ts';
import { Command, repository } from '../support/command.ts';
import { block } from '../support/readme.ts';
import { clientProgram, serverProgram, skipGuide } from './guide-program.ts';
import { attackServer, HostileServer, hostileSeed, hostileTime } from './hostile-peer.ts';

/** Writes files into a project that has this package, and runs the first one. */
function run(context: TestContext, files: Record<string, string>, ...before: string[]): Command {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'harmony-websocket-hostile-')));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(repository, join(folder, 'node_modules/harmony-websocket'), 'junction');
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
  const environment = { NODE_TEST_CONTEXT: undefined, NODE_DEBUG: undefined, HARMONY_WEBSOCKET_DEBUG: undefined };
  return new Command(context, [...before, join(folder, Object.keys(files)[0] as string)], { environment });
}

const register = ['--import', join(repository, 'dist/register/index.js')];
const port8080 = 'serverPort: 8080';

const servers: [name: string, skip: false | string, start: (context: TestContext) => Command][] = [
  [
    "the guide's server, by register",
    skipGuide,
    (context) => run(context, { 'server.ets': `${serverProgram()}${portOf('localServer')}` }, ...register),
  ],
  [
    "the README's server",
    false,
    (context) => {
      const code = block('createWebSocketServer');
      assert.ok(code.includes(port8080));
      const anyPort = `${code.replace(port8080, 'serverPort: 0')}${portOf('server')}`;
      return run(context, { 'server.ets': anyPort }, ...register);
    },
  ],
];

/** Prints the port once it is known. */
function portOf(server: string): string {
  return `\nconst wait = setInterval(() => {
  const port = Reflect.get(${server}, 'serverPort');
  if (port !== undefined) { clearInterval(wait); console.log('port ' + port); }
}, 5);\n`;
}

describe('servers under a hostile peer', { timeout: 120_000 }, () => {
  for (const [name, skip, start] of servers) {
    test(`${name} lives on and serves others`, { skip }, async (context) => {
      const server = start(context);
      const port = Number((await server.seen(/^port (\d+)$/m))[1]);
      context.diagnostic(`HOSTILE_SEED=${hostileSeed}`);
      const count = await attackServer(port, hostileSeed, hostileTime);
      context.diagnostic(`${count} connections`);
      assert.equal(server.hasEnded, false, server.stderr);

      const good = await connect(`ws://127.0.0.1:${port}/`);
      for await (const greeting of good) {
        assert.match(String(greeting), /^Hello, /);
        break;
      }
      assert.equal(server.hasEnded, false, server.stderr);
      // Nothing on standard error but warnings of a line each, and what the program itself logs there.
      const itsOwn = /testTag|^error: \{"code":/;
      const lines = server.stderr.split('\n').filter((line) => line !== '' && !itsOwn.test(line));
      for (const line of lines) assert.match(line, /^harmony-websocket: /);
      assert.ok(lines.length < 40, `${lines.length} lines:\n${server.stderr}`);
    });
  }
});

describe('clients under a hostile peer', { timeout: 120_000 }, () => {
  const clients: [name: string, skip: false | string, program: (url: string) => string][] = [
    ["the guide's client", skipGuide, (url) => clientProgram(url)],
    ["the README's client", false, (url) => block("ws.on('open'").replace('ws://127.0.0.1:8080/', url)],
  ];
  for (const [name, skip, program] of clients) {
    test(`${name} does not end the process that it is in`, { skip }, async (context) => {
      const server = await HostileServer.start(hostileSeed);
      context.after(() => server.stop());
      context.diagnostic(`HOSTILE_SEED=${hostileSeed}`);
      const driver = `
        let count = 0;
        const timer = setInterval(() => import('./client.ets?' + count++), 25);
        process.stdin.once('data', () => { clearInterval(timer); console.log('alive'); setTimeout(() => process.exit(7), 100); });
        console.log('started');`;
      const client = run(
        context,
        { 'main.mjs': driver, 'client.ets': program(`ws://127.0.0.1:${server.port}/`) },
        ...register,
      );
      await client.seen(/^started$/m);
      await Promise.race([server.reached(hostileTime / 40), client.exit]);
      client.write('end\n');
      assert.equal(await client.exit, 7, client.stderr);
      context.diagnostic(`${server.count} connections`);
      assert.doesNotMatch(client.stderr, /^\s+at |node:internal/m);
    });
  }
});
