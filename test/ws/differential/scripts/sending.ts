// send, ping and pong: types, options, callbacks, order, and what becomes of them when the connection ends.

import { forBoth, type Script } from '../world.ts';

/** Made for each run: `ws` masks some of them in place. */
const data = (): readonly (readonly [string, unknown])[] => [
  ['text', 'déjà'],
  ['empty text', ''],
  ['a number', 5],
  ['zero', 0],
  ['NaN', Number.NaN],
  ['a Buffer', Buffer.from('ab')],
  ['an ArrayBuffer', Uint8Array.of(1, 2).buffer],
  ['a view', new Uint16Array([1, 2, 3]).subarray(1)],
  ['a DataView', new DataView(Uint8Array.of(1, 2, 3).buffer, 1)],
  ['an array', [7, 300]],
  ['undefined', undefined],
  ['null', null],
  ['false', false],
  ['true', true],
  ['an object', {}],
  ['a Date', new Date(0)],
  ['an object with valueOf', { valueOf: () => 'v' }],
  ['a String object', new String('boxed')],
  ['a bigint', 5n],
  ['a symbol', Symbol('s')],
  ['a function', () => {}],
  ['a shared buffer', new SharedArrayBuffer(2)],
  ['what JSON makes of a Buffer', Buffer.from('ab').toJSON()],
];

const kinds = data().flatMap(([name], index) =>
  forBoth(`send, ping and pong of ${name}`, async (world, { webSocket }) => {
    const value = data()[index]?.[1] as string;
    for (const kind of ['send', 'ping', 'pong'] as const) {
      await world.step(kind, () => world.call('webSocket', kind, () => webSocket[kind](value)));
    }
    await world.step('with text', () => {
      world.call('webSocket', 'binary false', () => webSocket.send(value, { binary: false }));
      world.call('webSocket', 'binary true', () => webSocket.send(value, { binary: true }));
      world.look(webSocket);
    });
    webSocket.close();
    await world.step('after close', () => {
      for (const kind of ['send', 'ping', 'pong'] as const) {
        world.call('webSocket', kind, () => webSocket[kind](value));
      }
      world.look(webSocket);
    });
  }),
);

const OPTIONS: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['binary undefined', { binary: undefined }],
  ['binary null', { binary: null }],
  ['binary 1', { binary: 1 }],
  ['fin undefined', { fin: undefined }],
  ['fin 0', { fin: 0 }],
  ['compress undefined', { compress: undefined }],
  ['compress false', { compress: false }],
  ['an array', []],
  ['a string', 'x'],
  ['a number', 5],
  ['true', true],
];

const options = OPTIONS.flatMap(([name, given]) =>
  forBoth(`options of send: ${name}`, async (world, { webSocket }) => {
    const sent = world.callback('webSocket', 'sent');
    await world.step('send', () => {
      world.call('webSocket', 'text', () => webSocket.send('a', given as object, sent));
      world.call('webSocket', 'binary', () => webSocket.send(Buffer.from('b'), given as object, sent));
      world.call('webSocket', 'end', () => webSocket.send('c'));
      world.call('webSocket', 'next', () => webSocket.send('d'));
    });
  }),
);

