// Any bytes to one server that listens on loopback, a request head and frames, cut anywhere: it answers or refuses,
// reports the same about frames as one of only the core, and serves the next good client.

import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { errorTable } from '../../../src/core/errors.ts';
import {
  accept,
  connect,
  createServer,
  type Server,
  type ServerConnection,
  type WebSocketError,
} from '../../../src/engine/index.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { CoreHost, describeClose } from '../../support/core-connection.ts';
import { upgradeRequest } from '../../support/handshake.ts';
import { assertBytes, concat } from '../../support/hex.ts';
import { readFrames } from '../../support/wire.ts';
import { bordersFrom, coreSetup, describeEvent, outline, runCore } from '../core-run.ts';
import { mutateFrames, wireArbitrary } from '../frames.ts';
import { requestHeads } from '../heads.ts';
import { dial, nameOf, readAll, splitHead, within, writeCut } from '../loopback.ts';
import type { FuzzTarget } from '../target.ts';
import { assertSameEvents, defaultAgreement } from './agreement.ts';
import { smallLimits } from './connection.ts';

const RAW_HEAD = 1;
const DEFLATE = 2;
/** A good client comes after so many. */
const GOOD_ONE_IN = 50;

interface Record {
  readonly events: string[];
  readonly closed: Promise<void>;
  close(): void;
}

const records = new Map<string, Record>();
const refusals: WebSocketError[] = [];
let server: Server<Record>;
let port = 0;
let runs = 0;

const host = new CoreHost();
const plain = coreSetup('server', { limits: smallLimits }, nodeCompression());
const compressed = coreSetup('server', { limits: smallLimits }, nodeCompression(), defaultAgreement);

/** Input: what kind of head, the cuts, then head and frames, or frames after a good head. */
export const liveServerTarget: FuzzTarget = {
  name: 'live-server',
  parallel: 16,
  freshOneIn: 3,
  reachable: [
    'ERR_WS_REQUEST_MALFORMED',
    'ERR_WS_REQUEST_HEADER_SIZE',
    'ERR_WS_REQUEST_HEADER_COUNT',
    'ERR_WS_REQUEST_METHOD',
    'ERR_WS_REQUEST_HTTP_VERSION',
    'ERR_WS_REQUEST_TARGET',
    'ERR_WS_REQUEST_UPGRADE',
    'ERR_WS_REQUEST_CONNECTION',
    'ERR_WS_REQUEST_HOST',
    'ERR_WS_REQUEST_BODY',
    'ERR_WS_REQUEST_VERSION_MISSING',
    'ERR_WS_REQUEST_VERSION',
    'ERR_WS_REQUEST_KEY_MISSING',
    'ERR_WS_REQUEST_KEY_REPEATED',
    'ERR_WS_REQUEST_KEY',
    'ERR_WS_REQUEST_SUBPROTOCOLS',
    'ERR_WS_REQUEST_SUBPROTOCOL_REPEATED',
    'ERR_WS_REQUEST_EXTENSIONS',
  ],
  arbitrary: fc
    .tuple(fc.constantFrom(0, RAW_HEAD, DEFLATE), fc.nat(255), wireArbitrary('server'), requestHeads)
    .map(([kind, cuts, wire, head]) =>
      concat([Uint8Array.of(kind, cuts), kind === RAW_HEAD ? Buffer.from(head, 'latin1') : new Uint8Array(0), wire]),
    ),
  mutate: (input, random) =>
    ((input[0] ?? 0) & RAW_HEAD) === 0
      ? concat([input.subarray(0, 2), mutateFrames(input.subarray(2), random)])
      : input,

  async start() {
    server = createServer<Record>({
      limits: smallLimits,
      compression: true,
      subprotocols: ['chat'],
      maxHeaderSize: 1024,
      maxHeaderCount: 12,
      upgrade() {
        let close = () => {};
        const closed = new Promise<void>((resolve) => {
          close = resolve;
        });
        return accept({ context: { events: [], closed, close } });
      },
      open(connection) {
        records.set(`${connection.remoteAddress}:${connection.remotePort}`, connection.context);
      },
      message(connection, data) {
        tell(connection, 'message', data);
        if (connection.url === '/good') connection.send(data);
      },
      ping: (connection, payload) => tell(connection, 'ping', payload),
      pong: (connection, payload) => tell(connection, 'pong', payload),
      error: ({ context }, error) => void context.events.push(`error ${error.code}`),
      close({ context }, event) {
        context.events.push(`close ${describeClose(event)}`);
        context.close();
      },
      refused: (_, error) => void refusals.push(error),
    });
    ({ port } = await server.listen({ host: '127.0.0.1' }));
  },
  async stop() {
    // A client sees the end of its connection a little before the server does.
    await within('the last connection to go', nobodyLeft());
    await server.close();
  },

  async run(input) {
    const [kind = 0, cuts = 0] = input;
    const bytes = input.subarray(2);
    const isRaw = (kind & RAW_HEAD) !== 0;
    const isCompressed = (kind & DEFLATE) !== 0;
    const offer = isCompressed ? { 'Sec-WebSocket-Extensions': 'permessage-deflate' } : {};
    const sent = isRaw ? bytes : concat([Buffer.from(upgradeRequest(offer)), bytes]);
    const socket = await dial(port);
    const name = nameOf(socket);
    const answered = readAll(socket);
    await writeCut(socket, sent, bordersFrom(cuts, sent.length));
    socket.end();
    const { status, rest } = splitHead(await answered);
    socket.destroy();
    const record = records.get(name);
    records.delete(name);
    if (record !== undefined) await within('the close of the connection', record.closed);
    const codes = new Set<string>();
    for (const { code } of refusals.splice(0)) {
      assert.ok(code in errorTable, code);
      codes.add(code);
    }
    if (++runs % GOOD_ONE_IN === 0) await goodClient();
    if (isRaw) return `raw ${status} ${record === undefined ? [...codes].join() : outline(record.events)}`;
    assert.equal(status, 101);
    assert.ok(record !== undefined, 'the server opened it');
    const expected = runCore(host, isCompressed ? compressed : plain, bytes, []);
    assertSameEvents(record.events, expected.events, isCompressed);
    checkAnswer(rest, expected.written.bytes, record.events);
    return `${kind} ${outline(record.events)}`;
  },
};

function tell({ context }: ServerConnection<Record>, kind: string, data: string | Uint8Array): void {
  context.events.push(describeEvent(kind, data));
}

/** What the server wrote: frames that end with a Close at most; all of the core's, unless the peer's FIN cut them off. */
function checkAnswer(written: Uint8Array, expected: Uint8Array, events: readonly string[]): void {
  const isLost = events.at(-1)?.includes('ERR_WS_LOST') === true;
  if (isLost) {
    assertBytes(written, expected.subarray(0, written.length));
    return;
  }
  const frames = readFrames(written);
  const close = frames.findIndex(({ first }) => first === 0x88);
  assert.ok(close < 0 || close === frames.length - 1, 'nothing follows a Close');
  assert.equal(frames.length, readFrames(expected).length, 'as many frames');
}

async function nobodyLeft(): Promise<void> {
  while (server.connections.size > 0) await nextTurn();
}

async function goodClient(): Promise<void> {
  const connection = await within('a good client', connect(`ws://127.0.0.1:${port}/good`));
  connection.send('still there?');
  for await (const message of connection) {
    assert.equal(message, 'still there?');
    break;
  }
  await within('its close', connection.closed);
}
