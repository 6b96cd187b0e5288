// docs/from-socket-io.md with the real package: its chat runs on this package by `wsEngine` and by the override, and prints what the
// chat without Socket.IO prints (test/docs/from-socket-io.test.ts); each member that Socket.IO declares has its place in the tables.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chat } from '../support/chat.ts';
import type { Scope } from '../support/handles.ts';
import { codeSpans, columnOf, pageText, programFolder, programOf } from '../support/page.ts';
import { programs } from './place.ts';
import { trial } from './trial.ts';

const page = pageText('from-socket-io.md');
const beside = ['socket.io-client'];

trial(
  {
    name: 'socket.io',
    exercised: 'docs/from-socket-io.md: the chat with Socket.IO, by the override',
    asks: 'engine.io',
    beside,
  },
  async (scope) => {
    await talk(scope, programOf(page, 'The server with Socket.IO'));
  },
);

trial(
  {
    name: 'socket.io',
    exercised: 'docs/from-socket-io.md: the chat with Socket.IO, by wsEngine',
    asks: 'engine.io',
    beside,
  },
  async (scope) => {
    const [, diff = ''] = /^```diff\n([\s\S]*?)^```$/mu.exec(page) ?? [];
    const [added = '', made = ''] = [...diff.matchAll(/^\+(.*)$/gmu)].map(([, line = '']) => line);
    const [taken = ''] = [...diff.matchAll(/^-(.*)$/gmu)].map(([, line = '']) => line);
    const server = programOf(page, 'The server with Socket.IO');
    assert.ok(server.includes(taken), 'the server has the line that the page tells to replace');
    // The class is used by Socket.IO, and not only accepted: it prints a word when it is constructed.
    const told = made.replace(
      'WebSocketServer',
      "class extends WebSocketServer { ['constructor'] = console.log('asked') }",
    );
    const output = await talk(scope, `${added}\n${server.replace(taken, told)}`);
    assert.match(output, /asked/u);
  },
);

function talk(scope: Scope, server: string): Promise<string> {
  return chat(scope, programFolder(scope, programs), server, programOf(page, 'The client with Socket.IO'));
}

const modules = new URL('node_modules/', import.meta.url);
const absent = existsSync(new URL('socket.io', modules)) ? false : 'the packages are not installed';

test('docs/from-socket-io.md: each member of Socket.IO has its place', { skip: absent }, () => {
  const named = new Set(
    columnOf(page, 'Socket.IO')
      .flatMap(codeSpans)
      .flatMap((code) => code.match(/[\w-]+/gu) ?? []),
  );
  const missing = Object.entries(declarations).flatMap(([file, declared]) => {
    const text = readFileSync(new URL(file, modules), 'utf8');
    return declared
      .flatMap((name) => membersOf(text, name))
      .filter((member) => !named.has(member))
      .map((member) => `${file}: ${member}`);
  });
  assert.deepEqual(missing, []);
});

/** Where Socket.IO declares what its users see. */
const declarations: Readonly<Record<string, readonly string[]>> = {
  'socket.io/dist/index.d.ts': ['interface ServerOptions', 'class Server'],
  'socket.io/dist/namespace.d.ts': ['class Namespace', 'interface ServerReservedEventsMap'],
  'socket.io/dist/socket.d.ts': ['class Socket'],
  'socket.io/dist/socket-types.d.ts': ['interface SocketReservedEventsMap', 'interface Handshake'],
  'socket.io/dist/broadcast-operator.d.ts': ['class BroadcastOperator', 'class RemoteSocket'],
  'socket.io-adapter/dist/in-memory-adapter.d.ts': ['class Adapter'],
  'socket.io-client/build/esm/manager.d.ts': [
    'interface ManagerOptions',
    'interface ManagerReservedEvents',
    'class Manager',
  ],
  'socket.io-client/build/esm/socket.d.ts': [
    'interface SocketOptions',
    'interface SocketReservedEvents',
    'class Socket',
  ],
  'engine.io/build/server.d.ts': ['interface AttachOptions', 'interface ServerOptions'],
  'engine.io-client/build/esm/socket.d.ts': ['interface SocketOptions'],
};

/** The public members of a class or interface, on the level of its body. */
function membersOf(text: string, head: string): string[] {
  const [, body] = new RegExp(`${head}\\b[\\s\\S]*?\\{\\n([\\s\\S]*?)^\\}`, 'mu').exec(text) ?? [];
  assert.ok(body !== undefined, head);
  const lines = body.matchAll(
    /^ {4}(?!private |protected |constructor|static |\*|\/)(?:readonly |get |set )*([a-z][\w-]*)\??[(<:]/gmu,
  );
  return [...lines].map(([, name = '']) => name);
}
