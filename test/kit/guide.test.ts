// The guide that the kit implements, run: its own snippets, cut out of the text and joined in the order of its steps,
// as two processes. Nothing is changed but the address and the port. Steps 5 and 6 of the server, which an app would
// run when it wants to, are wrapped in functions that the test calls through standard input.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Command, repository } from '../support/command.ts';
import { clientProgram, serverProgram, skipGuide, snippets } from './guide-program.ts';
import { hex, upgradeRequest } from './wire.ts';

const register = join(repository, 'dist/register/index.js');

/** Runs a joined program; each line on its standard input calls one function of `commands`. */
function start(context: TestContext, name: string, program: string, commands: string): Command {
  const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-guide-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  writeFileSync(
    file,
    `${program}
const commands: Record<string, () => void> = ${commands};
process.stdin.setEncoding('utf8').on('data', (text: string) => text.split('\\n').forEach((line) => commands[line]?.()));
`,
  );
  return new Command(context, ['--import', register, file]);
}

function startServer(context: TestContext): Command {
  const [, , , , , list, stop] = snippets('Server Development Procedure') as string[];
  return start(
    context,
    'server.ets',
    `${serverProgram()}
async function list() {${list}}
function stop() {${stop}}`,
    `{
  list,
  stop,
  port: () => console.log('port ' + (localServer as Object as { serverPort: number }).serverPort),
  bye: () => localServer.listAllConnections().forEach((connection) => localServer.send('bye', connection)),
}`,
  );
}

function startClient(context: TestContext, port: string): Command {
  const program = clientProgram(`ws://127.0.0.1:${port}`);
  return start(context, 'client.ets', program, `{ bye: () => ws.send('bye'), end: () => process.exit() }`);
}

/** The message of a log line, whatever its time and process. */
function logged(level: 'I' | 'E', message: string): RegExp {
  return new RegExp(`${level} A00000/node/testTag: ${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}

async function startBoth(context: TestContext): Promise<{ server: Command; client: Command }> {
  const server = startServer(context);
  await server.seen(logged('I', 'WebSocket server started successfully'));
  server.write('port\n');
  const [, port = ''] = await server.seen(/^port (\d+)$/m);
  const client = startClient(context, port);
  await client.seen(logged('I', 'Connected successfully'));
  await client.seen(logged('I', 'on open, status:{"status":101,"message":"Switching Protocols"}'));
  await client.seen(logged('I', 'Message sent successfully'));
  await client.seen(logged('I', "on message, message:Hello, I'm server!"));
  await server.seen(logged('I', 'New client connected! Client ip: 127.0.0.1, Client port: '));
  await server.seen(logged('I', 'message send successfully'));
  await server.seen(logged('I', 'on message received, client: [object Object], data: Hello, server!'));
  return { server, client };
}

describe("the guide's own snippets, as two processes", { skip: skipGuide }, () => {
  test('`bye` from the client: the server closes the connection', async (context) => {
    const { server, client } = await startBoth(context);
    server.write('list\n');
    await server.seen(logged('I', 'client list cnt: 1, client connections list is: [object Object]'));

    client.write('bye\n');
    await server.seen(logged('I', 'close client successfully'));
    await client.seen(logged('I', 'on close, code is 1000, reason is CLOSE_NORMAL'));
    await server.seen(
      logged('I', 'client close, client: [object Object], closeReason: Code: 1000, reason: CLOSE_NORMAL'),
    );
    server.write('list\n');
    await server.seen(logged('I', 'client list is empty'));

    server.write('stop\n');
    await server.seen(logged('I', 'server stop service successfully'));
    assert.equal(client.stderr + server.stderr, '');
  });

  test('`bye` twice in one segment: the second one is not delivered, and the server goes on', async (context) => {
    const server = startServer(context);
    await server.seen(logged('I', 'WebSocket server started successfully'));
    server.write('port\n');
    const [, port = ''] = await server.seen(/^port (\d+)$/m);
    const socket = connect(Number(port), '127.0.0.1');
    const bye = hex('81 83 00 00 00 00 62 79 65');
    socket.end(Buffer.concat([Buffer.from(upgradeRequest()), bye, bye, hex('88 82 00 00 00 00 03 e8')]));
    socket.resume();
    await once(socket, 'close');
    await server.seen(logged('I', 'close client successfully'));
    await server.seen(
      logged('I', 'client close, client: [object Object], closeReason: Code: 1000, reason: CLOSE_NORMAL'),
    );
    server.write('list\n');
    await server.seen(logged('I', 'client list is empty'));
    server.write('stop\n');
    await server.seen(logged('I', 'server stop service successfully'));
    assert.equal(server.stderr, '');
  });

  test('`bye` from the server: the client closes the connection', async (context) => {
    const { server, client } = await startBoth(context);
    server.write('bye\n');
    await client.seen(logged('I', 'on message, message:bye'));
    await client.seen(logged('I', 'WebSocket closed successfully'));
    await client.seen(logged('I', 'on close, code is 1000, reason is CLOSE_NORMAL'));
    await server.seen(
      logged('I', 'client close, client: [object Object], closeReason: Code: 1000, reason: CLOSE_NORMAL'),
    );
    assert.equal(client.stderr + server.stderr, '');
  });

  test('stopping with a client connected tells it that the server is going away', async (context) => {
    const { server, client } = await startBoth(context);
    server.write('stop\n');
    await client.seen(logged('I', 'on close, code is 1001, reason is server is going away'));
    await server.seen(logged('I', 'server stop service successfully'));
    assert.equal(client.stderr + server.stderr, '');
  });

  test('stopping twice is logged as the error that it is', async (context) => {
    const server = startServer(context);
    await server.seen(logged('I', 'WebSocket server started successfully'));
    server.write('stop\n');
    await server.seen(logged('I', 'server stop service successfully'));
    server.write('list\n');
    await server.seen(
      logged('E', 'Failed to listAllConnections. Code: 2302999, message: Websocket Unknown Other Error'),
      'stderr',
    );
  });
});
