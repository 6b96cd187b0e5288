// Too many clients: of one address, within a minute, in all. The attacker is stopped; all other clients go on.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { connect, createServer, refuse } from '../../src/engine/index.ts';
import { Admission, isExcess } from '../../src/server/admission.ts';
import { serverLimits } from '../../src/server/limits.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { reportCount } from '../support/counts.ts';
import { crowd, memoryInUse } from '../support/crowd.ts';
import { listen, serverCertificate } from '../support/engine.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { requestHandshake, upgradeRequest } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { ManualClock, ManualTurn } from '../support/manual-clock.ts';
import { connectRaw, type RawPeer } from '../support/raw-peer.ts';

/** Whether a client from an address of this machine is let in and stays. */
async function isTaken(scope: Scope, port: number, from: string): Promise<boolean> {
  const peer = await connectRaw(scope, port, '127.0.0.1', from);
  const head = await requestHandshake(peer);
  return head.startsWith('HTTP/1.1 101 ');
}

describe('maxConnectionsPerAddress', () => {
  test('300 sockets of one address: 20 stay, the others get 429 unread; another address connects', async (t) => {
    await leavingNothing(async (scope) => {
      const refusals = new Inbox<unknown>();
      const { port } = await listen(scope, {
        limits: { maxConnectionsPerAddress: 20 },
        refused: (request, error) => refusals.push([request, error]),
      });
      const attackers = crowd(scope, port);
      await attackers.come(300, '', '127.0.0.2');
      for (let count = 0; count < 280; count++) {
        const [request, error] = (await refusals.next()) as [unknown, unknown];
        assert.equal(request, undefined);
        isError(error, 'ERR_WS_TOO_MANY_CONNECTIONS_OF_ADDRESS', '127.0.0.2 has maxConnectionsPerAddress (20)');
      }
      assert.equal(await isTaken(scope, port, '127.0.0.3'), true);
      const late = await connectRaw(scope, port, '127.0.0.1', '127.0.0.2');
      late.write(upgradeRequest());
      assert.equal(
        (await late.readToEnd()).toString(),
        [
          'HTTP/1.1 429 Too Many Requests',
          'Connection: close',
          'Retry-After: 10',
          'Content-Type: text/plain; charset=utf-8',
          'Content-Length: 151',
          '',
          '127.0.0.2 has maxConnectionsPerAddress (20) connections open; close some, or raise limits.maxConnectionsPerAddress; behind a proxy, set trustedProxies\n',
        ].join('\r\n'),
      );
      await late.gone();
      await attackers.leave();
      while (!(await isTaken(scope, port, '127.0.0.2'))) await turn();
    })();
    reportCount(t, 'attack budgets', 1);
  });
  test(
    'with TLS they are cut before any cryptography',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, { limits: { maxConnectionsPerAddress: 1 } }, { tls: serverCertificate() });
      await connectRaw(scope, port, '127.0.0.1', '127.0.0.2');
      const late = await connectRaw(scope, port, '127.0.0.1', '127.0.0.2');
      assert.equal((await late.readToEnd()).length, 0);
    }),
  );
  test('IPv6: a /64 is one client, however many addresses it uses', async (t) => {
    await using network = useNetwork();
    const server = createServer({ limits: { maxConnectionsPerAddress: 2 } });
    await server.listen({ port: 80 });
    const from = (address: string) => network.from(address, () => connect('ws://localhost/'));
    const one = await from('2001:db8:0:1::1');
    await from('2001:db8:0:1::2');
    const error = await rejectsWith(from('2001:db8:0:1:ffff:ffff:ffff:ffff'), 'ERR_WS_REFUSED', '429');
    assert.equal(error.status, 429);
    await from('2001:db8:0:2::1');
    await one.close();
    await network.settle();
    await from('2001:db8:0:1::3');
    await server.close();
    reportCount(t, 'attack budgets', 1);
  });
  test(
    'behind a trusted proxy each client has its own count, and an address that a client writes itself has none',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, {
        limits: { maxConnectionsPerAddress: 1 },
        trustedProxies: ['127.0.0.2'],
      });
      const status = async (from: string, field: string): Promise<string> => {
        const peer = await connectRaw(scope, port, '127.0.0.1', from);
        return (await requestHandshake(peer, { 'X-Forwarded-For': field })).slice(9, 12);
      };
      assert.equal(await status('127.0.0.2', '203.0.113.1'), '101');
      assert.equal(await status('127.0.0.2', '203.0.113.2'), '101');
      assert.equal(await status('127.0.0.2', '198.51.100.1, 203.0.113.1'), '429');
      assert.equal(await status('127.0.0.3', '198.51.100.2'), '101');
      assert.equal(await status('127.0.0.3', '198.51.100.3'), '429');
    }),
  );
});

