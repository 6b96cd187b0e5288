// Messages, pings and pongs of the peer: shapes, order, pausing, fragments, and every violation.

import type { FrameSettings } from '../wire.ts';
import { forBoth, type Script } from '../world.ts';

const messages = [
  ...forBoth('messages of each kind', async (world, { peer }) => {
    await world.step('text', () => peer.text('déjà'));
    await world.step('binary', () => peer.send(2, 'bytes'));
    await world.step('empty text', () => peer.text(''));
    await world.step('empty binary', () => peer.send(2, ''));
    await world.step('ping', () => peer.send(9, 'p'));
    await world.step('empty ping', () => peer.send(9));
    await world.step('pong', () => peer.send(10, 'q'));
    await world.step('large', () => peer.send(2, Buffer.alloc(70_000)));
  }),
  ...(['nodebuffer', 'arraybuffer', 'fragments', 'blob'] as const).flatMap((type) =>
    forBoth(`binaryType ${type}`, async (world, { webSocket, peer }) => {
      webSocket.binaryType = type;
      await world.step('binary', () => peer.send(2, 'bytes'));
      await world.step('empty', () => peer.send(2, ''));
      await world.step('text', () => peer.text('text'));
      await world.step('ping', () => peer.send(9, 'ping'));
      await world.step('parts', () => {
        peer.send(2, 'a', { fin: false });
        peer.send(0, 'bc', { fin: false });
        peer.send(0, '', { fin: false });
        peer.send(0, 'd');
      });
    }),
  ),
  ...forBoth('binaryType that changes between messages of one chunk', async (world, { webSocket, peer }) => {
    webSocket.once('message', () => {
      webSocket.binaryType = 'arraybuffer';
    });
    await world.step('two', () => peer.write(Buffer.concat([peer.frame(2, 'a'), peer.frame(2, 'b')])));
  }),
  ...forBoth('messages of one chunk, and what runs between them', async (world, { webSocket, peer }) => {
    webSocket.on('message', (data) => {
      process.nextTick(() => world.note('webSocket', `tick after ${data}`));
      queueMicrotask(() => world.note('webSocket', `microtask after ${data}`));
      setImmediate(() => world.note('webSocket', `immediate after ${data}`));
    });
    await world.step('three', () => {
      peer.write(Buffer.concat([peer.frame(1, 'a'), peer.frame(1, 'b'), peer.frame(9, 'p'), peer.frame(1, 'c')]));
    });
  }),
  ...forBoth(
    'the same without synchronous events',
    async (world, { webSocket, peer }) => {
      webSocket.on('message', (data) => {
        process.nextTick(() => world.note('webSocket', `tick after ${data}`));
        queueMicrotask(() => world.note('webSocket', `microtask after ${data}`));
      });
      await world.step('three', () => {
        peer.write(Buffer.concat([peer.frame(1, 'a'), peer.frame(1, 'b'), peer.frame(9, 'p'), peer.frame(1, 'c')]));
      });
      await world.step('close', () => {
        peer.write(Buffer.concat([peer.frame(1, 'd'), peer.frame(1, 'e'), peer.closeFrame(1000, 'x')]));
      });
    },
    { allowSynchronousEvents: false },
  ),
  ...forBoth('fragments with controls inside', async (world, { peer }) => {
    await world.step('one chunk', () => {
      const parts = [peer.frame(1, 'a', { fin: false }), peer.frame(9, 'p'), peer.frame(0, 'b', { fin: false })];
      peer.write(Buffer.concat([...parts, peer.frame(10, 'q'), peer.frame(0, 'c')]));
    });
    await world.step('byte by byte', () => {
      for (const byte of peer.frame(2, 'xyz')) peer.write(Uint8Array.of(byte));
    });
  }),
  ...forBoth('a Close inside a fragmented message', async (world, { peer }) => {
    await world.step('both', () => {
      peer.send(1, 'a', { fin: false });
      peer.close(1001, 'going');
    });
  }),
  ...forBoth('messages after a Close', async (world, { peer }) => {
    await world.step('both', () => {
      peer.write(Buffer.concat([peer.frame(1, 'a'), peer.closeFrame(1000), peer.frame(1, 'late'), peer.frame(9, 'p')]));
    });
    await world.step('later', () => {
      peer.text('later');
      peer.end();
    });
  }),
  ...forBoth('pause holds messages, resume brings them', async (world, { webSocket, peer }) => {
    webSocket.pause();
    await world.step('paused', () => peer.text('a'));
    await world.step('resumed', () => webSocket.resume());
    await world.step('pause twice', () => {
      webSocket.pause();
      webSocket.pause();
      peer.text('b');
      peer.send(9, 'p');
    });
    await world.step('resumed', () => webSocket.resume());
  }),
  ...forBoth('pause in a listener, with more in the chunk', async (world, { webSocket, peer }) => {
    webSocket.once('message', () => webSocket.pause());
    await world.step('two', () => peer.write(Buffer.concat([peer.frame(1, 'a'), peer.frame(1, 'b')])));
    await world.step('third', () => peer.text('c'));
    await world.step('resumed', () => webSocket.resume());
  }),
  ...forBoth('paused with nothing read, and the peer ends', async (world, { webSocket, peer }) => {
    webSocket.pause();
    await world.step('peer', () => peer.end());
    await world.step('resumed', () => webSocket.resume());
  }),
  ...forBoth('paused, and the peer ends', async (world, { webSocket, peer }) => {
    webSocket.pause();
    await world.step('peer', () => {
      peer.text('a');
      peer.end();
    });
    await world.step('resumed', () => webSocket.resume());
  }),
  ...forBoth('paused, and the peer closes', async (world, { webSocket, peer }) => {
    webSocket.pause();
    await world.step('peer', () => {
      peer.text('a');
      peer.close(1000, 'x');
    });
    await world.step('resumed', () => webSocket.resume());
    await world.step('peer ends', () => peer.end());
  }),
  ...forBoth('paused, then close', async (world, { webSocket, peer }) => {
    webSocket.pause();
    await world.step('peer', () => peer.text('a'));
    await world.step('close', () => webSocket.close());
    await world.step('peer closes', () => peer.close(1000));
    await world.step('resumed', () => webSocket.resume());
    await world.step('peer ends', () => peer.end());
  }),
  ...forBoth('paused, then terminate', async (world, { webSocket, peer }) => {
    webSocket.pause();
    await world.step('peer', () => peer.text('a'));
    await world.step('terminate', () => webSocket.terminate());
  }),
  ...forBoth(
    'pings without autoPong',
    async (world, { webSocket, peer }) => {
      await world.step('ping', () => peer.send(9, 'a'));
      webSocket.on('ping', (data) => webSocket.pong(data));
      await world.step('ping', () => peer.send(9, 'b'));
    },
    { autoPong: false },
  ),
  ...forBoth('a pong leaves before what the listener of ping sends', async (world, { webSocket, peer }) => {
    webSocket.on('ping', () => webSocket.send('answer'));
    await world.step('ping', () => peer.send(9, 'a'));
  }),
  ...forBoth('the memory of a message is the listener’s', async (world, { webSocket, peer }) => {
    const kept: Buffer[] = [];
    webSocket.on('message', (data) => kept.push(data as Buffer));
    webSocket.on('ping', (data) => kept.push(data));
    await world.step('a', () => peer.send(2, 'aaaa'));
    await world.step('p', () => peer.send(9, 'pppp'));
    await world.step('b', () => peer.send(2, 'bbbb'));
    await world.step('look', () => world.note('webSocket', kept.join()));
  }),
];

