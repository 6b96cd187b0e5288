// Floods: each attack over a socket, on a server and on a client, up to the bound that stops it; the memory that it has cost
// by then; and the same traffic just within the bound, which passes.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import type { ErrorCode } from '../../src/core/errors.ts';
import { createServer, type Limits } from '../../src/engine/index.ts';
import { reportCount } from '../support/counts.ts';
import { memoryInUse } from '../support/crowd.ts';
import { listen, open } from '../support/engine.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { acceptHandshake, requestHandshake } from '../support/handshake.ts';
import { concat, hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, listenRaw, type RawPeer } from '../support/raw-peer.ts';
import { frame, wire } from '../support/wire.ts';

const MiB = 1024 * 1024;
const DEFLATE = 'permessage-deflate';

/** A connection of the engine in one of the roles, and its attacker. */
interface Attacked {
  readonly peer: RawPeer;
  readonly errors: Inbox<unknown>;
  readonly messages: Inbox<string | Buffer>;
}

async function attack(scope: Scope, role: 'server' | 'client', limits: Partial<Limits>): Promise<Attacked> {
  const errors = new Inbox<unknown>();
  const messages = new Inbox<string | Buffer>();
  const handlers = {
    error: (_connection: unknown, error: unknown) => errors.push(error),
    message: (_connection: unknown, data: string | Buffer) => messages.push(data),
  };
  if (role === 'server') {
    const { port } = await listen(scope, { compression: true, limits, ...handlers });
    const peer = await connectRaw(scope, port);
    await requestHandshake(peer, { 'Sec-WebSocket-Extensions': DEFLATE });
    return { peer, errors, messages };
  }
  const server = await listenRaw(scope);
  const connecting = open(scope, server.url, { compression: true, limits, handlers });
  const peer = await server.accepted();
  await acceptHandshake(peer, `Sec-WebSocket-Extensions: ${DEFLATE}`);
  await connecting;
  return { peer, errors, messages };
}

function repeated(count: number, ...frames: (string | Uint8Array)[]): Uint8Array[] {
  return Array.from({ length: count }, () => concat(frames.map((one) => hex(one))));
}

