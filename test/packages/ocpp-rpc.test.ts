import assert from 'node:assert/strict';
import { type EventEmitter, once } from 'node:events';
import timers from 'node:timers';
import type { Scope } from '../support/handles.ts';
import { placeOf } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: 'ocpp-rpc',
    exercised: 'server and client: basic authorization, subprotocol, calls both ways, ping, refusal, close with a code',
  },
  async (scope) => {
    const ringPings = pingsByHand(scope);
    const { RPCClient, RPCServer } = await import('ocpp-rpc');
    const server = new RPCServer({ protocols: ['ocpp1.6'], pingIntervalMs: PING_INTERVAL });
    server.auth((accept, reject, handshake) => {
      if (handshake.password?.toString() === 'secret') accept({ station: handshake.identity });
      else reject(401, 'wrong password');
    });
    const ends: EventEmitter[] = [];
    server.on('client', (station) => {
      ends.push(station);
      station.handle('BootNotification', async () => ({
        told: await station.call('GetName', {}),
        protocol: station.protocol,
      }));
    });
    const http = await server.listen(0, '127.0.0.1');
    scope.defer(() => server.close({ code: 1001, force: true } as never));
    const { host } = placeOf(http as never);
    const open = (password: string) =>
      new RPCClient({
        endpoint: `ws://${host}`,
        identity: 'station 1',
        password,
        protocols: ['ocpp1.6'],
        reconnect: false,
        pingIntervalMs: PING_INTERVAL,
      } as never);
    const client = open('secret');
    ends.push(client);
    client.handle('GetName', (async () => 'north') as never);
    await client.connect();
    assert.deepEqual(await client.call('BootNotification', {}), { told: 'north', protocol: 'ocpp1.6' });
    const answered = Promise.all(ends.map((end) => once(end, 'ping')));
    assert.equal(ends.length, 2);
    ringPings();
    await answered;
    await assert.rejects(open('guess').connect(), /Unauthorized|wrong password/u);
    const { code } = (await client.close({ code: 4008, reason: 'off' } as never)) as unknown as { code: number };
    assert.equal(code, 4008);
  },
);

/** Milliseconds, far longer than a trial takes: an end whose ping is not answered within the interval ends its connection. */
const PING_INTERVAL = 3_600_000;

/** The timers of that interval, which the package takes when it is loaded, ring when the function that is returned is called. */
function pingsByHand(scope: Scope): () => void {
  const { setTimeout } = timers;
  scope.defer(() => {
    timers.setTimeout = setTimeout;
  });
  const rings: (() => void)[] = [];
  timers.setTimeout = ((run: () => void, delay: number) => {
    if (delay === PING_INTERVAL) rings.push(run);
    return setTimeout(run, delay);
  }) as typeof setTimeout;
  return () => {
    for (const ring of rings) ring();
  };
}
