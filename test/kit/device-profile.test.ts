// The profile `device`: the rows marked † of kit specification §5, each beside what the profile `standard` does.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { type Configuration, configure } from '../../src/kit/configure.ts';
import { BanList } from '../../src/kit/server/admission.ts';
import { type NetworkClock, stopTime } from './network-clock.ts';
import { recordedClient, recordedServer } from './recorder.ts';
import { type Peer, ScriptedServer } from './scripted-server.ts';
import { hex, upgradeRequest } from './wire.ts';

const restores: (() => void)[] = [];
function set(configuration: Configuration): void {
  restores.push(configure(configuration));
}
let clock: NetworkClock;
function stopClock(): void {
  clock = stopTime();
  restores.push(clock.restore);
}
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});

/** A wall clock that no other test of this process has seen: the ban list is one for the process. */
let wall = Date.UTC(2040, 0);
function nextDay(): number {
  wall += 24 * 60 * 60 * 1000;
  return wall;
}

describe('S9: pongTimeout 0', { timeout: 120_000 }, () => {
  /** A client with `pingInterval: 2, pongTimeout: 0`, open, at a peer that reads what the test tells it to. */
  async function open(): Promise<{
    peer: Peer;
    server: ScriptedServer;
    trace: ReturnType<typeof recordedClient>['trace'];
  }> {
    stopClock();
    const { promise, resolve } = withResolvers<Peer>();
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      resolve(peer);
    });
    const { ws, trace } = recordedClient();
    await ws.connect(server.url, { pingInterval: 2, pongTimeout: 0 });
    await trace.until('openInfo');
    return { peer: await promise, server, trace };
  }

  test('standard: pings on schedule and never gives up [S9; kit §3.11 pong 0]', async () => {
    const { peer, server, trace } = await open();
    for (let ping = 0; ping < 5; ping++) {
      await clock.advance(2);
      assert.equal((await peer.frame()).first, 0x89);
    }
    assert.deepEqual(trace.events.slice(3), []);
    peer.write(hex('88 00'));
    peer.socket.end();
    await trace.until('close{');
    await server.close();
  });

  test('device: gone after the interval, without a ping or a Close frame [S9]', async () => {
    set({ profile: 'device' });
    const { peer, server, trace } = await open();
    await clock.advance(1);
    assert.deepEqual(trace.events.slice(3), []);
    await clock.advance(1);
    await trace.until('close{');
    assert.deepEqual(trace.events.slice(3), ["error{200,'0'}", "close{0,'The link is down'}"]);
    await assert.rejects(peer.frame(), /the client left; unread: $/);
    await server.close();
  });

  test('device: a pong that nobody asked for starts the interval again [S9; kit §3.11 any pong]', async () => {
    set({ profile: 'device' });
    const { peer, server, trace } = await open();
    await clock.advance(1);
    // The answer to the ping says that the pong before it has been seen.
    peer.write(hex('8a 00  89 00'));
    assert.equal((await peer.frame()).first, 0x8a);
    await clock.advance(1);
    assert.deepEqual(trace.events.slice(3), []);
    await clock.advance(1);
    await trace.until('close{0');
    await server.close();
  });

  test('device: with another timeout it pings as usual', async () => {
    set({ profile: 'device' });
    stopClock();
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      assert.equal((await peer.frame()).first, 0x89);
      peer.write(hex('88 00'));
      peer.socket.end();
    });
    const { ws, trace } = recordedClient();
    await ws.connect(server.url, { pingInterval: 2, pongTimeout: 1 });
    await trace.until('openInfo');
    await clock.advance(2);
    await trace.until('close{1000');
    await server.close();
  });
});

