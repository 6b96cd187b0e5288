// What the driver of NATS does beyond the contract of drivers: the bounds and permissions of nats-server, connections of the
// application, half-open connections, TLS, and clusters that lose a server.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import process from 'node:process';
import { describe, test } from 'node:test';
import { connect, nkeyAuthenticator, nkeys } from '@nats-io/transport-node';
import { attempt } from '../../../src/bus/nats/attempt.ts';
import { natsBus } from '../../../src/bus/nats/nats-bus.ts';
import { natsClient } from '../../../src/bus/nats/nats-client.ts';
import { type NatsAccess, natsDriver } from '../../../src/bus/nats/nats-setup.ts';
import { BusListener } from '../../support/bus-listener.ts';
import { certificates } from '../../support/certificates.ts';
import { uncaughtExceptions } from '../../support/expect.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import { leavingNothing, type Scope, turn } from '../../support/handles.ts';
import { NatsServer } from '../../support/nats-server.ts';
import { peer } from '../../support/peers.ts';

const { skip } = peer('nats-server');

/** Messages of 64,000 bytes: more than the buffers of sockets and of a server that may keep 1 MB. */
const FLOODED = 600;
const FLOOD = `
  require('@nats-io/transport-node').connect({ servers: process.argv[1] }).then(async (connection) => {
    for (let sent = 0; sent < ${FLOODED}; sent++) {
      connection.publish('hws.flood', new Uint8Array(64_000));
      await connection.flush();
    }
    await connection.close();
  });
`;

async function natsServer(scope: Scope, configuration = ''): Promise<NatsServer> {
  const server = await NatsServer.start(() => configuration);
  scope.defer(() => server.end());
  return server;
}

/** An opened driver. */
function opened(scope: Scope, access: NatsAccess): BusListener {
  const listener = new BusListener(natsDriver({ pingInterval: 250, ...access }));
  scope.defer(() => listener.driver.close());
  return listener.open();
}

async function ready(scope: Scope, access: NatsAccess): Promise<BusListener> {
  const listener = opened(scope, access);
  await listener.until(() => listener.events.includes('ready'));
  return listener;
}

describe('what nats-server bounds and permits', { skip }, () => {
  test(
    'max_payload of the server is maxPayload, and is read again after a change',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope, 'max_payload: 70000');
      const bus = opened(scope, { servers: server.url });
      assert.equal(bus.driver.maxPayload, 1_048_576);
      await bus.next('ready');
      assert.equal(bus.driver.maxPayload, 70_000);
      server.configure('max_payload: 80000');
      await server.stop();
      await server.start();
      await bus.next('ready');
      assert.equal(bus.driver.maxPayload, 80_000);
    }),
  );

  test(
    'a channel without permission is told as trouble, and the bus stays',
    leavingNothing(async (scope) => {
      const permissions = 'permissions: { publish: "hws.>", subscribe: ["hws.>", "_INBOX.>"] }';
      const server = await natsServer(scope, `authorization { users: [{ user: a, password: b, ${permissions} }] }`);
      const bus = await ready(scope, { servers: server.url, user: 'a', pass: 'b' });
      await bus.driver.subscribe(['other.one', 'hws.one']);
      await bus.until(() => /Permissions Violation for Subscription to "other.one"/.test(bus.errors.join()));
      assert.equal(bus.publish('other.two', '?'), true);
      const error = await bus.next('trouble');
      assert.match(error?.message ?? '', /Permissions Violation for Publish to "other.two"/);
      const other = await ready(scope, { servers: server.url, user: 'a', pass: 'b' });
      other.publish('hws.one', 'here');
      await bus.until(() => bus.messages.includes('hws.one here'));
      assert.ok(!bus.events.includes('lost'));
    }),
  );

  test(
    'credentials that were right before are tried until they are right again',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope, 'authorization { token: first }');
      const bus = await ready(scope, { servers: server.url.replace('//', '//first@') });
      server.configure('authorization { token: second }');
      await server.stop();
      await server.start();
      await bus.until(() => bus.errors.filter((text) => text.includes('Authorization Violation')).length >= 3);
      assert.ok(!bus.events.includes('refused'));
      server.configure('authorization { token: first }');
      await server.stop();
      await server.start();
      await bus.next('ready');
    }),
  );

  test(
    'an nkey, by an authenticator of the library',
    leavingNothing(async (scope) => {
      const user = nkeys.createUser();
      const server = await natsServer(scope, `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`);
      await ready(scope, { servers: server.url, authenticator: nkeyAuthenticator(user.getSeed()) });
    }),
  );

  test(
    'TLS: with the right authority it connects, with a wrong one the reason is told',
    leavingNothing(async (scope) => {
      const { ca, server: own, client } = certificates();
      const tls = `tls { cert_file: "${own.certPath}", key_file: "${own.keyPath}", ca_file: "${ca.certPath}", verify: true }`;
      const server = await natsServer(scope, tls);
      const servers = server.url.replace('nats:', 'tls:');
      const keys = { certFile: client.certPath, keyFile: client.keyPath };
      const bus = await ready(scope, { servers, tls: { caFile: ca.certPath, ...keys } });
      assert.equal(bus.driver.address, servers);
      const stranger = opened(scope, { servers, tls: keys });
      assert.match((await stranger.next('lost'))?.message ?? '', /unable to verify|self.signed/);
      // What a server does when it closes: its goodbye is written, and the broker has it, while subscriptions end.
      const uncaught = uncaughtExceptions(scope);
      for (let count = 0; count < 5; count++) {
        const leaving = await ready(scope, { servers, tls: { caFile: ca.certPath, ...keys } });
        await leaving.driver.subscribe(['hws.n', 'hws.b']);
        leaving.driver.publish('hws.n', Buffer.from('bye'));
        if (count > 0) await leaving.driver.flush();
        await leaving.driver.close();
        await turn();
      }
      assert.deepEqual(uncaught.rest, []);
      const bare = await natsServer(scope);
      const strict = opened(scope, { servers: bare.url, tls: {} });
      assert.match((await strict.next('lost'))?.message ?? '', /tls/);
    }),
  );

  test(
    'a node that the server cuts off as a slow consumer comes back',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope, 'max_payload: 100000, max_pending: 1000000, write_deadline: "100ms"');
      const slow = await ready(scope, { servers: server.url });
      await slow.driver.subscribe(['hws.flood']);
      // This process does not read meanwhile.
      execFileSync(process.execPath, ['-e', FLOOD, server.url], { stdio: 'ignore' });
      const back = slow.next('ready');
      await slow.next('lost');
      await back;
      const other = await ready(scope, { servers: server.url });
      other.publish('hws.flood', 'again');
      await slow.until(() => slow.messages.includes('hws.flood again'));
      assert.ok(slow.messages.length < FLOODED, 'the rest is lost');
    }),
  );
});

