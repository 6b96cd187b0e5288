// RFC 6455 §5.5.1, §7: Close frames: every code, reasons of every size and of none, what may not be in them, what follows
// them, and closing handshakes that we begin. (Autobahn: category 7)

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CloseEvent } from '../../src/core/connection/close-event.ts';
import type { Connection } from '../../src/core/connection/connection.ts';
import { reportCount } from '../support/counts.ts';
import { listen, open } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { acceptHandshake, requestHandshake } from '../support/handshake.ts';
import { concat, hex, toHex, utf8 } from '../support/hex.ts';
import { connectRaw, listenRaw, type RawPeer } from '../support/raw-peer.ts';
import { frame } from '../support/wire.ts';
import { binary, type Case, close, text } from './case.ts';
import { conformance } from './conformance.ts';
import { invalidSequences } from './utf8-table.ts';

// ── Codes ────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * RFC 6455 §7.4.1 and the IANA registry name 1000–1003 and 1007–1014 for Close frames; 1004 has no meaning, 1005, 1006
 * and 1015 "MUST NOT be set as a status code in a Close control frame by an endpoint". §7.4.2: 3000–3999 are for
 * libraries, 4000–4999 for private use; 0–999 "are not used", and 1016–2999 are reserved for the protocol's own future,
 * which an endpoint of this version cannot have agreed to: 1002, as Autobahn's 7.9.* has it.
 */
