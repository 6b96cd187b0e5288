// What every supported runtime must do alike, as one program: engine and kit, both roles, over sockets of its own. Prints a
// line for each step, and ends by itself. Run by runtimes.test.ts, which compares what is printed.
//
//   RUNTIME program.mjs DIST    DIST: URL of the compiled package; CERT, KEY in the environment: PEM of 127.0.0.1, with its issuer

import { Buffer } from 'node:buffer';
import { createServer as createHttpServer, get } from 'node:http';
import { connect as connectTcp } from 'node:net';
import process from 'node:process';

const dist = process.argv[2];
const { accept, connect, createServer, refuse } = await import(`${dist}/engine/index.js`);
const { webSocket } = await import(`${dist}/kit/index.js`);
const host = '127.0.0.1';

async function step(name, run) {
  let result;
  try {
    result = await run();
  } catch (error) {
    result = `FAILED: ${error?.stack ?? error}`;
  }
  console.log(`${name}: ${typeof result === 'string' ? result : JSON.stringify(result)}`);
}

/** Runs `use` with a server that listens, and drains it. */
async function serving(options, use, listen = {}) {
  const server = createServer(options);
  const { port } = await server.listen({ port: 0, host, ...listen });
  try {
    return await use(`ws${listen.tls ? 's' : ''}://${host}:${port}/`, server, port);
  } finally {
    await server.close();
  }
}

function shape(message) {
  const kind = typeof message === 'string' ? 'text' : message instanceof Uint8Array ? 'binary' : 'something else';
  let sum = 0;
  for (let at = 0; at < message.length; at++) {
    sum = (sum * 31 + (typeof message === 'string' ? message.charCodeAt(at) : message[at])) >>> 0;
  }
  return `${kind} ${message.length} ${sum}`;
}

function bytes(size) {
  return Uint8Array.from({ length: size }, (_, at) => (at * 7) & 0xff);
}

const messages = [
  '',
  'hé€😀',
  'a'.repeat(65_536),
  'ü'.repeat(100_000),
  ...[0, 1, 125, 126, 3_000, 65_535, 65_536, 1_000_000].map(bytes),
];

/** Sends all messages, and compares the echoes. */
async function echo(url, options) {
  const connection = await connect(url, options);
  for (const message of messages) connection.send(message);
  let count = 0;
  for await (const message of connection) {
    if (shape(message) !== shape(messages[count])) return `message ${count} came back as ${shape(message)}`;
    if (++count === messages.length) break;
  }
  const { code, wasClean } = await connection.closed;
  return `${count} messages, ${connection.extensions || 'no extensions'}, ${code} ${wasClean}`;
}

const echoes = { message: (connection, data) => connection.send(data) };

await step('echo', () => serving(echoes, (url) => echo(url)));
await step('echo, compressed', () =>
  serving({ ...echoes, compression: true }, (url) => echo(url, { compression: { threshold: 0 } })),
);
const tls = { cert: process.env.CERT, key: process.env.KEY };
await step('echo over TLS', () => serving(echoes, (url) => echo(url, { tls: { ca: tls.cert } }), { tls }));
await step('TLS that is not trusted', () =>
  serving(
    echoes,
    (url) =>
      connect(url).then(
        () => 'connected',
        (error) => error.code,
      ),
    { tls },
  ),
);

await step('fragments, ping and pong', () =>
  serving(echoes, async (url) => {
    const pongs = [];
    const messages = [];
    const done = Promise.withResolvers?.() ?? deferred();
    const connection = await connect(url, {
      handlers: {
        pong: (_, payload) => pongs.push(String(payload)),
        message: (_, data) => {
          messages.push(data);
          done.resolve();
        },
      },
    });
    connection.ping('are you there');
    connection.sendFragment('one, ', { fin: false });
    connection.sendFragment('two', { fin: true });
    await done.promise;
    connection.terminate();
    return [...pongs, ...messages];
  }),
);

function deferred() {
  const result = {};
  result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
  return result;
}

await step('upgrade: context, subprotocol, header, refusal', () =>
  serving(
    {
      upgrade(request) {
        const name = request.headers['x-name'];
        if (name === undefined) return refuse(401, 'say who you are');
        return accept({ context: { name }, subprotocol: 'b', headers: { 'X-Hello': name } });
      },
      open: (connection) => connection.send(connection.context.name),
    },
    async (url) => {
      const connection = await connect(url, { headers: { 'X-Name': 'Ada' }, subprotocols: ['a', 'b'] });
      const { value } = await connection[Symbol.asyncIterator]().next();
      const at = connection.response.rawHeaders.findIndex((name) => name.toLowerCase() === 'x-hello');
      const header = connection.response.rawHeaders[at + 1];
      connection.terminate();
      const refused = await connect(url).catch((error) => [error.code, error.status]);
      return [value, connection.subprotocol, header, ...refused];
    },
  ),
);

await step('publish', () =>
  serving({ open: (connection) => connection.subscribe('news') }, async (url, server) => {
    const connections = await Promise.all([connect(url), connect(url), connect(url)]);
    const count = server.publish('news', 'something');
    const values = await Promise.all(connections.map(async (one) => (await one[Symbol.asyncIterator]().next()).value));
    for (const one of connections) one.terminate();
    return [count, ...values];
  }),
);

