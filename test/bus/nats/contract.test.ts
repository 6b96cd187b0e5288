// The driver of NATS, by the contract of drivers, against nats-server.

import { test } from 'node:test';
import { natsDriver } from '../../../src/bus/nats/nats-setup.ts';
import { type FaultProxy, faultProxy } from '../../support/fault-proxy.ts';
import { Scope } from '../../support/handles.ts';
import { NatsServer } from '../../support/nats-server.ts';
import { peer } from '../../support/peers.ts';
import { type Bed, describeDriver } from '../contract.ts';

const SECRET = 'correct horse';
const password = encodeURIComponent(SECRET);

async function bed(): Promise<Bed> {
  const scope = new Scope();
  const server = await NatsServer.start(() => `authorization { user: bus, password: "${SECRET}" }`);
  scope.defer(() => server.end());
  let isCut = false;
  const proxy: FaultProxy = await faultProxy(scope, server.port, (proxied) => {
    if (isCut) proxied.reset();
  });
  const url = (user: string): string => `nats://${user}@127.0.0.1:${proxy.port}`;
  return {
    driver: () => natsDriver({ servers: url(`bus:${password}`), pingInterval: 250 }),
    broker: {
      stop: () => server.stop(),
      start: async () => void (await server.start()),
      freeze: () => server.freeze(),
      thaw: () => server.thaw(),
    },
    network: {
      cut() {
        isCut = true;
        for (const proxied of proxy.connections.rest) proxied.reset();
      },
      mend() {
        isCut = false;
      },
    },
    refused: () => ({ driver: natsDriver({ servers: url('bus:wrong-secret') }), secret: 'wrong-secret' }),
    close: () => scope.end(),
  };
}

const { skip } = peer('nats-server');
if (skip === false) describeDriver('nats', bed);
else test('a driver of the bus: nats', { skip }, () => {});
