// Every way in which a client may come and go is counted back: after any mixture of lives, a server takes exactly as many
// clients as at first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accept, connect, createServer, refuse, type Server } from '../../src/engine/index.ts';
import { network as currentNetwork } from '../../src/node/network.ts';
import { type TestNetwork, useNetwork } from '../../src/testing/index.ts';
import { reportCount } from '../support/counts.ts';
import { serverCertificate, trust } from '../support/engine.ts';
import { uncaughtExceptions } from '../support/expect.ts';
import { handlesBecome, openHandles, Scope } from '../support/handles.ts';
import { upgradeRequest } from '../support/handshake.ts';
import { RawPeer } from '../support/raw-peer.ts';

const limits = {
  maxConnections: 12,
  maxHandshakes: 10,
  maxConnectionsPerAddress: 6,
  maxConnectionsPerMinute: Infinity,
};
const HANDSHAKE_TIMEOUT = 1_000;

/** The bytes that a client writes before it acts. The path tells the server what to do. */
const writes: Readonly<Record<string, string>> = {
  silent: '',
  'a piece of a head': upgradeRequest().slice(0, 40),
  'not HTTP': 'SSH-2.0\r\n\r\n',
  'too large': upgradeRequest({ X: 'x'.repeat(5_000) }),
  'too many fields': upgradeRequest(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`X${index}`, 'x']))),
  'no key': upgradeRequest({ 'Sec-WebSocket-Key': undefined }),
  'another origin': upgradeRequest({ Origin: 'https://evil.test' }),
  'a page': 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  refused: upgradeRequest({}, '/refuse'),
  'an exception': upgradeRequest({}, '/throw'),
  'a response that cannot be sent': upgradeRequest({}, '/unsendable'),
  undecided: upgradeRequest({}, '/never'),
  'decided later': upgradeRequest({}, '/later'),
  accepted: upgradeRequest(),
  terminated: upgradeRequest({}, '/terminate'),
  'closed by the server': upgradeRequest({}, '/close'),
  'closed by the client': `${upgradeRequest()}\x88\x80\0\0\0\0`,
  'a frame that fails': `${upgradeRequest()}\xff\xff`,
};
const endings = ['end', 'reset', 'destroy', 'stay'] as const;

const life = fc.record({
  does: fc.constantFrom(...Object.keys(writes), 'TLS', 'TLS that fails'),
  ends: fc.constantFrom(...endings),
  address: fc.constantFrom('127.0.0.2', '127.0.0.3', '2001:db8::1', '2001:db8::2', '203.0.113.5'),
  /** Milliseconds until the next client. */
  pause: fc.constantFrom(0, 0, 0, 100, 700),
});

type Life = typeof life extends fc.Arbitrary<infer Value> ? Value : never;

function newServer(): Server {
  return createServer({
    limits,
    handshakeTimeout: HANDSHAKE_TIMEOUT,
    maxHeaderSize: 3_000,
    maxHeaderCount: 20,
    allowedOrigins: ['https://example.org'],
    heartbeat: false,
    closeTimeout: 500,
    upgrade({ url }) {
      if (url === '/refuse') return refuse(401);
      if (url === '/throw') throw new Error('of the application');
      if (url === '/unsendable') return accept({ headers: { 'X-A': 'a\r\nb' } });
      if (url === '/never') return new Promise(() => {});
      if (url === '/later') return Promise.resolve();
      return undefined;
    },
    open(connection) {
      if (connection.url === '/terminate') connection.terminate();
      if (connection.url === '/close') void connection.close();
    },
  });
}

async function live(network: TestNetwork, { does, ends, address }: Life): Promise<void> {
  if (does === 'TLS') {
    const connecting = network.from(address, () => connect('wss://localhost:443/', { tls: trust() }));
    connecting.then(
      (connection) => connection.terminate(),
      () => {},
    );
    return;
  }
  const port = does === 'TLS that fails' ? 443 : 80;
  const peer = new RawPeer(network.from(address, () => currentNetwork().connect({ host: 'localhost', port })));
  peer.write(writes[does] ?? 'no TLS');
  peer.readToEnd().then(
    () => peer.socket.end(),
    () => {},
  );
  await network.settle();
  if (ends !== 'stay') peer[ends]();
}

/** How many of a number of clients are let in. They leave again. */
async function taken(
  network: TestNetwork,
  server: Server,
  count: number,
  addresses: readonly string[],
): Promise<number> {
  const attempts = Array.from({ length: count }, (_, index) => {
    const address = addresses[index % addresses.length] as string;
    return network.from(address, () => connect('ws://localhost:80/'));
  });
  await Promise.allSettled(attempts);
  const open = server.connections.size;
  for (const connection of server.connections) connection.terminate();
  await network.settle();
  return open;
}

/** How many of a number of silent clients may stay. */
async function waiting(network: TestNetwork, count: number): Promise<number> {
  const peers: RawPeer[] = [];
  for (let index = 0; index < count; index++) {
    peers.push(
      new RawPeer(network.from(`198.51.100.${index}`, () => currentNetwork().connect({ host: 'localhost', port: 80 }))),
    );
  }
  let ended = 0;
  for (const peer of peers) {
    void peer.readToEnd().then(() => {
      ended++;
    });
  }
  await network.settle();
  const stayed = count - ended;
  for (const peer of peers) peer.destroy();
  await network.settle();
  return stayed;
}

test('random lives, with drains in between, bring all counts back to zero', { timeout: 110_000 }, async (t) => {
  let lives = 0;
  const before = openHandles();
  const scope = new Scope();
  uncaughtExceptions(scope);
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { minLength: 10, maxLength: 40 }),
        fc.boolean(),
        fc.constantFrom(0, 500, 5_000),
        async (all, drains, deadline) => {
          await using network = useNetwork({ leaks: 'warn' });
          const server = newServer();
          const listen = async (): Promise<void> => {
            await server.listen({ port: 80 });
            await server.listen({ port: 443, tls: serverCertificate() });
          };
          await listen();
          for (const one of all) {
            await live(network, one);
            await network.advance(one.pause);
            lives++;
          }
          if (drains) {
            const drained = server.drain({ deadline });
            await network.advance(10_000);
            await drained;
            await listen();
          }
          for (const connection of server.connections) connection.terminate();
          await network.advance(3 * HANDSHAKE_TIMEOUT + 2_500);
          assert.equal(await waiting(network, 15), limits.maxHandshakes);
          assert.equal(await taken(network, server, 10, ['127.0.0.2']), limits.maxConnectionsPerAddress);
          assert.equal(
            await taken(network, server, 10, ['2001:db8::1', '2001:db8::2']),
            limits.maxConnectionsPerAddress,
          );
          const many = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '2001:db8::1', '203.0.113.5'];
          // Not all at once: they are handshakes too.
          for (const attempt of Array.from({ length: 15 }, (_, index) => many[index % many.length] as string)) {
            await network.from(attempt, () => connect('ws://localhost:80/')).catch(() => {});
          }
          assert.equal(server.connections.size, limits.maxConnections);
          await server.close();
        },
      ),
      // A failure has many events in a short time: smaller examples show no more.
      { numRuns: 15, endOnFailure: true },
    );
  } finally {
    await scope.end();
  }
  await handlesBecome(before);
  t.diagnostic(`${lives} lives`);
  reportCount(t, 'attack budgets', 4);
});
