// permessage-deflate without context takeover: what is sent and received, and bad data. `ws` compresses in threads, so these
// scripts wait for what they expect.

import { constants, deflateRawSync } from 'node:zlib';
import { switchingProtocols } from '../../../support/handshake.ts';
import type { Pair, Role, Script, World } from '../world.ts';

const NO_CONTEXT = { serverNoContextTakeover: true, clientNoContextTakeover: true };
const AGREED = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const LONG = 'a text that is long enough to be compressed, compressed, compressed';

function deflated(text: string): Buffer {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

function forBoth(
  title: string,
  run: (world: World, pair: Pair, role: Role) => Promise<void>,
  options: object = {},
): Script[] {
  const given = { perMessageDeflate: { ...NO_CONTEXT, threshold: 20 }, ...options };
  return [
    {
      title: `client: compressed: ${title}`,
      async run(world) {
        const answer = (request: string): string => switchingProtocols(request, `Sec-WebSocket-Extensions: ${AGREED}`);
        await run(world, await world.client(given, [], answer), 'client');
      },
    },
    {
      title: `server: compressed: ${title}`,
      async run(world) {
        await run(world, await world.accepted(given, { 'Sec-WebSocket-Extensions': AGREED }), 'server');
      },
    },
  ];
}

export const compressing: readonly Script[] = [
  ...forBoth('messages that are sent, and which of them', async (world, { webSocket }) => {
    await world.step('send', () => {
      world.look(webSocket);
      webSocket.send('short');
      webSocket.send(LONG);
      webSocket.send(LONG, { compress: false });
      webSocket.send(Buffer.from(LONG), { compress: true });
      webSocket.send(LONG, { binary: true });
      webSocket.ping('p');
      webSocket.send('');
      webSocket.send('last');
    });
    await world.until('peer', 'last');
  }),
  ...forBoth('callbacks of messages that are sent', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send(LONG, world.callback('callbacks', 'long'));
      webSocket.send('short', world.callback('callbacks', 'short'));
      webSocket.ping('p', undefined, world.callback('callbacks', 'ping'));
    });
    await world.until('callbacks', 'ping');
  }),
  ...forBoth('fragments that are sent', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send(LONG, { fin: false, compress: false });
      webSocket.send('middle', { fin: false });
      webSocket.send('end');
      webSocket.send('last');
    });
    await world.until('peer', 'last');
  }),
  ...forBoth('send, then close', async (world, { webSocket }) => {
    await world.step('send', () => {
      webSocket.send(LONG);
      webSocket.send('short');
      webSocket.close(4000, 'bye');
    });
    await world.until('peer', 'close 4000');
  }),
  ...forBoth('messages that are received', async (world, { peer }) => {
    await world.step('messages', () => {
      peer.send(1, deflated(LONG), { rsv: 4 });
      peer.send(2, deflated('bytes'), { rsv: 4 });
      peer.send(1, 'plain');
      peer.send(1, deflated(''), { rsv: 4 });
      peer.text('last');
    });
    await world.until('webSocket', 'last');
  }),
  ...forBoth('fragments that are received', async (world, { peer }) => {
    const bytes = deflated(LONG);
    await world.step('fragments', () => {
      peer.send(1, bytes.subarray(0, 10), { rsv: 4, fin: false });
      peer.send(0, bytes.subarray(10, 20), { fin: false });
      peer.send(0, bytes.subarray(20));
      peer.text('last');
    });
    await world.until('webSocket', 'last');
  }),
  ...forBoth('messages, then the peer’s Close', async (world, { peer }) => {
    await world.step('messages', () => {
      peer.send(1, deflated(LONG), { rsv: 4 });
      peer.text('plain');
      peer.close(4000, 'bye');
      peer.end();
    });
    await world.until('webSocket', /^close/u);
  }),
  ...(['RSV1 of a continuation', 'RSV1 of a ping', 'bad data', 'text that is not UTF-8'] as const).flatMap((name) =>
    forBoth(`a violation: ${name}`, async (world, { peer }) => {
      await world.step('frame', () => {
        if (name === 'RSV1 of a ping') peer.send(9, '', { rsv: 4 });
        else if (name === 'bad data') peer.send(1, Buffer.from('ffffffff', 'hex'), { rsv: 4 });
        else if (name === 'RSV1 of a continuation') {
          peer.send(1, deflated(LONG).subarray(0, 10), { rsv: 4, fin: false });
          peer.send(0, '', { rsv: 4 });
        } else {
          const bytes = deflateRawSync(Buffer.from([0xff]), { finishFlush: constants.Z_SYNC_FLUSH });
          peer.send(1, bytes.subarray(0, -4), { rsv: 4 });
        }
      });
      await world.until('webSocket', /^error/u);
      await world.step('end', () => peer.end());
      await world.until('webSocket', /^close/u);
    }),
  ),
  ...forBoth(
    'maxPayload',
    async (world, { peer }) => {
      await world.step('frame', () => peer.send(1, deflated('x'.repeat(200)), { rsv: 4 }));
      await world.until('webSocket', /^error/u);
      await world.step('end', () => peer.end());
      await world.until('webSocket', /^close/u);
    },
    { maxPayload: 100 },
  ),
];