const BAD: readonly (readonly [
  name: string,
  opcode: number,
  payload: string | Uint8Array,
  settings?: FrameSettings,
])[] = [
  ...[3, 7, 11, 15].map((opcode) => [`opcode ${opcode}`, opcode, 'x'] as const),
  ['RSV1', 1, 'x', { rsv: 4 }],
  ['RSV2', 1, 'x', { rsv: 2 }],
  ['RSV3', 2, 'x', { rsv: 1 }],
  ['RSV1 of a ping', 9, 'x', { rsv: 4 }],
  ['a continuation of nothing', 0, 'x'],
  ['an unfinished ping', 9, 'x', { fin: false }],
  ['an unfinished Close', 8, '', { fin: false }],
  ['a ping of 126 bytes', 9, 'x'.repeat(126)],
  ['a Close of 126 bytes', 8, Buffer.alloc(126, 3)],
  ['a Close of 1 byte', 8, 'x'],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
    (code) => [`Close ${code}`, 8, Buffer.from([code >> 8, code & 255])] as const,
  ),
  ['a Close with a reason that is not UTF-8', 8, Buffer.from('03e8ff', 'hex')],
  ['text that is not UTF-8', 1, Buffer.from('61ff', 'hex')],
  ['text that ends within a character', 1, Buffer.from('61c3', 'hex')],
  ['a length of 2^53', 2, '', { lengthBytes: 8, length: 2 ** 53 }],
  ['a length of 2^63', 2, '', { lengthBytes: 8, length: 2 ** 63 }],
  ['a short length in 2 bytes', 1, 'x', { lengthBytes: 2 }],
  ['a short length in 8 bytes', 1, 'x', { lengthBytes: 8 }],
];

