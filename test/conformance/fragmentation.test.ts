// RFC 6455 §5.4: fragments, in every order that is and is not one, with control frames between them in all orders.
// (Autobahn: category 5)

import { concat, pattern } from '../support/hex.ts';
import { showData } from '../support/wire.ts';
import { binary, type Case, continuation, text } from './case.ts';
import { conformance } from './conformance.ts';

// ── Every sequence of frames ─────────────────────────────────────────────────────────────────────────────────────

const kinds = ['text', 'text…', 'binary', 'binary…', 'continuation', 'continuation…', 'ping'] as const;
type Kind = (typeof kinds)[number];
const firstBytes: Record<Kind, string> = {
  text: '81',
  'text…': '01',
  binary: '82',
  'binary…': '02',
  continuation: '80',
  'continuation…': '00',
  ping: '89',
};

/**
 * The rules of RFC 6455 §5.4 one after the other. Each frame has one letter; a message left open is ended behind them.
 */
function sequence(chosen: readonly Kind[]): Case {
  const frames: string[] = [];
  const delivers: string[] = [];
  const answers: string[] = [];
  const it = (end: Case['end']) => ({ name: chosen.join(', '), frames, delivers, answers, end });
  let open: { isText: boolean; bytes: number[] } | undefined;
  const finish = () => {
    const { isText, bytes } = open!;
    delivers.push(`message ${showData(isText ? String.fromCharCode(...bytes) : Uint8Array.from(bytes))}`);
    open = undefined;
  };
  for (const [index, kind] of chosen.entries()) {
    const letter = 0x61 + index;
    frames.push(`${firstBytes[kind]} 01 ${letter.toString(16)}`);
    if (kind === 'ping') {
      delivers.push(`ping ${letter.toString(16)}`);
      answers.push(`8a 01 ${letter.toString(16)}`);
      continue;
    }
    const isContinuation = kind.startsWith('continuation');
    if (isContinuation !== (open !== undefined)) return it({ fails: 1002 });
    open ??= { isText: kind.startsWith('text'), bytes: [] };
    open.bytes.push(letter);
    if (!kind.endsWith('…')) finish();
  }
  if (open !== undefined) {
    frames.push('80 01 7a');
    open.bytes.push(0x7a);
    finish();
  }
  return it('open');
}

function sequences(length: number): Kind[][] {
  if (length === 0) return [[]];
  return sequences(length - 1).flatMap((start) => kinds.map((kind) => [...start, kind]));
}

conformance('RFC 6455 §5.4 every sequence of up to two frames', [1, 2].flatMap(sequences).map(sequence));
conformance(
  'RFC 6455 §5.4 every sequence of three frames',
  sequences(3).map((chosen) => ({ ...sequence(chosen), feeds: 'few' })),
  { tcpEvery: 3 },
);
conformance(
  'RFC 6455 §5.4 every sequence of four frames',
  sequences(4).map((chosen) => ({ ...sequence(chosen), feeds: 'once' })),
  { coreOnly: true },
);

// ── Control frames between fragments ─────────────────────────────────────────────────────────────────────────────

const controls: readonly [name: string, frame: string, told: string, answer?: string][] = [
  ['ping', '89 01 70', 'ping 70', '8a 01 70'],
  ['empty ping', '89 00', 'ping', '8a 00'],
  ['pong', '8a 01 71', 'pong 71'],
];

/** All orders of all choices of the indices 0–2, none left out and none twice. */
const orders = [[], [0], [1], [2], [0, 1], [1, 0], [0, 2], [2, 0], [1, 2], [2, 1]].concat(
  [0, 1, 2].flatMap((first) =>
    [0, 1, 2].filter((second) => second !== first).map((second) => [first, second, 3 - first - second]),
  ),
);

/** A message in three fragments; controls of the first order in the first gap, of the second in the second. */
function interleaved(first: readonly number[], second: readonly number[]): Case {
  const both = [...first, ...second].map((index) => controls[index]!);
  const names = (list: readonly number[]) =>
    list.length === 0 ? 'nothing' : list.map((it) => controls[it]![0]).join(', ');
  const bytes = (list: readonly number[]) => list.map((it) => controls[it]![1]);
  return {
    name: `${names(first)}; ${names(second)}`,
    frames: ['01 02 48 65', ...bytes(first), '00 02 6c 6c', ...bytes(second), '80 01 6f'],
    delivers: [...both.map(([, , told]) => told), 'message "Hello"'],
    answers: both.flatMap(([, , , answer]) => answer ?? []),
    end: 'open',
    // All cuts where little is between.
    ...(both.length > 1 ? { feeds: 'few' } : {}),
  };
}

conformance(
  'RFC 6455 §5.4 control frames between fragments, in all orders',
  orders.flatMap((first) => orders.map((second) => interleaved(first, second))),
  { tcpEvery: 3 },
);

