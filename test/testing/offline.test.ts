// `goOffline` and `goOnline`: open connections fail, new ones are refused, and the device itself stays within reach.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, createServer, type WebSocketError } from '../../src/engine/index.ts';
import type { BusinessError } from '../../src/kit/index.ts';
import { http } from '../../src/kits/http/index.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { recordedClient } from '../kit/recorder.ts';

/** The code of a failed attempt, and that of the system's error behind it. */
async function failure(url: string): Promise<string> {
  const error = await connect(url).then(
    () => assert.fail('expected a rejection'),
    (reason: WebSocketError) => reason,
  );
  return `${error.code} ${(error.cause as NodeJS.ErrnoException).code}`;
}

describe('goOffline and goOnline', { timeout: 30_000 }, () => {
  test('an open connection of the kit ends as when a device loses its network', async () => {
    await using network = useNetwork();
    const server = network.peer('ws://chat.example/');
    const { ws, trace } = recordedClient();
    const connecting = ws.connect('ws://chat.example/');
    const peer = await server.next();
    peer.accept();
    await connecting;
    await trace.until('open{');
    network.goOffline();
    await network.settle();
    assert.deepEqual(trace.events.slice(-2), ["error{200,'0'}", "close{0,'The link is down'}"]);
    await peer.receivesNothing();
    assert.equal(peer.isOpen, true);
    peer.sendText('nobody hears this');
    await network.settle();
    assert.deepEqual(network.open(), []);
  });

  test('names are not found, addresses are not reached; online again, they are', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/', (peer) => peer.accept());
    network.goOffline();
    assert.equal(await failure('ws://chat.example/'), 'ERR_WS_NAME_NOT_RESOLVED EAI_AGAIN');
    assert.equal(await failure('ws://192.0.2.1/'), 'ERR_WS_CONNECT ENETUNREACH');
    network.goOnline('cellular');
    (await connect('ws://chat.example/')).terminate();
  });

  test('an attempt that is on its way fails', async () => {
    await using network = useNetwork({ latency: 100 });
    network.peer('ws://192.0.2.1/', (peer) => peer.accept());
    const attempt = failure('ws://192.0.2.1/');
    await network.advance(50);
    network.goOffline();
    assert.equal(await attempt, 'ERR_WS_CONNECT ENETUNREACH');
    await network.advance(1000);
  });

  test('the device reaches itself', async () => {
    await using network = useNetwork();
    const server = createServer({ message: (connection, data) => void connection.send(data) });
    await server.listen({ port: 8080 });
    const before = await connect('ws://localhost:8080/');
    network.goOffline();
    const after = await connect('ws://127.0.0.1:8080/');
    for (const client of [before, after]) {
      client.send('still here');
      for await (const message of client) {
        assert.equal(message, 'still here');
        break;
      }
      client.terminate();
    }
    await server.close();
  });

  test('clients of other devices are gone for a server, which nobody tells them', async () => {
    await using network = useNetwork({ addresses: ['10.0.0.1'] });
    let closed = 0;
    const server = createServer({ close: () => void closed++ });
    await server.listen({ host: '10.0.0.1', port: 80 });
    const client = await network.client('ws://10.0.0.1/', { from: '10.0.0.2' });
    network.goOffline();
    await network.settle();
    assert.equal(closed, 1);
    await client.receivesNothing();
    await assert.rejects(network.client('ws://10.0.0.1/', { from: '10.0.0.2' }), { code: 'ENETUNREACH' });
    await server.close();
  });

  test('another kind of network ends what was open; the same kind does not', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/', (peer) => peer.accept());
    const { ws, trace } = recordedClient();
    await ws.connect('ws://chat.example/');
    await network.settle();
    network.goOnline('wifi', { metered: true });
    await network.settle();
    assert.equal(trace.events.at(-1), 'openInfo');
    network.goOnline('cellular');
    await network.settle();
    assert.equal(trace.events.at(-1), "close{0,'The link is down'}");
  });

  test('requests of http fail, too', async () => {
    await using network = useNetwork();
    network.serveHTTP('http://api.example/', { body: 'x'.repeat(5000) });
    const code = (): Promise<number> => {
      const request = http.createHttp();
      return request.request('http://api.example/').then(
        ({ responseCode }) => responseCode as number,
        (error: BusinessError) => error.code,
      );
    };
    assert.equal(await code(), 200);
    network.goOffline();
    assert.equal(await code(), 2300006, 'the name is not found');
    network.goOnline('cellular');
    await network.settle();
    const takeBack = network.condition({ direction: 'down', loseAt: 2000 });
    assert.equal(await code(), 2300056, 'the response is cut');
    takeBack();
    network.condition({ direction: 'down', bandwidth: 1000 });
    const slow = code();
    await network.advance(2000);
    network.goOffline();
    assert.equal(await slow, 2300056, 'the network is gone before the whole response has arrived');
  });

  test('a request whose client has gone offline needs no answer', async () => {
    const network = useNetwork();
    network.serveHTTP('http://api.example/', { body: 'late', delay: 1000 });
    const task = http.createHttp();
    const answer = task.request('http://api.example/');
    await network.advance(500);
    network.goOffline();
    await assert.rejects(answer, { code: 2300056 });
    task.destroy();
    // Does not reject: nobody waits for that answer.
    await network.uninstall();
  });

  test('a script whose client has gone offline counts as ended', async () => {
    await using network = useNetwork();
    const server = network.peer('ws://chat.example/', async (peer) => {
      peer.accept();
      await peer.receives('text', 'never');
    });
    const client = await connect('ws://chat.example/');
    network.goOffline();
    await assert.rejects(async () => {
      for await (const _message of client);
    });
    await server.finished();
  });
});

