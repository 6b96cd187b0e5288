// The event traces of kit specification §9, each on real sockets.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { Recorder, recordedClient, recordedServer } from './recorder.ts';
import { ScriptedServer } from './scripted-server.ts';
import { hex } from './wire.ts';

/** A port of 127.0.0.1 on which nobody listens. */
async function refusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('kit specification §9: event traces', { timeout: 120_000 }, () => {
  for (const form of ['callback', 'Promise'] as const) {
    test(`1. echo, client closes (${form} form) [kit §9.1; kit §3.6 order; kit §1.9 send; kit §1.10 messageReceive]`, async () => {
      const { server, trace: atServer, url } = await recordedServer();
      server.on('messageReceive', (message) => {
        atServer.record('messageReceive');
        void server.send(message.data, message.clientConnection);
      });
      const { ws, trace } = recordedClient();
      const report = (name: string) => (err: unknown, value: boolean) => trace.record(`${name}→${err ?? value}`);
      ws.on('open', () => {
        trace.record('open{101}');
        if (form === 'callback') ws.send('hello', report('send'));
        else void trace.outcome('send', ws.send('hello'));
      });
      ws.on('dataEnd', () => {
        trace.record('dataEnd');
        if (form === 'callback') ws.close(report('close()'));
        else void trace.outcome('close()', ws.close());
      });
      if (form === 'callback') ws.connect(url, report('connect'));
      else void trace.outcome('connect', ws.connect(url));
      await trace.until('close{');
      assert.deepEqual(trace.events, [
        'connect→true',
        'headerReceive',
        'open{101}',
        'openInfo',
        'send→true',
        'message hello',
        'dataEnd',
        'close()→true',
        "close{1000,'CLOSE_NORMAL'}",
      ]);
      await atServer.until('close{');
      assert.deepEqual(atServer.events, ['connect', 'messageReceive', "close{1000,'CLOSE_NORMAL'}"]);
      await server.stop();
    });
  }

  test('2. refused port; the object connects again [kit §9.2; S1; kit §3.6 refused, TLS, non-101; kit §2.1 after connect; kit §3.9 handshake failure]', async () => {
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect(`ws://127.0.0.1:${await refusedPort()}`));
    await trace.until('error');
    assert.deepEqual(trace.events, ['connect→true', "error{200,'0'}"]);
    const { server, url } = await recordedServer();
    await trace.outcome('connect', ws.connect(url));
    await trace.until('openInfo');
    assert.deepEqual(trace.events.slice(2), ['connect→true', 'headerReceive', 'open{101}', 'openInfo']);
    await server.stop();
  });

  test('3. HTTP 403 [kit §9.3; kit §3.5 refused; kit §2.4 client data]', async () => {
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.request();
      peer.socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect(server.url));
    await trace.until('error');
    await server.close();
    assert.deepEqual(trace.events, ['connect→true', "error{200,'403'}"]);
  });

  test('4. ws:// [kit §9.4; kit §3.3 no host]', async () => {
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect('ws://'));
    await trace.until('error');
    assert.deepEqual(trace.events, ['connect→-1', "error{200,'0'}"]);
  });

  test('5. server killed [kit §9.5; kit §2.1 loss; kit §3.9 lost; S4; S15; kit §3.1 reuse; kit §3.7 not connected]', async () => {
    const { server, url } = await recordedServer();
    const killed = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      peer.socket.destroy();
    });
    const { ws, trace } = recordedClient();
    await ws.connect(killed.url);
    await trace.until('close');
    await killed.close();
    assert.deepEqual(trace.events.slice(3), ["error{200,'0'}", "close{0,'The link is down'}"]);
    await trace.outcome('send', ws.send('x'));
    await trace.outcome('close()', ws.close());
    await trace.outcome('connect', ws.connect(url));
    assert.deepEqual(trace.events.slice(5), ['send→-1', 'close()→2302999', 'connect→true']);
    await trace.until('openInfo', 2);
    await server.stop();
  });

  test('6. server closes [kit §9.6; kit §4.9 server close; kit §1.9 close]', async () => {
    const { server, trace: atServer, url } = await recordedServer();
    server.on('connect', (connection) => void atServer.outcome('close()', server.close(connection)));
    const { ws, trace } = recordedClient();
    await ws.connect(url);
    await Promise.all([trace.until('close'), atServer.until('close{')]);
    assert.deepEqual(trace.events.slice(3), ["close{1000,'CLOSE_NORMAL'}"]);
    assert.deepEqual(atServer.events, ['close()→true', "close{1000,'CLOSE_NORMAL'}"]);
    await server.stop();
  });

  test('7. server stops with two clients; the port is free [kit §9.7; kit §4.9 server stop; kit §4.10 goodbye; kit §4.10 one close; kit §4.10 again; S33]', async () => {
    const { server, trace: atServer, url, port } = await recordedServer();
    const clients = [recordedClient(), recordedClient()];
    for (const { ws } of clients) await ws.connect(url);
    await atServer.until('connect', 2);
    await atServer.outcome('stop()', server.stop());
    assert.deepEqual(atServer.events.slice(2), [
      "close{1001,'server is going away'}",
      "close{1001,'server is going away'}",
      'stop()→true',
    ]);
    for (const { trace } of clients) {
      await trace.until('close');
      assert.deepEqual(trace.events.slice(3), ["close{1001,'server is going away'}"]);
    }
    const again = await recordedServer({ serverPort: port });
    assert.equal(again.port, port);
    await again.server.stop();
  });

  test('8. the server sends code 4001 with empty text [kit §9.8; kit §3.9 code without text; S5; kit §3.9 answer]', async () => {
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      peer.write(hex('88 02  0f a1'));
      const { first, payload } = await peer.frame();
      assert.equal(first, 0x88);
      assert.deepEqual(payload, hex('0f a1'));
      peer.socket.end();
    });
    const { ws, trace } = recordedClient();
    await ws.connect(server.url);
    await trace.until('close');
    await server.close();
    assert.deepEqual(trace.events.slice(3), ["close{4001,'The link is down'}"]);
  });

  test('9. silent peer, pingInterval 1, pongTimeout 1: ping at 1 s, gone at 2 s [kit §9.9; kit §3.9 heartbeat; kit §3.11 operation; kit §1.3 pingInterval; kit §1.3 pongTimeout]', async () => {
    const pings = new Recorder();
    let opened = 0;
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      const { first } = await peer.frame();
      pings.record(first.toString(16));
      if (Date.now() - opened < 950) pings.record('too early');
    });
    const { ws, trace } = recordedClient();
    ws.on('openInfo', () => {
      opened = Date.now();
    });
    await ws.connect(server.url, { pingInterval: 1, pongTimeout: 1 });
    await trace.until('close');
    const seconds = (Date.now() - opened) / 1000;
    await server.close();
    assert.deepEqual(trace.events.slice(2), ["error{200,'0'}", "close{0,'The link is down'}"]);
    assert.deepEqual(pings.events, ['89']);
    assert.ok(seconds >= 1.9, `gone after ${seconds} s`);
  });

  test('10. send(A); send(B); close() right after open: the peer receives A, B, then the Close frame [kit §9.10; kit §3.8 flush; S11; kit §3.7 order; kit §3.7 frames]', async () => {
    const received = new Recorder();
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      for (let count = 0; count < 3; count++) {
        const { first, payload } = await peer.frame();
        received.record(`${first.toString(16)} ${payload.toString('latin1')}`);
      }
      peer.write(hex('88 02  03 e8'));
      peer.socket.end();
    });
    const { ws, trace } = recordedClient();
    ws.on('open', () => {
      void trace.outcome('send', ws.send('A'));
      void trace.outcome('send', ws.send('B'));
      void trace.outcome('close()', ws.close());
    });
    await ws.connect(server.url);
    await trace.until('close{');
    await server.close();
    assert.deepEqual(received.events, ['81 A', '81 B', '88 \u0003\u00e8CLOSE_NORMAL']);
    assert.deepEqual(trace.events.slice(2), ['send→true', 'send→true', 'close()→true', "close{1000,'CLOSE_NORMAL'}"]);
  });

  for (const host of ['127.0.0.1', 'localhost']) {
    test(`11. connect(); close() in the same tick (${host}) [kit §9.11; kit §3.6 close during lookup; kit §3.8 while connecting; kit §3.9 aborted; S13]`, async () => {
      const { server, trace: atServer, port } = await recordedServer();
      const { ws, trace } = recordedClient();
      void trace.outcome('connect', ws.connect(`ws://${host}:${port}`));
      void trace.outcome('close()', ws.close());
      await trace.until('close{');
      // Whatever would still come for this attempt comes before a second one is open.
      const second = recordedClient();
      await second.ws.connect(`ws://127.0.0.1:${port}`);
      await second.trace.until('openInfo');
      assert.deepEqual(trace.events, ['connect→true', 'close()→true', "close{1000,'CLOSE_NORMAL'}"]);
      assert.deepEqual(
        atServer.events.filter((event) => event === 'connect'),
        ['connect'],
      );
      await server.stop();
    });
  }

  test('12. the eleventh loopback client at 10/10 [kit §9.12; kit §4.3 ten; S31; kit §4.3 answer; kit §1.8 maxConnectionsForOneClient]', async () => {
    const { server, trace: atServer, url } = await recordedServer();
    const clients = Array.from({ length: 10 }, recordedClient);
    for (const { ws } of clients) await ws.connect(url);
    await atServer.until('connect', 10);
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect(url));
    await trace.until('error');
    assert.deepEqual(trace.events, ['connect→true', "error{200,'503'}"]);
    assert.deepEqual(atServer.events.slice(10), ['error{200}']);
    // The others are not affected: each still gets through.
    for (const { ws } of clients) await ws.send('x');
    await atServer.until('messageReceive', 10);
    assert.equal(server.listAllConnections().length, 10);
    await server.stop();
  });
});

test('a TCP connection without a handshake does not keep a server from stopping', { timeout: 120_000 }, async () => {
  const { server, port } = await recordedServer();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  assert.equal(await server.stop(), true);
  socket.destroy();
});