function isAllowed(code: number): boolean {
  return [1000, 1001, 1002, 1003].includes(code) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

function code(value: number): Case {
  const bytes = close(value);
  return {
    name: `code ${value}`,
    frames: [bytes],
    end: isAllowed(value) ? { closes: `${value} clean`, sends: bytes } : { fails: 1002 },
  };
}

const isBorder = (value: number) =>
  isAllowed(value) !== isAllowed(value + 1) || isAllowed(value) !== isAllowed(value - 1);
const all = Array.from({ length: 5_002 }, (_, value) => value);
conformance(
  'RFC 6455 §7.4 every code from 0 to 5001',
  all.map((value) => ({ ...code(value), feeds: 'once' })),
  { coreOnly: true },
);
const sampled = [0, 1, 2, 256, 512, 1005, 1006, 1016, 1100, 2000, 3500, 4500, 5001, 5500, 8192, 10_000, 32_768, 65_535];
const chosen = new Set([...all.filter((it) => isBorder(it) || (it >= 998 && it <= 1017)), ...sampled]);
conformance('RFC 6455 §7.4 codes at every border', [...chosen].map(code));

// ── Reasons ──────────────────────────────────────────────────────────────────────────────────────────────────────

const answered = (name: string, bytes: Uint8Array, closes: string): Case => ({
  name,
  frames: [bytes],
  end: { closes, sends: bytes },
});
conformance('RFC 6455 §5.5.1 answered with its own payload', [
  answered('nothing', hex('88 00'), '1005 clean'),
  answered('a code alone', close(1000), '1000 clean'),
  ...[1, 2, 61, 62, 121, 122, 123].map((size) =>
    answered(`a reason of ${size} bytes`, close(1000, utf8('x'.repeat(size))), `1000 "${'x'.repeat(size)}" clean`),
  ),
  answered('41 characters of three bytes', close(3000, utf8('€'.repeat(41))), `3000 "${'€'.repeat(41)}" clean`),
  answered('characters of every length', close(4999, utf8('aä€😀')), '4999 "aä€😀" clean'),
  answered('a byte order mark, which stays', close(1000, utf8('\ufeffx')), '1000 "\ufeffx" clean'),
  answered('U+0000', close(1000, '00'), '1000 "\\u0000" clean'),
  answered('U+10FFFF', close(1000, 'f4 8f bf bf'), '1000 "\u{10ffff}" clean'),
]);

conformance('RFC 6455 §5.5.1 a payload of one byte is neither nothing nor a code', [
  { name: '03', frames: ['88 01 03'], end: { fails: 1002 } },
  { name: '00', frames: ['88 01 00'], end: { fails: 1002 } },
  { name: 'ff', frames: ['88 01 ff'], end: { fails: 1002 } },
]);

conformance('RFC 6455 §5.5 of 126 bytes and more', [
  { name: '124 bytes of reason', frames: [close(1000, utf8('x'.repeat(124)))], end: { fails: 1002 } },
  { name: '300 bytes of reason', frames: [close(1000, utf8('x'.repeat(300)))], end: { fails: 1002 } },
]);

// RFC 6455 §5.5.1: the reason is "UTF-8-encoded data"; §8.1: otherwise the connection fails, with 1007 by §7.4.1.
conformance(
  'RFC 6455 §8.1 reasons that are not UTF-8',
  invalidSequences.flatMap(({ name, bytes }): Case[] => [
    { name, frames: [close(1000, bytes)], end: { fails: 1007 }, feeds: 'few' },
    {
      name: `${name}, behind other text`,
      frames: [close(1001, concat([utf8('reason: κόσμε '), hex(bytes)]))],
      end: { fails: 1007 },
      feeds: 'few',
    },
  ]),
  { tcpEvery: 7 },
);

// ── What comes behind ────────────────────────────────────────────────────────────────────────────────────────────

const bye = close(1001, utf8('bye'));
const closed = { closes: '1001 "bye" clean', sends: bye };
conformance('RFC 6455 §1.4, §5.5.1 nothing after a Close is looked at', [
  { name: 'a second Close', frames: [bye, bye], end: closed },
  { name: 'a second Close with another code', frames: [bye, close(1011)], end: closed },
  { name: 'a second Close that may not be', frames: [bye, '88 01 03'], end: closed },
  { name: 'a text', frames: [bye, text('61')], end: closed },
  { name: 'a ping', frames: [bye, '89 01 61'], end: closed },
  { name: 'a pong', frames: [bye, '8a 00'], end: closed },
  { name: 'a text that is not UTF-8', frames: [bye, text('ff')], end: closed },
  { name: 'reserved bits', frames: [bye, 'f1 00'], end: closed },
  { name: 'a reserved opcode', frames: [bye, '83 00'], end: closed },
  { name: 'a message above any limit', frames: [bye, '82 7f 7f ff ff ff ff ff ff ff'], end: closed },
  {
    name: '256 KiB of messages',
    frames: [bye, ...Array.from({ length: 4 }, () => binary(new Uint8Array(65_536)))],
    end: closed,
  },
  { name: 'masks the wrong way', role: 'client', isVerbatim: true, frames: [bye, '81 81'], end: closed },
]);

conformance('RFC 6455 §5.5.1 what arrived before a Close is reported before it', [
  {
    name: 'messages and pings',
    frames: ['81 01 61', '89 01 62', '82 01 63', bye],
    delivers: ['message "a"', 'ping 62', 'message 63'],
    answers: ['8a 01 62'],
    end: closed,
  },
  {
    name: '256 KiB of messages',
    frames: [...Array.from({ length: 4 }, () => binary(new Uint8Array(65_536))), bye],
    delivers: Array.from({ length: 4 }, () => 'message 65536 bytes #0'),
    end: closed,
  },
]);

conformance('RFC 6455 §5.5 within a fragmented message, which is never told', [
  { name: 'in a text', frames: ['01 03 48 65 6c', bye], end: closed },
  { name: 'in a binary, behind two fragments', frames: ['02 01 01', '00 01 02', bye], end: closed },
  { name: 'in an empty fragment', frames: ['01 00', bye], end: closed },
  { name: 'within a character: the text is not over, so it is not invalid', frames: ['01 02 e2 82', bye], end: closed },
  { name: 'within a character, the last fragment behind it', frames: ['01 02 e2 82', bye, '80 01 ac'], end: closed },
]);

// RFC 6455 §7.1.7 after §5.5.1: whatever is wrong, there is one Close, and it says what was wrong first.
conformance('RFC 6455 §7.1.7 a Close after a violation changes nothing', [
  { name: 'reserved bits', frames: ['b1 00', bye], end: { fails: 1002 } },
  { name: 'not UTF-8', frames: [text('ff'), bye], end: { fails: 1007 } },
  { name: 'two violations: the first counts', frames: [text('ff'), '83 00'], end: { fails: 1007 } },
  { name: 'two violations: the first counts, the other way', frames: ['83 00', text('ff')], end: { fails: 1002 } },
]);

// ── Closing handshakes of ours ───────────────────────────────────────────────────────────────────────────────────

const ours: Pick<Case, 'local' | 'answers'> = {
  local: (connection) => void connection.close(1000, 'done'),
  answers: [close(1000, utf8('done'))],
};
conformance('RFC 6455 §7.1.2 we begin to close', [
  { name: 'echoed', ...ours, frames: [close(1000, utf8('done'))], end: { closes: '1000 "done" clean' } },
  { name: 'answered with another code', ...ours, frames: [bye], end: { closes: '1001 "bye" clean' } },
  { name: 'answered without a code', ...ours, frames: ['88 00'], end: { closes: '1005 clean' } },
  { name: 'answered twice', ...ours, frames: [bye, close(1000)], end: { closes: '1001 "bye" clean' } },
  {
    name: 'the peer has not seen it yet: its messages are not delivered, its pings not answered (RFC 6455 §5.5.1)',
    ...ours,
    frames: ['81 01 61', '89 01 62', '02 01 63', '8a 01 64', '80 01 65', bye],
    end: { closes: '1001 "bye" clean' },
  },
  {
    name: 'an answer within a fragmented message',
    ...ours,
    frames: ['01 01 61', bye],
    end: { closes: '1001 "bye" clean' },
  },
  {
    name: 'twice, and send() after it: one Close, nothing behind it',
    local: (connection) => {
      void connection.close(1000, 'done');
      void connection.close(4000);
      connection.send('late');
      connection.ping();
    },
    answers: [close(1000, utf8('done'))],
    frames: [bye],
    end: { closes: '1001 "bye" clean' },
  },
  {
    name: 'after what was sent before',
    local: (connection) => {
      connection.send('a');
      connection.ping('b');
      void connection.close();
    },
    answers: ['81 01 61', '89 01 62', '88 00'],
    frames: ['88 00'],
    end: { closes: '1005 clean' },
  },
  {
    name: 'within a fragmented message of ours (RFC 6455 §5.5)',
    local: (connection) => {
      connection.sendFragment('a', { fin: false });
      void connection.close(1001);
    },
    answers: ['01 01 61', '88 02 03 e9'],
    frames: ['88 02 03 e9'],
    end: { closes: '1001 clean' },
  },
]);

conformance('RFC 6455 §7.1.7 a violation after our Close: no second Close, TCP ends', [
  { name: 'reserved bits', ...ours, frames: ['c1 00'], end: { fails: 1002, afterOurClose: true } },
  { name: 'not UTF-8', ...ours, frames: [text('ff')], end: { fails: 1007, afterOurClose: true } },
  { name: 'a Close of one byte', ...ours, frames: ['88 01 03'], end: { fails: 1002, afterOurClose: true } },
  {
    name: 'a Close with a code that may not be',
    ...ours,
    frames: [close(1005)],
    end: { fails: 1002, afterOurClose: true },
  },
  {
    name: 'a Close whose reason is not UTF-8',
    ...ours,
    frames: [close(1000, 'ff')],
    end: { fails: 1007, afterOurClose: true },
  },
  {
    name: 'after a message, which is not told',
    ...ours,
    frames: ['81 01 61', '83 00'],
    end: { fails: 1002, afterOurClose: true },
  },
]);

// ── Peers that never answer ──────────────────────────────────────────────────────────────────────────────────────

/** After our Close the peer is silent for ever. RFC 6455 §7.1.1 lets us end TCP "at any time"; closeTimeout says when. */
async function unanswered(peer: RawPeer, connection: Connection, closing: Promise<CloseEvent>): Promise<void> {
  const { first, payload } = await peer.readFrame();
  assert.equal(toHex(frame(first, payload)), toHex(close(1000, utf8('done'))));
  const { code, wasClean, error } = await closing;
  assert.deepEqual([code, wasClean, error?.code], [1006, false, 'ERR_WS_LOST']);
  assert.match(error!.message, /closeTimeout, 20 ms/);
  assert.equal((await peer.readToEnd()).length, 0);
  assert.equal(connection.state.kind, 'closed');
}

test('RFC 6455 §7.1.1 a server whose Close is never answered cuts TCP after closeTimeout', async (t) => {
  await leavingNothing(async (scope) => {
    const { port, opened } = await listen(scope, { closeTimeout: 20 });
    for (let count = 0; count < 10; count++) {
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer);
      const connection = await opened.next();
      await unanswered(peer, connection, connection.close(1000, 'done'));
    }
  })();
  reportCount(t, 'conformance cases', 10);
});

test('RFC 6455 §7.1.1 a client whose Close is never answered cuts TCP after closeTimeout', async (t) => {
  await leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    for (let count = 0; count < 10; count++) {
      const connecting = open(scope, server.url, { closeTimeout: 20 });
      const peer = await server.accepted();
      await acceptHandshake(peer);
      const connection = await connecting;
      await unanswered(peer, connection, connection.close(1000, 'done'));
    }
  })();
  reportCount(t, 'conformance cases', 10);
});
