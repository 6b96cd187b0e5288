// A process that stood still (SIGSTOP, a debugger, a blocked event loop, a suspended machine) for longer than its
// heartbeat waits. When it goes on, its timers are due before its sockets have been read: a pong that came in the
// meantime lies there, and the peer must not be given up.

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { nodeHost } from '../../src/node/environment.ts';
import { CHILD_PATIENCE, Command } from '../support/command.ts';
import { pair } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { acceptHandshake, requestHandshake } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, listenRaw, type RawPeer } from '../support/raw-peer.ts';
import { frame, KEY, masked } from '../support/wire.ts';

const program = 'test/faults/programs/heartbeat.ts';
/** The heartbeat of the program. */
const TIMEOUT = 300;

function start(context: TestContext, ...parameters: string[]): Command {
  return new Command(context, ['--import', 'tsx', program, ...parameters]);
}

function milliseconds(delay: number): Promise<void> {
  return new Promise((resolve) => nodeHost.clock.timer({ expired: resolve }).set(delay));
}

interface Running {
  readonly child: Command;
  /** The peer of the child's connection. */
  readonly peer: RawPeer;
}

/** The program as `role`, connected to a raw peer. */
async function running(context: TestContext, scope: Scope, role: 'server' | 'client'): Promise<Running> {
  if (role === 'server') {
    const child = start(context, 'server');
    const [, port] = await child.seen(/ready ws:.*:(\d+)/);
    const peer = await connectRaw(scope, Number(port));
    await requestHandshake(peer);
    return { child, peer };
  }
  const server = await listenRaw(scope);
  const child = start(context, 'client', server.url);
  const peer = await server.accepted();
  await acceptHandshake(peer);
  return { child, peer };
}

/** A frame as the peer of `role` sends it. */
function bytes(role: 'server' | 'client', first: number, payload: Uint8Array): Uint8Array {
  const plain = frame(first, payload);
  return role === 'server' ? masked(plain, KEY) : plain;
}

async function nextPing(peer: RawPeer): Promise<Uint8Array> {
  const { first, payload } = await peer.readFrame();
  assert.equal(first, 0x89);
  return payload;
}

describe('a process that stood still between its ping and the pong that came in time', () => {
  for (const role of ['server', 'client'] as const) {
    test(`as ${role}: it has not lost the peer, unless that stays silent`, async (context) => {
      await leavingNothing(async (scope) => {
        const { child, peer } = await running(context, scope, role);
        for (const delay of [TIMEOUT + 100, 5 * TIMEOUT]) {
          const payload = await nextPing(peer);
          child.signal('SIGSTOP');
          peer.write(bytes(role, 0x8a, payload));
          await milliseconds(delay);
          child.signal('SIGCONT');
        }
        // Another ping: the pongs have been seen, and the connection goes on.
        peer.write(bytes(role, 0x8a, await nextPing(peer)));
        peer.write(bytes(role, 0x81, Buffer.from('still here')));
        await child.seen(/message still here/);
        assert.doesNotMatch(child.stdout, /error|close/);

        await nextPing(peer);
        child.signal('SIGSTOP');
        await milliseconds(5 * TIMEOUT);
        child.signal('SIGCONT');
        // The silence of that time says nothing about the peer; the one after another ping does.
        await nextPing(peer);
        await child.seen(/error ERR_WS_HEARTBEAT\nclose 1006\n/);
        assert.equal((await peer.readToEnd()).length, 0);
      }, CHILD_PATIENCE)();
    });
  }
});

/** A wall clock that jumps a day to and fro with each reading. */
function withJumpingWallClock<Value>(run: () => Promise<Value>): Promise<Value> {
  const real = Date.now;
  let reads = 0;
  Date.now = () => real() + (++reads % 2 === 0 ? DAY : -DAY);
  return run().finally(() => {
    Date.now = real;
  });
}

const DAY = 24 * 60 * 60 * 1_000;

describe('the wall clock does not matter: it jumps by a day all the time, and', () => {
  test(
    'deadlines come neither early nor never',
    leavingNothing((scope) =>
      withJumpingWallClock(async () => {
        const settings = { heartbeat: { interval: 50, timeout: 5_000 }, handshakeTimeout: 5_000, closeTimeout: 5_000 };
        const pongs = new Inbox<void>();
        const { client, connection } = await pair(
          scope,
          { ...settings, pong: () => pongs.push() },
          { ...settings, handlers: { pong: () => pongs.push() } },
        );
        await pongs.take(6); // heartbeats of both sides go on
        assert.equal(client.isOpen && connection.isOpen, true);
        const { code, wasClean } = await client.close(1000);
        assert.deepEqual({ code, wasClean }, { code: 1000, wasClean: true });

        const silent = await listenRaw(scope);
        const begun = performance.now();
        const refused = rejectsWith(connect(silent.url, { handshakeTimeout: 50 }), 'ERR_WS_HANDSHAKE_TIMEOUT');
        const peer = await silent.accepted();
        await refused;
        assert.ok(performance.now() - begun >= 50);
        await peer.gone();
      }),
    ),
  );
});
