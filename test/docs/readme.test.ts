// The README as its reader follows it: the package is packed and installed, each file is saved under its name, each
// command is typed as it stands, and the output is compared with what the README shows. Only the port 8080 is replaced, by
// one that is free. Needs dist/.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { Command, repository } from '../support/command.ts';
import { peer } from '../support/peers.ts';
import { example, readme } from '../support/readme.ts';
import { RedisServer } from '../support/redis.ts';

const installed = 'node_modules/harmony-websocket';
let folder = '';

before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'harmony-websocket-readme-')));
  const npm = (...parameters: string[]): void => {
    const { status, stdout, stderr } = spawnSync('npm', parameters, { cwd: repository, encoding: 'utf8' });
    assert.equal(status, 0, `npm ${parameters.join(' ')}\n${stdout}\n${stderr}`);
  };
  // The package, and what else the README names: a transformer, and the client of Redis with its parts.
  const ofRedis = ['redis', ...readdirSync(join(repository, 'node_modules/@redis')).map((name) => `@redis/${name}`)];
  const others = ['@swc/wasm-typescript', ...ofRedis, 'cluster-key-slot'].map((name) => `./node_modules/${name}`);
  npm('pack', '.', ...others, '--ignore-scripts', '--pack-destination', folder);
  const tarballs = readdirSync(folder).map((name) => join(folder, name));
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const flags = ['--offline', '--no-audit', '--no-fund', '--cache', join(folder, 'cache'), '--prefix', folder];
  npm('install', ...flags, ...tarballs);
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** Types a command of the README: `node …` or `npx harmony-websocket …`. */
function type(context: TestContext, command: string): Command {
  const [program, ...words] = command.split(' ');
  const isOurs = program === 'npx' && words[0] === 'harmony-websocket';
  assert.ok(isOurs || program === 'node', `a command of the README that the test does not know: ${command}`);
  const parameters = isOurs ? [join(folder, installed, 'dist/cli/main.js'), ...words.slice(1)] : words;
  // What the runner of these tests tells its own processes is not for this one.
  const environment = { NODE_TEST_CONTEXT: undefined, NO_PROXY: 'localhost,127.0.0.1' };
  return new Command(context, parameters, { folder, environment });
}

function save(name: string, code: string): void {
  writeFileSync(join(folder, name), code);
}

/** As {@link String.replace}, of something that must be there. */
function replaced(text: string, from: string, to: string): string {
  assert.ok(text.includes(from), `the README no longer has ${from}`);
  return text.replaceAll(from, to);
}

/** Starts `serve` on a free port, and gives its address. */
async function served(context: TestContext, command: string): Promise<string> {
  assert.equal(command, 'npx harmony-websocket serve');
  const server = type(context, `${command} --port 0`);
  const [address] = await server.seen(/ws:\/\/\S+/u);
  return address;
}

describe('the README', () => {
  test('the first two commands: a line comes back', async (context) => {
    const [serve = '', connect = ''] = /npx harmony-websocket serve\n.*/u.exec(readme)![0].split('\n');
    const address = await served(context, serve);
    const client = type(context, replaced(connect, 'ws://127.0.0.1:8080/', address));
    client.write('Hello\n');
    await client.seen(/Hello/u);
  });

  test('Run ArkTS code', async (context) => {
    const { file, code, commands, output } = example('Run ArkTS code');
    const [serve = '', run = ''] = commands;
    save(file, replaced(code, 'ws://127.0.0.1:8080/', await served(context, serve)));
    const app = type(context, run);
    assert.equal(await app.exit, 0, app.stderr);
    assert.equal(app.stdout, output);
  });

  test('Test ArkTS code', async (context) => {
    const { file, code, commands } = example('Test ArkTS code');
    save(file, code);
    const program = type(context, commands[0] as string);
    assert.equal(await program.exit, 0, program.stdout);
    assert.match(program.stdout, /(?:ok 1 -|✔) the client notices a server that has gone silent/u);
    assert.ok(readme.includes('`✔ the client notices a server that has gone silent`'));
  });

  test('The server of the kit', async (context) => {
    const { file, code, commands, output } = example('The server of the kit');
    const anyPort = replaced(code, 'serverPort: 8080', 'serverPort: 0');
    save(
      file,
      `${replaced(anyPort, 'server.start(', 'await server.start(')}console.info('port ' + server.serverPort);\n`,
    );
    const [start = '', connect = ''] = commands;
    const server = type(context, start);
    const [line, port] = await server.seen(/port (\d+)\n/u);
    const client = type(context, replaced(connect, '8080', port as string));
    await client.seen(/Hello, 127\.0\.0\.1/u);
    client.write('bye\n');
    await client.exit;
    await server.seen(/close: \d+\n/u);
    assert.equal(server.stdout.replace(line, ''), output);
    assert.equal(server.stderr, '');
  });

  test('Client and server for Node.js', async (context) => {
    const { file, code, commands, output } = example('Client and server for Node.js');
    save(file, code);
    const program = type(context, commands[0] as string);
    assert.equal(await program.exit, 0, program.stderr);
    assert.equal(program.stdout, output);
  });

  test('Topics', async (context) => {
    const { file, code, commands } = example('Topics');
    const listening = 'await server.listen({ port: 8080 });';
    save(
      file,
      replaced(code, listening, "const { port } = await server.listen({ port: 0 });\nconsole.log('port', port);"),
    );
    const [start = '', first = '', second = ''] = commands;
    const server = type(context, start);
    const [, port = ''] = await server.seen(/port (\d+)\nready\n/u);
    const clients = [first, second].map((command) => type(context, replaced(command, '8080', port)));
    for (const client of clients) await client.seen(/connected|open/iu, 'stderr');
    clients[0]!.write('Hello\n');
    await clients[1]!.seen(/Hello/u);
    assert.ok(!clients[0]!.stdout.includes('Hello'));
  });

  test('When one process is not enough', { skip: peer('redis-server').skip }, async (context) => {
    const redis = await RedisServer.start();
    context.after(() => redis.close());
    const { file, code, commands } = example('When one process is not enough');
    const listening = 'await server.listen({ port: Number(process.argv[2]) });';
    const anyPort = "const { port } = await server.listen({ port: 0 });\nconsole.log('port', port);";
    save(file, replaced(replaced(code, 'redis://127.0.0.1:6379', redis.url), listening, anyPort));
    const servers = commands.slice(0, 2).map((command) => type(context, command));
    const clients: Command[] = [];
    for (const [index, server] of servers.entries()) {
      const [, port = ''] = await server.seen(/port (\d+)\nready \d\n/u);
      clients.push(type(context, replaced(commands[index + 2] as string, `808${index + 1}`, port)));
      await clients[index]!.seen(/connected|open/iu, 'stderr');
    }
    // The subscription of the second server may still be on its way to Redis.
    while (!clients[1]!.stdout.includes('Hello')) {
      clients[0]!.write('Hello\n');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(!clients[0]!.stdout.includes('Hello'));
  });
});
