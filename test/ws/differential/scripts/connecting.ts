// Clients before they are open: arguments, answers of every kind, redirects, and what ends an attempt.

import type { ClientRequest } from 'node:http';
import { switchingProtocols } from '../../../support/handshake.ts';
import type { Socket } from '../../server-support.ts';
import type { Wire } from '../wire.ts';
import type { ClientOptions, Script, World } from '../world.ts';

const ARGUMENTS: readonly (readonly [name: string, ...values: unknown[]])[] = [
  ['no address'],
  ['undefined', undefined],
  ['an empty address', ''],
  ['no URL', 'nonsense'],
  ['a relative URL', '/path'],
  ['ftp:', 'ftp://localhost/'],
  ['a fragment', 'ws://localhost/#x'],
  ['an empty fragment', 'ws://127.0.0.1:1/#'],
  ['ws+unix: without a path', 'ws+unix:'],
  ['a space in a subprotocol', 'ws://127.0.0.1:1', 'a b'],
  ['an empty subprotocol', 'ws://127.0.0.1:1', ''],
  ['a subprotocol twice', 'ws://127.0.0.1:1', ['a', 'a']],
  ['a subprotocol that is a number', 'ws://127.0.0.1:1', [5]],
  ['null as subprotocols', 'ws://127.0.0.1:1', null],
  ['a number as subprotocols', 'ws://127.0.0.1:1', 5],
  ['protocolVersion 12', 'ws://127.0.0.1:1', [], { protocolVersion: 12 }],
  ['protocolVersion as text', 'ws://127.0.0.1:1', [], { protocolVersion: '13' }],
  ['a subprotocol in the options', 'ws://127.0.0.1:1', { protocols: 'a b' }],
  ['windowBits of 7', 'ws://127.0.0.1:1', { perMessageDeflate: { clientMaxWindowBits: 7 } }],
  ['serverMaxWindowBits of 16', 'ws://127.0.0.1:1', { perMessageDeflate: { serverMaxWindowBits: 16 } }],
  ['a header with a line end', 'ws://127.0.0.1:1', { headers: { X: 'a\r\nb' } }],
  ['a header name with a space', 'ws://127.0.0.1:1', { headers: { 'a b': 'x' } }],
  ['a header without a value', 'ws://127.0.0.1:1', { headers: { X: undefined } }],
  ['handshakeTimeout that is negative', 'ws://127.0.0.1:1', { handshakeTimeout: -1 }],
  ['handshakeTimeout that is text', 'ws://127.0.0.1:1', { handshakeTimeout: 'x' }],
  ['maxPayload that is text', 'ws://127.0.0.1:1', { maxPayload: 'x' }],
  ['maxPayload that is negative', 'ws://127.0.0.1:1', { maxPayload: -1 }],
  ['closeTimeout that is text', 'ws://127.0.0.1:1', { closeTimeout: 'x' }],
  ['options that are null', 'ws://127.0.0.1:1', [], null],
  ['a number as agent', 'ws://127.0.0.1:1', { agent: 5 }],
  ['an invalid port', 'ws://127.0.0.1:99999/'],
  ['a user name', 'ws://user:pass@127.0.0.1:1/x?y=z'],
  ['a URL object', new URL('http://127.0.0.1:1/path?query')],
  ['an object with toString', { toString: () => 'ws://127.0.0.1:1/' }],
];

const given: Script[] = ARGUMENTS.map(([name, ...values]) => ({
  title: `new WebSocket: ${name}`,
  async run(world) {
    await world.step('new', () => {
      world.call('webSocket', 'new', () => {
        const webSocket = new world.library.WebSocket(...(values as [string]));
        world.watch(webSocket);
        world.note('webSocket', `${webSocket.readyState} ${webSocket.url}`);
        webSocket.on('error', () => {});
      });
    });
  },
}));

type Answer = (request: string, peer: Wire) => string | Buffer | undefined;

const without =
  (field: string): Answer =>
  (request) =>
    switchingProtocols(request)
      .split('\r\n')
      .filter((line) => !line.toLowerCase().startsWith(field))
      .join('\r\n');