describe('S30: the ban', { timeout: 120_000 }, () => {
  /** Seconds of connections of one address, one list, and which of them are taken. */
  function taken(...seconds: number[]): boolean[] {
    const list = new BanList();
    return seconds.map((second) => list.admits('10.0.0.1', second * 1000));
  }
  const times = (count: number, second: number): number[] => new Array<number>(count).fill(second);

  test('51 connections within 60 s, both ends included; the 52nd is rejected [kit §4.3 5 frequency]', () => {
    assert.deepEqual(taken(...times(51, 0)), new Array(51).fill(true));
    assert.equal(taken(...times(52, 0)).at(-1), false);
    assert.equal(taken(0, ...times(50, 60), 60).at(-1), false);
  });

  test('a connection after more than 60 s starts its own window [kit §4.3 5 frequency]', () => {
    assert.deepEqual(taken(...times(51, 0), ...times(51, 61), 61).slice(51), [...new Array(51).fill(true), false]);
  });

  test('only whole seconds count [kit §4.3 5 frequency]', () => {
    const list = new BanList();
    for (let count = 0; count < 51; count++) assert.equal(list.admits('10.0.0.1', 999), true);
    assert.equal(list.admits('10.0.0.1', 60_999), false, 'second 60 belongs to the window of second 0');
    const other = new BanList();
    for (let count = 0; count < 51; count++) other.admits('10.0.0.1', 999);
    assert.equal(other.admits('10.0.0.1', 61_000), true);
  });

  test('a ban lasts 60 s; attempts during it do not prolong it [kit §4.3 4 ban]', () => {
    const seconds = [...times(52, 0), 30, 60, 61, 62];
    assert.deepEqual(taken(...seconds).slice(51), [false, false, false, true, true]);
  });

  test('each address is counted for itself [kit §4.3 5 frequency]', () => {
    const list = new BanList();
    for (let count = 0; count < 52; count++) list.admits('10.0.0.1', 0);
    assert.equal(list.admits('10.0.0.1', 0), false);
    assert.equal(list.admits('10.0.0.2', 0), true);
  });

  test('addresses that no longer matter are forgotten', () => {
    const list = new BanList();
    for (let host = 0; host < 5_000; host++) list.admits(`10.0.${host >> 8}.${host & 255}`, host * 1000);
    assert.ok(list.size < 1_200, `${list.size} addresses`);
  });

  test("limits 'device': 429 for the 52nd and later ones, for all servers of the process, even after stop [S30; kit §4.3 4 ban; kit §4.3 5 frequency; kit §4.3 answer]", async () => {
    let now = nextDay();
    set({ limits: 'device', wallClock: () => now });
    const first = await recordedServer();
    for (let count = 1; count <= 51; count++) {
      const { head, leave } = await attempt(first.port);
      assert.match(head, /^HTTP\/1.1 101 /);
      leave();
      await first.trace.until('close{', count);
    }
    const refused = recordedClient();
    await refused.ws.connect(first.url);
    assert.deepEqual(await refused.trace.until('error'), ["error{200,'429'}"]);
    assert.equal(first.trace.events.filter((event) => event === 'connect').length, 51);
    assert.equal(first.trace.events.at(-1), 'error{200}');
    await first.server.stop();

    const second = await recordedServer();
    now += 60_000;
    const { head, leave } = await attempt(second.port);
    assert.match(head, /^HTTP\/1.1 429 /);
    assert.match(head, /\r\nConnection: close\r\n/i);
    leave();
    now += 1_000;
    const welcome = recordedClient();
    await welcome.ws.connect(second.url);
    await welcome.trace.until('openInfo');
    await second.server.stop();
  });

  test('a client that a limit turns away is not counted [kit §4.3 5 frequency]', async () => {
    const now = nextDay();
    set({ limits: 'device', wallClock: () => now });
    const { server, trace, port } = await recordedServer({ maxConnectionsForOneClient: 1 });
    const kept = await attempt(port);
    for (let count = 0; count < 60; count++) (await attempt(port)).leave();
    kept.leave();
    await trace.until('close{');
    const again = await attempt(port);
    assert.match(again.head, /^HTTP\/1.1 101 /);
    again.leave();
    await server.stop();
  });
});

describe('S31: rejected clients', { timeout: 120_000 }, () => {
  for (const [profile, data] of [
    ['standard', '503'],
    ['device', '0'],
  ] as const) {
    test(`${profile}: error{200,'${data}'} at the client, one error event at the server [S31; kit §4.3 answer]`, async () => {
      set({ profile, wallClock: nextDay });
      const { server, trace, url } = await recordedServer({ maxConnectionsForOneClient: 0 });
      const client = recordedClient();
      await client.ws.connect(url);
      assert.deepEqual(await client.trace.until('error'), [`error{200,'${data}'}`]);
      await server.stop();
      assert.deepEqual(trace.events, ['error{200}']);
      assert.equal(
        client.trace.events.some((event) => event.startsWith('close')),
        false,
      );
    });
  }

  test('device: TCP is closed without a byte of an answer [S31]', async () => {
    set({ profile: 'device', wallClock: nextDay });
    const { server, port } = await recordedServer({ maxConcurrentClientsNumber: 0 });
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
    socket.write(upgradeRequest());
    await once(socket, 'close');
    assert.equal(Buffer.concat(chunks).toString(), '');
    await server.stop();
  });
});

/** An upgrade request and the head of its answer. */
async function attempt(port: number): Promise<{ head: string; leave: () => void }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(upgradeRequest());
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return { head: chunk.toString('latin1'), leave: () => socket.destroy() };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
