// Deadlines of the kit, on real sockets with a clock that the test moves: heartbeats of both roles, closing handshakes
// that nobody answers, handshakes that do not come.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Configuration, configure } from '../../src/kit/configure.ts';
import type { webSocket } from '../../src/kit/index.ts';
import { type NetworkClock, stopTime } from './network-clock.ts';
import { Recorder, recordedClient, recordedServer } from './recorder.ts';
import { type Peer, ScriptedServer } from './scripted-server.ts';
import { hex, upgradeRequest } from './wire.ts';

let clock: NetworkClock;
const restores: (() => void)[] = [];
function set(configuration: Configuration): void {
  restores.push(configure(configuration));
}
beforeEach(() => {
  clock = stopTime();
});
afterEach(() => {
  clock.restore();
  for (const restore of restores.splice(0)) restore();
});

/** A client that is open at a peer that has read nothing since. */
async function opened(
  options: webSocket.WebSocketRequestOptions = {},
): Promise<{ ws: webSocket.WebSocket; trace: Recorder; peer: Peer; server: ScriptedServer }> {
  const peers: Peer[] = [];
  const server = await ScriptedServer.listen(async (peer) => {
    await peer.open();
    peers.push(peer);
  });
  const { ws, trace } = recordedClient();
  await ws.connect(server.url, options);
  await trace.until('openInfo');
  return { ws, trace, peer: peers[0]!, server };
}

describe('kit specification §3.11: the heartbeat of a client', { timeout: 120_000 }, () => {
  test('without options: a ping after 30 s, the end 30 s later [S8; kit §3.11 operation; kit §1.3 pingInterval; kit §1.3 pongTimeout]', async () => {
    const { trace, peer, server } = await opened();
    await clock.advance(29);
    peer.write(hex('89 01 61'));
    assert.equal((await peer.frame()).first, 0x8a, 'nothing came before the answer to a ping of ours');
    await clock.advance(1);
    const { first, payload } = await peer.frame();
    assert.equal(first, 0x89);
    assert.equal(payload.length, 8);
    await clock.advance(29);
    assert.deepEqual(trace.events.slice(3), []);
    await clock.advance(1);
    await trace.until('close{');
    assert.deepEqual(trace.events.slice(3), ["error{200,'0'}", "close{0,'The link is down'}"]);
    await assert.rejects(peer.frame(), /unread: $/, 'no Close frame');
    await server.close();
  });

  test('only pingInterval 5: a ping after 5 s, the end 30 s later [S10]', async () => {
    const { trace, peer, server } = await opened({ pingInterval: 5 });
    await clock.advance(5);
    assert.equal((await peer.frame()).first, 0x89);
    await clock.advance(29);
    assert.deepEqual(trace.events.slice(3), []);
    await clock.advance(1);
    await trace.until('close{0');
    await server.close();
  });

  test('pingInterval 0: never a ping [kit §3.11 off]', async () => {
    const { peer, server, trace } = await opened({ pingInterval: 0 });
    await clock.advance(200);
    peer.write(hex('89 00  88 00'));
    assert.equal((await peer.frame()).first, 0x8a);
    peer.socket.end();
    await trace.until('close{1000');
    await server.close();
  });

  test('a pong that nobody asked for restarts the timer, data does not [kit §3.11 any pong]', async () => {
    const { peer, server, trace } = await opened({ pingInterval: 10 });
    await clock.advance(8);
    peer.write(hex('8a 00  89 00'));
    assert.equal((await peer.frame()).first, 0x8a);
    await clock.advance(8);
    peer.write(hex('81 01 61'));
    await trace.until('dataEnd');
    await clock.advance(1);
    peer.write(hex('89 00'));
    assert.equal((await peer.frame()).first, 0x8a, 'no ping at 17 s');
    await clock.advance(1);
    assert.equal((await peer.frame()).first, 0x89, 'at 18 s, ten after the pong');
    await server.close();
    await trace.until('close{');
  });

  test('pings of the peer are answered with their payload, and nobody is told [kit §3.11 incoming pings]', async () => {
    const { peer, server, trace } = await opened();
    peer.write(hex('89 03 61 62 63'));
    const { first, payload } = await peer.frame();
    assert.deepEqual([first, payload.toString()], [0x8a, 'abc']);
    assert.deepEqual(trace.events.slice(3), []);
    await server.close();
    await trace.until('close{');
  });
});