const replacing =
  (field: string, value: string): Answer =>
  (request) =>
    switchingProtocols(request).replace(new RegExp(`${field}: [^\r]+`, 'iu'), `${field}: ${value}`);

const ANSWERS: readonly (readonly [string, Answer, string[]?, ClientOptions?])[] = [
  ['404', () => 'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nbody'],
  ['401 with a field', () => 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n'],
  ['200', () => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['500 that does not end', () => 'HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\nhalf'],
  ['301 that is not followed', () => 'HTTP/1.1 301 Moved\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'],
  ['no HTTP', () => 'nonsense\r\n\r\n'],
  ['100 first', (request) => `HTTP/1.1 100 Continue\r\n\r\n${switchingProtocols(request)}`],
  ['103 first', (request) => `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${switchingProtocols(request)}`],
  ['101 without Upgrade', without('upgrade')],
  ['101 without Connection', without('connection')],
  ['101 without Accept', without('sec-websocket-accept')],
  ['another Upgrade', replacing('Upgrade', 'h2c')],
  ['Upgrade in capitals', replacing('Upgrade', 'WEBSOCKET')],
  ['another Connection', replacing('Connection', 'keep-alive, Upgrade')],
  ['a wrong Accept', replacing('Sec-WebSocket-Accept', 'x')],
  ['HTTP/1.0', (request) => switchingProtocols(request).replace('HTTP/1.1', 'HTTP/1.0')],
  ['status 102 as an upgrade', (request) => switchingProtocols(request).replace('101', '200')],
  ['a subprotocol nobody asked for', (request) => switchingProtocols(request, 'Sec-WebSocket-Protocol: x')],
  ['a subprotocol that was not offered', (r) => switchingProtocols(r, 'Sec-WebSocket-Protocol: x'), ['a', 'b']],
  ['the second subprotocol', (r) => switchingProtocols(r, 'Sec-WebSocket-Protocol: b'), ['a', 'b']],
  ['the subprotocol in capitals', (r) => switchingProtocols(r, 'Sec-WebSocket-Protocol: A'), ['a']],
  ['two subprotocols', (r) => switchingProtocols(r, 'Sec-WebSocket-Protocol: a, b'), ['a', 'b']],
  ['an empty subprotocol', (r) => switchingProtocols(r, 'Sec-WebSocket-Protocol:'), ['a']],
  ['no subprotocol', (r) => switchingProtocols(r), ['a']],
  ['permessage-deflate', (r) => switchingProtocols(r, 'Sec-WebSocket-Extensions: permessage-deflate')],
  ['an extension nobody asked for', (r) => switchingProtocols(r, 'Sec-WebSocket-Extensions: x')],
  ['extensions that cannot be read', (r) => switchingProtocols(r, 'Sec-WebSocket-Extensions: ;')],
  [
    'permessage-deflate twice',
    (r) => switchingProtocols(r, 'Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate'),
  ],
  ['a bad parameter', (r) => switchingProtocols(r, 'Sec-WebSocket-Extensions: permessage-deflate; x=1')],
  [
    'a bad window',
    (r) => switchingProtocols(r, 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7'),
  ],
  [
    'an extension with none offered',
    (r) => switchingProtocols(r, 'Sec-WebSocket-Extensions: permessage-deflate'),
    [],
    { perMessageDeflate: false },
  ],
  [
    'messages in the chunk of the answer',
    (r, peer) => Buffer.concat([Buffer.from(switchingProtocols(r)), peer.frame(1, 'a'), peer.frame(9, 'p')]),
  ],
  [
    'a Close in the chunk of the answer',
    (r, peer) => Buffer.concat([Buffer.from(switchingProtocols(r)), peer.closeFrame(4000, 'x')]),
  ],
  [
    'a violation in the chunk of the answer',
    (r, peer) => Buffer.concat([Buffer.from(switchingProtocols(r)), peer.frame(3, 'x')]),
  ],
  [
    'the end of TCP',
    (_request, peer) => {
      peer.end();
      return undefined;
    },
  ],
  [
    'a reset',
    (_request, peer) => {
      peer.reset();
      return undefined;
    },
  ],
  [
    'half an answer and the end',
    (request, peer) => {
      peer.write(switchingProtocols(request).slice(0, 40));
      peer.end();
      return undefined;
    },
  ],
  [
    'an answer and the end',
    (request, peer) => {
      peer.write(switchingProtocols(request));
      peer.end();
      return undefined;
    },
  ],
  ['nothing, and handshakeTimeout', () => undefined, [], { handshakeTimeout: 30 }],
];

const answers: Script[] = ANSWERS.flatMap(([name, answer, protocols = [], options = {}]) => [
  {
    title: `client: the answer: ${name}`,
    async run(world) {
      const { webSocket, peer } = await world.client(options, protocols, answer);
      if (options.handshakeTimeout !== undefined) await world.until('webSocket', 'close');
      await world.step('look', () => world.look(webSocket));
      await world.step('send', () => {
        world.call('webSocket', 'send', () => webSocket.send('x', world.callback('webSocket', 'sent')));
      });
      await world.step('peer ends', () => peer.end());
      await world.step('look', () => world.look(webSocket));
    },
  },
]);

/** A client whose request has been received and is not answered. */
async function unanswered(world: World, options: ClientOptions = {}): Promise<Awaited<ReturnType<World['client']>>> {
  return world.client(options, [], () => undefined);
}

const METHODS = ['close', 'terminate', 'pause', 'resume'] as const;

const attempts: Script[] = [
  {
    title: 'client: each method before the connection',
    async run(world) {
      const { webSocket } = await unanswered(world);
      await world.step('calls', () => {
        world.look(webSocket);
        for (const name of ['send', 'ping', 'pong'] as const) {
          world.call('webSocket', name, () => webSocket[name]('x'));
        }
        world.call('webSocket', 'pause', () => webSocket.pause());
        world.call('webSocket', 'resume', () => webSocket.resume());
        world.look(webSocket);
        for (const name of ['_socket', '_sender', '_receiver'] as const) {
          world.note('webSocket', `${name} ${String((webSocket as unknown as Record<string, unknown>)[name])}`);
        }
      });
    },
  },
  ...(['close', 'terminate'] as const).flatMap((method): Script[] => [
    {
      title: `client: ${method} in the turn of the constructor`,
      async run(world) {
        const port = await world.listen(() => {});
        await world.step('new', () => {
          const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`);
          world.watch(webSocket);
          world.call('webSocket', method, () => webSocket[method]());
          world.look(webSocket);
          world.call('webSocket', method, () => webSocket[method]());
          for (const name of METHODS) world.call('webSocket', name, () => webSocket[name]());
        });
      },
    },
    {
      title: `client: ${method} while the answer is waited for`,
      async run(world) {
        const { webSocket } = await unanswered(world);
        await world.step(method, () => {
          world.call('webSocket', method, () => webSocket[method]());
          world.look(webSocket);
          world.call('webSocket', 'send', () => webSocket.send('x', world.callback('webSocket', 'sent')));
        });
        await world.step('look', () => world.look(webSocket));
      },
    },
    ...(['upgrade', 'finishRequest'] as const).map(
      (when): Script => ({
        title: `client: ${method} in ${when}`,
        async run(world) {
          const port = await world.listen((peer) => {
            peer.onHead = (request) => peer.write(switchingProtocols(request));
          });
          await world.step('new', () => {
            const deed = (webSocket: Socket): void => {
              world.call('webSocket', method, () => webSocket[method]());
              world.look(webSocket);
            };
            const finishRequest = (request: ClientRequest, webSocket: unknown): void => {
              world.watch(webSocket as Socket);
              if (when === 'finishRequest') deed(webSocket as Socket);
              request.end();
            };
            const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`, { finishRequest });
            if (when === 'upgrade') webSocket.on('upgrade', () => deed(webSocket));
          });
        },
      }),
    ),
    {
      title: `client: ${method} in a listener of open`,
      async run(world) {
        const port = await world.listen((peer) => {
          peer.onHead = (request) => {
            peer.write(Buffer.concat([Buffer.from(switchingProtocols(request)), peer.frame(1, 'early')]));
          };
        });
        await world.step('new', () => {
          const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`);
          webSocket.on('open', () => {
            webSocket.send('hi', world.callback('webSocket', 'sent'));
            world.call('webSocket', method, () => webSocket[method]());
          });
          world.watch(webSocket);
        });
      },
    },
    {
      title: `client: ${method} in a listener of unexpected-response`,
      async run(world) {
        const port = await world.listen((peer) => {
          peer.onHead = () => peer.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
        });
        await world.step('new', () => {
          const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`);
          world.watch(webSocket);
          webSocket.on('unexpected-response', (_request, response) => {
            world.note('webSocket', `unexpected-response ${response.statusCode}`);
            world.call('webSocket', method, () => webSocket[method]());
          });
        });
      },
    },
    {
      title: `client: ${method} in a listener of error before open`,
      async run(world) {
        const port = await world.listen((peer) => {
          peer.onHead = () => peer.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
        });
        await world.step('new', () => {
          const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`);
          world.watch(webSocket);
          webSocket.on('error', () => world.call('webSocket', method, () => webSocket[method]()));
        });
      },
    },
  ]),
  {
    title: 'client: an unexpected-response that is read, and nothing else',
    async run(world) {
      const port = await world.listen((peer) => {
        peer.onHead = () => peer.write('HTTP/1.1 403 Forbidden\r\nX-Why: because\r\nContent-Length: 2\r\n\r\nno');
      });
      await world.step('new', () => {
        const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`);
        world.watch(webSocket);
        webSocket.on('unexpected-response', (request, response) => {
          world.note('webSocket', `unexpected-response ${response.statusCode} ${response.headers['x-why']}`);
          response.on('data', (chunk: Buffer) => world.note('webSocket', `body ${chunk}`));
          response.on('end', () => {
            world.note('webSocket', `end [${webSocket.readyState}]`);
            request.destroy(new Error('mine'));
          });
        });
      });
    },
  },
  {
    title: 'client: an error without a listener before open',
    async run(world) {
      await world.step('new', () => {
        const webSocket = new world.library.WebSocket('ws://127.0.0.1:1/');
        world.watch(webSocket, 'webSocket', false);
      });
      await world.until('process', 'uncaught');
    },
  },
  {
    title: 'client: finishRequest that throws',
    async run(world) {
      const port = await world.listen(() => {});
      await world.step('new', () => {
        world.call('webSocket', 'new', () => {
          const finishRequest = (): void => {
            throw new Error('mine');
          };
          world.watch(new world.library.WebSocket(`ws://127.0.0.1:${port}/`, { finishRequest }));
        });
      });
    },
  },
  {
    title: 'client: nobody listens there',
    async run(world) {
      await world.step('new', () => world.watch(new world.library.WebSocket('ws://127.0.0.1:1/')));
      await world.until('webSocket', 'close');
    },
  },
  {
    title: 'client: an exception in a listener of open, with a message behind it',
    async run(world) {
      const port = await world.listen((peer) => {
        peer.onHead = (request) => {
          peer.write(Buffer.concat([Buffer.from(switchingProtocols(request)), peer.frame(1, 'early')]));
        };
      });
      await world.step('new', () => {
        const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`);
        world.watch(webSocket);
        webSocket.on('open', () => {
          throw new Error('mine');
        });
      });
    },
  },
  {
    title: 'client: listeners that are added after open miss messages of its chunk',
    async run(world) {
      const port = await world.listen((peer) => {
        peer.onHead = (request) => {
          peer.write(Buffer.concat([Buffer.from(switchingProtocols(request)), peer.frame(1, 'early')]));
        };
      });
      await world.step('new', () => {
        const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`);
        webSocket.on('open', () => {
          world.note('webSocket', 'open');
          process.nextTick(() => {
            webSocket.on('message', (data) => world.note('webSocket', `after a tick: ${data}`));
          });
          queueMicrotask(() => {
            webSocket.on('message', (data) => world.note('webSocket', `after a microtask: ${data}`));
          });
          setImmediate(() => {
            webSocket.on('message', (data) => world.note('webSocket', `after a turn: ${data}`));
          });
        });
      });
    },
  },
];

