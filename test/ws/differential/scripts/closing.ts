// Every way to end an open connection, from both sides, and listeners that end it.

import { forBoth, type Pair, type Script, type World } from '../world.ts';

const CODES: readonly (readonly [string, readonly unknown[]])[] = [
  ['nothing', []],
  ['1000', [1000]],
  ['1000 and a reason', [1000, 'some reason']],
  ['3000', [3000, '']],
  ['4999 and a Buffer', [4999, Buffer.from('why')]],
  ['4000 and a Uint8Array', [4000, new TextEncoder().encode('why')]],
  ['4000 and null', [4000, null]],
  ['4000 and a number', [4000, 5]],
  ['4000 and an array', [4000, [1, 2]]],
  ['4000 and an object', [4000, {}]],
  ['4000 and an ArrayBuffer', [4000, new ArrayBuffer(2)]],
  ['4000 and bytes that are not UTF-8', [4000, Buffer.from([255])]],
  ['undefined and a reason', [undefined, 'why']],
  ['null', [null]],
  ['a string', ['1000']],
  ['NaN', [Number.NaN]],
  ['1000.5', [1000.5]],
  ...[0, 999, 1004, 1005, 1006, 1012, 1014, 1015, 2999, 5000].map((code) => [String(code), [code]] as const),
  ['a reason of 123 bytes', [1000, 'x'.repeat(123)]],
  ['a reason of 124 bytes', [1000, 'x'.repeat(124)]],
  ['a reason of 124 bytes in UTF-8', [1000, 'é'.repeat(62)]],
];

const codes = CODES.flatMap(([name, values]) =>
  forBoth(`close with ${name}`, async (world, { webSocket, peer }) => {
    await world.step('close', () => {
      world.call('webSocket', 'close', () => webSocket.close(...(values as [number, string])));
      world.look(webSocket);
    });
    await world.step('peer closes', () => peer.close(1000, 'ok'));
    await world.step('peer ends', () => peer.end());
    await world.step('look', () => world.look(webSocket));
  }),
);

