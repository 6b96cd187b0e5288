// AsyncLocalStorage through the kit: a callback is called in the context of its call, a listener in that of its connection.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { webSocket } from '../../src/kit/index.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw } from '../support/raw-peer.ts';

const storage = new AsyncLocalStorage<string>();

test(
  'callbacks of calls in one turn, including those that wait for connect',
  leavingNothing(async (scope) => {
    const { url, server } = await listen(scope);
    const told = new Inbox<string>();
    const note = (what: string) => () => told.push(`${what} ${storage.getStore()}`);
    const client = webSocket.createWebSocket();
    client.on('open', note('open'));
    client.on('message', note('message'));
    client.on('close', note('close'));
    storage.run('A', () => client.connect(url, note('connect')));
    storage.run('B', () => client.send('1', note('send 1')));
    client.send('2', note('send 2'));
    assert.deepEqual(await told.take(4), ['connect A', 'send 1 B', 'send 2 undefined', 'open A']);
    storage.run('C', () => client.send('3', note('send 3')));
    storage.run('D', () => client.send('4', note('send 4')));
    client.send('5', note('send 5'));
    assert.deepEqual(await told.take(3), ['send 3 C', 'send 4 D', 'send 5 undefined']);
    server.broadcast('x');
    assert.equal(await told.next(), 'message A');
    storage.run('E', () => client.close(note('closing')));
    assert.deepEqual(await told.take(2), ['closing E', 'close A']);
  }),
);
test(
  'close while connecting: its callback, and the event',
  leavingNothing(async (scope) => {
    const silent = await listenRaw(scope);
    const told = new Inbox<string>();
    const note = (what: string) => () => told.push(`${what} ${storage.getStore()}`);
    const client = webSocket.createWebSocket();
    client.on('close', note('close'));
    storage.run('A', () => client.connect(silent.url, note('connect')));
    await silent.accepted();
    assert.equal(await told.next(), 'connect A');
    storage.run('B', () => client.close(note('closing')));
    assert.deepEqual(await told.take(2), ['closing B', 'close A']);
  }),
);
