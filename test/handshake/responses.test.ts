// RFC 6455 §4.1: what a client makes of every row of responses.ts, over TCP, whole and in pieces; the same at the kit's
// face; and what becomes of heads that do not end. Nothing is left open.

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type ClientConnection, type ConnectOptions, connect } from '../../src/engine/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { stopTime } from '../kit/network-clock.ts';
import { reportCount } from '../support/counts.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { keyAndAccept, switchingProtocols } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw, type RawPeer, type RawServer } from '../support/raw-peer.ts';
import { type Outcome, type ResponseCase, responseCases } from './responses.ts';

/** `bytes` with the values that belong to a request; in one pass, as one value may have the name of another in it. */
function fitting(bytes: string, request: string): string {
  const { key, accept } = keyAndAccept(request);
  return bytes.replaceAll(/ACCEPT|KEY/g, (name) => (name === 'KEY' ? key : accept));
}

async function writeInPieces({ socket }: RawPeer, bytes: string, size: number): Promise<void> {
  socket.setNoDelay(true);
  for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
    // A client that has seen enough leaves before the end.
    await new Promise((resolve) => socket.write(bytes.slice(at, at + size), 'latin1', resolve));
  }
}

/** The next client of `server` is answered as the row says, `size` bytes at a time. */
async function answer(server: RawServer, { bytes, ends }: ResponseCase, size: number): Promise<RawPeer> {
  const peer = await server.accepted();
  await writeInPieces(peer, fitting(bytes, await peer.readHead()), size);
  if (ends) peer.end();
  return peer;
}

interface Observed {
  readonly connecting: Promise<ClientConnection>;
  readonly messages: Inbox<string>;
}

function observe(url: string, options: ConnectOptions): Observed {
  const messages = new Inbox<string>();
  const handlers = { message: (_: ClientConnection, data: string | Buffer) => messages.push(String(data)) };
  const connecting = connect(url, { ...options, handlers });
  connecting.catch(() => {}); // awaited below
  return { connecting, messages };
}

async function check(
  observed: Observed,
  peer: RawPeer,
  outcome: Outcome,
  address: string,
  settled: Settled,
): Promise<void> {
  const { connecting, messages } = observed;
  switch (outcome.kind) {
    case 'open': {
      const connection = await connecting;
      assert.equal(connection.response.status, 101);
      assert.equal(connection.subprotocol, outcome.subprotocol);
      assert.deepEqual(await messages.take(outcome.messages.length), outcome.messages);
      const closing = connection.close();
      assert.equal((await peer.readFrame()).first, 0x88);
      peer.end('\x88\x02\x03\xe8');
      assert.equal((await closing).wasClean, true);
      break;
    }
    case 'fails': {
      const connection = await connecting;
      const close = await peer.readFrame();
      assert.equal(close.first, 0x88);
      assert.equal(close.payload.readUInt16BE(), outcome.closeCode);
      peer.end();
      isError((await connection.closed).error, outcome.code);
      break;
    }
    case 'rejected': {
      const error = await settled(rejectsWith(connecting, outcome.code));
      assert.equal(error.status, outcome.status);
      const text = outcome.text.startsWith(' ') ? `${address}${outcome.text}` : outcome.text;
      assert.equal(error.message.slice(0, text.length), text);
      break;
    }
  }
  await peer.gone();
}

/**
 * Runs `body` with a clock that is moved while a refusal is awaited: a client waits half a second for a body without an end,
 * of which no row expects anything.
 */
async function notWaitingForBody(each: ResponseCase, body: (settled: Settled) => Promise<void>): Promise<void> {
  if (each.outcome.kind !== 'rejected') return body((promise) => promise);
  const clock = stopTime();
  try {
    await body(async (promise) => {
      let isSettled = false;
      const settling = promise.finally(() => {
        isSettled = true;
      });
      settling.catch(() => {}); // returned
      // Further and further apart: the head has to arrive before the handshake takes too long.
      for (let count = 0, next = 20; !isSettled; count++) {
        if (count < next) await turn();
        else {
          await clock.advance(1);
          next *= 2;
        }
      }
      return settling;
    });
  } finally {
    clock.restore();
  }
}

type Settled = <Value>(promise: Promise<Value>) => Promise<Value>;

/** Longer heads come whole: each piece is a system call and a turn of the event loop. */
const IN_PIECES_UP_TO = 1_000;

async function checkCase(scope: Scope, each: ResponseCase): Promise<number> {
  const server = await listenRaw(scope);
  const pieces = each.outcome.kind === 'rejected' ? 11 : 1;
  const sizes = each.bytes.length > IN_PIECES_UP_TO ? [each.bytes.length] : [Math.max(1, each.bytes.length), pieces];
  for (const size of sizes) {
    await notWaitingForBody(each, async (settled) => {
      const observed = observe(server.url, each.options);
      const peer = await answer(server, each, size);
      await check(observed, peer, each.outcome, server.address, settled);
    });
  }
  return sizes.length;
}