conformance('RFC 6455 §5.5 a Close between fragments is answered, and the message is never told', [
  ...orders.map(
    (order): Case => ({
      name: `behind ${order.map((it) => controls[it]![0]).join(', ') || 'nothing'}`,
      frames: ['01 02 48 65', ...order.map((it) => controls[it]![1]), '88 02 03 e8', '80 03 6c 6c 6f'],
      delivers: order.map((it) => controls[it]![2]),
      answers: order.flatMap((it) => controls[it]![3] ?? []),
      end: { closes: '1000 clean', sends: '88 02 03 e8' },
    }),
  ),
  {
    name: 'in front of the last, empty fragment',
    frames: ['02 01 01', '00 01 02', '88 00', '80 00'],
    end: { closes: '1005 clean', sends: '88 00' },
  },
]);

// ── Fragments of all sizes ───────────────────────────────────────────────────────────────────────────────────────

/** A message of these fragments, a ping behind each of them. */
function fragments(sizes: readonly number[], kind: typeof text | typeof binary, pings = true): Case {
  const parts = sizes.map((size, index) => Uint8Array.from(pattern(size, index), (byte) => 0x20 + (byte % 0x5f)));
  const whole = concat(parts);
  const last = sizes.length - 1;
  const names = kind === text ? 'text' : 'binary';
  return {
    name: `${names} in ${sizes.length > 12 ? `${sizes.length} of ${sizes[0]} bytes` : sizes.join(', ')}${pings ? ', a ping behind each' : ''}`,
    frames: parts.flatMap((part, index) => [
      index === 0 ? kind(part, index === last) : continuation(part, index === last),
      ...(pings ? ['89 01 70'] : []),
    ]),
    delivers: [
      ...(pings ? parts.slice(1).map(() => 'ping 70') : []),
      `message ${showData(kind === text ? Buffer.from(whole).toString('latin1') : whole)}`.trimEnd(),
      ...(pings ? ['ping 70'] : []),
    ],
    answers: pings ? parts.map(() => '8a 01 70') : [],
    end: 'open',
  };
}

const splits = [
  [0, 0],
  [0, 0, 0],
  [0, 1],
  [1, 0],
  [0, 1, 0],
  [1, 1, 1, 1, 1],
  [125, 126, 127],
  [126, 125],
  [65_535, 1],
  [65_536, 65_535, 0],
  [1, 65_536, 1],
];
const many = [
  Array.from({ length: 40 }, () => 1),
  Array.from({ length: 500 }, () => 0),
  Array.from({ length: 200 }, () => 64),
];
conformance(
  'RFC 6455 §5.4 a message is the concatenation of its fragments',
  [...splits, ...many].flatMap((sizes) =>
    [text, binary].flatMap((kind) => [fragments(sizes, kind), fragments(sizes, kind, false)]),
  ),
);

conformance('RFC 6455 §5.4 messages after each other keep nothing of the one before', [
  {
    name: 'text, binary, text, in fragments and whole',
    frames: [
      '01 01 61',
      '80 01 62',
      '82 01 03',
      '02 01 04',
      '80 01 05',
      '81 01 63',
      '02 00',
      '80 00',
      '01 00',
      '80 00',
    ],
    delivers: ['message "ab"', 'message 03', 'message 04 05', 'message "c"', 'message', 'message ""'],
    end: 'open',
  },
  {
    name: 'the kind is that of the first fragment',
    frames: ['01 02 c3 a4', '80 02 c3 bc', '02 02 c3 a4', '80 02 c3 bc'],
    delivers: ['message "äü"', 'message c3 a4 c3 bc'],
    end: 'open',
  },
]);

conformance('RFC 6455 §5.4 out of place, seen in the header', [
  { name: 'a continuation of 64 KiB first', frames: ['80 7f 00 00 00 00 00 01 00 00'], end: { fails: 1002 } },
  { name: 'a text of 256 bytes within a text', frames: ['01 01 61', '81 7e 01 00'], end: { fails: 1002 } },
  {
    name: 'a binary of 5 bytes within a binary, after a ping',
    frames: ['02 00', '89 00', '82 05'],
    delivers: ['ping'],
    answers: ['8a 00'],
    end: { fails: 1002 },
  },
  {
    name: 'a continuation after the last one',
    frames: ['01 01 61', '80 01 62', '80 05'],
    delivers: ['message "ab"'],
    end: { fails: 1002 },
  },
]);

const bounded = { limits: { maxFragments: 3 } };
conformance('RFC 6455 §10.4 a bound on the number of fragments: 1008', [
  {
    name: 'exactly maxFragments, twice, control frames not counted',
    frames: ['01 01 61', '8a 00', '00 01 62', '8a 00', '80 01 63', '01 00', '00 00', '80 01 64'],
    delivers: ['pong', 'pong', 'message "abc"', 'message "d"'],
    settings: bounded,
    end: 'open',
  },
  {
    name: 'one more, by its header',
    frames: ['01 01 61', '00 01 62', '00 01 63', '80 7e 01 00'],
    settings: bounded,
    end: { fails: 1008 },
  },
]);