describe('connections that break', { skip }, () => {
  test(
    'a half-open connection is lost after three pings',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope);
      const proxy = await faultProxy(scope, server.port);
      const bus = await ready(scope, { servers: `nats://127.0.0.1:${proxy.port}`, pingInterval: 100 });
      (await proxy.connections.next()).freeze();
      await bus.next('lost');
      await bus.next('ready');
    }),
  );

  test(
    'an attempt against a server that stands still leaves nothing open',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope);
      server.freeze();
      const options = {
        servers: `127.0.0.1:${server.port}`,
        name: 'test',
        reconnect: false,
        noEcho: true,
        timeout: 50,
        pingInterval: 1_000,
        maxPingOut: 2,
        ignoreClusterUpdates: false,
        noAsyncTraces: true,
      } as const;
      const client = natsClient('the test');
      for (let count = 0; count < 3; count++) await assert.rejects(attempt(client, options).connection);
      const last = attempt(client, { ...options, timeout: 60_000 });
      const ended = assert.rejects(last.connection);
      await turn();
      await last.end();
      await ended;
    }),
  );

  test(
    'closing while the server goes away leaves no error uncaught',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope);
      const proxy = await faultProxy(scope, server.port);
      const bus = await ready(scope, { servers: `nats://127.0.0.1:${proxy.port}`, pingInterval: 60_000 });
      // It cannot end its socket, since what it has written does not leave.
      const proxied = await proxy.connections.next();
      proxied.toServer.freeze();
      for (let count = 0; count < 200; count++) bus.publish('hws.one', 'x'.repeat(100_000));
      proxied.toClient.end();
      for (let turns = 0; turns < 50; turns++) await turn();
      void bus.driver.subscribe(['hws.two']);
      await bus.driver.close();
    }),
  );

  test(
    'a port that speaks something else is told, and tried again',
    leavingNothing(async (scope) => {
      const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
      await once(other, 'listening');
      scope.defer(() => once(other.close(), 'close'));
      const { port } = other.address() as AddressInfo;
      const bus = opened(scope, { servers: `nats://user:geheim@127.0.0.1:${port}` });
      await bus.next('lost');
      await bus.next('lost');
      for (const text of bus.errors) assert.match(text, /^NATS at 127.0.0.1:\d+ cannot be reached: (?!.*geheim)/);
    }),
  );

  test(
    'a cluster of three: the driver knows one server, and goes on when it is killed',
    leavingNothing(async (scope) => {
      const servers = await NatsServer.cluster(3);
      for (const server of servers) scope.defer(() => server.end());
      const [first, second] = servers as [NatsServer, NatsServer, NatsServer];
      const bus = await ready(scope, { servers: first.url });
      const other = await ready(scope, { servers: second.url });
      await bus.driver.subscribe(['hws.one']);
      const hears = async (text: string): Promise<void> => {
        // Interest takes a moment to get to the other servers.
        while (!bus.messages.includes(`hws.one ${text}`)) {
          other.publish('hws.one', text);
          await other.driver.flush();
          await turn();
        }
      };
      await hears('before');
      const { address } = bus.driver;
      await first.stop();
      await bus.next('ready');
      await hears('after');
      assert.equal(bus.driver.address, address);
      assert.ok(!other.events.includes('lost'));
    }),
  );
});

