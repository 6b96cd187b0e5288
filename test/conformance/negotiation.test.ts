// RFC 7692 §5, §7.1 over TCP: what a server answers to an offer and what a client makes of an answer, each shown by what
// the connection does then: whether it takes compressed messages, and how far its own refer back.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ErrorCode } from '../../src/core/errors.ts';
import { type CompressionSettings, connect } from '../../src/engine/index.ts';
import { PlainInflate } from '../fuzz/plain-inflate.ts';
import { reportCount } from '../support/counts.ts';
import { listen, open } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, Scope } from '../support/handles.ts';
import { acceptHandshake, SAMPLE_KEY } from '../support/handshake.ts';
import { assertBytes, concat, hex, toHex } from '../support/hex.ts';
import { connectRaw, listenRaw, type RawPeer } from '../support/raw-peer.ts';
import { frame, wire } from '../support/wire.ts';

const NAME = 'permessage-deflate';
const HELLO = 'f2 48 cd c9 c9 07 00';
/** Refers back to the message before. */
const HELLO_AGAIN = 'f2 00 11 00 00';

/** Rows in turn, each in its own scope. */
function rows<Row>(
  name: string,
  table: readonly Row[],
  show: (row: Row) => string,
  run: (row: Row, scope: Scope) => Promise<void>,
): void {
  test(`${name}: ${table.length} rows`, async (t: TestContext) => {
    await leavingNothing(async () => {
      for (const row of table) {
        const scope = new Scope();
        try {
          await run(row, scope);
        } catch (error) {
          throw new Error(`${show(row)}: ${(error as Error).message}`, { cause: error });
        } finally {
          await scope.end();
        }
      }
    }, 60_000)();
    reportCount(t, 'conformance cases', table.length);
  });
}

// ── Offers ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The offer, a string for each field; the answer: `undefined` when the field is absent, 400 when the offer is malformed. */
type OfferRow = readonly [
  settings: CompressionSettings | boolean | undefined,
  offer: readonly string[],
  answer: string | undefined | 400,
];

const both = 'server_no_context_takeover; client_no_context_takeover';
const offers: OfferRow[] = [
  // RFC 7692 §5: "a server may ignore"; one that was not asked to compress answers nothing.
  [undefined, [NAME], undefined],
  [false, [`${NAME}; client_max_window_bits`], undefined],
  [true, [], undefined],
  [true, ['x-other'], undefined],
  [true, ['permessage-bzip2; server_max_window_bits=9'], undefined],
  [true, ['Permessage-Deflate'], undefined],
  // RFC 7692 §7.1: each parameter by itself and with the others, in any order.
  [true, [NAME], NAME],
  [true, [`${NAME}; client_max_window_bits`], NAME],
  [true, [`${NAME}; server_no_context_takeover`], `${NAME}; server_no_context_takeover`],
  [true, [`${NAME}; client_no_context_takeover`], `${NAME}; client_no_context_takeover`],
  [true, [`${NAME}; client_no_context_takeover; server_no_context_takeover`], `${NAME}; ${both}`],
  [
    true,
    [`${NAME}; client_max_window_bits=9; server_max_window_bits=10; ${both}`],
    `${NAME}; ${both}; server_max_window_bits=10; client_max_window_bits=9`,
  ],
  ...[8, 9, 10, 11, 12, 13, 14, 15].flatMap((bits): OfferRow[] => [
    [true, [`${NAME}; server_max_window_bits=${bits}`], `${NAME}; server_max_window_bits=${bits}`],
    [true, [`${NAME}; server_max_window_bits="${bits}"`], `${NAME}; server_max_window_bits=${bits}`],
    // RFC 7692 §7.1.2.2: the largest needs no answer.
    [true, [`${NAME}; client_max_window_bits=${bits}`], bits === 15 ? NAME : `${NAME}; client_max_window_bits=${bits}`],
    [
      { serverMaxWindowBits: bits, clientMaxWindowBits: bits },
      [`${NAME}; client_max_window_bits`],
      bits === 15 ? NAME : `${NAME}; server_max_window_bits=${bits}; client_max_window_bits=${bits}`,
    ],
    // RFC 7692 §7.1.2.2: a client that does not name its window cannot be told one.
    [{ clientMaxWindowBits: bits }, [NAME], bits === 15 ? NAME : undefined],
  ]),
  // RFC 7692 §7.1: declined for an unknown parameter, a repeated one, or an invalid value.
  ...[
    'unknown',
    'unknown=1',
    'server_max_window_bits',
    'server_max_window_bits=7',
    'server_max_window_bits=16',
    'server_max_window_bits=0',
    'server_max_window_bits=08',
    'server_max_window_bits=10.0',
    'server_max_window_bits=1e1',
    'server_max_window_bits=-9',
    'client_max_window_bits=7',
    'client_max_window_bits=16',
    'client_max_window_bits=015',
    'client_max_window_bits=ten',
    'server_no_context_takeover=1',
    'server_no_context_takeover=true',
    'client_no_context_takeover=0',
    'Server_No_Context_Takeover',
    'server_no_context_takeover; server_no_context_takeover',
    'client_no_context_takeover; client_no_context_takeover',
    'server_max_window_bits=10; server_max_window_bits=10',
    'server_max_window_bits=10; server_max_window_bits=11',
    'client_max_window_bits; client_max_window_bits',
    'client_max_window_bits; client_max_window_bits=10',
  ].flatMap((parameters): OfferRow[] => [
    [true, [`${NAME}; ${parameters}`], undefined],
    // RFC 7692 §5.1: the next one is looked at, in the same field or another.
    [true, [`${NAME}; ${parameters}, ${NAME}; client_max_window_bits=9`], `${NAME}; client_max_window_bits=9`],
    [true, [`${NAME}; ${parameters}`, `${NAME}; server_max_window_bits=9`], `${NAME}; server_max_window_bits=9`],
  ]),
  // RFC 7692 §5.1: the first that will do.
  [true, [`x-other, ${NAME}; server_max_window_bits=12, ${NAME}`], `${NAME}; server_max_window_bits=12`],
  [true, [NAME, `${NAME}; server_max_window_bits=12`], NAME],
  // RFC 6455 §9.1: space and empty elements.
  [true, [` ${NAME} ;  client_max_window_bits = 10 `], `${NAME}; client_max_window_bits=10`],
  [true, [`, ,${NAME},,`], NAME],
  [true, ['', NAME], NAME],
  // Not a list of extensions.
  [true, [`${NAME};`], 400],
  [true, [`${NAME}; =1`], 400],
  [true, [`${NAME}; server_max_window_bits=`], 400],
  [true, [`${NAME}; server_max_window_bits="9`], 400],
  [true, [`${NAME}; server_max_window_bits="9 9"`], 400],
  [true, [`${NAME} client_max_window_bits`], 400],
  [true, [`${NAME}; a@b`], 400],
  [true, [';'], 400],
];

