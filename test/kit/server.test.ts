import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { webSocket } from '../../src/kit/index.ts';
import { portOf, Recorder, recordedClient, recordedServer } from './recorder.ts';
import { hex, upgradeRequest } from './wire.ts';

/** A TCP client that says what it is told, and the text of the response head. */
async function rawClient(port: number, request: string): Promise<{ socket: Socket; head: string }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(request);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return { socket, head: chunk.toString('latin1') };
}

const limits = { maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 };

describe('kit specification §4.1: start', { timeout: 120_000 }, () => {
  test('a second start on another port adds a listener; stop ends both [kit §4.1 starting twice; S34]', async () => {
    const { server, trace, port, url } = await recordedServer();
    await server.start({ serverIP: '127.0.0.1', serverPort: 0, ...limits, maxConnectionsForOneClient: 2 });
    const second = portOf(server);
    assert.notEqual(second, port);
    const clients = [recordedClient(), recordedClient(), recordedClient()];
    await clients[0]!.ws.connect(url);
    await trace.until('connect', 1);
    await clients[1]!.ws.connect(`ws://127.0.0.1:${second}`);
    await trace.until('connect', 2);
    assert.equal(server.listAllConnections().length, 2);
    // The limits given last count for both.
    await clients[2]!.ws.connect(url);
    assert.deepEqual(await clients[2]!.trace.until('error'), ["error{200,'503'}"]);
    await server.stop();
    assert.equal(portOf(server), undefined);
    for (const used of [port, second]) {
      const again = await recordedServer({ serverPort: used });
      await again.server.stop();
    }
  });

  test('stop while starting: both are answered, in this order', async () => {
    const server = webSocket.createWebSocketServer();
    const trace = new Recorder();
    const start = trace.outcome('start', server.start({ serverIP: '127.0.0.1', serverPort: 0, ...limits }));
    const stop = trace.outcome('stop', server.stop());
    const again = trace.outcome('start', server.start({ serverIP: '127.0.0.1', serverPort: 0, ...limits }));
    await Promise.all([start, stop, again]);
    assert.deepEqual(trace.events, ['start→true', 'stop→true', 'start→true']);
    await server.stop();
  });

  test('the configuration is read during the call', async () => {
    const config = { serverIP: '127.0.0.1', serverPort: 0, ...limits };
    const server = webSocket.createWebSocketServer();
    const start = server.start(config);
    config.serverIP = 'nonsense';
    assert.equal(await start, true);
    await server.stop();
  });

  test('serverPort is an extension that does not show [kit §4.1 real port]', async () => {
    const { server, port } = await recordedServer();
    assert.ok(port > 0);
    assert.deepEqual(Object.keys(server), []);
    await server.stop();
  });
});