const callbacks = [
  ...forBoth('callbacks come after the call, in order, without an error', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send('a', world.callback('webSocket', 'a'));
      webSocket.ping('b', undefined, world.callback('webSocket', 'b'));
      webSocket.pong('c', undefined, world.callback('webSocket', 'c'));
      webSocket.send('d', {}, world.callback('webSocket', 'd'));
      webSocket.ping(world.callback('webSocket', 'e') as never);
      webSocket.pong('f', world.callback('webSocket', 'f') as never);
      webSocket.send('', world.callback('webSocket', 'g'));
      process.nextTick(() => world.note('webSocket', 'next tick'));
      queueMicrotask(() => world.note('webSocket', 'microtask'));
      world.note('webSocket', 'end of call');
    });
  }),
  ...forBoth('a callback that sends, and one that closes', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send('a', () => {
        world.note('webSocket', 'a sent');
        webSocket.send('b', () => {
          world.note('webSocket', 'b sent');
          webSocket.close(4000, 'enough');
          world.look(webSocket);
        });
      });
    });
  }),
  ...forBoth('a callback that throws', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send('a', () => {
        throw new Error('mine');
      });
      webSocket.send('b', world.callback('webSocket', 'b'));
    });
    await world.step('again', () => webSocket.send('c', world.callback('webSocket', 'c')));
  }),
  ...forBoth('a callback that is not a function', async (world, { webSocket }) => {
    await world.step('send', () => {
      world.call('webSocket', 'send', () => webSocket.send('a', {}, 5 as never));
      world.call('webSocket', 'ping', () => webSocket.ping('a', true, 'x' as never));
      world.call('webSocket', 'null', () => webSocket.send('b', null as never, null as never));
    });
    webSocket.close();
    await world.step('after close', () => {
      world.call('webSocket', 'send', () => webSocket.send('a', {}, 5 as never));
      world.call('webSocket', 'null', () => webSocket.send('b', null as never, null as never));
    });
  }),
  ...forBoth('callbacks after close: an error in a later tick', async (world, { webSocket, peer }) => {
    await world.step('close', () => {
      webSocket.close();
      webSocket.send('a', world.callback('webSocket', 'a'));
      webSocket.ping('b', true, world.callback('webSocket', 'b'));
      webSocket.pong('c', true, world.callback('webSocket', 'c'));
      world.look(webSocket);
    });
    await world.step('peer closes', () => {
      peer.close();
      peer.end();
    });
    await world.step('closed', () => {
      webSocket.send('abc', world.callback('webSocket', 'd'));
      world.call('webSocket', 'ping', () => webSocket.ping('x'));
      world.look(webSocket);
    });
  }),
  ...forBoth('send and terminate in one turn', async (world, { webSocket }) => {
    await world.step('both', () => {
      webSocket.send('a', world.callback('webSocket', 'a'));
      webSocket.send('b');
      webSocket.terminate();
      world.look(webSocket);
    });
  }),
  ...forBoth('close and terminate in one turn', async (world, { webSocket }) => {
    await world.step('both', () => {
      webSocket.close(4001, 'bye');
      webSocket.terminate();
    });
  }),
  ...forBoth('send, close and terminate in one turn', async (world, { webSocket }) => {
    await world.step('all', () => {
      webSocket.send('last words', world.callback('webSocket', 'sent'));
      webSocket.close();
      webSocket.terminate();
    });
  }),
  ...forBoth('send and _socket.destroy in one turn', async (world, { webSocket }) => {
    await world.step('both', () => {
      webSocket.send('a', world.callback('webSocket', 'a'));
      webSocket._socket?.destroy();
    });
  }),
  ...forBoth('send and _socket.end in one turn', async (world, { webSocket, peer }) => {
    await world.step('both', () => {
      webSocket.send('a', world.callback('webSocket', 'a'));
      webSocket._socket?.end();
    });
    await world.step('peer ends', () => peer.end());
  }),
  ...(['destroy', 'end'] as const).flatMap((method) =>
    forBoth(`send after _socket.${method}`, async (world, { webSocket }) => {
      await world.step('both', () => {
        webSocket._socket?.[method]();
        webSocket.send('a', world.callback('webSocket', 'a'));
        world.look(webSocket);
      });
    }),
  ),
  ...forBoth('send in a message listener, then terminate', async (world, { webSocket, peer }) => {
    webSocket.on('message', () => {
      webSocket.send('answer', world.callback('webSocket', 'answer'));
      webSocket.terminate();
    });
    await world.step('message', () => peer.text('q'));
  }),
];