describe('kit specification §3.8, §3.9: a closing handshake that is not answered', { timeout: 120_000 }, () => {
  test('the event comes after 5 s, as requested, without an error [kit §3.8 result; kit §3.9 peer never answers]', async () => {
    const { ws, trace, peer, server } = await opened();
    assert.equal(await ws.close({ code: 1001, reason: 'bye' }), true);
    assert.equal((await peer.frame()).first, 0x88);
    await clock.advance(4);
    assert.deepEqual(trace.events.slice(3), []);
    await clock.advance(1);
    await trace.until('close{');
    assert.deepEqual(trace.events.slice(3), ["close{1001,'bye'}"]);
    await server.close();
  });

  test('closeTimeout sets how long', async () => {
    set({ closeTimeout: 2_000 });
    const { ws, trace, peer, server } = await opened();
    await ws.close();
    await peer.frame();
    await clock.advance(1);
    assert.deepEqual(trace.events.slice(3), []);
    await clock.advance(1);
    await trace.until('close{1000');
    await server.close();
  });
});

describe('kit specification §3.5: a handshake that does not come', { timeout: 120_000 }, () => {
  test('error{200,0} after 35 s, and nothing else [kit §3.5 timeouts]', async () => {
    const requested = new Recorder();
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.request();
      requested.record('request');
    });
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect(server.url));
    await requested.until('request');
    await clock.advance(34);
    assert.deepEqual(trace.events, ['connect→true']);
    await clock.advance(1);
    await trace.until('error');
    assert.deepEqual(trace.events, ['connect→true', "error{200,'0'}"]);
    await server.close();
  });
});

describe('kit specification §4.12: the heartbeat of a server', { timeout: 120_000 }, () => {
  /** A TCP client of a kit server, after its handshake. */
  async function client(port: number): Promise<{ socket: Socket; received: (expected: RegExp) => Promise<void> }> {
    const socket = connect(port, '127.0.0.1');
    let bytes = '';
    socket.on('error', () => {});
    socket.write(upgradeRequest());
    await once(socket, 'data');
    socket.on('data', (chunk) => {
      bytes += chunk.toString('hex');
    });
    const received = async (expected: RegExp) => {
      while (!expected.test(bytes)) await once(socket, 'data');
    };
    return { socket, received };
  }

  const ping = hex('89 80  00 00 00 00');

  test('a ping after 40 s, the end 10 s later [kit §4.12 40 and 10; kit §4.12 client pings]', async () => {
    const { server, trace, port } = await recordedServer();
    const { socket, received } = await client(port);
    await clock.advance(39);
    socket.write(ping);
    await received(/^8a00$/);
    await clock.advance(1);
    await received(/^8a008908.{16}$/);
    await clock.advance(9);
    assert.deepEqual(trace.events, ['connect']);
    await clock.advance(1);
    await trace.until('close{');
    assert.deepEqual(trace.events, ['connect', 'error{200}', "close{0,'The link is down'}"]);
    await server.stop();
  });

  for (const serverHeartbeat of [false, { interval: 0, timeout: 5 }] as const) {
    test(`${JSON.stringify(serverHeartbeat)}: never a ping [kit §4.12 configurable]`, async () => {
      set({ serverHeartbeat });
      const { server, port } = await recordedServer();
      const { socket, received } = await client(port);
      await clock.advance(200);
      socket.write(ping);
      await received(/^8a00$/);
      socket.destroy();
      await server.stop();
    });
  }

  test('another interval [kit §4.12 configurable]', async () => {
    set({ serverHeartbeat: { interval: 2_000, timeout: 1_000 } });
    const { server, trace, port } = await recordedServer();
    const { received } = await client(port);
    await clock.advance(2);
    await received(/^8908.{16}$/);
    await clock.advance(1);
    await trace.until('close{0');
    await server.stop();
  });
});

describe('kit specification §4.10: stop with a client that does not answer', { timeout: 120_000 }, () => {
  for (const [stopTimeout, seconds] of [
    [undefined, 5],
    [2_000, 2],
  ] as const) {
    test(`resolves after ${seconds} s, with one close event [kit §4.10 resolution; kit §4.10 one close]`, async () => {
      set({ stopTimeout, closeTimeout: 60_000 });
      const { server, trace, port } = await recordedServer();
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(upgradeRequest());
      await trace.until('connect');
      const stop = trace.outcome('stop', server.stop());
      await clock.advance(seconds - 1);
      assert.deepEqual(trace.events, ['connect']);
      await clock.advance(1);
      await stop;
      assert.deepEqual(trace.events, ['connect', "close{1001,'server is going away'}", 'stop→true']);
      socket.destroy();
    });
  }
});