describe('maxConnectionsPerMinute', () => {
  test('a client that connects again and again gets 429 and the seconds to wait; another address connects', async (t) => {
    await leavingNothing(async (scope) => {
      const { port } = await listen(scope, {
        limits: { maxConnectionsPerMinute: 10 },
        upgrade: () => refuse(401),
      });
      const attempt = async (from: string): Promise<string> => {
        const peer = await connectRaw(scope, port, '127.0.0.1', from);
        peer.write(upgradeRequest());
        const answer = (await peer.readToEnd()).toString();
        await peer.gone();
        return answer;
      };
      for (let count = 0; count < 10; count++) assert.match(await attempt('127.0.0.2'), /^HTTP\/1\.1 401 /);
      for (let count = 0; count < 10; count++) {
        const answer = await attempt('127.0.0.2');
        assert.match(answer, /^HTTP\/1\.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: (\d{1,2})\r\n/);
        assert.match(
          answer,
          /127\.0\.0\.2 opened maxConnectionsPerMinute \(10\) connections within a minute; try again in \d+ s/,
        );
      }
      assert.match(await attempt('127.0.0.3'), /^HTTP\/1\.1 401 /);
    })();
    reportCount(t, 'attack budgets', 1);
  });
  test('150,000 addresses: their memory stays below 24 MiB, and is given back', async (t) => {
    const turnOfTest = new ManualTurn();
    const clock = new ManualClock(turnOfTest);
    const before = await memoryInUse();
    const counted = new Admission(serverLimits({ maxConnectionsPerMinute: 1_000 }), clock);
    for (let index = 0; index < 150_000; index++) {
      const slot = counted.begin();
      assert.ok(!isExcess(slot));
      assert.equal(slot.identify(`2001:db8:${(index >> 8).toString(16)}:${(index & 0xff).toString(16)}::1`), undefined);
      slot.leave();
    }
    const grown = (await memoryInUse()) - before;
    assert.ok(counted.remembered <= 131_072);
    assert.equal(counted.clients, 0);
    assert.ok(grown < 24 << 20, `${grown} bytes`);
    t.diagnostic(`${(grown / 2 ** 20).toFixed(1)} MiB after 150,000 addresses, ${counted.remembered} remembered`);
    clock.advance(180_000);
    assert.equal(counted.remembered, 0);
    const left = (await memoryInUse()) - before;
    assert.ok(left < 2 << 20, `${left} bytes are left`);
    reportCount(t, 'attack budgets', 1);
  });
});

describe('maxConnections', () => {
  test('one more is answered 503, whatever its address; upgrades that wait for a decision count', async (t) => {
    await leavingNothing(async (scope) => {
      const decisions: (() => void)[] = [];
      const refusals = new Inbox<unknown>();
      const { port } = await listen(scope, {
        limits: { maxConnections: 2 },
        upgrade: () => new Promise<void>((resolve) => decisions.push(resolve)),
        refused: (_request, error) => refusals.push(error),
      });
      const first = await connectRaw(scope, port, '127.0.0.1', '127.0.0.2');
      first.write(upgradeRequest());
      const second = await connectRaw(scope, port, '127.0.0.1', '127.0.0.3');
      second.write(upgradeRequest());
      while (decisions.length < 2) await turn();
      const third = await connectRaw(scope, port, '127.0.0.1', '127.0.0.4');
      third.write(upgradeRequest());
      const answer = (await third.readToEnd()).toString();
      assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
      assert.match(
        answer,
        /\r\n\r\nserver has maxConnections \(2\) connections open; try again later, or raise limits\.maxConnections\n$/,
      );
      isError(await refusals.next(), 'ERR_WS_TOO_MANY_CONNECTIONS');
      for (const decide of decisions) decide();
      assert.match(await first.readHead(), / 101 /);
      assert.match(await second.readHead(), / 101 /);
      second.reset();
      // The place is free once the server has seen the end.
      for (let head = ''; !head.includes(' 101 '); ) {
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest());
        const answered = peer.readHead().then((text) => {
          head = text;
        });
        head = '';
        while (head === '') {
          for (const decide of decisions.splice(2)) decide();
          await turn();
        }
        await answered;
      }
    })();
    reportCount(t, 'attack budgets', 1);
  });
});

test(
  'an attached server counts upgrades: in all, by address, and while they wait for a decision',
  leavingNothing(async (scope) => {
    const http = createHttpServer((_request, response) => response.end('page'));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo;
    const decisions: (() => void)[] = [];
    const server = createServer({
      limits: { maxHandshakes: 1, maxConnectionsPerAddress: 2 },
      upgrade: () => new Promise<void>((resolve) => decisions.push(resolve)),
    });
    server.attach(http);
    scope.defer(async () => {
      await server.close();
      http.closeAllConnections();
      http.close();
    });
    const ask = async (from: string): Promise<RawPeer> => {
      const peer = await connectRaw(scope, port, '127.0.0.1', from);
      peer.write(upgradeRequest());
      return peer;
    };
    for (let count = 0; count < 2; count++) {
      const waiting = await ask('127.0.0.2');
      while (decisions.length === 0) await turn();
      assert.match(await (await ask('127.0.0.3')).readHead(), /^HTTP\/1\.1 503 /);
      decisions.pop()?.();
      assert.match(await waiting.readHead(), / 101 /);
    }
    assert.match(await (await ask('127.0.0.2')).readHead(), /^HTTP\/1\.1 429 /);
    // Plain requests belong to the HTTP server.
    const page = await connectRaw(scope, port, '127.0.0.1', '127.0.0.2');
    page.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.match(await page.readHead(), /^HTTP\/1\.1 200 /);
  }),
);
