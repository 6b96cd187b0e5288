// The clock that the test moves.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type CloseEvent, connect, createServer } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';

describe('advance', { timeout: 30_000 }, () => {
  test('a heartbeat is sent and answered every 30 s, for an hour', async () => {
    await using network = useNetwork();
    const peer = network.peer('ws://chat.example/', (client) => client.accept());
    const client = await connect('ws://chat.example/');
    await network.advance(3_600_000);
    assert.equal(network.now, 3_600_000);
    assert.equal(peer.connections[0]?.pingsAnswered, 120);
    assert.equal(client.isOpen, true);
    client.terminate();
  });

  test('a peer that does not answer is given up after interval and timeout, to the millisecond', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/', (peer) => {
      peer.answersPings = false;
      peer.accept();
    });
    const ends: CloseEvent[] = [];
    await connect('ws://chat.example/', {
      heartbeat: { interval: 30_000, timeout: 30_000 },
      handlers: { close: (_connection, event) => void ends.push(event) },
    });
    await network.advance(59_999);
    assert.equal(ends.length, 0);
    await network.advance(1);
    assert.deepEqual(
      ends.map(({ code, error }) => [code, error?.code]),
      [[1006, 'ERR_WS_HEARTBEAT']],
    );
  });

  test('timers are called in order, and what one causes has settled before the next', async () => {
    await using network = useNetwork({ globalTimers: true });
    const events: string[] = [];
    const server = createServer({
      message: (_connection, data) => void events.push(`${network.now} received ${data}`),
    });
    const { port } = await server.listen();
    const client = await connect(`ws://localhost:${port}/`);
    const later = (delay: number, text: string) =>
      setTimeout(() => {
        events.push(`${network.now} sends ${text}`);
        client.send(text);
      }, delay);
    later(20, 'c');
    later(10, 'a');
    later(10, 'b');
    await network.advance(100);
    assert.deepEqual(events, [
      '10 sends a',
      '10 received a',
      '10 sends b',
      '10 received b',
      '20 sends c',
      '20 received c',
    ]);
    client.terminate();
    await server.close();
  });

  test('advances that overlap follow each other', async () => {
    await using network = useNetwork();
    await Promise.all([network.advance(10), network.advance(20)]);
    assert.equal(network.now, 30);
    assert.throws(() => network.advance(-1), /milliseconds is -1; expected a number of at least 0/);
  });

  test('a handshake that is not answered ends at its timeout', async () => {
    await using network = useNetwork();
    network.peer('ws://silent.example/', () => {});
    let code = '';
    const attempt = connect('ws://silent.example/').catch((error) => {
      code = error.code;
    });
    await network.advance(9_999);
    assert.equal(code, '');
    await network.advance(1);
    await attempt;
    assert.equal(code, 'ERR_WS_HANDSHAKE_TIMEOUT');
  });

  test('a client that sends no request is answered 408 at the server’s timeout', async () => {
    await using network = useNetwork();
    const server = createServer({ handshakeTimeout: 5_000 });
    const { port } = await server.listen();
    const slow = await network.client(`ws://localhost:${port}/`, { handshake: false });
    const quick = await network.client(`ws://localhost:${port}/`);
    slow.sendAscii('GET / HTTP/1.1\r\nHost:');
    await network.advance(4_999);
    await slow.receivesNothing();
    await network.advance(1);
    assert.equal((await slow.receivesHead()).status, 408);
    await quick.receivesNothing();
    quick.end();
    await network.settle();
    await server.close();
  });

  test('an exception in a timer is an uncaught one and does not stop the clock', async (context) => {
    await using network = useNetwork({ globalTimers: true });
    const uncaught: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error));
    context.after(() => {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    });
    let isCalled = false;
    setTimeout(() => {
      throw new Error('mine');
    }, 10);
    setTimeout(() => {
      isCalled = true;
    }, 20);
    await network.advance(20);
    assert.deepEqual(uncaught.map(String), ['Error: mine']);
    assert.equal(isCalled, true);
  });
});

describe('globalTimers', { timeout: 30_000 }, () => {
  test('setTimeout, setInterval and their relatives wait in the network’s time', async () => {
    await using network = useNetwork({ globalTimers: true });
    const events: string[] = [];
    const once = setTimeout((...values: unknown[]) => events.push(`once ${values}`), 30, 1, 2);
    const cleared = setTimeout(() => events.push('never'), 30);
    const repeated = setInterval(() => events.push(`at ${network.now}`), 20);
    const refreshed = setTimeout(() => events.push('refreshed'), 15);
    clearTimeout(cleared);
    assert.equal(once.unref().ref(), once);
    await network.advance(10);
    refreshed.refresh();
    await network.advance(50);
    clearInterval(repeated);
    await network.advance(1000);
    assert.deepEqual(events, ['at 20', 'refreshed', 'once 1,2', 'at 40', 'at 60']);
    let slept = false;
    void promisify(setTimeout)(5).then(() => {
      slept = true;
    });
    await network.advance(5);
    assert.equal(slept, true);
  });

  test('timers set before are the system’s, and can be cleared; afterwards all are as before', async () => {
    const { setTimeout: original, clearTimeout: originalClear } = globalThis;
    const before = setTimeout(() => assert.fail('cleared below'), 1);
    const network = useNetwork({ globalTimers: true });
    assert.notEqual(globalThis.setTimeout, original);
    clearTimeout(before);
    await network.uninstall();
    assert.equal(globalThis.setTimeout, original);
    assert.equal(globalThis.clearTimeout, originalClear);
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('without it, timers are the system’s', async () => {
    const original = globalThis.setTimeout;
    await using _network = useNetwork();
    assert.equal(globalThis.setTimeout, original);
  });
});