const REQUESTS: readonly (readonly [string, ClientOptions, string[]?, string?])[] = [
  ['headers', { headers: { 'X-One': '1', 'x-two': ['a', 'b'], 'X-Three': 3 as never } }],
  ['origin', { origin: 'https://example.com' }],
  ['auth', { auth: 'user:pass' }],
  ['subprotocols', {}, ['a', 'b', 'c']],
  ['a path and a query', {}, [], '/path?query=1&x=%20'],
  ['no compression', { perMessageDeflate: false }],
  [
    'compression without context',
    { perMessageDeflate: { clientNoContextTakeover: true, serverNoContextTakeover: true } },
  ],
  ['compression with windows', { perMessageDeflate: { clientMaxWindowBits: 10, serverMaxWindowBits: 12 } }],
  ['compression with a threshold', { perMessageDeflate: { threshold: 10 } }],
  ['a Host header', { headers: { Host: 'example.com' } }],
  ['a User-Agent header', { headers: { 'User-Agent': 'mine' } }],
  ['finishRequest', { finishRequest: (request) => void request.setHeader('X-Late', 'yes').end() }],
  ['a Cookie header', { headers: { cookie: 'a=b; c=d' } }],
];

const requests: Script[] = REQUESTS.map(([name, options, protocols = [], path = '/']) => ({
  title: `client: the request: ${name}`,
  async run(world) {
    await world.client(options, protocols, () => undefined, path);
  },
}));