await step('closing by either end, and by drain', () =>
  serving({ message: (connection) => void connection.close(4001, 'enough') }, async (url, server) => {
    const byServer = await connect(url);
    byServer.send('x');
    const first = await byServer.closed;
    const byClient = await connect(url);
    const second = await byClient.close(4002, 'bye');
    const drained = await connect(url);
    const { duration: _, ...result } = await server.drain(); // the one thing in it that differs from run to run
    const third = await drained.closed;
    return [first, second, third]
      .map(({ code, reason, wasClean }) => `${code} ${reason} ${wasClean}`)
      .concat(JSON.stringify(result));
  }),
);

/** A peer of bare TCP, after its handshake. */
async function rawPeer(port) {
  const socket = connectTcp(port, host);
  socket.on('error', () => {});
  socket.write(
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

await step('peers that break the rules, or leave', async () => {
  const ends = [];
  let ended = deferred();
  return serving(
    {
      close(_, { code, error }) {
        ends.push(`${code} ${error?.code}`);
        ended.resolve();
      },
    },
    async (_url, _server, port) => {
      for (const act of [
        (socket) => socket.write(Buffer.from('810161', 'hex')),
        (socket) => socket.destroy(),
        (socket) => socket.end(),
        (socket) => socket.write(Buffer.from('8180000000', 'hex'), () => socket.destroy()),
      ]) {
        ended = deferred();
        const socket = await rawPeer(port);
        act(socket);
        await ended.promise;
        socket.destroy();
      }
      return ends;
    },
  );
});

await step('a silent peer', async () => {
  const lost = deferred();
  return serving(
    { heartbeat: { interval: 50, timeout: 50 }, error: (_, error) => lost.resolve(error.code) },
    async (_url, _server, port) => {
      const socket = await rawPeer(port);
      const code = await lost.promise;
      socket.destroy();
      return code;
    },
  );
});

await step('a slow reader', () =>
  serving({}, async (url, server) => {
    const reader = await connect(url);
    const [connection] = server.connections;
    reader.pause();
    const part = 'x'.repeat(100_000);
    let sent = 0;
    while (connection.send(part)) sent++;
    const drained = connection.drained();
    const iterator = reader[Symbol.asyncIterator]();
    reader.resume();
    let size = 0;
    for (let count = 0; count <= sent; count++) size += (await iterator.next()).value.length;
    await drained;
    reader.terminate();
    return size === (sent + 1) * part.length && connection.bufferedAmount === 0 ? 'all of it came' : `${size} came`;
  }),
);

await step('attached to an HTTP server', async () => {
  const http = createHttpServer((_request, response) => response.end('page'));
  const server = createServer(echoes);
  server.attach(http, { path: '/ws' });
  await new Promise((resolve) => http.listen(0, host, resolve));
  const { port } = http.address();
  const page = await new Promise((resolve, reject) => {
    get({ port, host, path: '/', agent: false }, (response) => {
      response.setEncoding('utf8');
      response.on('data', resolve);
    }).on('error', reject);
  });
  const connection = await connect(`ws://${host}:${port}/ws?a=1`);
  connection.send('hello');
  const { value } = await connection[Symbol.asyncIterator]().next();
  await connection.close();
  const refused = await connect(`ws://${host}:${port}/other`).catch((error) => error.status);
  await server.close();
  await new Promise((resolve) => http.close(resolve));
  return [page, value, refused];
});

await step('giving up', async () => {
  const nowhere = await connect(`ws://${host}:1/`).catch((error) => error.code);
  const controller = new AbortController();
  controller.abort(new Error('changed my mind'));
  const aborted = await connect(`ws://${host}:1/`, { signal: controller.signal }).catch((error) => error.message);
  return [nowhere, aborted];
});

await step('the kit', async () => {
  const said = [];
  const server = webSocket.createWebSocketServer();
  const left = deferred();
  server.on('connect', async (connection) => {
    await server.send(`hello ${connection.clientIP}`, connection);
    await server.send(Uint8Array.of(1, 2, 3).buffer, connection);
  });
  server.on('messageReceive', ({ clientConnection, data }) => {
    said.push(`server: ${typeof data === 'string' ? data : `${data.byteLength} bytes`}`);
    if (data === 'bye') void server.close(clientConnection, { code: 4000, reason: 'as you wish' });
  });
  server.on('close', (_connection, { code }) => left.resolve(code));
  await server.start({ serverPort: 0, serverIP: host, maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 });
  const client = webSocket.createWebSocket();
  const closed = deferred();
  client.on('open', (_error, { status }) => said.push(`open ${status}`));
  client.on('message', (_error, data) => {
    said.push(`client: ${typeof data === 'string' ? data : `${data.byteLength} bytes`}`);
    if (typeof data === 'string') void client.send(new ArrayBuffer(70_000));
    else void client.send('bye');
  });
  client.on('close', (_error, { code, reason }) => closed.resolve(`${code} ${reason}`));
  await client.connect(`ws://${host}:${server.serverPort}/`);
  said.push(await closed.promise, `left ${await left.promise}`, await server.stop());
  const failed = deferred();
  client.on('error', ({ code }) => failed.resolve(code));
  await client.connect(`ws://${host}:1/`);
  said.push(await failed.promise);
  return said;
});

console.log('end');
