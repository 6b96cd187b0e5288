// Servers: options, requests of every kind, the hooks, and their end.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { upgradeRequest } from '../../../support/handshake.ts';
import type { Options } from '../../server-support.ts';
import { shown } from '../recorder.ts';
import type { Script, World } from '../world.ts';

const ARGUMENTS: readonly (readonly [string, ...unknown[]])[] = [
  ['nothing'],
  ['null', null],
  ['no options', {}],
  ['port and noServer', { port: 0, noServer: true }],
  ['port and server', { port: 0, server: createServer() }],
  ['server and noServer', { server: createServer(), noServer: true }],
  ['port null', { port: null }],
  ['noServer', { noServer: true }],
  ['an invalid port', { port: 99_999 }],
  ['a port that is text', { port: 'x' }],
  ['perMessageDeflate true', { noServer: true, perMessageDeflate: true }],
  ['a bad window', { noServer: true, perMessageDeflate: { serverMaxWindowBits: 7 } }],
  ['clientTracking false', { noServer: true, clientTracking: false }],
  ['maxPayload that is text', { noServer: true, maxPayload: 'x' }],
  ['closeTimeout that is text', { noServer: true, closeTimeout: 'x' }],
  ['WebSocket null', { noServer: true, WebSocket: null }],
];

const given: Script[] = ARGUMENTS.map(([name, ...values]) => ({
  title: `new WebSocketServer: ${name}`,
  async run(world) {
    await world.step('new', () => {
      world.call('server', 'new', () => {
        const server = new world.library.WebSocketServer(...(values as [Options]));
        world.scope.defer(() => {
          try {
            server.close();
          } catch {}
        });
        for (const key of Object.keys(server.options).sort()) {
          if (key !== 'server')
            world.note('server', `${key} ${shown((server.options as Record<string, unknown>)[key])}`);
        }
        world.note('server', `clients ${server.clients === undefined ? 'none' : server.clients.size}`);
        world.call('server', 'address', () => typeof server.address());
        world.note('server', `${server._state} ${typeof server._server} ${'path' in server}`);
      });
    });
  },
}));