const REDIRECTS: readonly (readonly [string, (port: number) => string, ClientOptions])[] = [
  ['to a path', () => '/next', { followRedirects: true }],
  ['to http:', (port) => `http://127.0.0.1:${port}/next`, { followRedirects: true }],
  ['to another scheme', () => 'ftp://127.0.0.1/', { followRedirects: true }],
  ['to no URL', () => 'http://[', { followRedirects: true }],
  ['to a fragment', () => '/next#x', { followRedirects: true }],
  ['for ever', () => '/loop', { followRedirects: true, maxRedirects: 2 }],
  ['with maxRedirects 0', () => '/next', { followRedirects: true, maxRedirects: 0 }],
  [
    'with headers',
    () => '/next',
    { followRedirects: true, headers: { Authorization: 'x', Cookie: 'y', 'X-Mine': 'z' } },
  ],
];

const redirects: Script[] = REDIRECTS.flatMap(([name, location, options]) =>
  [false, true].map(
    (hasListener): Script => ({
      title: `client: a redirect ${name}${hasListener ? ', with a listener' : ''}`,
      async run(world) {
        const port: number = await world.listen((peer) => {
          peer.onHead = (request) => {
            if (request.startsWith('GET /next')) peer.write(switchingProtocols(request));
            else peer.write(`HTTP/1.1 302 Found\r\nLocation: ${location(port)}\r\nContent-Length: 0\r\n\r\n`);
          };
        });
        await world.step('new', () => {
          const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`, options);
          const hide = (line: unknown): string => String(line).replace(/:\d+/gu, ':port');
          for (const event of ['open', 'error', 'close', 'upgrade'] as const) {
            webSocket.on(event, (value: unknown) => {
              const what = value instanceof Error ? value : event === 'close' ? value : '';
              world.note('webSocket', hide(`${event} ${what} ${webSocket.url}`));
            });
          }
          if (!hasListener) return;
          webSocket.on('redirect', (url, request) => {
            world.note('webSocket', hide(`redirect ${url} ${request.getHeader('authorization')} ${webSocket.url}`));
          });
        });
      },
    }),
  ),
);

export const connecting: readonly Script[] = [...given, ...answers, ...attempts, ...requests, ...redirects];