/** kit specification §3.9: a failed handshake is one `error`, with the status where there was one, and no `close`. */
async function checkKit(scope: Scope, each: ResponseCase): Promise<number> {
  const server = await listenRaw(scope);
  await notWaitingForBody(each, async (settled) => {
    const events = new Inbox<string>();
    const ws = webSocket.createWebSocket();
    ws.on('error', ({ code, data }) => events.push(`error{${code},'${data}'}`));
    ws.on('open', (_error, value) => events.push(`open{${(value as webSocket.OpenResult).status}}`));
    ws.on('close', () => events.push('close'));
    const connecting = ws.connect(server.url, {
      protocol: [each.options.subprotocols ?? []].flat().join(','),
      proxy: 'no-proxy',
    });
    const peer = await answer(server, each, Math.max(1, each.bytes.length));
    assert.equal(await connecting, true);
    const { outcome } = each;
    if (outcome.kind === 'rejected') assert.equal(await settled(events.next()), `error{200,'${outcome.status ?? 0}'}`);
    else {
      assert.equal(await events.next(), 'open{101}');
      peer.end();
      assert.match(await events.next(), /^error\{200,'0'\}$/);
      assert.equal(await events.next(), 'close');
    }
    await peer.gone();
    assert.deepEqual(events.rest, []);
  });
  return 1;
}

function nameOf({ name, outcome }: ResponseCase): string {
  return `${name}: ${outcome.kind === 'open' ? 'open' : outcome.code}`;
}

test('a row is filled in once: the accept value of this key has KEY in it', () => {
  const request = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAABugQ==\r\n';
  assert.equal(fitting('ACCEPT KEY', request), 'Z7JaWUcdG9MKEYQJI963j/2f2c4= AAAAAAAAAAAAAAAAAABugQ==');
});

for (const [group, cases] of Object.entries(responseCases)) {
  describe(group, () => {
    for (const each of cases)
      test(
        nameOf(each),
        counting((scope) => checkCase(scope, each)),
      );
  });
}

describe('the same at the face of the kit', () => {
  // The kit offers no extensions. It follows redirects; where they lead is tested elsewhere.
  for (const each of Object.values(responseCases).flat()) {
    if (each.options.compression !== undefined || / (?:with a body|Location)/.test(each.name)) continue;
    if (each.outcome.kind === 'fails' || /^30[12378] /.test(each.name)) continue;
    test(
      nameOf(each),
      counting((scope) => checkKit(scope, each)),
    );
  }
});

describe('heads that do not end', () => {
  const request = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const head = switchingProtocols(request);
  for (const last of ['FIN', 'reset'] as const) {
    test(
      `cut at every byte by the end of TCP (${last}): ERR_WS_HANDSHAKE_LOST`,
      counting(async (scope) => {
        const server = await listenRaw(scope);
        for (let cut = 0; cut < head.length; cut++) {
          const connecting = connect(server.url);
          connecting.catch(() => {});
          const peer = await server.accepted();
          await peer.readHead();
          peer.write(head.slice(0, cut));
          if (last === 'FIN') peer.end();
          else peer.reset();
          const error = await rejectsWith(connecting, 'ERR_WS_HANDSHAKE_LOST');
          assert.equal(error.status, undefined);
          await peer.gone();
        }
        return head.length;
      }),
    );
  }
  test(
    'and then nothing, or a byte now and then: ERR_WS_HANDSHAKE_TIMEOUT',
    counting(async (scope) => {
      const server = await listenRaw(scope);
      const cuts = [0, 1, 9, 12, 20, 40, 80, head.length - 2, head.length - 1];
      for (const cut of cuts) {
        let isOver = false;
        const rejected = rejectsWith(
          connect(server.url, { handshakeTimeout: 40 }),
          'ERR_WS_HANDSHAKE_TIMEOUT',
          '40 ms',
        );
        const over = rejected.finally(() => {
          isOver = true;
        });
        const peer = await server.accepted();
        await peer.readHead();
        peer.write(head.slice(0, cut));
        // Interim answers do not count as progress either.
        while (cut === 0 && !isOver) {
          peer.write('HTTP/1.1 102 Processing\r\n\r\n');
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await over;
        await peer.gone();
      }
      return cuts.length;
    }),
  );
});

function counting(body: (scope: Scope) => Promise<number>): (context: TestContext) => Promise<void> {
  return (context) => leavingNothing(async (scope) => reportCount(context, 'handshake cases', await body(scope)))();
}
