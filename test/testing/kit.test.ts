// The kit on a network in memory, unchanged: event traces of kit specification §9 with no real waiting.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useNetwork } from '../../src/testing/index.ts';
import { recordedClient, recordedServer } from '../kit/recorder.ts';

describe('kit specification §9: event traces, in memory', { timeout: 30_000 }, () => {
  test('1. echo, client closes', async () => {
    await using _network = useNetwork();
    const { server, trace: atServer, url } = await recordedServer();
    server.on('messageReceive', ({ data, clientConnection }) => void server.send(data, clientConnection));
    const { ws, trace } = recordedClient();
    await ws.connect(url);
    await trace.until('open{');
    await ws.send('hello');
    await trace.until('dataEnd');
    await ws.close();
    await trace.until('close{');
    assert.deepEqual(trace.events, [
      'headerReceive',
      'open{101}',
      'openInfo',
      'message hello',
      'dataEnd',
      "close{1000,'CLOSE_NORMAL'}",
    ]);
    await atServer.until('close{');
    await server.stop();
  });

  test('2. refused port; the object connects again', async () => {
    await using network = useNetwork();
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect('ws://127.0.0.1:8080'));
    await network.settle();
    assert.deepEqual(trace.events, ['connect→true', "error{200,'0'}"]);
    const { server, url } = await recordedServer({ serverPort: 8080 });
    assert.equal(url, 'ws://127.0.0.1:8080');
    await trace.outcome('connect', ws.connect(url));
    await network.settle();
    assert.deepEqual(trace.events.slice(2), ['connect→true', 'headerReceive', 'open{101}', 'openInfo']);
    await server.stop();
  });

  test('3. HTTP 403', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/', (peer) => peer.refuse(403));
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect('ws://chat.example/'));
    await network.settle();
    assert.deepEqual(trace.events, ['connect→true', "error{200,'403'}"]);
  });

  test('a name that does not exist: connect→−1, then the error event', async () => {
    await using network = useNetwork();
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect('ws://nowhere.example'));
    await network.settle();
    assert.deepEqual(trace.events, ['connect→-1', "error{200,'0'}"]);
  });

  test('5. server killed', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/', (peer, number) => {
      peer.accept();
      if (number === 1) peer.reset();
    });
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect('ws://chat.example/'));
    await network.settle();
    assert.deepEqual(trace.events.slice(4), ["error{200,'0'}", "close{0,'The link is down'}"]);
    await trace.outcome('send', ws.send('x'));
    await trace.outcome('close()', ws.close());
    await trace.outcome('connect', ws.connect('ws://chat.example/'));
    assert.deepEqual(trace.events.slice(6), ['send→-1', 'close()→2302999', 'connect→true']);
    await network.settle();
    assert.equal(trace.events.at(-1), 'openInfo');
    await ws.close();
  });

  test('9. silent peer, pingInterval 1, pongTimeout 1: ping at 1 s, gone at 2 s', async () => {
    await using network = useNetwork();
    const server = network.peer('ws://chat.example/', (peer) => {
      peer.answersPings = false;
      peer.accept();
    });
    const { ws, trace } = recordedClient();
    await ws.connect('ws://chat.example/', { pingInterval: 1, pongTimeout: 1 });
    await network.advance(999);
    const [peer] = server.connections;
    await peer?.receivesNothing();
    await network.advance(1);
    await peer?.receivesPing();
    await network.advance(999);
    assert.deepEqual(trace.events, ['headerReceive', 'open{101}', 'openInfo']);
    await network.advance(1);
    assert.deepEqual(trace.events.slice(3), ["error{200,'0'}", "close{0,'The link is down'}"]);
  });

  test('12. the eleventh client of one address at 10/10; one of another address', async () => {
    await using network = useNetwork();
    const { server, trace: atServer, url } = await recordedServer();
    const clients = Array.from({ length: 10 }, recordedClient);
    for (const { ws } of clients) await ws.connect(url);
    await network.settle();
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect(url));
    await network.settle();
    assert.deepEqual(trace.events, ['connect→true', "error{200,'503'}"]);
    assert.deepEqual(atServer.events, [...Array.from({ length: 10 }, () => 'connect'), 'error{200}']);
    assert.equal(server.listAllConnections().length, 10);
    const other = recordedClient();
    await network.from('10.0.0.7', () => other.ws.connect(url));
    await network.settle();
    assert.equal(other.trace.events.at(-1), 'openInfo');
    assert.equal(server.listAllConnections().at(-1)?.clientIP, '10.0.0.7');
    await server.stop();
  });

  test('start: the codes for a port that is taken and an address that is not here', async () => {
    await using _network = useNetwork();
    const { server } = await recordedServer({ serverPort: 8080 });
    await assert.rejects(recordedServer({ serverPort: 8080 }), { code: 2302007 });
    await assert.rejects(recordedServer({ serverIP: '10.9.9.9' }), { code: 2302004 });
    await server.stop();
  });

  test('the pings of a server after 40 s, its patience of 10 s', async () => {
    await using network = useNetwork();
    const { server, trace, url } = await recordedServer();
    const client = await network.client(url);
    client.answersPings = false;
    await network.advance(40_000);
    await client.receivesPing();
    await network.advance(9_999);
    assert.deepEqual(trace.events, ['connect']);
    await network.advance(1);
    assert.deepEqual(trace.events.slice(1), ['error{200}', "close{0,'The link is down'}"]);
    await server.stop();
  });
});