describe('network.dns', { timeout: 30_000 }, () => {
  test('the first of several addresses is used; a lookup may be late or fail', async () => {
    await using network = useNetwork();
    network.dns('chat.example', ['192.0.2.7', '192.0.2.8']);
    const server = network.peer('ws://chat.example/', (peer) => peer.accept());
    network.peer('ws://192.0.2.8/', (peer) => peer.accept());
    (await connect('ws://chat.example/')).terminate();
    assert.equal(server.connections.length, 1);
    network.dns('chat.example', { delay: 2000 });
    // As `names` says, which does not know it.
    const attempt = failure('ws://chat.example/');
    await network.advance(2000);
    assert.equal(await attempt, 'ERR_WS_NAME_NOT_RESOLVED ENOTFOUND');
    network.dns('chat.example', { fails: 'EAI_AGAIN' });
    assert.equal(await failure('ws://chat.example/'), 'ERR_WS_NAME_NOT_RESOLVED EAI_AGAIN');
  });

  test('an address where nobody listens: the next one is used', async () => {
    await using network = useNetwork();
    network.dns('chat.example', ['192.0.2.1', '2001:db8::1', '192.0.2.3']);
    network.peer('ws://192.0.2.3/', (peer) => peer.accept());
    network.condition({ latency: 10 });
    const opening = network.client('ws://chat.example/');
    // Two refusals, the connection, the handshake.
    await network.advance(80);
    assert.equal((await opening).receivedHead.status, 101);
    assert.match(network.record(), /→ chat\.example:80 \(192\.0\.2\.3\)/);
    const failing = assert.rejects(network.client('ws://chat.example:81/'), {
      code: 'ECONNREFUSED',
      address: '192.0.2.3',
    });
    await network.advance(80);
    await failing;
  });

  test('wrong answers are refused', async () => {
    await using network = useNetwork();
    assert.throws(() => network.dns('a.example', ['a.example']), { code: 'ERR_WS_OPTION' });
    assert.throws(() => network.dns('a.example', { fails: 'EIO' as never }), { code: 'ERR_WS_OPTION' });
    assert.throws(() => network.dns('', []), { code: 'ERR_WS_OPTION' });
    assert.throws(() => network.goOnline('lte' as never), { code: 'ERR_WS_OPTION' });
    assert.throws(() => network.condition({ packetLoss: 5 } as never), /use loseAt/);
  });
});
