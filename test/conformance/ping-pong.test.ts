// RFC 6455 §5.5, §5.5.2, §5.5.3: pings of every size, answered in order and with their own payload; pongs that nobody
// asked for; floods with fragmented messages between. (Autobahn: category 2)

import { pattern, toHex } from '../support/hex.ts';
import { frame, showData } from '../support/wire.ts';
import { type Case, text } from './case.ts';
import { conformance } from './conformance.ts';

const told = (what: string, payload: Uint8Array) => `${what} ${showData(payload)}`.trimEnd();

const sizes = Array.from({ length: 126 }, (_, size) => size);
const everySize = sizes.flatMap((size): Case[] => [
  {
    name: `a ping of ${size} bytes`,
    frames: [frame(0x89, pattern(size, size))],
    delivers: [told('ping', pattern(size, size))],
    answers: [frame(0x8a, pattern(size, size))],
    end: 'open',
  },
  {
    name: `a pong of ${size} bytes`,
    frames: [frame(0x8a, pattern(size, size))],
    delivers: [told('pong', pattern(size, size))],
    end: 'open',
  },
]);
const isEdge = (size: number) => [0, 1, 2, 3, 4, 5, 8, 63, 64, 124, 125].includes(size);
conformance(
  'RFC 6455 §5.5.2 payloads of 0 to 125 bytes',
  everySize.map((it, index) => (isEdge(index >> 1) ? it : { ...it, feeds: 'few' })),
);

conformance('RFC 6455 §5.5 a control frame has 125 bytes at most, and is never fragmented', [
  ...['88', '89', '8a'].flatMap((first): Case[] => [
    { name: `${first} of 126 bytes`, frames: [frame(Number.parseInt(first, 16), pattern(126))], end: { fails: 1002 } },
    // The second byte shows it: neither the length nor a masking key is waited for.
    {
      name: `${first} of 126, two bytes`,
      role: 'client',
      isVerbatim: true,
      frames: [`${first} 7e`],
      end: { fails: 1002 },
    },
    {
      name: `${first} of 126, two bytes`,
      role: 'server',
      isVerbatim: true,
      frames: [`${first} fe`],
      end: { fails: 1002 },
    },
    {
      name: `${first} of 127, two bytes`,
      role: 'client',
      isVerbatim: true,
      frames: [`${first} 7f`],
      end: { fails: 1002 },
    },
    {
      name: `${first} of 127, two bytes`,
      role: 'server',
      isVerbatim: true,
      frames: [`${first} ff`],
      end: { fails: 1002 },
    },
  ]),
  ...['08 00', '09 00', '0a 00', '09 01 61', '08 02 03 e8'].map(
    (bytes): Case => ({ name: `${bytes}: without FIN`, frames: [bytes], end: { fails: 1002 } }),
  ),
  {
    name: 'a ping without FIN within a message',
    frames: ['01 01 61', '09 00', '80 01 62'],
    end: { fails: 1002 },
  },
]);

conformance('RFC 6455 §5.5.2, §5.5.3 order', [
  {
    name: 'ten pings in one go',
    frames: sizes.slice(0, 10).map((size) => frame(0x89, pattern(size, size))),
    delivers: sizes.slice(0, 10).map((size) => told('ping', pattern(size, size))),
    answers: sizes.slice(0, 10).map((size) => frame(0x8a, pattern(size, size))),
    end: 'open',
  },
  {
    name: 'payloads that are not UTF-8',
    frames: ['89 04 ff fe 00 c3', '8a 02 80 80'],
    delivers: ['ping ff fe 00 c3', 'pong 80 80'],
    answers: ['8a 04 ff fe 00 c3'],
    end: 'open',
  },
  {
    name: 'pongs that nobody asked for, and a ping behind them',
    frames: ['8a 00', '8a 03 61 62 63', '8a 00', '89 01 61'],
    delivers: ['pong', 'pong 61 62 63', 'pong', 'ping 61'],
    answers: ['8a 01 61'],
    end: 'open',
  },
  {
    name: 'pongs to our pings, the second one first',
    local: (connection) => {
      connection.ping('a');
      connection.ping('b');
    },
    frames: ['8a 01 62', '8a 01 61'],
    answers: ['89 01 61', '89 01 62'],
    delivers: ['pong 62', 'pong 61'],
    end: 'open',
  },
  {
    name: 'after what we sent before',
    local: (connection) => {
      connection.send('x');
      connection.send(Uint8Array.of(1, 2));
    },
    frames: ['89 01 61'],
    answers: ['81 01 78', '82 02 01 02', '8a 01 61'],
    delivers: ['ping 61'],
    end: 'open',
  },
  {
    name: 'within a fragmented message of ours',
    local: (connection) => void connection.sendFragment('x', { fin: false }),
    frames: ['89 01 61'],
    answers: ['01 01 78', '8a 01 61'],
    delivers: ['ping 61'],
    end: 'open',
  },
]);

// ── Floods ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** `count` pings with their numbers; within each ten of them one message in three fragments. */
function flood(count: number): Case {
  const frames: (string | Uint8Array)[] = [];
  const delivers: string[] = [];
  const answers: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const payload = Uint8Array.of(index >> 8, index & 0xff);
    if (index % 10 === 2) frames.push(text('61', false));
    if (index % 10 === 5) frames.push('00 01 62');
    if (index % 10 === 8) {
      frames.push('80 01 63');
      delivers.push('message "abc"');
    }
    frames.push(frame(0x89, payload));
    delivers.push(`ping ${toHex(payload)}`);
    answers.push(frame(0x8a, payload));
  }
  return { name: `${count} pings, ${Math.ceil(count / 10)} messages`, frames, delivers, answers, end: 'open' };
}

conformance('RFC 6455 §5.5.2 floods of pings, messages in fragments between', [
  flood(300),
  { ...flood(10_000), feeds: 'few' },
]);
