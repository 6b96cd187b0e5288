// RFC 7692 §6, §7.2: compressed messages as they come: windows of every size, contexts taken over and not, cut into
// fragments everywhere, blocks of every type, final ones, and bytes that are not DEFLATE. (Autobahn: categories 12, 13)

import { constants, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { concat, hex, pattern, utf8 } from '../support/hex.ts';
import { frame, showData } from '../support/wire.ts';
import { type Case, close, continuation, cut } from './case.ts';
import { conformance } from './conformance.ts';

const told = (data: string | Uint8Array) => `message ${showData(data)}`.trimEnd();
const compressedText = (payload: string | Uint8Array, fin = true) => frame(fin ? 0xc1 : 0x41, payload);
const compressedBinary = (payload: string | Uint8Array, fin = true) => frame(fin ? 0xc2 : 0x42, payload);

/** A message as a sender compresses it (RFC 7692 §7.2.1), all of its blocks, without 00 00 ff ff. */
function deflate(data: string | Uint8Array, options: ZlibOptions = {}): Uint8Array {
  const bytes = typeof data === 'string' ? utf8(data) : data;
  if (bytes.length === 0) return hex('00');
  return new Uint8Array(deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, ...options })).slice(0, -4);
}

const both = { serverNoContextTakeover: true, clientNoContextTakeover: true };
const HELLO = 'f2 48 cd c9 c9 07 00';

// ── Windows and contexts ─────────────────────────────────────────────────────────────────────────────────────────

/** Messages that repeat themselves and each other at every distance up to 32 KiB. */
const messages = [
  pattern(300, 1),
  pattern(300, 1),
  concat([pattern(200, 9), pattern(200, 9)]),
  concat([pattern(20_000, 3), pattern(300, 1)]),
  concat([pattern(20_000, 3), pattern(30_000, 3)]),
  new Uint8Array(70_000),
];

/** They as one sender's: with takeover, the window's last bytes are what zlib may refer to. */
function compressed(bits: number, keepsContext: boolean): Uint8Array[] {
  const windowBits = Math.max(bits, 9);
  let before: Uint8Array = new Uint8Array();
  return messages.map((message) => {
    const dictionary = keepsContext && before.length > 0 ? before.slice(-(2 ** windowBits)) : undefined;
    before = concat([before, message]);
    return compressedBinary(deflate(message, { windowBits, ...(dictionary && { dictionary }) }));
  });
}

const windows: Case[] = [8, 9, 10, 11, 12, 13, 14, 15].flatMap((bits) =>
  [false, true].flatMap((keepsContext) =>
    (['server', 'client'] as const).map((role): Case => {
      const peer = role === 'server' ? 'client' : 'server';
      return {
        name: `the ${peer}'s window of 2^${bits}, ${keepsContext ? 'taken over' : 'not taken over'}`,
        role,
        deflate: {
          [`${peer}MaxWindowBits`]: bits,
          [`${peer}NoContextTakeover`]: !keepsContext,
          // The other direction is otherwise, so that the two cannot be mistaken for each other.
          [`${role}MaxWindowBits`]: 23 - bits,
          [`${role}NoContextTakeover`]: keepsContext,
        },
        frames: compressed(bits, keepsContext),
        delivers: messages.map(told),
        end: 'open',
        feeds: 'few',
      };
    }),
  ),
);
conformance('RFC 7692 §7.1.1, §7.1.2 windows and contexts of the peer', windows);

conformance('RFC 7692 §7.2.3.2 the window of the message before', [
  {
    name: 'taken over',
    deflate: {},
    frames: [compressedText(HELLO), compressedText('f2 00 11 00 00'), compressedText('f2 00 11 00 00')],
    delivers: ['message "Hello"', 'message "Hello"', 'message "Hello"'],
    end: 'open',
  },
  {
    name: 'not taken over: there is nothing to refer to',
    deflate: both,
    frames: [compressedText(HELLO), compressedText('f2 00 11 00 00')],
    delivers: ['message "Hello"'],
    end: { fails: 1007 },
  },
  {
    name: 'uncompressed messages, control frames and empty messages leave it alone',
    deflate: {},
    frames: [
      compressedText(HELLO),
      '81 02 68 69',
      '89 01 61',
      '02 01 01',
      '80 01 02',
      '8a 00',
      compressedText('00'),
      compressedText('f2 00 11 00 00'),
    ],
    delivers: ['message "Hello"', 'message "hi"', 'ping 61', 'message 01 02', 'pong', 'message ""', 'message "Hello"'],
    answers: ['8a 01 61'],
    end: 'open',
  },
]);

