// Faults as the kit's face tells them: RFC 6455 §9, traces 5 and 9, and kit specification §2.1, §3.9 and §4.9, on both
// ends, with the fault proxy between them and the clock moved by hand.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { network, replaceNetwork } from '../../src/node/network.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { recordedClient, recordedServer } from '../kit/recorder.ts';
import { reportCount } from '../support/counts.ts';
import { faultProxy, type Proxied } from '../support/fault-proxy.ts';
import { leavingNothing, turn } from '../support/handles.ts';

/** What became of one end; the events of an opening are left out. */
interface Outcome {
  readonly client: string;
  readonly server: string;
  /** Milliseconds until an end is told, where time must pass: not one less. */
  readonly clientAfter?: number;
  readonly serverAfter?: number;
}

type Fault = 'fin' | 'reset' | 'half-close to the client' | 'half-close to the server' | 'freeze';

const faults: Record<Fault, (proxied: Proxied) => void> = {
  fin: (proxied) => proxied.end(),
  reset: (proxied) => proxied.reset(),
  'half-close to the client': ({ toClient, toServer }) => {
    toClient.end();
    toServer.release();
  },
  'half-close to the server': ({ toServer }) => toServer.end(),
  freeze: (proxied) => proxied.freeze(),
};

const CLIENT_LOST = "error{200,'0'} close{0,'The link is down'}";
const SERVER_LOST = "error{200} close{0,'The link is down'}";
/** An application that has closed is told what it asked for, whatever the network did then. */
const CLOSED = "close{1000,'CLOSE_NORMAL'}";
const FAILED = "connect→true error{200,'0'}";

/** pingInterval and pongTimeout of 30 s each; the server's heartbeat of 40 s and 10 s. */
const CLIENT_HEARTBEAT = 60_000;
const SERVER_HEARTBEAT = 50_000;
const CLIENT_HANDSHAKE = 35_000;
const CLOSING = 5_000;

const handshake: Partial<Record<Fault, Outcome>> = {
  fin: { client: FAILED, server: '' },
  reset: { client: FAILED, server: '' },
  freeze: { client: FAILED, server: '', clientAfter: CLIENT_HANDSHAKE },
};

const established: Record<Fault, Outcome> = {
  fin: { client: CLIENT_LOST, server: SERVER_LOST },
  reset: { client: CLIENT_LOST, server: SERVER_LOST },
  'half-close to the client': { client: CLIENT_LOST, server: SERVER_LOST },
  'half-close to the server': { client: CLIENT_LOST, server: SERVER_LOST },
  freeze: {
    client: CLIENT_LOST,
    server: SERVER_LOST,
    serverAfter: SERVER_HEARTBEAT,
    clientAfter: CLIENT_HEARTBEAT,
  },
};

const withinFrame: Record<Fault, Outcome> = {
  ...established,
  // The rest of the message still comes.
  'half-close to the client': { client: CLIENT_LOST, server: `messageReceive ${'x'.repeat(1_000)} ${SERVER_LOST}` },
};

/** The client has called close(); its Close is held. */
const closing: Record<Fault, Outcome> = {
  fin: { client: CLOSED, server: SERVER_LOST },
  reset: { client: CLOSED, server: SERVER_LOST },
  // Its Close still comes; the answer does not.
  'half-close to the client': { client: CLOSED, server: CLOSED },
  'half-close to the server': { client: CLOSED, server: SERVER_LOST },
  freeze: { client: CLOSED, server: SERVER_LOST, clientAfter: CLOSING, serverAfter: SERVER_HEARTBEAT },
};

const situations = {
  'within the handshake': handshake,
  idle: established,
  'within a frame to the server': withinFrame,
  closing,
} as const;

async function run(situation: keyof typeof situations, fault: Fault, outcome: Outcome): Promise<void> {
  await leavingNothing(async (scope) => {
    const clock = new VirtualClock();
    scope.defer(replaceNetwork({ ...network(), clock }));
    const { server, trace: atServer, port } = await recordedServer();
    scope.defer(() => server.stop());
    const proxy = await faultProxy(scope, port, ({ toServer }) => {
      if (situation === 'within the handshake') toServer.hold(40);
    });
    const { ws, trace: atClient } = recordedClient();
    const connecting = atClient.outcome('connect', ws.connect(`ws://127.0.0.1:${proxy.port}`));
    const proxied = await proxy.connections.next();
    if (situation !== 'within the handshake') {
      await Promise.all([connecting, atClient.until('openInfo'), atServer.until('connect')]);
      atClient.events.length = atServer.events.length = 0;
    }
    if (situation === 'within a frame to the server') {
      // Both leave in one write: when the first has arrived, so has the beginning of the second.
      proxied.toServer.hold(11 + 100);
      void ws.send('first');
      void ws.send('x'.repeat(1_000));
      await atServer.until('messageReceive first');
      atServer.events.length = 0;
    } else if (situation === 'closing') {
      proxied.toServer.hold();
      void ws.close();
    }
    if (situation !== 'idle') await proxied.toServer.held();
    faults[fault](proxied);

    const { clientAfter, serverAfter } = outcome;
    const bounds = [
      { at: clientAfter, trace: atClient },
      { at: serverAfter, trace: atServer },
    ].flatMap(({ at, trace }) => (at === undefined ? [] : [{ at, trace }]));
    for (const { at, trace } of bounds.sort((one, other) => one.at - other.at)) {
      while (clock.step(at - 1)) await turn();
      assert.doesNotMatch(trace.events.join(' '), /close\{|error/, `told before ${at} ms`);
      while (clock.step(at)) await turn();
      await trace.until(situation === 'within the handshake' ? 'error' : 'close{');
    }
    if (outcome.client !== '') await atClient.until(situation === 'within the handshake' ? 'error' : 'close{');
    if (outcome.server !== '') await atServer.until('close{');
    if (fault === 'freeze') proxied.destroy();
    await proxied.gone();
    await connecting;
    assert.deepEqual(
      { client: atClient.events.join(' '), server: atServer.events.join(' ') },
      { client: outcome.client, server: outcome.server },
    );
  })();
}

for (const situation of Object.keys(situations) as (keyof typeof situations)[]) {
  describe(`kit, ${situation}`, () => {
    for (const [fault, outcome] of Object.entries(situations[situation]) as [Fault, Outcome][]) {
      test(fault, async (context) => {
        await run(situation, fault, outcome);
        reportCount(context, 'fault matrix cells', 2);
      });
    }
  });
}
