// docs/from-socket-io.md: its chat without Socket.IO, and its client that connects again. The chat with Socket.IO, which has the same
// conversation: test/packages/from-socket-io.test.ts. Needs dist/.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type ClientConnection, createServer, type ReconnectEnd, refuse } from '../../src/engine/index.ts';
import { chat } from '../support/chat.ts';
import { CHILD_PATIENCE } from '../support/command.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { pageText, programFolder, programOf } from '../support/page.ts';

const page = pageText('from-socket-io.md');
/** Within this repository, so that a program finds the package by its name. */
const programs = new URL('.programs/', import.meta.url);

test('the chat with this package', () =>
  leavingNothing(async (scope) => {
    const [server, client] = ['server', 'client'].map((end) => programOf(page, `The ${end} with this package`));
    await chat(scope, programFolder(scope, programs), server as string, client as string);
  }, CHILD_PATIENCE)());

test(
  'reconnecting',
  leavingNothing(async (scope) => {
    const { keepConnected } = await reconnecting(scope);
    const server = createServer({
      upgrade: ({ url }) => (url === '/refuse' ? refuse(401) : undefined),
    });
    const { port } = await server.listen({ host: '127.0.0.1' });
    scope.defer(() => server.close());
    const delays = { initial: 1, max: 2 };
    let opened = 0;
    await keepConnected(
      `ws://127.0.0.1:${port}/`,
      {},
      (connection) => {
        opened += 1;
        if (opened < 3) for (const other of server.connections) other.terminate();
        else void connection.close(1000);
      },
      delays,
    );
    assert.equal(opened, 3);
    const refused = await keepConnected(`ws://127.0.0.1:${port}/refuse`, {}, () => assert.fail(), delays);
    assert.equal(refused.error?.status, 401);
  }),
);

type KeepConnected = (
  address: string,
  options: object,
  opened: (connection: ClientConnection) => void,
  delays: { initial: number; max: number },
) => Promise<ReconnectEnd>;

async function reconnecting(scope: Scope): Promise<{ keepConnected: KeepConnected }> {
  const folder = programFolder(scope, programs);
  const file = join(folder, 'reconnecting.mjs');
  writeFileSync(file, programOf(page, 'Reconnecting'));
  return (await import(pathToFileURL(file).href)) as { keepConnected: KeepConnected };
}
