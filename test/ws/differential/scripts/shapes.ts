// What a program sees without a connection: classes, members, constants, events as objects; and createWebSocketStream.

import { type Duplex, pipeline } from 'node:stream';
import { switchingProtocols } from '../../../support/handshake.ts';
import { shown } from '../recorder.ts';
import { forBoth, type Pair, type Script, type World } from '../world.ts';

function describe(object: object, name: string): string {
  const { value, get, set, enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(object, name) ?? {};
  const kind = typeof value === 'function' ? 'function' : get ? `getter${set ? ' and setter' : ''}` : shown(value);
  return `${name}: ${kind}${enumerable ? ', enumerable' : ''}${writable ? ', writable' : ''}${configurable ? ', configurable' : ''}`;
}

function members(world: World, end: string, object: object): void {
  for (const name of Object.getOwnPropertyNames(object).sort()) {
    if (!name.startsWith('_') && name !== 'prototype') world.note(end, describe(object, name));
  }
}

const classes: Script[] = [
  {
    title: 'the classes and their members',
    async run(world) {
      const { WebSocket, WebSocketServer } = world.library;
      members(world, 'WebSocket', WebSocket);
      members(world, 'WebSocket.prototype', WebSocket.prototype);
      members(world, 'WebSocketServer', WebSocketServer);
      members(world, 'WebSocketServer.prototype', WebSocketServer.prototype);
      world.note(
        'WebSocket',
        `${WebSocket.name} ${WebSocket.length} ${WebSocketServer.name} ${WebSocketServer.length}`,
      );
      for (const name of ['extension', 'subprotocol'] as const) members(world, name, world.library[name]);
      const parents = Object.getPrototypeOf(WebSocket.prototype);
      world.note('WebSocket', `${parents.constructor.name}`);
      world.call('WebSocket', 'without new', () => (WebSocket as unknown as (url: string) => void)('ws://x'));
    },
  },
  ...forBoth('keys, inspect and JSON', async (world, { webSocket }) => {
    await world.step('keys', () => {
      const keys = [];
      for (const key in webSocket) if (!key.startsWith('_')) keys.push(key);
      world.note('webSocket', keys.sort().join());
      world.note('webSocket', Object.prototype.toString.call(webSocket));
      world.note('webSocket', `${webSocket instanceof world.library.WebSocket} ${webSocket.constructor.name}`);
      world.note('webSocket', webSocket.eventNames().map(String).sort().join());
      world.note('webSocket', `${webSocket.getMaxListeners()}`);
    });
  }),
  ...forBoth('_socket: members, and readiness at each moment', async (world, { webSocket, peer }) => {
    const socket = (): void => {
      const one = webSocket._socket as unknown as Record<string, unknown> | null;
      const names = [
        'destroyed',
        'readable',
        'writable',
        'remoteAddress',
        'remoteFamily',
        'localAddress',
        'encrypted',
        'readyState',
        'connecting',
        'pending',
      ];
      world.note('webSocket', one === null ? 'none' : names.map((name) => `${name} ${String(one[name])}`).join());
      if (one !== null)
        world.note(
          'webSocket',
          ['ref', 'unref', 'setNoDelay', 'setKeepAlive', 'setTimeout', 'address']
            .map((name) => typeof one[name])
            .join(),
        );
    };
    await world.step('open', socket);
    await world.step('close', () => {
      webSocket.close();
      socket();
    });
    await world.step('peer closes', () => {
      peer.close();
      peer.end();
    });
    await world.step('closed', socket);
  }),
  ...forBoth('_socket: events', async (world, { webSocket, peer }) => {
    for (const name of ['end', 'close', 'error', 'finish']) {
      webSocket._socket?.on(name, () => world.note('webSocket', `socket ${name} [${webSocket.readyState}]`));
    }
    await world.step('peer closes', () => peer.close());
    await world.step('peer ends', () => peer.end());
  }),
];

const listeners = [
  ...forBoth('addEventListener: kinds of listeners, twice, once', async (world, { webSocket, peer }) => {
    const listener = (event: object): void => {
      const { type, data } = event as { type: string; data: unknown };
      world.note('webSocket', `listener ${type} ${shown(data)} ${(event as { target: unknown }).target === webSocket}`);
    };
    const object = {
      handleEvent(this: unknown): void {
        world.note('webSocket', `handleEvent ${this === object}`);
      },
    };
    await world.step('add', () => {
      webSocket.addEventListener('message', listener);
      webSocket.addEventListener('message', listener);
      webSocket.addEventListener('message', object);
      webSocket.addEventListener('message', listener, { once: true });
      webSocket.addEventListener('message', () => world.note('webSocket', 'once'), { once: true });
      webSocket.addEventListener('nonsense' as never, listener as never);
      world.call('webSocket', 'null', () => webSocket.addEventListener('open', null as never));
      world.call('webSocket', 'undefined', () => webSocket.addEventListener('open', undefined as never));
      world.call('webSocket', 'a number', () => webSocket.addEventListener('open', 5 as never));
      world.call('webSocket', 'null options', () => webSocket.addEventListener('open', listener, null as never));
      world.note('webSocket', String(webSocket.listenerCount('message')));
    });
    await world.step('messages', () => {
      peer.text('a');
      peer.send(2, 'b');
    });
    await world.step('remove', () => {
      webSocket.removeEventListener('message', listener);
      webSocket.removeEventListener('message', object);
      webSocket.removeEventListener('message', () => {});
      world.note('webSocket', String(webSocket.listenerCount('message')));
      peer.text('c');
    });
  }),
  ...forBoth('on… attributes', async (world, { webSocket, peer }) => {
    await world.step('set', () => {
      world.note('webSocket', String(webSocket.onmessage));
      webSocket.onmessage = ({ data, type }) => world.note('webSocket', `first ${type} ${shown(data)}`);
      webSocket.addEventListener('message', () => world.note('webSocket', 'between'));
      webSocket.onmessage = ({ data }) => world.note('webSocket', `second ${shown(data)}`);
      webSocket.onclose = (event) => {
        const { code, reason, wasClean } = event;
        world.note('webSocket', `onclose ${code} ${reason} ${wasClean} ${Object.keys(event).join()}`);
      };
      webSocket.onerror = ({ message, error }) => world.note('webSocket', `onerror ${message} ${shown(error)}`);
      world.note(
        'webSocket',
        `${typeof webSocket.onmessage} ${typeof webSocket.onopen} ${webSocket.listenerCount('message')}`,
      );
    });
    await world.step('message', () => peer.text('a'));
    await world.step('null', () => {
      webSocket.onmessage = null;
      world.note('webSocket', String(webSocket.onmessage));
      webSocket.onmessage = 5 as never;
      world.note('webSocket', String(webSocket.onmessage));
      peer.text('b');
    });
    await world.step('close', () => {
      peer.close(4000, 'why');
      peer.end();
    });
  }),
  ...forBoth('wasClean after each end', async (world, { webSocket, peer }) => {
    webSocket.onclose = ({ code, reason, wasClean }) =>
      world.note('webSocket', `onclose ${code} ${reason} ${wasClean}`);
    await world.step('violation', () => peer.send(3));
    await world.step('end', () => {
      peer.close(1002);
      peer.end();
    });
  }),
  ...forBoth('listeners that are removed and added while they run', async (world, { webSocket, peer }) => {
    const second = (): void => world.note('webSocket', 'second');
    webSocket.on('message', () => {
      webSocket.off('message', second);
      webSocket.once('message', () => world.note('webSocket', 'added'));
    });
    webSocket.on('message', second);
    await world.step('two', () => peer.write(Buffer.concat([peer.frame(1, 'a'), peer.frame(1, 'b')])));
  }),
  ...forBoth('an error without a listener', async (world, { webSocket, peer }) => {
    webSocket.removeAllListeners('error');
    await world.step('violation', () => peer.send(3));
    await world.step('end', () => peer.end());
  }),
  ...forBoth('emit by hand', async (world, { webSocket }) => {
    webSocket.onmessage = ({ data }) => world.note('webSocket', `onmessage ${shown(data)}`);
    await world.step('emit', () => {
      world.call('webSocket', 'emit', () => webSocket.emit('message', Buffer.from('x'), false));
      world.call('webSocket', 'emit', () => webSocket.emit('mine', 1));
    });
  }),
];

function watchStream(world: World, stream: Duplex): void {
  for (const name of ['end', 'finish', 'close', 'error', 'pause', 'resume', 'drain']) {
    stream.on(name, (...values: unknown[]) => world.note('stream', `${name} ${values.map(shown).join()}`));
  }
}

type StreamStep = (stream: Duplex, pair: Pair, world: World) => void;

const STREAMS: readonly (readonly [string, object, boolean, ...(readonly [string, StreamStep][])])[] = [
  [
    'written and ended',
    {},
    true,
    [
      'write',
      (s, _p, w) => {
        s.write('a', w.callback('stream', 'written') as never);
        s.write(Buffer.from('b'));
        s.end('c');
      },
    ],
    [
      'peer',
      (_s, { peer }) => {
        peer.close();
        peer.end();
      },
    ],
  ],
  [
    'read to its end',
    {},
    true,
    [
      'peer',
      (_s, { peer }) => {
        peer.text('a');
        peer.send(2, 'b');
        peer.close(1000);
        peer.end();
      },
    ],
  ],
  ['destroyed', {}, true, ['destroy', (s) => void s.destroy()]],
  ['destroyed with an error', {}, true, ['destroy', (s) => void s.destroy(new Error('mine'))]],
  [
    'destroyed after a write',
    {},
    true,
    [
      'both',
      (s, _p, w) => {
        s.write('a', w.callback('stream', 'written') as never);
        s.destroy();
      },
    ],
  ],
  [
    'of a WebSocket that fails',
    {},
    true,
    ['violation', (_s, { peer }) => peer.send(3)],
    [
      'peer',
      (_s, { peer }) => {
        peer.close(1002);
        peer.end();
      },
    ],
  ],
  ['of a WebSocket that is terminated', {}, true, ['terminate', (_s, { webSocket }) => webSocket.terminate()]],
  [
    'of a WebSocket that is closed',
    {},
    true,
    ['close', (_s, { webSocket }) => webSocket.close(1000)],
    [
      'peer',
      (_s, { peer }) => {
        peer.close(1000);
        peer.end();
      },
    ],
  ],
  [
    'of a WebSocket that is closed, then written',
    {},
    true,
    [
      'close',
      (s, { webSocket }, w) => {
        webSocket.close(1000);
        s.write('x', w.callback('stream', 'written') as never);
      },
    ],
    [
      'peer',
      (_s, { peer }) => {
        peer.close(1000);
        peer.end();
      },
    ],
  ],
  ['when the peer resets', {}, true, ['reset', (_s, { peer }) => peer.reset()]],
  ['when the peer ends TCP', {}, true, ['end', (_s, { peer }) => peer.end()]],
  [
    'in object mode',
    { readableObjectMode: true },
    true,
    [
      'peer',
      (_s, { peer }) => {
        peer.text('text');
        peer.send(2, 'bytes');
      },
    ],
    [
      'write',
      (s) => {
        s.write('x');
      },
    ],
  ],
  [
    'with objectMode for both',
    { objectMode: true },
    true,
    [
      'write',
      (s, _p, w) => {
        w.call('stream', 'write', () => s.write('x'));
        w.call('stream', 'object', () => s.write({ a: 1 }));
      },
    ],
  ],
  [
    'with text kept as text',
    { decodeStrings: false },
    true,
    [
      'write',
      (s) => {
        s.write('déjà');
        s.write(Buffer.from('b'));
      },
    ],
  ],
  ['with an encoding', { encoding: 'utf8' }, true, ['peer', (_s, { peer }) => peer.text('déjà')]],
  [
    'with allowHalfOpen false',
    { allowHalfOpen: false },
    true,
    [
      'peer',
      (_s, { peer }) => {
        peer.close();
        peer.end();
      },
    ],
  ],
  [
    'that nobody reads',
    { readableHighWaterMark: 4 },
    false,
    [
      'peer',
      (_s, { peer }) => {
        peer.text('abcdef');
        peer.text('ghi');
      },
    ],
    ['look', (_s, { webSocket }, w) => w.look(webSocket)],
    ['read', (s) => void s.on('data', () => {})],
    ['look', (_s, { webSocket }, w) => w.look(webSocket)],
  ],
  [
    'with an empty message',
    {},
    true,
    [
      'peer',
      (_s, { peer }) => {
        peer.text('');
        peer.text('x');
      },
    ],
  ],
  [
    'ended while the peer closes',
    {},
    true,
    [
      'both',
      (s, { peer }) => {
        s.end('last');
        peer.close(4000, 'x');
      },
    ],
    ['peer', (_s, { peer }) => peer.end()],
  ],
  [
    'ended twice',
    {},
    true,
    [
      'end',
      (s, _p, w) => {
        s.end();
        w.call('stream', 'end', () => void s.end());
        w.call('stream', 'write', () => s.write('x'));
      },
    ],
    [
      'peer',
      (_s, { peer }) => {
        peer.close();
        peer.end();
      },
    ],
  ],
  [
    'piped to itself',
    {},
    false,
    ['pipe', (s) => void s.pipe(s)],
    [
      'peer',
      (_s, { peer }) => {
        peer.text('a');
        peer.text('b');
      },
    ],
    [
      'peer',
      (_s, { peer }) => {
        peer.close();
        peer.end();
      },
    ],
  ],
  [
    'in a pipeline',
    {},
    false,
    ['pipe', (s, _p, w) => void pipeline(s, s, w.callback('stream', 'pipeline') as never)],
    [
      'peer',
      (_s, { peer }) => {
        peer.text('a');
      },
    ],
    [
      'peer',
      (_s, { peer }) => {
        peer.close();
        peer.end();
      },
    ],
  ],
  [
    'large chunks',
    {},
    true,
    [
      'write',
      (s, _p, w) => w.note('stream', String(s.write(Buffer.alloc(100_000), w.callback('stream', 'written') as never))),
    ],
  ],
];

const streams: Script[] = STREAMS.flatMap(([name, options, isRead, ...steps]) =>
  forBoth(`a stream ${name}`, async (world, pair) => {
    const stream = world.library.createWebSocketStream(pair.webSocket, options);
    watchStream(world, stream);
    if (isRead) stream.on('data', (chunk: unknown) => world.note('stream', `data ${shown(chunk)}`));
    await world.settle();
    for (const [what, step] of steps) await world.step(what, () => step(stream, pair, world));
    world.note(
      'stream',
      `destroyed ${stream.destroyed}, ended ${stream.readableEnded}, finished ${stream.writableFinished}`,
    );
  }),
);

const early: Script[] = (['write', 'end', 'destroy'] as const).map((deed) => ({
  title: `client: a stream before open: ${deed}`,
  async run(world) {
    const port = await world.listen((peer) => {
      peer.onHead = (request) => {
        peer.write(switchingProtocols(request));
      };
    });
    await world.step('new', () => {
      const webSocket = new world.library.WebSocket(`ws://127.0.0.1:${port}/`);
      const stream = world.library.createWebSocketStream(webSocket);
      world.watch(webSocket);
      watchStream(world, stream);
      if (deed === 'write') stream.write('x', world.callback('stream', 'written') as never);
      else if (deed === 'end') stream.end('x');
      else stream.destroy();
    });
  },
}));

export const shapes: readonly Script[] = [...classes, ...listeners, ...streams, ...early];
