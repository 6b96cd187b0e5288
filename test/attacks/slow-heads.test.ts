// Clients that hold a connection without ever finishing their request ("slow loris"): how many there may be, how long each
// lasts, and what it costs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer } from '../../src/engine/index.ts';
import { network as currentNetwork } from '../../src/node/network.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { reportCount } from '../support/counts.ts';
import { crowd, memoryInUse } from '../support/crowd.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { requestHandshake, upgradeRequest } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, RawPeer } from '../support/raw-peer.ts';

/** A request without its end. */
const UNFINISHED = upgradeRequest({ 'X-Slow': 'x'.repeat(500) }).slice(0, -2);

test('2,000 heads that never end: the next is answered 503 unread, open connections go on, each costs some KiB', async (t) => {
  await leavingNothing(async (scope) => {
    const COUNT = 2_000;
    const refusals = new Inbox<unknown>();
    const { port, url } = await listen(scope, {
      limits: { maxHandshakes: COUNT },
      // Only the bound on their number may act here.
      handshakeTimeout: 0,
      message: (connection, data) => connection.send(data),
      refused: (request, error) => refusals.push([request, error]),
    });
    const connection = await open(scope, url);
    const attackers = crowd(scope, port);
    // The first client causes allocations that happen once.
    await attackers.come(50, UNFINISHED);
    const before = await memoryInUse();
    await attackers.come(COUNT - 50, UNFINISHED);
    const each = ((await memoryInUse()) - before) / (COUNT - 50);
    assert.ok(each < 16 * 1024, `${Math.round(each)} bytes for each head`);
    t.diagnostic(`${Math.round(each)} bytes of heap and buffers for each pending head`);

    const late = await connectRaw(scope, port);
    late.write(upgradeRequest());
    const answer = (await late.readToEnd()).toString();
    assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\nConnection: close\r\n/);
    assert.match(
      answer,
      /\r\n\r\nserver has maxHandshakes \(2000\) handshakes in progress; try again later, or raise limits.maxHandshakes\n$/,
    );
    const [request, error] = (await refusals.next()) as [unknown, unknown];
    assert.equal(request, undefined);
    assert.equal(isError(error, 'ERR_WS_TOO_MANY_HANDSHAKES').status, 503);
    await late.gone();
    connection.send('still here');
    assert.equal((await connection[Symbol.asyncIterator]().next()).value, 'still here');

    await attackers.leave();
    // Slots are free once the server has seen their ends.
    for (;;) {
      const peer = await connectRaw(scope, port);
      const head = await requestHandshake(peer);
      if (head.startsWith('HTTP/1.1 101 ')) break;
    }
    // The time is long enough for a busy machine.
  }, 60_000)();
  reportCount(t, 'attack budgets', 2);
});

test(
  'with TLS: sockets count from TCP’s accept, and one too many is cut before any cryptography',
  leavingNothing(async (scope) => {
    const refusals = new Inbox<unknown>();
    const { port } = await listen(
      scope,
      { limits: { maxHandshakes: 3 }, refused: (_request, error) => refusals.push(error) },
      { tls: serverCertificate() },
    );
    const silent = [];
    for (let count = 0; count < 3; count++) silent.push(await connectRaw(scope, port));
    const late = await connectRaw(scope, port);
    assert.equal((await late.readToEnd()).length, 0);
    isError(await refusals.next(), 'ERR_WS_TOO_MANY_HANDSHAKES', 'maxHandshakes (3)');
    for (const peer of silent) {
      peer.reset();
      await peer.gone();
    }
    const url = `wss://localhost:${port}/`;
    // Open connections no longer count as handshakes.
    for (let count = 0; count < 5; ) {
      try {
        await open(scope, url, { tls: trust() });
        count++;
      } catch {
        await turn(); // the ends of the silent ones have not been seen yet
      }
    }
  }),
);

describe('handshakeTimeout', () => {
  test('a head of one byte a second is answered 408 when its time is over, and no byte prolongs it', async (t) => {
    await using network = useNetwork();
    const refusals: unknown[][] = [];
    const server = createServer({
      handshakeTimeout: 10_000,
      refused: (request, error) => refusals.push([request, error]),
    });
    const { port } = await server.listen({ port: 80 });
    const peer = new RawPeer(currentNetwork().connect({ host: 'localhost', port }));
    const head = upgradeRequest();
    for (let second = 0; second < 9; second++) {
      peer.write(head.charAt(second));
      await network.advance(1_000);
    }
    assert.deepEqual(refusals, []);
    peer.write(head.charAt(9));
    await network.advance(1_000);
    const answer = (await peer.readToEnd()).toString();
    assert.equal(
      answer,
      [
        'HTTP/1.1 408 Request Timeout',
        'Connection: close',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Length: 111',
        '',
        'opening handshake took longer than handshakeTimeout (10000 ms); check the other end, or raise handshakeTimeout\n',
      ].join('\r\n'),
    );
    const [request, error] = refusals.shift() ?? [];
    assert.equal(request, undefined);
    assert.equal(isError(error, 'ERR_WS_HANDSHAKE_TIMEOUT').status, 408);
    await peer.gone();
    assert.deepEqual(refusals, []);
    await server.close();
    reportCount(t, 'attack budgets', 1);
  });
  test(
    'over a socket: a client that never stops sending its head is cut, even without a bound on its size',
    leavingNothing(async (scope) => {
      const refusals = new Inbox<unknown>();
      const { port } = await listen(scope, {
        handshakeTimeout: 100,
        maxHeaderSize: Infinity,
        refused: (_request, error) => refusals.push(error),
      });
      const peer = await connectRaw(scope, port);
      peer.write('GET / HTTP/1.1\r\nX-Endless: ');
      let isAnswered = false;
      const answer = peer.readToEnd().finally(() => {
        isAnswered = true;
      });
      while (!isAnswered) {
        peer.write('x');
        await turn();
      }
      isError(await refusals.next(), 'ERR_WS_HANDSHAKE_TIMEOUT', 'handshakeTimeout (100 ms)');
      // Bytes that cross the answer may reset the connection, and the answer is lost.
      assert.match((await answer).toString(), /^(HTTP\/1\.1 408 Request Timeout\r\n|$)/);
      await peer.gone();
    }),
  );
  test(
    'a client that does not begin TLS is cut, and `refused` is called',
    leavingNothing(async (scope) => {
      const refusals = new Inbox<unknown>();
      const { port } = await listen(
        scope,
        { handshakeTimeout: 50, refused: (_request, error) => refusals.push(error) },
        { tls: serverCertificate() },
      );
      const peer = await connectRaw(scope, port);
      assert.equal((await peer.readToEnd()).length, 0);
      isError(await refusals.next(), 'ERR_WS_HANDSHAKE_TIMEOUT', 'handshakeTimeout (50 ms)');
      await peer.gone();
    }),
  );
});
