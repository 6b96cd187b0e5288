// What the engine does, told in one line of JSON: by a process from which something that Node does not document was taken
// away, or nothing.
//
//   node --import tsx scenario.ts [NAME of a removal]

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type * as Engine from '../../../../src/engine/index.ts';
import { removals } from '../removals.ts';

const [, , removed] = process.argv;
if (removed !== undefined) {
  const remove = removals[removed];
  assert.ok(remove !== undefined, `nothing is known of ${removed}`);
  await remove();
}
// Nothing of the package is loaded before here.
const { serverCertificate, trust } = await import('../../../support/engine.ts');
const { detections } = await import('../detections.ts');
const { network } = await import('../../../../src/node/network.ts');
const { useNetwork } = await import('../../../../src/testing/index.ts');
const { connect, createServer } = (await import('../../../../src/engine/index.ts')) as typeof Engine;

const host = '127.0.0.1';
const HANDSHAKE =
  'GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

function dial(port: number, request = ''): Socket {
  const socket = connectTcp({ port, host, allowHalfOpen: true });
  socket.on('error', () => {});
  socket.write(request);
  return socket;
}

/** Status lines in what a server answers, to its end. */
async function statuses(socket: Socket): Promise<string> {
  const answer = await text(socket).catch(() => 'reset');
  socket.destroy();
  return Array.from(answer.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => status).join() || 'cut';
}

/** Messages that come back over a connection, small and large, while its reader has paused in between. */
async function echo(options: Engine.ListenOptions, clientOptions: Engine.ConnectOptions): Promise<string> {
  const storage = new AsyncLocalStorage<string>();
  const atServer: unknown[] = [];
  const atClient: unknown[] = [];
  const server = createServer({
    async message(connection, data) {
      atServer.push(storage.getStore());
      connection.pause();
      connection.send(data);
      await new Promise(setImmediate);
      connection.resume();
    },
  });
  const { port } = await server.listen({ host, ...options });
  const scheme = options.tls === undefined ? 'ws' : 'wss';
  const connection = await storage.run('client', () =>
    connect(`${scheme}://${host}:${port}/`, {
      ...clientOptions,
      handlers: { message: (_, data) => atClient.push(storage.getStore(), data.length) },
    }),
  );
  const [peer] = server.connections;
  assert.equal(peer?.remoteAddress, host);
  connection.send('small');
  connection.send(Buffer.alloc(2_000_000, 0x61));
  while (atClient.length < 4) await new Promise(setImmediate);
  const { wasClean } = await connection.close();
  await server.close();
  return `${atServer.map(String).join()} ${atClient.join()} ${wasClean}`;
}

/** What both ends agree on for compression, and whether a compressed message comes back. */
async function compressed(): Promise<string> {
  const server = createServer({ compression: true, message: (connection, data) => void connection.send(data) });
  const { port } = await server.listen({ host });
  const connection = await connect(`ws://${host}:${port}/`, { compression: true });
  const text = 'é, sent twice, '.repeat(200);
  connection.send(text);
  const { value } = await connection[Symbol.asyncIterator]().next();
  const { extensions } = connection;
  connection.terminate();
  await server.close();
  return `${extensions} ${value === text}`;
}

/** A client of plain HTTP at a TLS port is answered; another one, which sends nothing, does not hold up the end. */
async function plainAtTls(): Promise<string> {
  const server = createServer({ limits: { maxHandshakes: 2 } });
  const { port } = await server.listen({ host, tls: serverCertificate() });
  const silent = dial(port);
  const status = await statuses(dial(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
  const connection = await connect(`wss://${host}:${port}/`, { tls: trust() });
  const another = await connect(`wss://${host}:${port}/`, { tls: trust() });
  connection.terminate();
  another.terminate();
  await server.close();
  silent.resume();
  if (!silent.closed) await once(silent.end(), 'close');
  return status;
}

/** One client more than may be in a handshake. */
async function tooMany(): Promise<string> {
  const server = createServer({ limits: { maxHandshakes: 1 } });
  const { port } = await server.listen({ host });
  const first = dial(port);
  await once(first, 'connect');
  const status = await statuses(dial(port));
  first.destroy();
  await server.close();
  return status;
}

/** A handshake in one write with a request before it, whose answer takes its time. */
async function pipelined(headers: Record<string, string>): Promise<string> {
  const server = createServer({ open: (connection) => connection.terminate() });
  const { port } = await server.listen({
    host,
    request: (_, response) => void setImmediate(() => response.writeHead(204, headers).end()),
  });
  const status = await statuses(dial(port, `GET / HTTP/1.1\r\nHost: x\r\n\r\n${HANDSHAKE}`));
  await server.close();
  return status;
}

/** A request that offers another protocol than WebSocket, at a server that has HTTP as well. */
async function otherProtocol(): Promise<string> {
  const server = createServer();
  const { port } = await server.listen({
    host,
    request: (_, response) => void response.writeHead(200, { Connection: 'close' }).end(),
  });
  const upgrade = 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n';
  const status = await statuses(dial(port, upgrade));
  await server.close();
  return status;
}

/** In memory: a server that drains ends what is still HTTP, and leaves what it has upgraded to its closing handshake. */
async function drainInMemory(tls: boolean): Promise<string> {
  const memory = useNetwork();
  const server = createServer();
  const { port } = await server.listen(tls ? { tls: serverCertificate() } : {});
  const connection = await connect(`${tls ? 'wss' : 'ws'}://localhost:${port}/`, { tls: trust() });
  const idle = network().connect({ host: 'localhost', port });
  idle.on('error', () => {});
  idle.on('end', () => idle.end());
  idle.write('GET / HTTP/1.1\r\n');
  await once(idle, 'connect');
  const { closed, terminated } = await server.drain();
  const { code, wasClean } = await connection.closed;
  if (!idle.closed) await once(idle.resume(), 'close');
  await memory.uninstall();
  return [closed, terminated, code, wasClean].join();
}

const isDetected: Record<string, boolean> = {};
for (const [module, detect] of Object.entries(detections)) isDetected[module] = await detect();

const told = {
  isDetected,
  echo: await echo({}, {}),
  'echo over TLS': await echo({ tls: serverCertificate() }, { tls: trust() }),
  'a compressed echo': await compressed(),
  'plain HTTP at a TLS port': await plainAtTls(),
  'one client too many': await tooMany(),
  'a handshake after a request': await pipelined({}),
  'a handshake after the last request': await pipelined({ Connection: 'close' }),
  'another protocol': await otherProtocol(),
  'a drain in memory': await drainInMemory(false),
  'a drain in memory, over TLS': await drainInMemory(true),
};
console.log(JSON.stringify(told));
