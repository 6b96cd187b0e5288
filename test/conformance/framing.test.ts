// RFC 6455 §5.1–5.3: headers. Every length class, encodings that are not minimal, the sign bit, masks the wrong way,
// and that an invalid frame is refused at the first bytes that show it, not when the rest is there. (Autobahn:
// categories 1, 9.)

import { concat, hex, pattern, toHex } from '../support/hex.ts';
import { frame, KEY, masked, showData } from '../support/wire.ts';
import { binary, type Case, cut, text } from './case.ts';
import { conformance } from './conformance.ts';

const told = (data: string | Uint8Array) => `message ${showData(data)}`.trimEnd();
const ascii = (size: number) => Uint8Array.from(pattern(size), (byte) => 0x20 + (byte % 0x5f));
const asText = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

conformance('RFC 6455 §5.2 lengths of every class', [
  ...[
    0, 1, 2, 3, 4, 5, 7, 8, 9, 124, 125, 126, 127, 128, 129, 254, 255, 256, 257, 65_534, 65_535, 65_536, 65_537,
  ].flatMap((size): Case[] => [
    { name: `text of ${size} bytes`, frames: [text(ascii(size))], delivers: [told(asText(ascii(size)))], end: 'open' },
    { name: `binary of ${size} bytes`, frames: [binary(pattern(size))], delivers: [told(pattern(size))], end: 'open' },
  ]),
  {
    name: 'one of each class behind the other',
    frames: [5, 0, 126, 1, 65_536, 125, 0].map((size) => binary(pattern(size, size))),
    delivers: [5, 0, 126, 1, 65_536, 125, 0].map((size) => told(pattern(size, size))),
    end: 'open',
  },
]);

/** Header of a binary frame with this length in 16 or 64 bits. */
const header = (length: number | bigint, bits: 16 | 64) =>
  hex(bits === 16 ? '82 7e' : '82 7f', length.toString(16).padStart(bits / 4, '0'));

conformance('RFC 6455 §5.2 the minimal number of bytes', [
  ...[0, 1, 2, 64, 124, 125].map(
    (length): Case => ({ name: `${length} in 16 bits`, frames: [header(length, 16)], end: { fails: 1002 } }),
  ),
  ...[0, 1, 125, 126, 127, 255, 256, 65_534, 65_535].map(
    (length): Case => ({ name: `${length} in 64 bits`, frames: [header(length, 64)], end: { fails: 1002 } }),
  ),
  {
    name: '5 in 16 bits, with its payload',
    frames: ['81 7e 00 05 48 65 6c 6c 6f'],
    end: { fails: 1002 },
  },
  {
    name: '5 in 64 bits, with its payload',
    frames: ['81 7f 00 00 00 00 00 00 00 05 48 65 6c 6c 6f'],
    end: { fails: 1002 },
  },
  // The length shows it; the masking key is not waited for.
  {
    name: '125 in 16 bits, without a key',
    role: 'server',
    isVerbatim: true,
    frames: ['82 fe 00 7d'],
    end: { fails: 1002 },
  },
  {
    name: '65535 in 64 bits, without a key',
    role: 'server',
    isVerbatim: true,
    frames: ['82 ff 00 00 00 00 00 00 ff ff'],
    end: { fails: 1002 },
  },
]);

conformance('RFC 6455 §5.2 the most significant bit of a 64-bit length is 0', [
  { name: 'it alone', frames: ['82 7f 80 00 00 00 00 00 00 00'], end: { fails: 1002 } },
  { name: 'all bits', frames: ['82 7f ff ff ff ff ff ff ff ff'], end: { fails: 1002 } },
  { name: 'with a small length', frames: ['82 7f 80 00 00 00 00 01 00 00'], end: { fails: 1002 } },
  { name: 'three bytes show it', role: 'client', isVerbatim: true, frames: ['82 7f 80'], end: { fails: 1002 } },
  { name: 'three bytes show it', role: 'server', isVerbatim: true, frames: ['82 ff ff'], end: { fails: 1002 } },
]);