// ── Fragments ────────────────────────────────────────────────────────────────────────────────────────────────────

const sentence = 'Kürzer, kürzer, am kürzesten: 😀😀😀😀😀😀😀😀 €€€€€€€€';
const long = Array.from({ length: 400 }, (_, index) => `${index * index} €`).join(', ');
for (const [how, agreement] of [
  ['context taken over', {}],
  ['no context taken over', both],
] as const) {
  const payload = deflate(sentence);
  conformance(`RFC 7692 §6.1 a compressed message in fragments, ${how}`, [
    ...Array.from(
      { length: payload.length + 1 },
      (_, at): Case => ({
        name: `cut at ${at} of ${payload.length}, a ping between`,
        deflate: agreement,
        frames: [compressedText(payload.subarray(0, at), false), '89 01 70', continuation(payload.subarray(at))],
        delivers: ['ping 70', told(sentence)],
        answers: ['8a 01 70'],
        end: 'open',
        feeds: 'few',
      }),
    ),
    {
      name: 'each byte a fragment, all kinds of control frames between',
      deflate: agreement,
      frames: [
        compressedText('', false),
        ...Array.from(payload, (_, at) => [
          continuation(payload.subarray(at, at + 1), false),
          at % 2 === 0 ? '89 01 70' : '8a 01 71',
        ]).flat(),
        continuation(''),
      ],
      delivers: [...Array.from(payload, (_, at) => (at % 2 === 0 ? 'ping 70' : 'pong 71')), told(sentence)],
      answers: Array.from(payload)
        .filter((_, at) => at % 2 === 0)
        .map(() => '8a 01 70'),
      end: 'open',
    },
    ...[1, 7, 64, 125, 126, 1000].map((size): Case => {
      const bytes = deflate(long);
      const parts: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
      return {
        name: `${bytes.length} bytes in fragments of ${size}, twice`,
        deflate: agreement,
        frames: [0, 1].flatMap(() =>
          parts.map((part, index) =>
            index === 0 ? compressedText(part, false) : continuation(part, index === parts.length - 1),
          ),
        ),
        delivers: [told(long), told(long)],
        end: 'open',
        feeds: 'few',
      };
    }),
    {
      name: 'a Close within it: it is never told',
      deflate: agreement,
      frames: [compressedText(payload.subarray(0, 20), false), close(1001)],
      end: { closes: '1001 clean', sends: close(1001) },
    },
  ]);

  // ── Blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────

  const stored = (text: string) => {
    const size = text.length;
    return concat([Uint8Array.of(0, size & 255, size >> 8, ~size & 255, (~size >> 8) & 255), utf8(text)]);
  };
  const valid = (name: string, frames: Case['frames'], ...delivers: string[]): Case => ({
    name,
    deflate: agreement,
    frames,
    delivers,
    end: 'open',
  });
  conformance(`RFC 7692 §7.2.3 blocks, ${how}`, [
    valid('RFC 7692 §7.2.3.1 one compressed block', [compressedText(HELLO)], told('Hello')),
    valid('RFC 7692 §7.2.3.3 a stored block', [compressedText('00 05 00 fa ff 48 65 6c 6c 6f 00')], told('Hello')),
    valid(
      'RFC 7692 §7.2.3.4 a final block, and a message behind it',
      [compressedText('f3 48 cd c9 c9 07 00 00'), compressedText(HELLO)],
      told('Hello'),
      told('Hello'),
    ),
    valid(
      'RFC 7692 §7.2.3.5 two blocks, a flush between',
      [compressedText('f2 48 05 00 00 00 ff ff ca c9 c9 07 00')],
      told('Hello'),
    ),
    valid(
      'RFC 7692 §7.2.3.6 empty, text and binary',
      [compressedText('00'), compressedBinary('00')],
      told(''),
      told(new Uint8Array()),
    ),
    valid('empty, in a fixed block', [compressedText('02 00')], told('')),
    valid('empty, several stored blocks', [compressedText('00 00 00 ff ff 00 00 00 ff ff 00')], told('')),
    valid('empty, a final fixed block', [compressedText('03 00')], told('')),
    valid(
      'empty, a final stored block that the tail completes',
      [compressedText('01'), compressedText(HELLO)],
      told(''),
      told('Hello'),
    ),
    valid('empty, a final stored block', [compressedText('01 00 00 ff ff 00')], told('')),
    valid(
      'stored blocks of one byte each',
      [compressedText(concat([...'Hello'].map(stored).concat(hex('00'))))],
      told('Hello'),
    ),
    valid('stored and compressed blocks', [compressedText(concat([stored('abc'), hex(HELLO)]))], told('abcHello')),
    valid(
      'a stored block of 65,535 bytes',
      [compressedText(concat([stored('x'.repeat(65_535)), hex('00')]))],
      told('x'.repeat(65_535)),
    ),
    valid(
      'a block with codes of its own',
      [compressedText(deflate(long, { strategy: constants.Z_DEFAULT_STRATEGY }))],
      told(long),
    ),
    valid('Huffman codes alone', [compressedText(deflate(long, { strategy: constants.Z_HUFFMAN_ONLY }))], told(long)),
    valid('fixed codes alone', [compressedText(deflate(long, { strategy: constants.Z_FIXED }))], told(long)),
    valid(
      'run lengths alone',
      [compressedBinary(deflate(new Uint8Array(5000), { strategy: constants.Z_RLE }))],
      told(new Uint8Array(5000)),
    ),
    ...[0, 1, 5, 9].map((level) => valid(`level ${level}`, [compressedText(deflate(long, { level }))], told(long))),
    // RFC 7692 §7.2.3.4: "a block with BFINAL set to 1"; blocks behind it still belong to the message.
    valid('a block after a final one', [compressedText(`f3 48 cd c9 c9 07 00 ${HELLO}`)], told('HelloHello')),
    valid(
      'a final block in the first of two fragments',
      [compressedText('f3 48 cd c9 c9 07 00', false), continuation('00')],
      told('Hello'),
    ),
    valid(
      'a message between uncompressed ones, of both kinds',
      ['81 01 61', compressedText(HELLO), '82 01 62', compressedBinary(HELLO), '81 00'],
      told('a'),
      told('Hello'),
      told(hex('62')),
      told(hex('48 65 6c 6c 6f')),
      told(''),
    ),
    valid(
      'a fragmented uncompressed one among compressed ones',
      [compressedText(HELLO), '01 01 61', '80 01 62', compressedText(HELLO)],
      told('Hello'),
      told('ab'),
      told('Hello'),
    ),
    // As 03 00 in a final block: there are senders whose zlib gives nothing for nothing (docs/architecture.md, Decisions).
    valid(
      'no compressed byte at all',
      [compressedText(''), compressedText('', false), continuation(''), compressedText(HELLO)],
      told(''),
      told(''),
      told('Hello'),
    ),
  ]);

  const broken = (name: string, payload: string | Uint8Array): Case[] => [
    { name, deflate: agreement, frames: [compressedText(payload)], end: { fails: 1007 } },
    {
      // It fails before the message ends.
      name: `${name}, in a first fragment`,
      deflate: agreement,
      frames: [compressedBinary(payload, false)],
      end: { fails: 1007 },
    },
  ];
  conformance(`RFC 7692 §7.2.2 what is no DEFLATE, ${how}`, [
    ...broken('the block type that does not exist', '06'),
    ...broken('the same, final', '07'),
    ...broken('the same after a flushed block', `${HELLO} 00 00 ff ff 06`),
    ...broken('the lengths of a stored block do not agree', '00 05 00 fa fe 48 65 6c 6c 6f 00'),
    ...broken('garbage after a final block', 'f3 48 cd c9 c9 07 00 07 07'),
    ...broken('a distance before the beginning', 'f2 00 11 00 00'),
    ...broken('a distance code that does not exist', '02 7f 00'),
    ...broken('a length code that does not exist', '1b 03 00 00'),
    ...broken('too many codes', 'fc ff ff ff ff'),
    ...broken('gzip', '1f 8b 08 00 00 00 00 00 00 03 f3 48 cd c9 c9 07 00'),
    ...broken('zlib', '78 9c f3 48 cd c9 c9 07 00'),
    ...broken('text that is not DEFLATE', utf8('Hello, this is not compressed')),
    {
      name: 'after a message that was right',
      deflate: agreement,
      frames: [compressedText(HELLO), compressedText('06')],
      delivers: [told('Hello')],
      end: { fails: 1007 },
    },
    {
      name: 'shown in the middle of a frame, whose rest is announced and never sent',
      deflate: agreement,
      frames: [cut(compressedText(concat([hex('06'), new Uint8Array(100)])), 100)],
      end: { fails: 1007 },
      feeds: 'all in core',
    },
  ]);

  // RFC 7692 §7.2.1: every message ends with the first byte of an empty block without compression. One that does not
  // was cut off; zlib would deliver what there is, and take the next message for the rest.
  const missing = (name: string, payload: string | Uint8Array): Case[] => [
    { name, deflate: agreement, frames: [compressedBinary(payload)], end: { fails: 1007 }, feeds: 'few' },
    {
      name: `${name}, in two fragments, after a message that was right`,
      deflate: agreement,
      frames: [compressedText(HELLO), compressedText(payload, false), '89 00', continuation('')],
      delivers: [told('Hello'), 'ping'],
      answers: ['8a 00'],
      end: { fails: 1007 },
      feeds: 'few',
    },
  ];
  const everyCut = (name: string, bytes: Uint8Array) =>
    Array.from({ length: bytes.length - 1 }, (_, at) => {
      const pair = missing(`${name}, ${at + 1} of ${bytes.length} bytes`, bytes.subarray(0, at + 1));
      return bytes.length < 20 ? pair : pair.slice(at % 2, (at % 2) + 1);
    }).flat();
  conformance(
    `RFC 7692 §7.2.1 a message that ends within a block, ${how}`,
    [
      ...everyCut('RFC 7692 §7.2.3.1', hex(HELLO)),
      ...everyCut('a fixed block', deflate(sentence, { strategy: constants.Z_FIXED })),
      ...everyCut('a block with codes of its own', deflate(long.slice(0, 300))),
      ...everyCut('a stored block, without its first byte', hex('00 05 00 fa ff 48 65 6c 6c 6f 00')).slice(2),
      ...missing('a final block, cut off', 'f3 48 cd c9'),
      ...missing('a final block, then one that is cut off', 'f3 48 cd c9 c9 07 00 f2 48 cd'),
      ...missing('00 00 ff ff was left where it is', `${HELLO} 00 00 ff ff`),
      ...missing('00 00 ff ff was left where it is, in an empty message', '00 00 00 ff ff'),
    ],
    { tcpEvery: 5 },
  );

  conformance(`RFC 6455 §8.1 what a text inflates to is UTF-8, ${how}`, [
    {
      name: 'an invalid byte',
      deflate: agreement,
      frames: [compressedText('00 01 00 fe ff ff 00')],
      end: { fails: 1007 },
    },
    {
      name: 'the end within a character',
      deflate: agreement,
      frames: [compressedText('00 01 00 fe ff c3 00')],
      end: { fails: 1007 },
    },
    valid(
      'a character across fragments',
      [compressedText('00 01 00 fe ff c3', false), continuation('00 01 00 fe ff a4 00')],
      told('ä'),
    ),
    valid('a character across blocks', [compressedText('00 01 00 fe ff e2 00 02 00 fd ff 82 ac 00')], told('€')),
    valid('binary is not looked at', [compressedBinary('00 01 00 fe ff ff 00')], told(hex('ff'))),
    {
      name: 'an invalid byte in the first fragment: fails before the second',
      deflate: agreement,
      frames: [compressedText('00 02 00 fd ff 61 ff', false)],
      end: { fails: 1007 },
    },
    {
      name: 'a surrogate in the second fragment: fails before the third',
      deflate: agreement,
      frames: [compressedText('00 01 00 fe ff ed', false), '89 00', continuation('00 01 00 fe ff a0', false)],
      delivers: ['ping'],
      answers: ['8a 00'],
      end: { fails: 1007 },
    },
  ]);

  const limited = { limits: { maxMessageSize: 1000 } };
  conformance(`RFC 7692 §7.4.1 1009 counts what is inflated, ${how}`, [
    {
      ...valid('exactly maxMessageSize', [compressedBinary(deflate(new Uint8Array(1000)))], told(new Uint8Array(1000))),
      settings: limited,
    },
    {
      ...valid(
        'each message on its own',
        [1, 2, 3].map(() => compressedBinary(deflate(new Uint8Array(900)))),
        ...[1, 2, 3].map(() => told(new Uint8Array(900))),
      ),
      settings: limited,
    },
    {
      name: 'one byte above',
      deflate: agreement,
      frames: [compressedBinary(deflate(new Uint8Array(1001)))],
      settings: limited,
      end: { fails: 1009 },
    },
    {
      name: 'far above, while its frame is still coming',
      deflate: agreement,
      frames: [cut(compressedBinary(concat([deflate(new Uint8Array(60_000)), new Uint8Array(100)])), 100)],
      settings: limited,
      end: { fails: 1009 },
      feeds: 'all in core',
    },
    {
      name: 'in the second of three fragments',
      deflate: agreement,
      frames: [compressedBinary('00 01 00 fe ff 61', false), continuation(deflate(new Uint8Array(1000)), false)],
      settings: limited,
      end: { fails: 1009 },
    },
    {
      name: 'what is announced counts as well',
      deflate: agreement,
      frames: ['c2 7e 03 e9'],
      settings: limited,
      end: { fails: 1009 },
    },
  ]);
}

