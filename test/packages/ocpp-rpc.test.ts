import assert from 'node:assert/strict';
import { placeOf } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: 'ocpp-rpc',
    exercised: 'server and client: basic authorization, subprotocol, calls both ways, ping, refusal, close with a code',
  },
  async (scope) => {
    const { RPCClient, RPCServer } = await import('ocpp-rpc');
    const server = new RPCServer({ protocols: ['ocpp1.6'], pingIntervalMs: 5 });
    server.auth((accept, reject, handshake) => {
      if (handshake.password?.toString() === 'secret') accept({ station: handshake.identity });
      else reject(401, 'wrong password');
    });
    server.on('client', (station) => {
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
        pingIntervalMs: 5,
      } as never);
    const client = open('secret');
    client.handle('GetName', (async () => 'north') as never);
    const pinged = new Promise((resolve) => client.once('ping' as never, resolve));
    await client.connect();
    assert.deepEqual(await client.call('BootNotification', {}), { told: 'north', protocol: 'ocpp1.6' });
    await pinged;
    await assert.rejects(open('guess').connect(), /Unauthorized|wrong password/u);
    const { code } = (await client.close({ code: 4008, reason: 'off' } as never)) as unknown as { code: number };
    assert.equal(code, 4008);
  },
);