describe('a connection of the application', { skip }, () => {
  test(
    'is used, tells its losses, and is left open',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope);
      const proxy = await faultProxy(scope, server.port);
      const connection = await connect({
        servers: `127.0.0.1:${proxy.port}`,
        reconnectTimeWait: 10,
        maxReconnectAttempts: -1,
      });
      scope.defer(() => connection.close());
      const bus = await ready(scope, { connection });
      const other = await ready(scope, { servers: server.url });
      await bus.driver.subscribe(['hws.one']);
      const back = bus.next('ready');
      (await proxy.connections.next()).reset();
      await bus.next('lost');
      assert.equal(bus.publish('hws.two', 'meanwhile'), false);
      await back;
      other.publish('hws.one', 'here');
      await bus.until(() => bus.messages.includes('hws.one here'));
      await bus.driver.close();
      assert.equal(connection.isClosed(), false);
      await connection.flush();
    }),
  );

  test(
    'takes nothing while it is away, which the library would keep and send late',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope);
      const proxy = await faultProxy(scope, server.port);
      const connection = await connect({
        servers: `127.0.0.1:${proxy.port}`,
        reconnectTimeWait: 10,
        maxReconnectAttempts: -1,
      });
      scope.defer(() => connection.close());
      const bus = await ready(scope, { connection });
      const receiver = await ready(scope, { servers: server.url });
      await receiver.driver.subscribe(['hws.one']);
      // Each microtask of the loss and of the way back publishes.
      let isRunning = true;
      let number = 0;
      let isAway = false;
      const takenAway: number[] = [];
      bus.at = (event) => {
        isAway = event === 'lost';
      };
      const publishing = (async () => {
        while (isRunning) {
          for (let count = 0; count < 50; count++) {
            const isTaken = bus.publish('hws.one', String(++number));
            if (isTaken && isAway) takenAway.push(number);
            await Promise.resolve();
          }
          await turn();
        }
      })();
      for (let round = 0; round < 5; round++) {
        const back = bus.next('ready');
        (await proxy.connections.next()).reset();
        await back;
      }
      isRunning = false;
      await publishing;
      bus.publish('hws.one', 'last');
      await receiver.until(() => receiver.messages.includes('hws.one last'));
      assert.deepEqual(takenAway, []);
      const numbers = receiver.messages.slice(0, -1).map((text) => Number(text.split(' ')[1]));
      assert.deepEqual(
        numbers,
        [...numbers].sort((one, other) => one - other),
      );
    }),
  );

  test(
    'takes nothing when its number is another one, though the library has not told its loss yet',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope);
      const real = await connect({ servers: server.url });
      scope.defer(() => real.close());
      let { info } = real;
      const connection = new Proxy(real, {
        get(target, name) {
          if (name === 'info') return info;
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      const bus = await ready(scope, { connection });
      // The server tells something new on the same connection.
      info = { ...info!, connect_urls: ['127.0.0.1:1'] };
      assert.equal(bus.publish('hws.one', 'here'), true);
      info = undefined;
      assert.equal(bus.publish('hws.one', 'away'), false);
      info = { ...real.info!, client_id: 4_711 };
      assert.equal(bus.publish('hws.one', 'too early'), false);
    }),
  );

  test(
    'that it closes is the end of the bus',
    leavingNothing(async (scope) => {
      const server = await natsServer(scope);
      const connection = await connect({ servers: server.url });
      const bus = await ready(scope, { connection });
      const refused = bus.next('refused');
      await connection.close();
      assert.match((await refused)?.message ?? '', /the application gave to the bus is closed/);
      const late = opened(scope, { connection });
      assert.deepEqual(late.events, []);
      await late.next('refused');
    }),
  );
});

describe('addresses', () => {
  const wrong = [
    'localhost:4222',
    'redis://127.0.0.1',
    'nats://',
    'nats://host/path',
    'nats://host:0',
    'nats://user:geheim/x@host',
    'nats://a:geheim@one,nats://b:geheim@two',
    'nats://user:%zz@host',
    '',
  ];
  for (const servers of wrong) {
    test(`${servers === '' ? 'none' : servers} is refused without a secret in the error`, () => {
      assert.throws(
        () => natsDriver({ servers }),
        (error: Error) => /servers/.test(error.message) && !/geheim/.test(`${error.message}${error.stack}`),
      );
    });
  }

  test('several, divided by commas or in a list; the address shows no credentials', () => {
    const address = (servers: string | string[]): string => natsDriver({ servers }).address;
    assert.equal(address('nats://a:b@one:80, nats://a:b@two'), 'nats://one:80,nats://two:4222');
    assert.equal(address(['tls://token@[::1]:4333', 'nats://one']), 'tls://[::1]:4333,tls://one:4222');
  });

  test('a credentials file that is not there is told before anything happens', () => {
    assert.throws(() => natsBus({ creds: '/nowhere/bus.creds' }), /creds.*a credentials file that can be read/);
  });
});
