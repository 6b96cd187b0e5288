// RFC 6455 §8.1: text that is not UTF-8 fails with 1007, and with the very byte that shows it: its rest, and the rest
// of its message, is announced and never sent. (Autobahn: category 6)

import { concat, hex, utf8 } from '../support/hex.ts';
import { frame, showData } from '../support/wire.ts';
import { type Case, continuation, cut, text } from './case.ts';
import { conformance } from './conformance.ts';
import { invalidSequences, validSequences } from './utf8-table.ts';

const told = (it: string) => `message ${showData(it)}`;
/** Long enough to be checked natively, and not ASCII. */
const long = 'ä€😀'.repeat(30);

conformance(
  'RFC 6455 §5.6, §8.1 well-formed text',
  validSequences.map(({ name, bytes, text: expected }) => ({
    name,
    frames: [text(bytes), text(concat([utf8(long), hex(bytes), utf8(long)]))],
    delivers: [told(expected), told(long + expected + long)],
    end: 'open',
    feeds: 'few',
  })),
  { tcpEvery: 3 },
);

conformance(
  'RFC 6455 §5.6 fragments need not be well-formed on their own',
  validSequences.flatMap(({ name, bytes, text: expected }) => {
    const whole = hex(bytes);
    const cuts = Array.from(
      { length: whole.length + 1 },
      (_, at): Case => ({
        name: `${name}, cut at ${at}`,
        frames: [
          text(whole.subarray(0, at), false),
          '89 00',
          continuation('', false),
          continuation(whole.subarray(at)),
        ],
        delivers: ['ping', told(expected)],
        answers: ['8a 00'],
        end: 'open',
        feeds: 'few',
      }),
    );
    const each: Case = {
      name: `${name}, each byte a fragment`,
      frames: [
        text('', false),
        ...Array.from(whole, (_, at) => continuation(whole.subarray(at, at + 1), false)),
        continuation(''),
      ],
      delivers: [told(expected)],
      end: 'open',
      feeds: 'few',
    };
    return [...cuts, each];
  }),
  { tcpEvery: 7 },
);

// ── Not well-formed ──────────────────────────────────────────────────────────────────────────────────────────────

/** 100 bytes more are announced than are sent: the connection fails while its peer is still in the middle. */
function announced(first: 0x01 | 0x81 | 0x80, sent: Uint8Array): Uint8Array {
  return cut(frame(first, concat([sent, new Uint8Array(100)])), 100);
}

const shows = invalidSequences.filter(({ bytes, at }) => at < hex(bytes).length);
conformance(
  'RFC 6455 §8.1 fails before its frame ends',
  shows.map(({ name, bytes, at }) => ({
    name,
    frames: [announced(0x81, hex(bytes).subarray(0, at + 1))],
    end: { fails: 1007 },
    feeds: 'all in core',
  })),
  { tcpEvery: 3 },
);

conformance(
  'RFC 6455 §8.1 fails before its message ends, in the fragment that shows it; the text before it is still possible',
  shows.map(({ name, bytes, at }) => ({
    name,
    frames: [
      text(concat([utf8('κόσμε'), hex(bytes).subarray(0, at)]), false),
      '89 01 3f',
      continuation(hex(bytes).subarray(at, at + 1), false),
    ],
    delivers: ['ping 3f'],
    answers: ['8a 01 3f'],
    end: { fails: 1007 },
    feeds: 'few',
  })),
  { tcpEvery: 3 },
);

conformance(
  'RFC 6455 §8.1 fails within a long text, and before it ends',
  shows.map(({ name, bytes, at }, index) => ({
    name,
    frames: [announced(index % 2 === 0 ? 0x81 : 0x01, concat([utf8(long), hex(bytes).subarray(0, at + 1)]))],
    end: { fails: 1007 },
    feeds: 'few',
  })),
  { tcpEvery: 5 },
);

conformance(
  'RFC 6455 §8.1 fails in one frame, and with each byte a fragment',
  invalidSequences.flatMap(({ name, bytes, at }): Case[] => {
    const whole = hex(bytes);
    const parts = Array.from(whole.subarray(0, at + 1), (_, index) => whole.subarray(index, index + 1));
    const fragments = parts.map((part, index) => (index === 0 ? text(part, false) : continuation(part, false)));
    // If only the end is wrong, FIN shows it.
    if (at === whole.length) fragments.push(continuation(''));
    return [
      { name, frames: [text(whole)], end: { fails: 1007 }, feeds: 'few' },
      { name: `${name}, in fragments`, frames: fragments, end: { fails: 1007 }, feeds: 'few' },
    ];
  }),
  { tcpEvery: 7 },
);

const ended = invalidSequences.filter(({ bytes, at }) => at === hex(bytes).length);
conformance(
  'RFC 6455 §8.1 the end of a message within a character',
  [
    ...ended.flatMap(({ name, bytes }): Case[] => [
      {
        name: `${name}, behind other text`,
        frames: [text(concat([utf8('abc'), hex(bytes)]))],
        end: { fails: 1007 },
        feeds: 'few',
      },
      {
        name: `${name}, behind long text`,
        frames: [text(concat([utf8(long), hex(bytes)]))],
        end: { fails: 1007 },
        feeds: 'few',
      },
      {
        name: `${name}, then a message that would complete it`,
        frames: [text(bytes), text('80 80 80')],
        end: { fails: 1007 },
        feeds: 'few',
      },
      {
        name: `${name}: by itself it is not wrong yet`,
        frames: [text(bytes, false), '89 00', '88 00'],
        delivers: ['ping'],
        answers: ['8a 00'],
        end: { closes: '1005 clean', sends: '88 00' },
        feeds: 'few',
      },
    ]),
  ],
  { tcpEvery: 3 },
);

conformance('RFC 6455 §8.1 a text that fails leaves the ones before it told', [
  {
    name: 'behind two texts and a ping',
    frames: [text('61'), text('c3 a4'), '89 00', text('ff')],
    delivers: ['message "a"', 'message "ä"', 'ping'],
    answers: ['8a 00'],
    end: { fails: 1007 },
  },
  {
    name: 'after a text that ended with a character cut between its fragments',
    frames: [text('c3', false), continuation('a4'), text('a4')],
    delivers: ['message "ä"'],
    end: { fails: 1007 },
  },
]);

conformance(
  'RFC 6455 §5.6 binary messages are bytes',
  invalidSequences
    .filter((_, index) => index % 9 === 0)
    .map(({ name, bytes }) => ({
      name,
      frames: [frame(0x82, bytes), frame(0x02, bytes), frame(0x80, bytes)],
      delivers: [`message ${showData(hex(bytes))}`, `message ${showData(hex(bytes, bytes))}`],
      end: 'open',
      feeds: 'few',
    })),
);