const peers = [
  ...[undefined, 1000, 1001, 1011, 3000, 4999].flatMap((code) =>
    forBoth(`the peer closes with ${code}`, async (world, { webSocket, peer }) => {
      await world.step('close', () => peer.close(code, code === undefined ? '' : 'raison é'));
      await world.step('look', () => world.look(webSocket));
      await world.step('peer ends', () => peer.end());
      await world.step('look', () => world.look(webSocket));
    }),
  ),
  ...forBoth('the peer closes, and ends TCP at once', async (world, { peer }) => {
    await world.step('both', () => {
      peer.close(1000);
      peer.end();
    });
  }),
  ...forBoth('the peer ends TCP', async (world, { webSocket, peer }) => {
    await world.step('end', () => peer.end());
    await world.step('look', () => world.look(webSocket));
  }),
  ...forBoth('the peer sends, and ends TCP', async (world, { webSocket, peer }) => {
    webSocket.on('message', () => webSocket.send('answer', world.callback('webSocket', 'answer')));
    await world.step('both', () => {
      peer.text('q');
      peer.end();
    });
  }),
  ...forBoth('the peer ends TCP within a frame', async (world, { peer }) => {
    await world.step('part', () => {
      peer.write(peer.frame(1, 'abc').subarray(0, 3));
      peer.end();
    });
  }),
  ...forBoth('the peer resets TCP', async (world, { peer }) => {
    await world.step('reset', () => peer.reset());
  }),
  ...forBoth('the peer resets TCP, and we send', async (world, { webSocket, peer }) => {
    await world.step('reset', () => peer.reset());
    await world.step('send', () => webSocket.send('x', world.callback('webSocket', 'sent')));
  }),
  ...forBoth('close on both sides at once', async (world, { webSocket, peer }) => {
    await world.step('both', () => {
      peer.close(4001, 'theirs');
      webSocket.close(4002, 'mine');
    });
    await world.step('peer ends', () => peer.end());
  }),
  ...forBoth('close, and the peer ends TCP without a Close', async (world, { webSocket, peer }) => {
    await world.step('close', () => webSocket.close(1000));
    await world.step('peer ends', () => peer.end());
  }),
  ...forBoth('close, and the peer resets', async (world, { webSocket, peer }) => {
    await world.step('close', () => webSocket.close(1000));
    await world.step('reset', () => peer.reset());
  }),
  ...forBoth('messages of the peer after close', async (world, { webSocket, peer }) => {
    await world.step('close', () => webSocket.close(1000));
    await world.step('messages', () => {
      peer.text('late');
      peer.send(9, 'ping');
      peer.send(10, 'pong');
    });
    await world.step('peer closes', () => {
      peer.close(1000);
      peer.end();
    });
  }),
  ...forBoth('close twice, with other codes', async (world, { webSocket, peer }) => {
    await world.step('close', () => {
      world.call('webSocket', 'first', () => webSocket.close(4000));
      world.call('webSocket', 'second', () => webSocket.close(4001));
      world.call('webSocket', 'invalid', () => webSocket.close(5));
    });
    await world.step('peer closes', () => {
      peer.close(1000);
      peer.end();
    });
  }),
  ...forBoth(
    'closeTimeout passes',
    async (world, { webSocket }) => {
      await world.step('close', () => webSocket.close(1000));
      await world.until('webSocket', 'close 1006');
    },
    { closeTimeout: 30 },
  ),
  ...forBoth('terminate, twice', async (world, { webSocket }) => {
    await world.step('terminate', () => {
      world.call('webSocket', 'terminate', () => webSocket.terminate());
      world.call('webSocket', 'terminate', () => webSocket.terminate());
      world.call('webSocket', 'close', () => webSocket.close(1000));
      webSocket.send('x', world.callback('webSocket', 'sent'));
      world.look(webSocket);
    });
    await world.step('look', () => world.look(webSocket));
  }),
  ...forBoth('terminate while the peer’s Close is on its way', async (world, { webSocket, peer }) => {
    await world.step('both', () => {
      peer.close(4000, 'theirs');
      webSocket.terminate();
    });
  }),
  ...forBoth('terminate after the closing handshake began', async (world, { webSocket }) => {
    await world.step('close', () => webSocket.close());
    await world.step('terminate', () => webSocket.terminate());
  }),
  ...(['destroy', 'end', 'destroySoon', 'resetAndDestroy'] as const).flatMap((method) =>
    forBoth(`_socket.${method}`, async (world, { webSocket, peer }) => {
      await world.step(method, () => {
        (webSocket._socket as unknown as Record<string, () => void>)[method]?.();
        world.look(webSocket);
      });
      await world.step('look', () => world.look(webSocket));
      await world.step('peer ends', () => peer.end());
      await world.step('look', () => world.look(webSocket));
    }),
  ),
  ...forBoth('_socket.destroy with an error', async (world, { webSocket }) => {
    await world.step('destroy', () => void webSocket._socket?.destroy(new Error('mine')));
  }),
];

type Deed = 'terminate' | 'close' | 'send' | 'throw' | 'removeAllListeners' | 'pause' | 'ping';

function doing(world: World, { webSocket }: Pair, deed: Deed): void {
  if (deed === 'throw') throw new Error('mine');
  if (deed === 'send') webSocket.send('from listener', world.callback('webSocket', 'sent'));
  else world.call('webSocket', deed, () => void webSocket[deed]());
}

const deeds = (['terminate', 'close', 'send', 'throw', 'removeAllListeners', 'pause', 'ping'] as const).flatMap(
  (deed) => [
    ...(['message', 'ping', 'pong'] as const).flatMap((event) =>
      forBoth(`a listener of ${event} with more in the chunk: ${deed}`, async (world, pair) => {
        const { webSocket, peer } = pair;
        webSocket.once(event, () => doing(world, pair, deed));
        const opcode = { message: 1, ping: 9, pong: 10 }[event];
        await world.step('two', () => {
          peer.write(Buffer.concat([peer.frame(opcode, 'a'), peer.frame(1, 'b'), peer.frame(9, 'c')]));
        });
        await world.step('look', () => world.look(webSocket));
        await world.step('peer closes', () => {
          peer.close(1000);
          peer.end();
        });
        await world.step('look', () => world.look(webSocket));
      }),
    ),
    ...forBoth(`a listener of close: ${deed}`, async (world, pair) => {
      const { webSocket, peer } = pair;
      webSocket.prependListener('close', () => doing(world, pair, deed));
      await world.step('peer closes', () => {
        peer.close(1000, 'x');
        peer.end();
      });
      await world.step('look', () => world.look(webSocket));
    }),
  ],
);

export const closing: readonly Script[] = [...codes, ...peers, ...deeds];
