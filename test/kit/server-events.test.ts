// The kit's server as its clients and its application see it: kit specification §4 without addresses, limits and ends.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { webSocket } from '../../src/kit/index.ts';
import { network, replaceNetwork } from '../../src/node/network.ts';
import { outcome } from './outcome.ts';
import { portOf, Recorder, recordedClient, recordedServer } from './recorder.ts';
import { hex, upgradeRequest } from './wire.ts';

const limits = { maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 };

/** A TCP client after its request, and the head of the answer. */
async function raw(port: number, request = upgradeRequest()): Promise<{ socket: Socket; head: string }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(request);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return { socket, head: chunk.toString('latin1') };
}

describe('kit specification §4.1: start', { timeout: 120_000 }, () => {
  test('true once it listens: a client gets through at once [kit §4.1 listening; kit §1.8 serverPort]', async () => {
    const server = webSocket.createWebSocketServer();
    assert.equal(await server.start({ serverIP: '127.0.0.1', serverPort: 0, ...limits }), true);
    const { head, socket } = await raw(portOf(server));
    assert.match(head, /^HTTP\/1.1 101 /);
    socket.destroy();
    await server.stop();
  });

  test('without limits, as by their default, there is room for ten of one address [kit §4.1 limits; S29]', async () => {
    const server = webSocket.createWebSocketServer();
    assert.equal(await outcome(server, 'start', { serverIP: '127.0.0.1', serverPort: 0 }), true);
    const sockets: Socket[] = [];
    for (let count = 1; count <= 11; count++) {
      const { head, socket } = await raw(portOf(server));
      assert.match(head, count <= 10 ? /^HTTP\/1.1 101 / : /^HTTP\/1.1 503 /);
      sockets.push(socket);
    }
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });

  test('serverIP undefined and empty: all IPv4 interfaces [kit §4.1 serverIP; kit §1.8 serverIP]', async () => {
    for (const serverIP of [undefined, '']) {
      const { server, port } = await recordedServer({ serverIP } as { serverIP: string });
      const { socket } = await raw(port);
      assert.equal(socket.remoteFamily, 'IPv4');
      socket.destroy();
      await server.stop();
    }
  });

  test('an IPv6 address is listened on [kit §4.1 IPv6]', async () => {
    const { server, port } = await recordedServer({ serverIP: '::1' });
    const client = recordedClient();
    await client.ws.connect(`ws://[::1]:${port}`);
    await client.trace.until('openInfo');
    const refused = recordedClient();
    await refused.ws.connect(`ws://127.0.0.1:${port}`);
    await refused.trace.until('error');
    await server.stop();
  });

  const failures: [system: string, code: number][] = [
    ['EADDRINUSE', 2302007],
    ['EADDRNOTAVAIL', 2302004],
    ['EACCES', 2302005],
    ['EPERM', 2302005],
    ['EMFILE', 2302999],
  ];
  for (const [system, code] of failures) {
    // Not every one can be had from every system: root may bind any port.
    test(`${system} → ${code} [kit §4.1 bind failures; S32]`, async () => {
      const { clock, connect: dial } = network();
      const restore = replaceNetwork({
        clock,
        connect: dial,
        listen: () => Promise.reject(Object.assign(new Error(system), { code: system })),
      });
      try {
        const server = webSocket.createWebSocketServer();
        assert.equal(await outcome(server, 'start', { serverPort: 80, ...limits }), code);
        assert.equal(await outcome(server, 'stop'), 2302999, 'not started');
      } finally {
        restore();
      }
    });
  }

  test('a port that another program has [kit §4.1 bind failures; kit §2.2 2302007]', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const config = { serverIP: '127.0.0.1', serverPort: port, ...limits };
    assert.equal(await outcome(webSocket.createWebSocketServer(), 'start', config), 2302007);
    other.close();
  });
});

describe('kit specification §4.2: the answer to a handshake', { timeout: 120_000 }, () => {
  test('any path, any origin [kit §4.2 taken]', async () => {
    const { server, port } = await recordedServer();
    const request = upgradeRequest('Origin: https://anywhere.example').replace('GET /', 'GET /any/path?x=%20');
    const { head, socket } = await raw(port, request);
    assert.match(head, /^HTTP\/1.1 101 /);
    socket.destroy();
    await server.stop();
  });

  test('its fields, and no others; compression is not taken up [kit §4.2 response]', async () => {
    const { server, port } = await recordedServer({ protocol: 'chat' });
    const offers = ['Sec-WebSocket-Extensions: permessage-deflate', 'Sec-WebSocket-Protocol: x, chat'];
    const { head, socket } = await raw(port, upgradeRequest(...offers));
    assert.deepEqual(head.trimEnd().toLowerCase().split('\r\n').sort(), [
      'connection: upgrade',
      'http/1.1 101 switching protocols',
      // RFC 6455 §1.3: the answer to its sample key.
      'sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=',
      'sec-websocket-protocol: chat',
      'upgrade: websocket',
    ]);
    socket.destroy();
    await server.stop();
  });
});

describe('kit specification §4.3: a server that is stopping', { timeout: 120_000 }, () => {
  test('takes nobody [kit §4.3 1 stopping; kit §4.10 goodbye]', async () => {
    const { server, trace, port } = await recordedServer();
    // A client that does not answer keeps the server stopping; a second one had connected before.
    const { socket: silent } = await raw(port);
    const waiting = connect(port, '127.0.0.1');
    const ended = new Recorder();
    waiting.on('error', () => {}).on('close', () => ended.record('closed'));
    await once(waiting, 'connect');
    const goodbye = once(silent, 'data');
    const stop = server.stop();
    waiting.write(upgradeRequest());
    waiting.resume();
    await goodbye;
    await ended.until('closed');
    silent.destroy();
    assert.equal(await stop, true);
    assert.equal(trace.events.filter((event) => event === 'connect').length, 1);
  });
});

