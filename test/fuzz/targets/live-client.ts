// Any bytes to clients of the engine over loopback, as a response head and as frames after a good one: `connect`
// rejects with an error of the table, or the connection reports the same as one of only the core, and nothing is left open.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { errorTable } from '../../../src/core/errors.ts';
import { connect, WebSocketError } from '../../../src/engine/index.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { CoreHost, describeClose } from '../../support/core-connection.ts';
import { keyAndAccept, switchingProtocols } from '../../support/handshake.ts';
import { concat } from '../../support/hex.ts';
import { describeFrame, readFrames } from '../../support/wire.ts';
import { bordersFrom, coreSetup, describeEvent, outline, runCore } from '../core-run.ts';
import { mutateFrames, wireArbitrary } from '../frames.ts';
import { ACCEPT_MARK, responseHeads } from '../heads.ts';
import { within, writeCut } from '../loopback.ts';
import type { FuzzTarget } from '../target.ts';
import { assertSameEvents, defaultAgreement } from './agreement.ts';
import { smallLimits } from './connection.ts';

const RAW_HEAD = 1;
const DEFLATE = 2;

/** What the server does to the connection that asks for its path. */
interface Script {
  readonly bytes: Uint8Array;
  readonly isRaw: boolean;
  readonly isCompressed: boolean;
  readonly cuts: number;
  /** What the client wrote after its request, when it has left. */
  written(bytes: Uint8Array): void;
}

const scripts = new Map<string, Script>();
const sockets = new Set<Socket>();
let server: Server;
let runs = 0;

const host = new CoreHost();
const plain = coreSetup('client', { limits: smallLimits }, nodeCompression());
const compressed = coreSetup('client', { limits: smallLimits }, nodeCompression(), defaultAgreement);

/** Input: what kind of head, the cuts, then head and frames, or frames after a good head. */
export const liveClientTarget: FuzzTarget = {
  name: 'live-client',
  parallel: 16,
  freshOneIn: 3,
  reachable: [
    'ERR_WS_REFUSED',
    'ERR_WS_RESPONSE_UPGRADE',
    'ERR_WS_RESPONSE_CONNECTION',
    'ERR_WS_RESPONSE_ACCEPT_MISSING',
    'ERR_WS_RESPONSE_ACCEPT_REPEATED',
    'ERR_WS_RESPONSE_ACCEPT',
    'ERR_WS_RESPONSE_SUBPROTOCOL',
    'ERR_WS_RESPONSE_SUBPROTOCOL_SEVERAL',
    'ERR_WS_RESPONSE_EXTENSION',
    'ERR_WS_RESPONSE_EXTENSIONS',
    'ERR_WS_RESPONSE_DEFLATE',
    'ERR_WS_RESPONSE_MALFORMED',
    'ERR_WS_HANDSHAKE_LOST',
  ],
  arbitrary: fc
    .tuple(
      fc.constantFrom(0, RAW_HEAD, DEFLATE, RAW_HEAD | DEFLATE),
      fc.nat(255),
      wireArbitrary('client'),
      responseHeads,
    )
    .map(([kind, cuts, wire, head]) => {
      const isRaw = (kind & RAW_HEAD) !== 0;
      return concat([Uint8Array.of(kind, cuts), isRaw ? Buffer.from(head, 'latin1') : new Uint8Array(0), wire]);
    }),
  mutate: (input, random) =>
    ((input[0] ?? 0) & RAW_HEAD) === 0
      ? concat([input.subarray(0, 2), mutateFrames(input.subarray(2), random)])
      : input,

  async start() {
    server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      serve(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  },
  async stop() {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  },

  async run(input) {
    const [kind = 0, cuts = 0] = input;
    const bytes = input.subarray(2);
    const isRaw = (kind & RAW_HEAD) !== 0;
    const isCompressed = (kind & DEFLATE) !== 0;
    const path = `/${runs++}`;
    const written = new Promise<Uint8Array>((resolve) => {
      scripts.set(path, { bytes, isRaw, isCompressed, cuts, written: resolve });
    });
    const events: string[] = [];
    let refusal = '';
    try {
      const connection = await within(
        'connect to settle',
        connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
          limits: smallLimits,
          compression: isCompressed,
          maxHeaderSize: 1024,
          maxHeaderCount: 12,
          subprotocols: isRaw ? ['chat'] : [],
          handlers: {
            message: (_, data) => void events.push(describeEvent('message', data)),
            ping: (_, payload) => void events.push(describeEvent('ping', payload)),
            pong: (_, payload) => void events.push(describeEvent('pong', payload)),
            error: (_, error) => void events.push(`error ${error.code}`),
            close: (_, event) => void events.push(`close ${describeClose(event)}`),
          },
        }),
      );
      await within('the close of the connection', connection.closed);
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      assert.ok(error.code in errorTable, error.code);
      refusal = error.code;
    }
    const answer = await within('the client to leave', written);
    if (refusal !== '') {
      assert.ok(isRaw, `refused with a good head: ${refusal}`);
      assert.equal(answer.length, 0, 'nothing is sent without a handshake');
      return `${kind} ${refusal}`;
    }
    if (isRaw) return `${kind} opened ${outline(events)}`;
    const expected = runCore(host, isCompressed ? compressed : plain, bytes, []);
    assertSameEvents(events, expected.events, isCompressed);
    if (!events.at(-1)?.includes('ERR_WS_LOST')) {
      const frames = readFrames(answer).map(describeFrame);
      const close = frames.findIndex((frame) => frame.startsWith('close'));
      assert.ok(close < 0 || close === frames.length - 1, `nothing follows a Close: ${frames.join(', ')}`);
      assert.equal(frames.length, expected.written.frames().length, 'as many frames');
    }
    return `${kind} ${outline(events)}`;
  },
};

/** Reads a request, writes what its script says, ends, and collects what still comes. */
function serve(socket: Socket): void {
  socket.on('error', () => {});
  let received: Buffer = Buffer.alloc(0);
  let script: Script | undefined;
  let rest = 0;
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const end = received.indexOf('\r\n\r\n');
    if (script !== undefined || end < 0) return;
    const request = received.subarray(0, end).toString('latin1');
    const path = request.split(' ')[1] ?? '';
    script = scripts.get(path);
    scripts.delete(path);
    rest = end + 4;
    if (script === undefined) socket.destroy();
    else void answer(socket, request, script);
  });
  // Its own direction was ended after the script: with the client's, the connection is over.
  socket.on('close', () => script?.written(received.subarray(rest)));
}

async function answer(socket: Socket, request: string, { bytes, isRaw, isCompressed, cuts }: Script): Promise<void> {
  const good = switchingProtocols(request, ...(isCompressed ? ['Sec-WebSocket-Extensions: permessage-deflate'] : []));
  const marked = Buffer.from(bytes).toString('latin1').replace(ACCEPT_MARK, keyAndAccept(request).accept);
  const sent = isRaw ? Buffer.from(marked, 'latin1') : concat([Buffer.from(good, 'latin1'), bytes]);
  await writeCut(socket, sent, bordersFrom(cuts, sent.length));
  socket.end();
}