rows(
  'RFC 7692 §7.1 what a server answers to an offer',
  offers,
  ([settings, offer, answer]) => `${JSON.stringify(settings)}, offered ${offer.join(' | ') || 'nothing'}: ${answer}`,
  async ([settings, offer, answer], scope) => {
    const compression = typeof settings === 'object' ? { threshold: 0, ...settings } : settings && { threshold: 0 };
    const { port } = await listen(scope, {
      compression,
      message: (connection, data) => void connection.send(data),
    });
    const peer = await connectRaw(scope, port);
    const fields = offer.map((value) => `Sec-WebSocket-Extensions: ${value}\r\n`).join('');
    peer.write(
      `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${SAMPLE_KEY}\r\n` +
        `Sec-WebSocket-Version: 13\r\n${fields}\r\n`,
    );
    const head = await peer.readHead();
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
    assert.equal(status, answer === 400 ? 400 : 101);
    if (answer === 400) return;
    assert.equal(/^sec-websocket-extensions: (.*)\r$/im.exec(head)?.[1], answer);
    await shows('server', peer, answer, 'server_no_context_takeover', 'client_no_context_takeover');
  },
);

/** Sends "Hello" twice, compressed, and reads the echo; where nothing was agreed, RSV1 is a violation. */
async function shows(
  role: 'server' | 'client',
  peer: RawPeer,
  agreed: string | undefined,
  ours: string,
  theirs: string,
): Promise<void> {
  const keeps = (parameter: string) => agreed?.includes(parameter) !== true;
  if (agreed === undefined) {
    peer.write(wire(role, frame(0x81, '48 69'), frame(0xc1, HELLO)));
    assert.equal(toHex((await peer.readFrame()).payload), '48 69');
    const { first, payload } = await peer.readFrame();
    assert.deepEqual([first, payload.readUInt16BE()], [0x88, 1002]);
    return;
  }
  peer.write(wire(role, frame(0xc1, HELLO), frame(0xc1, keeps(theirs) ? HELLO_AGAIN : HELLO)));
  for (const expected of [HELLO, keeps(ours) ? HELLO_AGAIN : HELLO]) {
    const { first, payload } = await peer.readFrame();
    // What does not get smaller goes as it is, where no context has to follow it (RFC 7692 §6: each message as its
    // sender likes).
    if (first === 0x81 && !keeps(ours)) assert.equal(payload.toString(), 'Hello');
    else assert.deepEqual([first, toHex(payload)], [0xc1, expected]);
  }
}

// ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is answered, a field each; the error that `connect` rejects with, or nothing where the connection opens. */
type AnswerRow = readonly [
  settings: CompressionSettings | true | undefined,
  answer: readonly string[],
  code?: ErrorCode | undefined,
];

const deflateError = 'ERR_WS_RESPONSE_DEFLATE';
const answers: AnswerRow[] = [
  [undefined, []],
  [undefined, [NAME], 'ERR_WS_RESPONSE_EXTENSION'],
  [undefined, ['x-other'], 'ERR_WS_RESPONSE_EXTENSION'],
  [true, []],
  [true, ['x-other'], 'ERR_WS_RESPONSE_EXTENSION'],
  [true, [`${NAME}, x-other`], 'ERR_WS_RESPONSE_EXTENSION'],
  [true, ['Permessage-Deflate'], 'ERR_WS_RESPONSE_EXTENSION'],
  [true, [NAME]],
  [true, [`${NAME}; server_no_context_takeover`]],
  [true, [`${NAME}; client_no_context_takeover`]],
  [true, [`${NAME}; ${both}`]],
  ...[8, 9, 10, 11, 12, 13, 14, 15].flatMap((bits): AnswerRow[] => [
    [true, [`${NAME}; server_max_window_bits=${bits}`]],
    [true, [`${NAME}; client_max_window_bits=${bits}`]],
    [true, [`${NAME}; client_max_window_bits="${bits}"; ${both}; server_max_window_bits="${bits}"`]],
    // RFC 7692 §7.1.2.1: what was offered comes back, or less.
    [{ serverMaxWindowBits: bits }, [`${NAME}; server_max_window_bits=${bits}`]],
    [{ serverMaxWindowBits: bits }, [`${NAME}; server_max_window_bits=8`]],
    [{ serverMaxWindowBits: bits }, [NAME], bits === 15 ? undefined : deflateError],
    [{ serverMaxWindowBits: bits }, [`${NAME}; server_max_window_bits=15`], bits === 15 ? undefined : deflateError],
    [{ clientMaxWindowBits: bits }, [NAME]],
    [{ clientMaxWindowBits: bits }, [`${NAME}; client_max_window_bits=15`], bits === 15 ? undefined : deflateError],
  ]),
  [{ serverNoContextTakeover: true }, [`${NAME}; server_no_context_takeover`]],
  // RFC 7692 §7.1.1.1: it has to come back.
  [{ serverNoContextTakeover: true }, [NAME], deflateError],
  // RFC 7692 §7.1.1.2: a hint need not.
  [{ clientNoContextTakeover: true }, [NAME]],
  ...[
    'unknown',
    'unknown=1',
    'server_max_window_bits',
    'client_max_window_bits',
    'server_max_window_bits=7',
    'server_max_window_bits=16',
    'server_max_window_bits=010',
    'client_max_window_bits=7',
    'client_max_window_bits=16',
    'client_max_window_bits=x',
    'server_no_context_takeover=1',
    'client_no_context_takeover=false',
    'Server_no_context_takeover',
    'server_no_context_takeover; server_no_context_takeover',
    'client_no_context_takeover; client_no_context_takeover',
    'server_max_window_bits=10; server_max_window_bits=10',
    'client_max_window_bits=10; client_max_window_bits=10',
  ].map((parameters): AnswerRow => [true, [`${NAME}; ${parameters}`], deflateError]),
  // RFC 7692 §5: once.
  [true, [`${NAME}, ${NAME}`], deflateError],
  [true, [NAME, `${NAME}; server_max_window_bits=10`], deflateError],
  // Not a list of extensions.
  [true, [`${NAME};`], 'ERR_WS_RESPONSE_EXTENSIONS'],
  [true, [`${NAME}; server_max_window_bits=`], 'ERR_WS_RESPONSE_EXTENSIONS'],
  [true, [`${NAME} server_max_window_bits`], 'ERR_WS_RESPONSE_EXTENSIONS'],
  [true, [`${NAME}; client_max_window_bits="9`], 'ERR_WS_RESPONSE_EXTENSIONS'],
];