describe('kit specification §4.5, §4.8: messages', { timeout: 120_000 }, () => {
  test('text and binary, empty, fragmented, with a NUL; no dataEnd [kit §4.8 value; kit §4.8 whole, in order; kit §4.8 no dataEnd]', async () => {
    const { server, trace, port } = await recordedServer();
    server.on('dataEnd' as 'connect', () => trace.record('dataEnd'));
    const { socket } = await raw(port);
    const address = { clientIP: '127.0.0.1', clientPort: socket.localPort };
    server.on('messageReceive', ({ clientConnection, data }) => {
      assert.deepEqual(clientConnection, address);
      trace.record(typeof data === 'string' ? `text ${data}` : `binary ${Buffer.from(data).toString('hex')}`);
    });
    const key = '00 00 00 00';
    socket.write(hex(`81 83 ${key} 61 00 62  82 82 ${key} 01 02  81 80 ${key}  82 80 ${key}`));
    socket.write(hex(`01 81 ${key} 61  89 80 ${key}  80 81 ${key} 62  88 82 ${key} 03 e8`));
    await trace.until('close{');
    assert.deepEqual(trace.events, [
      'connect',
      ...['text a\u0000b', 'binary 0102', 'text ', 'binary ', 'text ab'],
      "close{1000,'The link is down'}",
    ]);
    socket.destroy();
    await server.stop();
  });

  test('without a listener they are dropped, and not kept for later [kit §4.8 no listener]', async () => {
    const { server, trace, port } = await recordedServer();
    server.off('messageReceive');
    const { socket } = await raw(port);
    socket.write(hex('81 81 00 00 00 00 61  89 80 00 00 00 00'));
    const [pong] = (await once(socket, 'data')) as [Buffer];
    assert.equal(pong.toString('hex'), '8a00');
    server.on('messageReceive', ({ data }) => trace.record(`message ${data}`));
    socket.write(hex('81 81 00 00 00 00 62'));
    await trace.until('message b');
    assert.deepEqual(trace.events, ['connect', 'message b']);
    socket.destroy();
    await server.stop();
  });

  test('each send is one frame, text or binary, of what the data was during the call, in order [kit §4.5 rules]', async () => {
    const { server, port } = await recordedServer();
    server.on('connect', (connection) => {
      const bytes = Uint8Array.of(1, 2);
      void server.send(bytes.buffer, connection);
      bytes.fill(9);
      void server.send('a\ud800', connection);
      void server.send('', connection);
      void server.send(new ArrayBuffer(0), connection);
      void server.close(connection, { code: 1001 });
    });
    const { socket, head } = await raw(port);
    const chunks: Buffer[] = [Buffer.from(head.split('\r\n\r\n')[1] ?? '', 'latin1')];
    while (!Buffer.concat(chunks).includes('CLOSE_NORMAL')) chunks.push(...((await once(socket, 'data')) as [Buffer]));
    socket.destroy();
    await server.stop();
    // The last is the Close frame: 1001, CLOSE_NORMAL.
    assert.equal(
      Buffer.concat(chunks).toString('hex'),
      ['82020102', '810461efbfbd', '8100', '8200', '880e03e9', Buffer.from('CLOSE_NORMAL').toString('hex')].join(''),
    );
  });

  test('names of ArkTS-static get an error too, one argument [kit §1.11 onWebSocketServerError; kit §1.11 own slots]', async () => {
    const { server, trace, port } = await recordedServer();
    server.onWebSocketServerError((...args) => trace.record(`static ${JSON.stringify(args)}`));
    const { socket } = await raw(port);
    socket.resetAndDestroy();
    await trace.until('close{');
    assert.deepEqual(trace.events.slice(1), [
      'error{200}',
      'static [{"code":200,"message":"The link is down"}]',
      "close{0,'The link is down'}",
    ]);
    server.offWebSocketServerError();
    await server.stop();
  });
});

describe('kit specification §4.6: close', { timeout: 120_000 }, () => {
  const rows: [options: object | undefined, frame: string, event: string][] = [
    [undefined, '03e8', "close{1000,'CLOSE_NORMAL'}"],
    [{}, '03e8', "close{1000,'CLOSE_NORMAL'}"],
    [{ code: 1011 }, '03f3', "close{1011,'CLOSE_NORMAL'}"],
    [{ reason: 'x' }, '03e8', "close{1000,'x'}"],
    [{ code: 4000, reason: 'x' }, '03e8', "close{1000,'x'}"],
    [{ code: 1006, reason: 'x' }, '03e8', "close{1006,'x'}"],
  ];
  for (const [options, frame, event] of rows) {
    test(`${JSON.stringify(options)} → ${event} [kit §4.6 code and reason; kit §4.6 arguments; S28]`, async () => {
      const { server, trace, port } = await recordedServer();
      server.on('connect', (connection) => void trace.outcome('close()', server.close(connection, options)));
      const { socket, head } = await raw(port);
      let received = Buffer.from(head.split('\r\n\r\n')[1] ?? '', 'latin1');
      while (received.length < 4) received = Buffer.concat([received, ...((await once(socket, 'data')) as [Buffer])]);
      assert.equal(received.subarray(2, 4).toString('hex'), frame);
      socket.write(hex('88 80 00 00 00 00'));
      await trace.until('close{');
      assert.deepEqual(trace.events, ['close()→true', event]);
      socket.destroy();
      await server.stop();
    });
  }
});