// ── RSV1 ─────────────────────────────────────────────────────────────────────────────────────────────────────────

conformance('RFC 7692 §6 RSV1 stands only in the first frame of a message', [
  ...['c0', '40', 'c8', 'c9', 'ca'].flatMap((first): Case[] => [
    {
      name: `${first} within a compressed message`,
      deflate: {},
      frames: [compressedText('f2 48', false), `${first} 00`],
      end: { fails: 1002 },
    },
    {
      name: `${first} within an uncompressed message`,
      deflate: {},
      frames: ['01 01 61', `${first} 00`],
      end: { fails: 1002 },
    },
    {
      name: `${first} between messages`,
      deflate: {},
      frames: [compressedText(HELLO), `${first} 00`],
      delivers: [told('Hello')],
      end: { fails: 1002 },
    },
  ]),
  { name: 'a compressed ping', deflate: {}, frames: [frame(0xc9, HELLO)], end: { fails: 1002 } },
  { name: 'a compressed Close', deflate: {}, frames: [frame(0xc8, '03 e8')], end: { fails: 1002 } },
  {
    name: 'a compressed text within a compressed message',
    deflate: {},
    frames: [compressedText('f2 48', false), compressedText(HELLO)],
    end: { fails: 1002 },
  },
  {
    name: 'an uncompressed text within a compressed message',
    deflate: {},
    frames: [compressedText('f2 48', false), '81 01 61'],
    end: { fails: 1002 },
  },
  { name: 'text, where nothing was agreed', frames: [compressedText(HELLO)], end: { fails: 1002 } },
  {
    name: 'binary in fragments, where nothing was agreed',
    frames: [compressedBinary('f2', false)],
    end: { fails: 1002 },
  },
  { name: 'RSV2 beside it', deflate: {}, frames: ['e1 00'], end: { fails: 1002 } },
  { name: 'RSV3 beside it', deflate: {}, frames: ['d1 00'], end: { fails: 1002 } },
]);