const violations = [
  ...BAD.flatMap(([name, opcode, payload, settings]) =>
    forBoth(`a violation: ${name}`, async (world, { webSocket, peer }) => {
      await world.step('a message and the frame', () => {
        peer.write(
          Buffer.concat([peer.frame(1, 'before'), peer.frame(opcode, payload, settings), peer.frame(1, 'after')]),
        );
      });
      await world.step('look', () => world.look(webSocket));
      await world.step('peer answers', () => {
        peer.close(1002);
        peer.end();
      });
      await world.step('look', () => world.look(webSocket));
    }),
  ),
  ...forBoth('a violation: wrong masking', async (world, { peer }, role) => {
    await world.step('frame', () => peer.send(1, 'x', { mask: role === 'client' }));
    await world.step('peer ends', () => peer.end());
  }),
  ...forBoth('a violation: a message within another', async (world, { peer }) => {
    await world.step('frames', () => {
      peer.send(1, 'x', { fin: false });
      peer.send(2, 'y');
    });
    await world.step('peer ends', () => peer.end());
  }),
  ...forBoth('a violation while it is paused', async (world, { webSocket, peer }) => {
    webSocket.pause();
    await world.step('frame', () => peer.send(3, 'x'));
    await world.step('resume', () => webSocket.resume());
    await world.step('peer ends', () => peer.end());
  }),
  ...forBoth('a violation after close', async (world, { webSocket, peer }) => {
    await world.step('close', () => webSocket.close(1000));
    await world.step('frame', () => peer.send(3, 'x'));
    await world.step('peer ends', () => peer.end());
  }),
  ...forBoth('a violation, and the peer resets', async (world, { peer }) => {
    await world.step('frame', () => peer.send(3, 'x'));
    await world.step('reset', () => peer.reset());
  }),
  ...(['terminate', 'close', 'send', 'throw', 'pause'] as const).flatMap((what) =>
    forBoth(`a violation, and the error listener: ${what}`, async (world, { webSocket, peer }) => {
      webSocket.on('error', () => {
        if (what === 'throw') throw new Error('mine');
        if (what === 'send') webSocket.send('x', world.callback('webSocket', 'sent'));
        else world.call('webSocket', what, () => webSocket[what]());
        world.look(webSocket);
      });
      await world.step('frame', () => peer.send(3, 'x'));
      await world.step('peer answers', () => {
        peer.close(1002);
        peer.end();
      });
    }),
  ),
  ...forBoth('a violation with messages that wait to be sent', async (world, { webSocket, peer }) => {
    webSocket.on('message', () => webSocket.send('answer', world.callback('webSocket', 'sent')));
    await world.step('both', () => peer.write(Buffer.concat([peer.frame(1, 'q'), peer.frame(3, 'x')])));
    await world.step('peer ends', () => peer.end());
  }),
  ...forBoth(
    'maxPayload: a frame',
    async (world, { webSocket, peer }) => {
      await world.step('as large', () => peer.text('12345'));
      await world.step('larger', () => peer.text('123456'));
      await world.step('peer ends', () => peer.end());
      world.look(webSocket);
    },
    { maxPayload: 5 },
  ),
  ...forBoth(
    'maxPayload: fragments',
    async (world, { peer }) => {
      await world.step('parts', () => {
        peer.send(1, '123', { fin: false });
        peer.send(9, 'longer than maxPayload');
        peer.send(0, '456');
      });
      await world.step('peer ends', () => peer.end());
    },
    { maxPayload: 5 },
  ),
  ...forBoth(
    'maxFragments',
    async (world, { peer }) => {
      await world.step('parts', () => {
        for (let at = 0; at < 5; at++) peer.send(at === 0 ? 1 : 0, 'x', { fin: false });
      });
      await world.step('peer ends', () => peer.end());
    },
    { maxFragments: 3 },
  ),
];

export const receiving: readonly Script[] = [...messages, ...violations];