rows(
  'RFC 7692 §7.1 what a client makes of an answer',
  answers,
  ([settings, answer, code]) => `${JSON.stringify(settings)}, answered ${answer.join(' | ') || 'nothing'}: ${code}`,
  async ([settings, answer, code], scope) => {
    const server = await listenRaw(scope);
    const fields = answer.map((value) => `Sec-WebSocket-Extensions: ${value}`);
    const compression = settings && { threshold: 0, ...(typeof settings === 'object' ? settings : {}) };
    if (code !== undefined) {
      const rejected = rejectsWith(connect(server.url, { compression }), code);
      const peer = await server.accepted();
      await acceptHandshake(peer, ...fields);
      assert.equal((await rejected).status, 101);
      // RFC 6455 §4.1: it fails the connection, and sends no frame.
      assert.equal((await peer.readToEnd()).length, 0);
      return;
    }
    const connecting = open(scope, server.url, {
      compression,
      handlers: { message: (connection, data) => void connection.send(data) },
    });
    const peer = await server.accepted();
    await acceptHandshake(peer, ...fields);
    await connecting;
    const hint = typeof settings === 'object' && settings.clientNoContextTakeover ? 'client_no_context_takeover' : '';
    const agreed = answer.length === 0 ? undefined : `${answer.join()} ${hint}`;
    await shows('client', peer, agreed, 'client_no_context_takeover', 'server_no_context_takeover');
  },
);

// ── What we send ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Bytes that do not compress, the same ones for the same seed. */
function noise(size: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}

interface Sender {
  readonly role: 'server' | 'client';
  readonly bits: number;
  readonly keepsContext: boolean;
}

const senders: Sender[] = [8, 9, 10, 11, 12, 13, 14, 15].flatMap((bits) =>
  [true, false].flatMap((keepsContext) =>
    (['server', 'client'] as const).map((role) => ({ role, bits, keepsContext })),
  ),
);

rows(
  'RFC 7692 §7.1.2, §7.2.1 sent messages refer back no further than was agreed, and to earlier messages where they may',
  senders,
  ({ role, bits, keepsContext }) => `${role}, 2^${bits}, ${keepsContext ? 'taken over' : 'not taken over'}`,
  async ({ role, bits, keepsContext }, scope) => {
    const parameters = `${role}_max_window_bits=${bits}${keepsContext ? '' : `; ${role}_no_context_takeover`}`;
    const near = noise(100, 1);
    // Repeats itself after the window: a sender with a larger one would refer back to it.
    const far = noise(Math.min(2 ** bits + 60, 20_000), 2);
    const messages = [near, near, concat([far, far]), far, new Uint8Array(0), concat([near, near])];
    const send = (connection: { send(data: Uint8Array): boolean }) => {
      for (const message of messages) connection.send(message);
    };
    let peer: RawPeer;
    if (role === 'server') {
      const { port } = await listen(scope, { compression: { threshold: 0 }, open: send });
      peer = await connectRaw(scope, port);
      peer.write(
        `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${SAMPLE_KEY}\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: ${NAME}; ${parameters}\r\n\r\n`,
      );
      await peer.readHead();
    } else {
      const server = await listenRaw(scope);
      const connecting = open(scope, server.url, { compression: { threshold: 0 } });
      peer = await server.accepted();
      await acceptHandshake(peer, `Sec-WebSocket-Extensions: ${NAME}; ${parameters}`);
      send(await connecting);
    }
    const inflate = new PlainInflate(keepsContext, bits);
    const sizes: number[] = [];
    for (const [index, message] of messages.entries()) {
      const { first, payload } = await peer.readFrame();
      sizes.push(payload.length);
      // Noise does not get smaller: without a context to follow it goes as it is.
      if (first === 0x82) {
        assert.ok(!keepsContext, `message ${index} is not compressed`);
        assertBytes(payload, message, `message ${index}`);
        continue;
      }
      assert.equal(first, 0xc2);
      const { output, error, exceedsWindow, finalEnd } = inflate.message(payload);
      assert.equal(error, undefined, `message ${index}`);
      assert.equal(exceedsWindow, false, `message ${index} refers back further than 2^${bits} bytes`);
      assert.equal(finalEnd, undefined, `message ${index} has a final block`);
      assertBytes(output, message, `message ${index}`);
      if (message.length === 0) assert.equal(toHex(payload), toHex(hex('00')), 'RFC 7692 §7.2.3.6');
    }
    assert.equal(sizes[1]! < 20, keepsContext, `the second of two equal messages takes ${sizes[1]} bytes`);
    assert.ok(sizes[5]! < 140, `what repeats itself within the window takes ${sizes[5]} bytes`);
  },
);