describe('kit specification §4.2: handshake', { timeout: 120_000 }, () => {
  const rows: [config: string | undefined, offer: string | undefined, selected: string | undefined][] = [
    [undefined, undefined, undefined],
    [undefined, 'chat', undefined],
    [undefined, 'chat, lws_server', 'lws_server'],
    ['chat', 'chat', 'chat'],
    ['chat, superchat', 'x, superchat, chat', 'superchat'],
    ['chat', 'lws_server', undefined],
    ['chat', undefined, undefined],
  ];
  for (const [protocol, offer, selected] of rows) {
    test(`protocol ${protocol}, offered ${offer} → ${selected} [kit §4.2 subprotocol; kit §4.2 no offer; kit §4.2 no match; kit §4.2 default name; S23; kit §1.8 protocol]`, async () => {
      const { server, url } = await recordedServer(protocol === undefined ? {} : { protocol });
      const { ws, trace } = recordedClient();
      let info: webSocket.WebSocketOpenInfo | undefined;
      ws.on('openInfo', (_err, value) => {
        info = value;
        trace.record('openInfo');
      });
      await ws.connect(url, offer === undefined ? {} : { protocol: offer });
      await trace.until('openInfo');
      assert.equal(info?.protocol, selected);
      await server.stop();
    });
  }

  test('a request without an upgrade is answered with 426 [kit §4.2 no upgrade]', async () => {
    const { server, trace, port } = await recordedServer();
    const { socket, head } = await rawClient(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.match(head, /^HTTP\/1.1 426 /);
    socket.destroy();
    await server.stop();
    assert.deepEqual(trace.events, []);
  });

  test('an upgrade that is not valid is one error event', async () => {
    const { server, trace, port } = await recordedServer();
    const { socket, head } = await rawClient(port, upgradeRequest().replace('Version: 13', 'Version: 8'));
    assert.match(head, /^HTTP\/1.1 426 /);
    socket.destroy();
    await server.stop();
    assert.deepEqual(trace.events, ['error{200}']);
  });
});

describe('kit specification §4.3: admission', { timeout: 120_000 }, () => {
  for (const field of ['maxConcurrentClientsNumber', 'maxConnectionsForOneClient']) {
    test(`${field} 0: nobody is admitted; 503, one error event [kit §4.1 limits; kit §4.3 answer]`, async () => {
      const { server, trace, port } = await recordedServer({ [field]: 0 });
      const { socket, head } = await rawClient(port, upgradeRequest());
      assert.match(head, /^HTTP\/1.1 503 /);
      assert.match(head, /\r\nConnection: close\r\n/i);
      socket.destroy();
      assert.deepEqual(trace.events, ['error{200}']);
      assert.deepEqual(server.listAllConnections(), []);
      await server.stop();
    });
  }

  test('the error event has a code and a message [kit §4.11 payload; kit §1.10 error; kit §2.4 server payload]', async () => {
    const { server, trace, port } = await recordedServer({ maxConnectionsForOneClient: 0 });
    server.on('error', (error) => trace.record(JSON.stringify(error)));
    const { socket } = await rawClient(port, upgradeRequest());
    socket.destroy();
    await server.stop();
    assert.deepEqual(trace.events, ['{"code":200,"message":"Websocket connect failed"}']);
  });

  test('more than 51 connections within a minute are welcome (S30) [S30; kit §4.3 off by default]', async () => {
    const { server, trace, port } = await recordedServer();
    for (let count = 1; count <= 55; count++) {
      const { socket } = await rawClient(port, upgradeRequest());
      socket.destroy();
      await trace.until('close{', count);
    }
    assert.equal(trace.events.filter((event) => event === 'connect').length, 55);
    await server.stop();
  });
});

describe('kit specification §4.4–§4.8: clients', { timeout: 120_000 }, () => {
  test('a client is addressed by value; connect shows a fresh object [kit §4.4 registered; kit §4.4 fresh object; kit §4.4 by value; kit §4.4 port; kit §4.7 entries; kit §1.10 connect]', async () => {
    const { server, trace, url } = await recordedServer();
    let connection: webSocket.WebSocketConnection | undefined;
    server.on('connect', (value) => {
      connection = value;
      assert.deepEqual(server.listAllConnections(), [value]);
      assert.notEqual(server.listAllConnections()[0], value);
      void server.send('welcome', { ...value });
      trace.record('connect');
    });
    const client = recordedClient();
    await client.ws.connect(url);
    assert.deepEqual(await client.trace.until('message'), ['message welcome']);
    assert.equal(connection?.clientIP, '127.0.0.1');
    const { clientIP, clientPort } = connection;
    connection.clientIP = 'changed by the application';
    assert.equal(await server.send('again', { clientIP, clientPort: clientPort + 2 ** 32 }), true);
    await client.trace.until('message again');
    await server.stop();
  });

  test('an IPv4 client of a dual-stack listener shows as IPv4 [kit §4.4 address; kit §4.1 IPv6; kit §1.8 serverIP; kit §4.7 entries]', async () => {
    const { server, trace } = await recordedServer({ serverIP: '::' });
    server.on('connect', ({ clientIP }) => trace.record(`connect ${clientIP}`));
    const clients = [recordedClient(), recordedClient()];
    await clients[0]!.ws.connect(`ws://127.0.0.1:${portOf(server)}`);
    await trace.until('connect', 1);
    await clients[1]!.ws.connect(`ws://[::1]:${portOf(server)}`);
    assert.deepEqual(await trace.until('connect', 2), ['connect 127.0.0.1', 'connect ::1']);
    assert.deepEqual(
      server.listAllConnections().map(({ clientIP }) => clientIP),
      ['127.0.0.1', '::1'],
    );
    await server.stop();
  });

  test('a burst to one client arrives whole and in order (S27), then the Close frame [kit §4.5 burst; kit §4.6 flush; S27]', async () => {
    const { server, url } = await recordedServer();
    server.on('connect', (connection) => {
      for (let index = 0; index < 100; index++) void server.send(`${index}`, connection);
      void server.close(connection);
    });
    const client = recordedClient();
    await client.ws.connect(url);
    await client.trace.until('close{');
    const messages = client.trace.events.filter((event) => event.startsWith('message'));
    assert.deepEqual(
      messages,
      Array.from({ length: 100 }, (_, index) => `message ${index}`),
    );
    await server.stop();
  });

  test('a closing client: send → -1, close → 2302999; it stays listed until it is gone [kit §4.6 listed; kit §4.7 closing; kit §4.5 unknown; kit §4.9 order]', async () => {
    const { server, trace, url } = await recordedServer();
    server.on('connect', (connection) => {
      void trace.outcome('close()', server.close(connection, { code: 1001 }));
      void trace.outcome('close()', server.close(connection));
      void trace.outcome('send', server.send('x', connection));
      trace.record(`listed ${server.listAllConnections().length}`);
    });
    server.on('close', (_connection, { code }) =>
      trace.record(`close{${code}} listed ${server.listAllConnections().length}`),
    );
    const client = recordedClient();
    await client.ws.connect(url);
    await trace.until('close{');
    assert.deepEqual(trace.events, ['listed 1', 'close()→true', 'close()→2302999', 'send→-1', 'close{1001} listed 0']);
    await server.stop();
  });
});

describe('kit specification §4.9: close', { timeout: 120_000 }, () => {
  const rows: [what: string, frame: string, expected: string[]][] = [
    ['code and text', '88 85  00 00 00 00  03 e9 62 79 65', ["close{1001,'bye'}"]],
    ['code without text [kit §4.9 code and text]', '88 82  00 00 00 00  0f a1', ["close{4001,'The link is down'}"]],
    ['without payload [kit §4.9 empty Close; S26]', '88 80  00 00 00 00', ["close{1000,'The link is down'}"]],
    ['frame that is not masked', '81 01 61', ['error{200}', "close{1002,'The link is down'}"]],
  ];
  for (const [what, frame, expected] of rows) {
    test(`client's ${what} → ${expected.join(', ')}; others are not affected (S26)`, async () => {
      const { server, trace, port, url } = await recordedServer();
      const { socket } = await rawClient(port, upgradeRequest());
      socket.write(hex(frame));
      socket.on('data', () => socket.end());
      await trace.until('close{');
      assert.deepEqual(trace.events, ['connect', ...expected]);
      const client = recordedClient();
      await client.ws.connect(url);
      await client.trace.until('openInfo');
      assert.equal(await server.stop(), true);
    });
  }

  test('client lost → error, then close{0} [kit §4.9 lost; kit §4.11 sources]', async () => {
    const { server, trace, port } = await recordedServer();
    const { socket } = await rawClient(port, upgradeRequest());
    socket.resetAndDestroy();
    await trace.until('close{');
    assert.deepEqual(trace.events, ['connect', 'error{200}', "close{0,'The link is down'}"]);
    await server.stop();
  });

  test('the reason is also there under the name that devices use (S24), without showing [S24; kit §4.9 arguments; kit §1.10 close]', async () => {
    const { server, trace, url } = await recordedServer();
    let result: webSocket.CloseResult | undefined;
    server.on('connect', (connection) => void server.close(connection));
    server.on('close', (_connection, value) => {
      result = value;
      trace.record('close{');
    });
    await recordedClient().ws.connect(url);
    await trace.until('close{');
    assert.equal(JSON.stringify(result), '{"code":1000,"reason":"CLOSE_NORMAL"}');
    assert.equal(Reflect.get(result!, 'closeReason'), 'CLOSE_NORMAL');
    await server.stop();
  });

  test('names of ArkTS-static have slots of their own [kit §1.11 own slots; kit §1.11 onConnect; kit §1.11 onMessageReceive; kit §1.11 onWebSocketServerClose]', async () => {
    const { server, trace, url } = await recordedServer();
    server.onConnect((connection) => void server.send('hi', connection));
    server.onMessageReceive(({ data }) => trace.record(`static ${data}`));
    server.onWebSocketServerClose((_connection, { code }) => trace.record(`static close ${code}`));
    server.onWebSocketServerError(() => trace.record('static error'));
    const { ws, trace: atClient } = recordedClient();
    ws.on('message', () => {
      ws.send('x', () => void ws.close());
    });
    await ws.connect(url);
    await atClient.until('close{');
    await trace.until('static close');
    assert.deepEqual(trace.events, [
      'connect',
      'messageReceive x',
      'static x',
      "close{1000,'CLOSE_NORMAL'}",
      'static close 1000',
    ]);
    await server.stop();
  });
});