/** One compressed message of so many MiB of zeros, about 1 KiB for each. */
function bomb(count: number): Uint8Array {
  const one = deflateRawSync(Buffer.alloc(MiB), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
  return frame(0xc2, Buffer.concat(Array.from({ length: count }, () => one)).subarray(0, -4));
}

interface Flood {
  readonly name: string;
  readonly limits: Partial<Limits>;
  /** As a server sends them. */
  readonly within: readonly (string | Uint8Array)[];
  readonly beyond: readonly (string | Uint8Array)[];
  readonly closeCode: number;
  readonly code: ErrorCode;
  readonly bound: string;
}

const floods: readonly Flood[] = [
  {
    name: 'fragments without payload (RFC 6455 §5.4)',
    limits: {},
    within: ['01 00', ...repeated(1_000, '00 00'), '80 02 6f 6b'],
    beyond: ['01 00', ...repeated(1_100, '00 00')],
    closeCode: 1008,
    code: 'ERR_WS_TOO_MANY_EMPTY_FRAGMENTS',
    bound: 'maxEmptyFragments (1024)',
  },
  {
    name: 'fragments of one byte (RFC 6455 §5.4)',
    limits: { maxFragments: 1_000 },
    within: ['01 01 61', ...repeated(998, '00 01 61'), '80 01 61'],
    beyond: ['01 01 61', ...repeated(1_100, '00 01 61')],
    closeCode: 1008,
    code: 'ERR_WS_TOO_MANY_FRAGMENTS',
    bound: 'maxFragments (1000)',
  },
  {
    name: 'pongs that nobody asked for (RFC 6455 §5.5.3)',
    limits: { maxControlFramesPerSecond: 2_000 },
    within: [...repeated(1_500, '8a 00'), '81 02 6f 6b'],
    beyond: repeated(8_000, '8a 00'),
    closeCode: 1008,
    code: 'ERR_WS_TOO_MANY_CONTROL_FRAMES',
    bound: 'maxControlFramesPerSecond (2000)',
  },
  {
    name: 'messages (RFC 6455 §5.6)',
    limits: { maxMessagesPerSecond: 500 },
    within: repeated(400, '81 02 6f 6b'),
    beyond: repeated(2_000, '81 00'),
    closeCode: 1008,
    code: 'ERR_WS_TOO_MANY_MESSAGES',
    bound: 'maxMessagesPerSecond (500)',
  },
  {
    name: 'the header of a frame of 101 MiB (RFC 6455 §5.2)',
    limits: {},
    within: ['81 02 6f 6b'],
    // The payload never comes: no memory may be kept for it.
    beyond: ['82 7f 00 00 00 00 06 50 00 00'],
    closeCode: 1009,
    code: 'ERR_WS_MESSAGE_TOO_LARGE',
    bound: 'maxMessageSize (104857600 bytes)',
  },
  {
    name: 'the header of a large frame of a message that may be larger (RFC 6455 §5.2)',
    limits: { maxFrameSize: MiB },
    within: [frame(0x02, new Uint8Array(MiB)), frame(0x80, new Uint8Array(MiB))],
    beyond: ['82 7f 00 00 00 00 00 10 00 01'],
    closeCode: 1009,
    code: 'ERR_WS_FRAME_TOO_LARGE',
    bound: 'maxFrameSize (1048576 bytes)',
  },
  {
    name: 'a message that inflates to a thousand times its size (RFC 7692 §7.2.2)',
    limits: {},
    within: [bomb(3)],
    beyond: [bomb(64)],
    closeCode: 1009,
    code: 'ERR_WS_INFLATE_RATIO',
    bound: 'maxInflateRatio (200)',
  },
];

/** `wire` cannot mask a header without payload: MASK and a key are added here. */
function sent(role: 'server' | 'client', frames: readonly (string | Uint8Array)[]): Uint8Array {
  const [first = ''] = frames;
  const bytes = hex(first);
  const isHeaderAlone = frames.length === 1 && bytes.length === 10 && bytes[1] === 0x7f;
  if (!isHeaderAlone) return wire(role, ...frames);
  return role === 'client'
    ? bytes
    : concat([Uint8Array.of(bytes[0] as number, 0xff), bytes.subarray(2), hex('00000000')]);
}

for (const role of ['server', 'client'] as const) {
  describe(`a ${role} is sent`, () => {
    for (const { name, limits, within, beyond, closeCode, code, bound } of floods) {
      test(`${name}: ${closeCode}, by ${bound.replace(/ .*/, '')}`, async (t) => {
        await leavingNothing(async (scope) => {
          const fine = await attack(scope, role, limits);
          fine.peer.write(sent(role, within));
          await fine.messages.next();
          const { peer, errors } = await attack(scope, role, limits);
          const before = await memoryInUse();
          peer.write(sent(role, beyond));
          isError(await errors.next(), code, bound);
          const grown = (await memoryInUse()) - before;
          assert.ok(grown < 8 * MiB, `${grown} bytes are held after the attack`);
          const close = await peer.readFrame();
          assert.deepEqual([close.first, close.payload.readUInt16BE()], [0x88, closeCode]);
          assert.equal(fine.errors.rest.length, 0);
          peer.destroy();
          fine.peer.destroy();
        }, 60_000)();
        reportCount(t, 'attack budgets', 1);
      });
    }
  });
}

test('clients that do not read, each within its bound: together they hold at most maxTotalQueuedBytes', async (t) => {
  const LIMIT = 8 * MiB;
  await leavingNothing(async (scope) => {
    const errors = new Inbox<unknown>();
    const server = createServer({
      limits: { maxTotalQueuedBytes: LIMIT },
      error: (_connection, error) => errors.push(error),
    });
    scope.defer(() => server.close());
    const { port } = await server.listen({ host: '127.0.0.1' });
    for (let count = 0; count < 8; count++) await requestHandshake(await connectRaw(scope, port));
    const data = Buffer.alloc(MiB / 2);
    let highest = 0;
    const before = await memoryInUse();
    while (errors.rest.length === 0) {
      for (const connection of server.connections) {
        connection.send(data);
        let waiting = 0;
        for (const { bufferedAmount } of server.connections) waiting += bufferedAmount;
        highest = Math.max(highest, waiting);
      }
      await turn();
    }
    isError(await errors.next(), 'ERR_WS_QUEUES_FULL', `maxTotalQueuedBytes (${LIMIT})`);
    assert.ok(highest > LIMIT / 2 && highest <= LIMIT + MiB, `${highest} bytes have waited`);
    const grown = (await memoryInUse()) - before;
    assert.ok(grown < 2 * LIMIT, `${grown} bytes`);
    assert.ok(server.connections.size > 4, 'most go on');
  }, 60_000)();
  reportCount(t, 'attack budgets', 1);
});