const controls = [
  ...[125, 126].flatMap((size) =>
    forBoth(`ping and pong of ${size} bytes`, async (world, { webSocket }) => {
      await world.step('ping', () => {
        world.call('webSocket', 'ping', () => webSocket.ping('x'.repeat(size)));
        world.call('webSocket', 'pong', () => webSocket.pong(Buffer.alloc(size)));
      });
      webSocket.close();
      await world.step('after close', () => {
        world.call('webSocket', 'ping', () => webSocket.ping('x'.repeat(size), true, world.callback('webSocket', 'p')));
      });
    }),
  ),
  ...forBoth('the mask of ping, and callbacks in its place', async (world, { webSocket }) => {
    await world.step('ping', () => {
      world.call('webSocket', 'ping', () => webSocket.ping('x', undefined));
      world.call('webSocket', 'ping', () => webSocket.ping(undefined, undefined, world.callback('webSocket', 'p')));
      world.call('webSocket', 'pong', () => webSocket.pong());
    });
  }),
  ...forBoth('fragments with controls and another message between', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send('a', { fin: false });
      webSocket.ping('p');
      webSocket.send(Buffer.from('b'), { fin: false, binary: true });
      webSocket.send('', { fin: true });
      webSocket.send('whole');
    });
  }),
  ...forBoth('a fragment, then close', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send('a', { fin: false });
      webSocket.close(1000);
    });
  }),
  ...forBoth('a large message', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send('x'.repeat(70_000), world.callback('webSocket', 'sent'));
      webSocket.send(Buffer.alloc(200), world.callback('webSocket', 'sent'));
    });
  }),
  ...forBoth('a buffer that is changed after send', async (world, { webSocket }, role) => {
    await world.step('send', () => {
      const bytes = Buffer.from('before');
      webSocket.send(bytes);
      bytes.fill('x');
      // A server of ws gives the memory itself to the socket, where the system has taken it during the call.
      world.note('webSocket', `${role} ${bytes.toString()}`);
    });
  }),
  ...forBoth('Blobs keep their place', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send(new Blob(['blob']), world.callback('webSocket', 'blob'));
      webSocket.send('text', world.callback('webSocket', 'text'));
      webSocket.ping('p', undefined, world.callback('webSocket', 'ping'));
      world.look(webSocket);
      webSocket.close(1000);
      world.look(webSocket);
    });
    await world.until('peer', 'close');
  }),
  ...forBoth('a Blob, then terminate', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send(new Blob(['blob']), world.callback('webSocket', 'blob'));
      webSocket.send('text', world.callback('webSocket', 'text'));
      webSocket.terminate();
    });
    await world.until('webSocket', 'text called');
  }),
];

const attributes = forBoth('attributes at each moment', async (world, { webSocket, peer }) => {
  await world.step('open', () => world.look(webSocket));
  await world.step('binaryType', () => {
    webSocket.binaryType = 'arraybuffer';
    world.look(webSocket);
    webSocket.binaryType = 'nonsense' as never;
    world.look(webSocket);
  });
  await world.step('pause', () => {
    world.call('webSocket', 'pause', () => webSocket.pause());
    world.look(webSocket);
  });
  await world.step('resume', () => {
    world.call('webSocket', 'resume', () => webSocket.resume());
    world.look(webSocket);
  });
  await world.step('close', () => {
    world.call('webSocket', 'close', () => webSocket.close());
    world.look(webSocket);
    world.call('webSocket', 'pause', () => webSocket.pause());
    world.look(webSocket);
    world.call('webSocket', 'resume', () => webSocket.resume());
    world.look(webSocket);
  });
  await world.step('peer closes', () => {
    peer.close(1000, 'ok');
    peer.end();
  });
  await world.step('closed', () => {
    world.look(webSocket);
    world.call('webSocket', 'pause', () => webSocket.pause());
    world.call('webSocket', 'resume', () => webSocket.resume());
    world.call('webSocket', 'close', () => webSocket.close(5 as never));
    world.call('webSocket', 'terminate', () => webSocket.terminate());
    world.look(webSocket);
  });
});

export const sending: readonly Script[] = [...kinds, ...options, ...callbacks, ...controls, ...attributes];
