// The differential over sockets: the same frames to a server of this engine and to one of `ws`. Each must do there what
// it does in process, where the two are compared (differential.ts): the same messages and pongs, the same Close.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { WebSocketServer } from 'ws';
import { createServer, type Server } from '../../../src/engine/index.ts';
import { upgradeRequest } from '../../support/handshake.ts';
import { concat, hex } from '../../support/hex.ts';
import { readFrames } from '../../support/wire.ts';
import { bordersFrom, describeEvent } from '../core-run.ts';
import { type Deflate, limits, type Outcome, ours, theirs } from '../differential/outcome.ts';
import { compare } from '../differential/rules.ts';
import { mutateFrames, readLoosely, wireArbitrary, writeFrame } from '../frames.ts';
import { dial, nameOf, splitHead, within, writeCut } from '../loopback.ts';
import type { FuzzTarget } from '../target.ts';

/** Comes after every input, at the border of a frame: its pong tells that everything before it was taken. */
const SENTINEL = hex('f7 66 75 7a 7a');
const sentinel = writeFrame({ first: 0x89, key: hex('01 02 03 04'), payload: SENTINEL });

/** Messages by the address of the client. */
const messages = { ours: new Map<string, string[]>(), theirs: new Map<string, string[]>() };
let server: Server;
let wsServer: WebSocketServer;
const ports = { ours: 0, theirs: 0 };

/** Input: one byte for the extension, one for the cuts, then frames. */
export const liveDifferentialTarget: FuzzTarget = {
  name: 'differential-live',
  parallel: 8,
  freshOneIn: 3,
  arbitrary: fc
    .tuple(fc.nat(1), fc.nat(255), wireArbitrary('server'))
    .map(([deflate, cuts, wire]) => concat([Uint8Array.of(deflate, cuts), wire])),
  mutate: (input, random) => concat([input.subarray(0, 2), mutateFrames(input.subarray(2), random)]),

  async start() {
    server = createServer({
      limits,
      compression: true,
      message({ remoteAddress, remotePort }, data) {
        messages.ours.get(`${remoteAddress}:${remotePort}`)?.push(describeEvent('message', data));
      },
    });
    ports.ours = (await server.listen({ host: '127.0.0.1' })).port;
    const { maxMessageSize: maxPayload, maxFragments } = limits;
    // Its types do not know of maxFragments.
    const options = { host: '127.0.0.1', port: 0, maxPayload, maxFragments, perMessageDeflate: true };
    wsServer = new WebSocketServer(options);
    wsServer.on('connection', (socket, request) => {
      const { remoteAddress, remotePort } = request.socket;
      const told = messages.theirs.get(`${remoteAddress}:${remotePort}`);
      socket.on('message', (data: Buffer, isBinary) => {
        told?.push(describeEvent('message', isBinary ? data : data.toString()));
      });
      socket.on('error', () => {}); // shows in its Close frame
    });
    await once(wsServer, 'listening');
    ports.theirs = (wsServer.address() as AddressInfo).port;
  },
  async stop() {
    await server.close();
    for (const client of wsServer.clients) client.terminate();
    wsServer.close();
    await once(wsServer, 'close');
  },

  async run(input) {
    const [deflateByte = 0, cuts = 0] = input;
    const deflate: Deflate = (deflateByte & 1) === 0 ? 'none' : 'takeover';
    const bytes = wholeFrames(input.subarray(2));
    const names = await compare('server', deflate, bytes);
    const [here, there] = await Promise.all([talk('ours', deflate, bytes, cuts), talk('theirs', deflate, bytes, cuts)]);
    assertAsExpected('here', here, ours('server', deflate, bytes));
    assertAsExpected('ws', there, await theirs('server', deflate, bytes));
    return `${deflate} ${here.end} ${here.messages.length} ${here.pongs.length} ${names}`;
  },
};

/** Complete frames; the rest of an incomplete one would swallow the bytes that follow. */
function wholeFrames(bytes: Uint8Array): Uint8Array {
  const { frames, isPayloadCut } = readLoosely(bytes);
  const last = isPayloadCut ? frames.at(-2) : frames.at(-1);
  return bytes.subarray(0, last?.end ?? 0);
}

interface Conversation {
  readonly messages: readonly string[];
  readonly pongs: readonly string[];
  /** `open`: the pong of the sentinel came. */
  readonly end: string;
}

async function talk(who: 'ours' | 'theirs', deflate: Deflate, bytes: Uint8Array, cuts: number): Promise<Conversation> {
  const socket = await dial(ports[who]);
  const told: string[] = [];
  messages[who].set(nameOf(socket), told);
  const offer = deflate === 'none' ? {} : { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
  const request = Buffer.from(upgradeRequest(offer));
  let received: Uint8Array = new Uint8Array(0);
  const answered = new Promise<{ pongs: string[]; end: string }>((resolve) => {
    const look = (isOver: boolean) => {
      const { rest } = splitHead(received);
      const { cutHeader, isPayloadCut } = readLoosely(rest);
      if (!isOver && (cutHeader.length > 0 || isPayloadCut)) return;
      const pongs: string[] = [];
      for (const { first, payload } of readFrames(rest)) {
        if (first === 0x88) {
          const [high = 0, low = 0] = payload;
          return resolve({ pongs, end: payload.length === 0 ? '1005' : String(high * 256 + low) });
        }
        if (Buffer.compare(payload, SENTINEL) === 0) return resolve({ pongs, end: 'open' });
        pongs.push(describeEvent('ping', payload));
      }
      if (isOver) resolve({ pongs, end: 'gone' });
    };
    socket.on('data', (chunk: Buffer) => {
      received = concat([received, chunk]);
      look(false);
    });
    socket.on('close', () => look(true));
  });
  // Cuts are for us. `ws` gets its bytes in one piece, as it does in process: what it makes of cuts is not asked here.
  const borders = who === 'ours' ? bordersFrom(cuts, request.length + bytes.length) : [];
  await writeCut(socket, concat([request, bytes, sentinel]), borders);
  const { pongs, end } = await within(`${who} to answer`, answered);
  messages[who].delete(nameOf(socket));
  socket.destroy();
  return { messages: told, pongs, end };
}

/** Over sockets a peer's Close is answered with its code, and a failure tells its own. */
function assertAsExpected(who: string, { messages: told, pongs, end }: Conversation, outcome: Outcome): void {
  const [kind, code] = outcome.end.split(' ');
  assert.equal(end, kind === 'open' ? 'open' : code, `${who}: ${outcome.events.join(', ')}`);
  const expected = (name: string) => outcome.events.filter((event) => event.startsWith(name));
  assert.deepEqual(told, expected('message'), who);
  assert.deepEqual(pongs, expected('ping'), who);
}