// RFC 6455 §10.4 lets an endpoint bound what it takes, §7.4.1 has 1009 for it. Lengths that no memory holds are beyond
// any bound.
const small = { limits: { maxMessageSize: 1000 } };
conformance('RFC 6455 §7.4.1 1009: too big, seen in the header', [
  { name: '2^63 - 1 bytes', frames: ['82 7f 7f ff ff ff ff ff ff ff'], end: { fails: 1009 } },
  { name: '2^53 bytes', frames: ['82 7f 00 20 00 00 00 00 00 00'], end: { fails: 1009 } },
  { name: '2^53 - 1 bytes', frames: ['82 7f 00 1f ff ff ff ff ff ff'], end: { fails: 1009 } },
  { name: '2^40 bytes', frames: ['82 7f 00 00 01 00 00 00 00 00'], end: { fails: 1009 } },
  { name: '100 MiB + 1, the default limit exceeded', frames: ['82 7f 00 00 00 00 06 40 00 01'], end: { fails: 1009 } },
  {
    name: 'exactly maxMessageSize',
    frames: [binary(pattern(1000))],
    delivers: [told(pattern(1000))],
    settings: small,
    end: 'open',
  },
  { name: 'one byte above', frames: ['82 7e 03 e9'], settings: small, end: { fails: 1009 } },
  { name: 'one byte above, in text', frames: ['81 7e 03 e9'], settings: small, end: { fails: 1009 } },
  {
    name: 'above in the sum of its fragments',
    frames: [binary(pattern(600), false), '80 7e 01 91'],
    settings: small,
    end: { fails: 1009 },
  },
  {
    name: 'the sum of several messages does not count',
    frames: [binary(pattern(900)), binary(pattern(900, 1)), text(ascii(900))],
    delivers: [told(pattern(900)), told(pattern(900, 1)), told(asText(ascii(900)))],
    settings: small,
    end: 'open',
  },
]);

const opcodes = ['80', '81', '82', '01', '02', '88', '89', '8a'];
conformance('RFC 6455 §5.1 masks the wrong way', [
  ...opcodes.flatMap((first): Case[] => [
    { name: `${first}: not masked`, role: 'server', isVerbatim: true, frames: [`${first} 00`], end: { fails: 1002 } },
    { name: `${first}: masked`, role: 'client', isVerbatim: true, frames: [`${first} 80`], end: { fails: 1002 } },
  ]),
  { name: 'a text', role: 'server', isVerbatim: true, frames: ['81 05 48 65 6c 6c 6f'], end: { fails: 1002 } },
  { name: 'a text', role: 'client', isVerbatim: true, frames: [masked(text('48 65 6c 6c 6f'))], end: { fails: 1002 } },
  {
    name: 'after a message that was right',
    role: 'server',
    isVerbatim: true,
    frames: [masked(text('61')), '81 01 62'],
    delivers: ['message "a"'],
    end: { fails: 1002 },
  },
  {
    name: 'after a message that was right',
    role: 'client',
    isVerbatim: true,
    frames: ['81 01 61', masked(text('62'))],
    delivers: ['message "a"'],
    end: { fails: 1002 },
  },
  {
    name: 'in the second fragment',
    role: 'server',
    isVerbatim: true,
    frames: [masked(text('61', false)), '80 01 62'],
    end: { fails: 1002 },
  },
  {
    name: 'in the second fragment',
    role: 'client',
    isVerbatim: true,
    frames: ['01 01 61 80 81'],
    end: { fails: 1002 },
  },
  {
    name: 'in a Close, which is therefore none',
    role: 'server',
    isVerbatim: true,
    frames: ['88 02 03 e8'],
    end: { fails: 1002 },
  },
]);

conformance(
  'RFC 6455 §5.3 masking keys of every kind',
  ['00 00 00 00', 'ff ff ff ff', '01 00 00 00', '00 00 00 01', '80 00 00 00', '48 65 6c 6c', toHex(KEY)].flatMap(
    (key) =>
      [0, 1, 3, 4, 5, 8, 15, 16, 17, 63, 64, 65, 125, 126, 1000].map(
        (size): Case => ({
          name: `key ${key}, ${size} bytes`,
          role: 'server',
          isVerbatim: true,
          frames: [masked(binary(pattern(size)), hex(key)), masked(frame(0x89, pattern(3)), hex(key))],
          delivers: [told(pattern(size)), 'ping 00 07 0e'],
          answers: ['8a 03 00 07 0e'],
          end: 'open',
        }),
      ),
  ),
);

/** Every way to stop within this frame. */
const stops = (name: string, whole: Uint8Array): Case[] =>
  Array.from({ length: whole.length - 1 }, (_, index) => ({
    name: `${name}, ${index + 1} of ${whole.length} bytes`,
    role: 'client',
    isVerbatim: true,
    frames: [cut(whole, whole.length - 1 - index)],
    end: 'lost',
  }));
const maskedStops = (name: string, whole: Uint8Array): Case[] =>
  stops(name, masked(whole)).map((it) => ({ ...it, role: 'server' }));
conformance('RFC 6455 §7.1.5 TCP ends within a frame: 1006, nothing is delivered', [
  { name: 'before any frame', frames: [], end: 'lost' },
  { name: 'after a message', frames: ['81 01 61'], delivers: ['message "a"'], end: 'lost' },
  { name: 'between fragments', frames: ['01 01 61', '00 01 62'], end: 'lost' },
  ...[stops, maskedStops].flatMap((make) => [
    ...make('text', text('48 69')),
    ...make('ping', frame(0x89, '48 69')),
    ...make('close', hex('88 02 03 e8')),
    ...make('126 bytes', concat([hex('82 7e 00 7e'), pattern(2)])),
    ...make('65536 bytes', concat([hex('82 7f 00 00 00 00 00 01 00 00'), pattern(2)])),
  ]),
]);
