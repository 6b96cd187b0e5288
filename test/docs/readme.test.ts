// The examples of the README, cut out and run. Only addresses and ports are replaced.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { serve } from '../cli/command.ts';
import { Command, repository } from '../support/command.ts';
import { block } from '../support/readme.ts';

/** Runs a file in a project of its own that has this package installed. */
function run(context: TestContext, name: string, code: string): Command {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'harmony-websocket-readme-')));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(repository, join(folder, 'node_modules/harmony-websocket'), 'junction');
  const file = join(folder, name);
  writeFileSync(file, code);
  // What the runner of these tests tells its own processes is not for this one.
  const environment = { NODE_TEST_CONTEXT: undefined };
  return new Command(context, ['--import', join(repository, 'dist/register/index.js'), file], { environment });
}

describe('the examples of the README', () => {
  test('app.ets against `harmony-websocket serve`', async (context) => {
    const { sockets } = await serve(context);
    const code = block("ws.on('open'");
    assert.ok(code.includes('ws://127.0.0.1:8080/'));
    const app = run(context, 'app.ets', code.replace('ws://127.0.0.1:8080/', sockets));
    assert.equal(await app.exit, 0, app.stderr);
    assert.equal(app.stdout, 'message: Hello, server!\nclose: 1000 CLOSE_NORMAL\n');
  });

  test('the test without a network', async (context) => {
    const program = run(context, 'hello.test.ts', block('useNetwork'));
    assert.equal(await program.exit, 0, program.stdout);
    assert.match(
      program.stdout,
      /ok 1 - a server that falls silent is noticed|✔ a server that falls silent is noticed/,
    );
  });

  test("the kit's server", async (context) => {
    const code = block('createWebSocketServer');
    assert.ok(code.includes('serverPort: 8080'));
    const server = run(
      context,
      'server.ts',
      `${code.replace('serverPort: 8080', 'serverPort: 0')}
const client = webSocket.createWebSocket();
client.on('message', (_error: unknown, data: unknown) => {
  console.log(data);
  client.send('bye');
});
client.on('close', async (_error: unknown, { code }: { code: number }) => {
  console.log('closed with', code);
  await server.stop();
});
await client.connect('ws://127.0.0.1:' + (server as unknown as { serverPort: number }).serverPort);
`,
    );
    assert.equal(await server.exit, 0, server.stderr);
    assert.match(server.stdout, /^Hello, 127\.0\.0\.1:\d+\nclosed with 1000\n$/);
  });

  test('the engine', async (context) => {
    const program = run(context, 'engine.ts', block("from 'harmony-websocket/engine'"));
    assert.equal(await program.exit, 0, program.stderr);
    assert.equal(program.stdout, 'Ada: Hello\nAda left with 1000 true\n');
  });

  test("the engine's topics", async (context) => {
    const program = run(
      context,
      'topics.ts',
      `import { connect, createServer } from 'harmony-websocket/engine';
${block("connection.subscribe('news')")}
const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
const [ada, bob] = await Promise.all(['Ada', 'Bob'].map(() => connect(\`ws://127.0.0.1:\${port}/\`)));
while (server.subscribers('news') < 2) await new Promise((resolve) => setImmediate(resolve));
ada.send('Hello');
for await (const message of bob) {
  console.log('Bob:', message);
  break;
}
await server.drain();
console.log(server.topics);
`,
    );
    assert.equal(await program.exit, 0, program.stderr);
    assert.equal(program.stdout, 'Bob: Hello\n[]\n');
  });
});
