// What keeps a process alive where nothing else does: one timer for all, none for sockets that are to keep none alive.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReferenced, systemHandleOf } from '../../src/node/internals/socket-handle.ts';
import { Vigil } from '../../src/node/vigil.ts';
import { Command } from '../support/command.ts';
import { openHandles } from '../support/handles.ts';

const timers = (): number => openHandles().filter((kind) => kind === 'Timeout').length;

test('one timer, until the last vigil has ended', () => {
  const before = timers();
  const pauses = [new Vigil(true), new Vigil(true)];
  assert.equal(timers(), before + 1);
  pauses[0]?.end();
  pauses[0]?.end();
  assert.equal(timers(), before + 1);
  pauses[1]?.end();
  assert.equal(timers(), before);
  new Vigil(true).end();
  assert.equal(timers(), before);
});

test('none for a socket that is to keep no process alive', () => {
  const before = timers();
  const pause = new Vigil(false);
  assert.equal(timers(), before);
  pause.end();
  assert.equal(timers(), before);
});

test('a socket in memory, and one that was told so, keep no process alive; TLS does as the socket below it', () => {
  const referenced = { hasRef: () => true };
  const unreferenced = { hasRef: () => false };
  const answers = [referenced, unreferenced, { _parent: referenced }, { _parent: unreferenced }, {}, null].map(
    (handle) => isReferenced(systemHandleOf({ _handle: handle })),
  );
  assert.deepEqual(answers, [true, false, true, false, false, false]);
});

test('connect and drain settle though nothing but an answer of the application is awaited', async (context) => {
  // Nothing here but these promises keeps the process alive. Without that it would end in the middle, without an error.
  const program = `
    import { createServer as createHttpServer } from 'node:http';
    import { connect, createServer } from './src/engine/index.ts';
    const never = () => new Promise(() => {});
    const within = { handshakeTimeout: 50 };
    const failed = ({ code }) => code;
    const host = '127.0.0.1';

    console.log(await connect('ws://127.0.0.1:1/', { ...within, createConnection: never }).catch(failed));

    const http = createHttpServer((_, response) => {
      http.close();
      response.writeHead(302, { Location: '/there', Connection: 'close' }).end();
    });
    await new Promise((resolve) => http.listen(0, host, resolve));
    const there = 'ws://127.0.0.1:' + http.address().port;
    console.log(await connect(there, { ...within, maxRedirects: 1, beforeRedirect: never }).catch(failed));

    let running;
    const runs = new Promise((resolve) => { running = resolve; });
    let away;
    const isAway = new Promise((resolve) => { away = resolve; });
    const server = createServer({ resume: true, message: () => (running(), never()), interrupted: () => away() });
    const { port } = await server.listen({ host });
    const client = connect('ws://127.0.0.1:' + port, { resume: true });
    client.send('a message whose handler never settles');
    await runs;
    await client.terminate();
    await isAway;
    console.log((await server.drain({ deadline: 50 })).terminated);`;
  const child = new Command(context, ['--import', 'tsx', '--input-type=module', '-e', program]);
  await child.exit;
  assert.deepEqual(child.stdout.trim().split('\n'), ['ERR_WS_HANDSHAKE_TIMEOUT', 'ERR_WS_HANDSHAKE_TIMEOUT', '1']);
});
