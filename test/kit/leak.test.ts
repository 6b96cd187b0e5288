// 10,000 connections of a kit client to a kit server, many at a time on objects that are used again and again: neither
// memory nor handles stay behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { configure } from '../../src/kit/configure.ts';
import { webSocket } from '../../src/kit/index.ts';
import { handlesBecome, openHandles } from '../support/handles.ts';
import { portOf } from './recorder.ts';

const OBJECTS = 50;
const CYCLES = 10_000;
/** Bytes that the heap may have grown by over the cycles: a hundred for each. What leaks is larger, and leaks each time. */
const GROWTH = 1_000_000;
/**
 * How often the cycles may run until the heap has stayed. V8 compiles when it sees fit: on Node 22 one run in ten has
 * 1.7 MB of machine code and its data (`code_space`, `trusted_space`) more after the first ten thousand cycles than
 * before, and less again after twenty. A leak grows by its bytes every time.
 */
const BLOCKS = 3;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Heap in use once nothing more can be freed. */
async function heap(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    await new Promise(setImmediate);
    collect();
  }
  return process.memoryUsage().heapUsed;
}

test('10,000 connect/close cycles leave neither memory nor handles [kit §3.1 reuse; kit §4.9 order]', {
  timeout: 280_000,
}, async (context) => {
  const handles = openHandles();
  const restore = configure({ limits: 'none' });
  const server = webSocket.createWebSocketServer();
  // Also after a failure: a server that listens on would hold the file up to its time-out. A stopped one refuses.
  context.after(() => server.stop().catch(() => {}));
  await server.start({
    serverIP: '127.0.0.1',
    serverPort: 0,
    maxConcurrentClientsNumber: OBJECTS,
    maxConnectionsForOneClient: OBJECTS,
  });
  server.on('messageReceive', ({ clientConnection, data }) => void server.send(data, clientConnection));
  const url = `ws://127.0.0.1:${portOf(server)}`;
  const objects = Array.from({ length: OBJECTS }, webSocket.createWebSocket);

  /** So many cycles on one object: connect, a message there and back, close. */
  function run(ws: webSocket.WebSocket, cycles: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = cycles;
      ws.on('open', () => ws.send('hello', () => {}));
      ws.on('message', () => ws.close(() => {}));
      ws.on('error', reject);
      ws.on('close', () => {
        if (--left === 0) resolve();
        else ws.connect(url, () => {});
      });
      ws.connect(url, () => {});
    });
  }
  const runAll = (cycles: number) => Promise.all(objects.map((ws) => run(ws, cycles / OBJECTS)));

  await runAll(CYCLES / 10); // warm: code is compiled, pools are filled
  const growths: number[] = [];
  for (let before = await heap(); growths.length < BLOCKS; ) {
    await runAll(CYCLES);
    const after = await heap();
    growths.push(after - before);
    if (after - before < GROWTH) break;
    before = after;
  }
  const told = growths.join(', then ');
  assert.ok(Math.min(...growths) < GROWTH, `the heap grew by ${told} bytes over ${CYCLES} cycles each`);
  assert.deepEqual(server.listAllConnections(), []);
  await server.stop();
  restore();
  await handlesBecome(handles);
});