const REQUESTS: readonly (readonly [string, Record<string, string | undefined>, Options?, string?, string?])[] = [
  ['as usual', {}],
  ['POST', {}, {}, '/', 'POST'],
  ['without Upgrade', { Upgrade: undefined }],
  ['another Upgrade', { Upgrade: 'h2c' }],
  ['Upgrade in capitals', { Upgrade: 'WEBSOCKET' }],
  ['several Upgrades', { Upgrade: 'websocket, h2c' }],
  ['without Connection', { Connection: undefined }],
  ['another Connection', { Connection: 'keep-alive' }],
  ['without a key', { 'Sec-WebSocket-Key': undefined }],
  ['a short key', { 'Sec-WebSocket-Key': 'x' }],
  ['a long key', { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ===' }],
  ['without a version', { 'Sec-WebSocket-Version': undefined }],
  ['version 12', { 'Sec-WebSocket-Version': '12' }],
  ['version 8', { 'Sec-WebSocket-Version': '8' }],
  ['version 13 with a dot', { 'Sec-WebSocket-Version': '13.0' }],
  ['without Host', { Host: undefined }],
  ['subprotocols', { 'Sec-WebSocket-Protocol': 'a, b' }],
  ['an invalid subprotocol', { 'Sec-WebSocket-Protocol': 'a b' }],
  ['a subprotocol twice', { 'Sec-WebSocket-Protocol': 'a, a' }],
  ['an empty list of subprotocols', { 'Sec-WebSocket-Protocol': '' }],
  ['an extension that is off', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }],
  ['an extension', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }, { perMessageDeflate: true }],
  [
    'a browser’s offer',
    { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' },
    { perMessageDeflate: true },
  ],
  [
    'two offers',
    { 'Sec-WebSocket-Extensions': 'permessage-deflate; x, permessage-deflate' },
    { perMessageDeflate: true },
  ],
  ['an unknown extension', { 'Sec-WebSocket-Extensions': 'x-mine; a=b' }, { perMessageDeflate: true }],
  ['extensions that cannot be read', { 'Sec-WebSocket-Extensions': ';' }, { perMessageDeflate: true }],
  ['the same, with compression off', { 'Sec-WebSocket-Extensions': ';' }],
  [
    'a bad window',
    { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=7' },
    { perMessageDeflate: true },
  ],
  [
    'no context takeover',
    { 'Sec-WebSocket-Extensions': 'permessage-deflate' },
    { perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true } },
  ],
  [
    'windows',
    { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits; server_max_window_bits=12' },
    { perMessageDeflate: { serverMaxWindowBits: 11, clientMaxWindowBits: 10 } },
  ],
  ['the path', {}, { path: '/here' }, '/here?x=1'],
  ['another path', {}, { path: '/here' }, '/there'],
  ['no Upgrade at all', { Upgrade: undefined, Connection: 'close' }],
];

function requestOf(fields: Record<string, string | undefined>, path = '/', method = 'GET'): string {
  return upgradeRequest(fields, path).replace(/^GET/u, method);
}

const requests: Script[] = REQUESTS.flatMap(([name, fields, options = {}, path, method]) =>
  [false, true].map(
    (hasListener): Script => ({
      title: `server: a request: ${name}${hasListener ? ', with wsClientError' : ''}`,
      async run(world) {
        const { server, port } = await world.server(options);
        server.on('connection', (webSocket) => {
          world.watch(webSocket as never);
          world.look(webSocket as never);
        });
        if (hasListener) {
          server.on('wsClientError', (error, socket) => {
            world.note('server', `wsClientError ${shown(error)}`);
            socket.end('HTTP/1.1 418 I\r\n\r\n');
          });
        }
        const peer = await world.peerOf(port);
        await world.step('request', () => peer.write(requestOf(fields, path, method)));
        await world.step('end', () => peer.end());
      },
    }),
  ),
);

type Verdict = (result: boolean, code?: number, message?: string, headers?: Record<string, string>) => void;

const HOOKS: readonly (readonly [string, Options, Record<string, string>?])[] = [
  ['verifyClient true', { verifyClient: () => true }],
  ['verifyClient false', { verifyClient: () => false }],
  ['verifyClient undefined', { verifyClient: (() => undefined) as never }],
  ['verifyClient that is truthy', { verifyClient: (() => 1) as never }],
  [
    'verifyClient that throws',
    {
      verifyClient: () => {
        throw new Error('mine');
      },
    },
  ],
  ['verifyClient with a callback: true', { verifyClient: (_info: unknown, done: Verdict) => done(true) }],
  ['verifyClient with a callback: false', { verifyClient: (_info: unknown, done: Verdict) => done(false) }],
  ['verifyClient with a callback: 403', { verifyClient: (_info: unknown, done: Verdict) => done(false, 403) }],
  [
    'verifyClient with a callback: a text',
    { verifyClient: (_info: unknown, done: Verdict) => done(false, 403, 'go away é') },
  ],
  [
    'verifyClient with a callback: headers',
    {
      verifyClient: (_info: unknown, done: Verdict) =>
        done(false, 429, 'slow', { 'Retry-After': '5', 'Content-Type': 'text/plain' }),
    },
  ],
  [
    'verifyClient with a callback: later',
    { verifyClient: (_info: unknown, done: Verdict) => void setImmediate(done, true) },
  ],
  ['verifyClient with a callback: 999', { verifyClient: (_info: unknown, done: Verdict) => done(false, 999) }],
  ['verifyClient with a callback: 200', { verifyClient: (_info: unknown, done: Verdict) => done(false, 200, 'fine') }],
  [
    'handleProtocols that takes the last',
    { handleProtocols: (all) => [...all].at(-1) as string },
    { 'Sec-WebSocket-Protocol': 'a, b' },
  ],
  ['handleProtocols false', { handleProtocols: () => false }, { 'Sec-WebSocket-Protocol': 'a, b' }],
  ['handleProtocols undefined', { handleProtocols: (() => undefined) as never }, { 'Sec-WebSocket-Protocol': 'a' }],
  ['handleProtocols of another', { handleProtocols: () => 'other' }, { 'Sec-WebSocket-Protocol': 'a' }],
  ['handleProtocols that nobody asks', { handleProtocols: () => 'a' }],
  [
    'handleProtocols that throws',
    {
      handleProtocols: () => {
        throw new Error('mine');
      },
    },
    { 'Sec-WebSocket-Protocol': 'a' },
  ],
];

const hooks: Script[] = HOOKS.map(([name, options, fields = {}]) => ({
  title: `server: ${name}`,
  async run(world) {
    const { server, port } = await world.server(options);
    server.on('connection', (webSocket) => world.look(webSocket as never));
    const peer = await world.peerOf(port);
    await world.step('request', () => peer.write(upgradeRequest(fields)));
    await world.step('end', () => peer.end());
  },
}));

/** What a listener of `headers` does to the lines. */
const CHANGES: readonly (readonly [string, (lines: string[]) => void])[] = [
  ['adds one', (lines) => void lines.push('X-Mine: yes')],
  ['adds two of one name', (lines) => void lines.push('Set-Cookie: a=b', 'Set-Cookie: c=d')],
  [
    'throws',
    () => {
      throw new Error('mine');
    },
  ],
];

const headers: Script[] = CHANGES.map(([name, change]) => ({
  title: `server: a listener of headers ${name}`,
  async run(world) {
    const { server, port } = await world.server();
    server.on('headers', change);
    const peer = await world.peerOf(port);
    await world.step('request', () => peer.write(upgradeRequest()));
  },
}));

async function openOf(world: World, port: number): Promise<Awaited<ReturnType<World['peerOf']>>> {
  const peer = await world.peerOf(port);
  peer.write(upgradeRequest());
  await world.settle();
  return peer;
}

const ends: Script[] = [
  {
    title: 'server: close without clients, and again',
    async run(world) {
      const { server } = await world.server();
      await world.step('close', () => {
        world.call('server', 'close', () => server.close(world.callback('server', 'first')));
        world.call('server', 'address', () => server.address());
        world.call('server', 'close', () => server.close(world.callback('server', 'second')));
      });
      await world.step('again', () =>
        world.call('server', 'close', () => server.close(world.callback('server', 'third'))),
      );
      world.note('server', String(server._state));
    },
  },
  {
    title: 'server: close with a client that stays',
    async run(world) {
      const { server, port } = await world.server();
      const peer = await openOf(world, port);
      await world.step('close', () => server.close(world.callback('server', 'closed')));
      await world.step('message', () => peer.text('still'));
      await world.step('client leaves', () => {
        peer.close(1000);
        peer.end();
      });
    },
  },
  {
    title: 'server: close with clients that are terminated',
    async run(world) {
      const { server, port } = await world.server();
      await openOf(world, port);
      await openOf(world, port);
      await world.step('close', () => {
        server.close(world.callback('server', 'closed'));
        for (const client of server.clients) client.terminate();
      });
    },
  },
  ...(['close', 'message', undefined] as const).map(
    (event): Script => ({
      title: `server: clients after removeAllListeners(${event ?? ''})`,
      async run(world) {
        const { server, port } = await world.server();
        server.on('connection', (webSocket) => {
          webSocket.on('message', () => world.note('server', 'message'));
          webSocket.removeAllListeners(event);
        });
        const peer = await openOf(world, port);
        await world.step('message', () => peer.text('x'));
        await world.step('leaves', () => {
          peer.close(1000);
          peer.end();
        });
        world.note('server', `${server.clients.size} clients`);
        await world.step('close', () => server.close(world.callback('server', 'closed')));
      },
    }),
  ),
  {
    title: 'server: two servers of one HTTP server, by path',
    async run(world) {
      const { http, port, server } = await attached(world, { path: '/a' });
      const other = new world.library.WebSocketServer({ server: http, path: '/b' });
      server.on('connection', () => world.note('server', 'a'));
      other.on('connection', () => world.note('server', 'b'));
      const peer = await world.peerOf(port);
      await world.step('request', () => peer.write(upgradeRequest({}, '/b')));
      await world.step('end', () => peer.end());
      other.close();
    },
  },
  {
    title: 'server: an HTTP server with another listener of upgrade',
    async run(world) {
      const { http, port } = await attached(world, {});
      http.on('upgrade', (_request, socket) => world.note('server', `other ${socket.destroyed}`));
      const peer = await world.peerOf(port);
      await world.step('request', () => peer.write(upgradeRequest()));
      await world.step('message', () => peer.text('x'));
      const plain = await world.peerOf(port);
      await world.step('plain', () => plain.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
    },
  },
  {
    title: 'server: close without clientTracking',
    async run(world) {
      const { server, port } = await world.server({ clientTracking: false });
      await openOf(world, port);
      await world.step('close', () => server.close(world.callback('server', 'closed')));
    },
  },
  {
    title: 'server: close with a socket that has sent nothing',
    async run(world) {
      const { server, port } = await world.server();
      const peer = await world.peerOf(port);
      await world.step('close', () => server.close(world.callback('server', 'closed')));
      await world.step('request', () => peer.write(upgradeRequest()));
      await world.step('end', () => peer.end());
    },
  },
  {
    title: 'server: a port that is taken',
    async run(world) {
      const { port } = await world.server();
      await world.step('second', () => {
        const second = new world.library.WebSocketServer({ port, host: '127.0.0.1' });
        second.on('error', (error) => world.note('second', shown(error)));
      });
      await world.until('second', 'EADDRINUSE');
    },
  },
];

/** An HTTP server that hands its upgrades to a server of the library. */
async function attached(
  world: World,
  options: Options,
  upgraded?: (
    request: IncomingMessage,
    socket: never,
    head: Buffer,
    server: Awaited<ReturnType<World['server']>>['server'],
  ) => void,
): Promise<{
  http: ReturnType<typeof createServer>;
  port: number;
  server: Awaited<ReturnType<World['server']>>['server'];
}> {
  const http = createServer((_request, response) => response.end('http'));
  const { server } = await world.server(
    upgraded === undefined ? { server: http, ...options } : { noServer: true, ...options },
    false,
  );
  if (upgraded !== undefined) {
    http.on('upgrade', (request, socket, head) => upgraded(request, socket as never, head, server));
  }
  world.cutAtEnd(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { http, port: (http.address() as AddressInfo).port, server };
}

const handing: Script[] = [
  {
    title: 'server: of an HTTP server, close',
    async run(world) {
      const { http, port, server } = await attached(world, {});
      const peer = await openOf(world, port);
      world.note(
        'server',
        `${http.listenerCount('upgrade')} ${http.listenerCount('error')} ${http.listenerCount('listening')}`,
      );
      await world.step('close', () => {
        server.close(world.callback('server', 'closed'));
        world.note('server', `${http.listenerCount('upgrade')} ${http.listenerCount('error')} ${http.listening}`);
        world.call('server', 'address', () => server.address());
      });
      await world.step('client leaves', () => {
        peer.close(1000);
        peer.end();
      });
    },
  },
  {
    title: 'server: handleUpgrade',
    async run(world) {
      const { port } = await attached(world, {}, (request, socket, head, server) => {
        world.note('server', `head ${head.length}`);
        world.call('server', 'handleUpgrade', () =>
          server.handleUpgrade(request, socket, head, (webSocket, same) => {
            world.watch(webSocket as never);
            world.note('server', `callback ${same === request} ${webSocket.readyState} ${server.clients.size}`);
            webSocket.send('first');
          }),
        );
      });
      const peer = await world.peerOf(port);
      await world.step('request', () => {
        peer.write(Buffer.concat([Buffer.from(upgradeRequest()), peer.frame(1, 'early'), peer.frame(9, 'p')]));
      });
    },
  },
  {
    title: 'server: handleUpgrade twice',
    async run(world) {
      const { port } = await attached(world, {}, (request, socket, head, server) => {
        for (const name of ['first', 'second']) {
          world.call('server', name, () =>
            server.handleUpgrade(request, socket, head, () => world.note('server', `${name} called`)),
          );
        }
      });
      const peer = await world.peerOf(port);
      await world.step('request', () => peer.write(upgradeRequest()));
      await world.step('message', () => peer.text('x'));
    },
  },
  {
    title: 'server: handleUpgrade after a while, with a message that came meanwhile',
    async run(world) {
      const { port } = await attached(world, {}, (request, socket, head, server) => {
        setImmediate(() => {
          server.handleUpgrade(request, socket, head, (webSocket) => world.watch(webSocket as never));
        });
      });
      const peer = await world.peerOf(port);
      await world.step('request', () => {
        peer.write(upgradeRequest());
        peer.text('early');
      });
    },
  },
  {
    title: 'server: handleUpgrade of a socket that is gone',
    async run(world) {
      const { port } = await attached(world, {}, (request, socket, head, server) => {
        (socket as { destroy(): void }).destroy();
        world.call('server', 'handleUpgrade', () =>
          server.handleUpgrade(request, socket, head, () => world.note('server', 'called')),
        );
      });
      const peer = await world.peerOf(port);
      await world.step('request', () => peer.write(upgradeRequest()));
    },
  },
  {
    title: 'server: handleUpgrade after close',
    async run(world) {
      const { port, server } = await attached(world, {}, (request, socket, head, one) => {
        world.call('server', 'handleUpgrade', () =>
          one.handleUpgrade(request, socket, head, () => world.note('server', 'called')),
        );
      });
      await world.step('close', () => server.close());
      const peer = await world.peerOf(port);
      await world.step('request', () => peer.write(upgradeRequest()));
      await world.step('end', () => peer.end());
    },
  },
  {
    title: 'server: a callback of handleUpgrade that throws',
    async run(world) {
      const { port } = await attached(world, {}, (request, socket, head, server) => {
        world.call('server', 'handleUpgrade', () =>
          server.handleUpgrade(request, socket, head, () => {
            throw new Error('mine');
          }),
        );
      });
      const peer = await world.peerOf(port);
      await world.step('request', () => peer.write(upgradeRequest()));
      await world.step('message', () => peer.text('x'));
    },
  },
  {
    title: 'server: shouldHandle that is replaced',
    async run(world) {
      const { server, port } = await world.server();
      server.shouldHandle = (request) => request.url === '/yes';
      for (const path of ['/yes', '/no']) {
        const peer = await world.peerOf(port);
        await world.step(path, () => peer.write(upgradeRequest({}, path)));
      }
    },
  },
  {
    title: 'server: the client has left before verifyClient decides',
    async run(world) {
      let decide: ((result: boolean) => void) | undefined;
      const { port } = await world.server({
        verifyClient: (_info: unknown, done: (result: boolean) => void) => {
          decide = done;
        },
      });
      const peer = await world.peerOf(port);
      await world.step('request', () => peer.write(upgradeRequest()));
      await world.step('leaves', () => peer.reset());
      await world.step('decided', () => world.call('server', 'decide', () => decide?.(true)));
    },
  },
  {
    title: 'server: a class of one’s own',
    async run(world) {
      class Mine extends world.library.WebSocket {
        isAlive = true;
      }
      const { server, port } = await world.server({ WebSocket: Mine as never });
      server.on('connection', (webSocket) => {
        world.note(
          'server',
          `${webSocket instanceof Mine} ${(webSocket as Mine).isAlive} ${webSocket.constructor.name}`,
        );
      });
      await openOf(world, port);
    },
  },
  {
    title: 'server: frames with the request, and a listener of connection that sends',
    async run(world) {
      const { server, port } = await world.server();
      server.on('connection', (webSocket) => {
        world.watch(webSocket as never);
        webSocket.send('hello');
        webSocket.on('message', (data) => webSocket.send(`echo ${data}`));
      });
      const peer = await world.peerOf(port);
      await world.step('request', () => {
        peer.write(
          Buffer.concat([
            Buffer.from(upgradeRequest()),
            peer.frame(1, 'early'),
            peer.frame(9, 'p'),
            peer.closeFrame(1000),
          ]),
        );
      });
      await world.step('end', () => peer.end());
    },
  },
  ...(['tick', 'microtask', 'turn'] as const).map(
    (when): Script => ({
      title: `server: listeners of message that are added after a ${when}`,
      async run(world) {
        const { server, port } = await world.server();
        server.on('connection', (webSocket) => {
          const add = (): void => void webSocket.on('message', (data) => world.note('webSocket', String(data)));
          if (when === 'tick') process.nextTick(add);
          else if (when === 'microtask') queueMicrotask(add);
          else setImmediate(add);
        });
        const peer = await world.peerOf(port);
        await world.step('request', () =>
          peer.write(Buffer.concat([Buffer.from(upgradeRequest()), peer.frame(1, 'early')])),
        );
        await world.step('later', () => peer.text('later'));
      },
    }),
  ),
  ...(['close', 'terminate', 'throw'] as const).map(
    (deed): Script => ({
      title: `server: a listener of connection: ${deed}`,
      async run(world) {
        const { server, port } = await world.server();
        server.on('connection', (webSocket) => {
          world.watch(webSocket as never);
          webSocket.send('hello');
          if (deed === 'throw') throw new Error('mine');
          webSocket[deed]();
        });
        const peer = await world.peerOf(port);
        await world.step('request', () => peer.write(upgradeRequest()));
        await world.step('end', () => peer.end());
      },
    }),
  ),
];

export const serving: readonly Script[] = [...given, ...requests, ...hooks, ...headers, ...ends, ...handing];
