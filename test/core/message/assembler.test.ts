// Data frames to messages: their order, the limits, and UTF-8 as it comes, on frames as the decoder tells them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryPool } from '../../../src/core/memory-pool.ts';
import { Assembler, type MessageLimits } from '../../../src/core/message/assembler.ts';
import type { TextCodec } from '../../../src/core/ports.ts';
import { hex, pattern, toHex, utf8 } from '../../support/hex.ts';
import { plainText } from '../../support/plain-text.ts';

const noLimits: MessageLimits = {
  maxMessageSize: Infinity,
  maxFrameSize: Infinity,
  maxFragments: Infinity,
  maxEmptyFragments: Infinity,
  maxInflateRatio: Infinity,
};

interface Assembling {
  readonly assembler: Assembler;
  /** `"text"`, or bytes in hex. */
  readonly messages: string[];
  /** One frame, its payload in one piece or in parts of these sizes. */
  frame(first: number, payload: string | Uint8Array, ...parts: readonly number[]): void;
}

/** @param tellsBits  whether the bits of the bytes are known, as where they were unmasked */
function assembling(limits: Partial<MessageLimits> = {}, tellsBits = true, text: TextCodec = plainText): Assembling {
  const memory = { allocate: (size: number) => new Uint8Array(size).fill(0xee) };
  const assembler = new Assembler(text, memory, new MemoryPool(memory));
  const messages: string[] = [];
  const messageReceived = (data: string | Uint8Array) =>
    void messages.push(typeof data === 'string' ? `"${data}"` : toHex(data));
  assembler.serve({ messageReceived }, { ...noLimits, ...limits });
  const bits = (bytes: Uint8Array) => (tellsBits ? bytes.reduce((all, byte) => all | byte, 0) : -1);
  return {
    assembler,
    messages,
    frame(first, payload, ...parts) {
      const bytes = typeof payload === 'string' ? utf8(payload) : payload;
      // As in a chunk that has other things around it.
      const chunk = new Uint8Array(bytes.length + 6).fill(0xff);
      chunk.set(bytes, 3);
      assembler.begin(first, bytes.length);
      if (parts.length === 0) {
        assembler.whole(first, chunk, 3, 3 + bytes.length, bits(bytes));
        return;
      }
      let at = 0;
      for (const size of [...parts, bytes.length]) {
        const end = Math.min(bytes.length, at + size);
        assembler.part(chunk, 3 + at, 3 + end, bits(bytes.subarray(at, end)), bytes.length - end);
        at = end;
      }
      assembler.end(first);
    },
  };
}

const texts = ['', 'Hello', 'é', 'κόσμε 😀', 'a'.repeat(300), `${'a'.repeat(127)}é${'b'.repeat(300)}😀`];

for (const tellsBits of [true, false]) {
  describe(`messages, where the bits of the bytes are ${tellsBits ? '' : 'not '}known`, () => {
    for (const text of texts) {
      test(`"${text.slice(0, 12)}", ${text.length} units, in one frame, in parts and in fragments`, () => {
        const bytes = utf8(text);
        for (const parts of [[], [0], [1], [2, 1], [128], [129, 1], [130, 200]]) {
          const { messages, frame, assembler } = assembling({}, tellsBits);
          frame(0x81, text, ...parts);
          frame(0x82, bytes, ...parts);
          const cut = Math.min(parts[0] ?? 0, bytes.length);
          frame(0x01, bytes.subarray(0, cut));
          frame(0x00, bytes.subarray(cut));
          frame(0x80, '');
          assert.deepEqual(messages, [`"${text}"`, toHex(bytes), `"${text}"`]);
          assert.equal(assembler.isIdle, true);
          assert.equal(assembler.held, 0);
        }
      });
    }

    test('binary data of each size around those that are copied in another way', () => {
      for (const size of [0, 1, 63, 64, 65, 1000]) {
        const { messages, frame } = assembling({}, tellsBits);
        frame(0x82, pattern(size));
        assert.deepEqual(messages, [toHex(pattern(size))]);
      }
    });
  });
}

describe('text that is not UTF-8 is refused as soon as it cannot become valid (RFC 6455 §8.1)', () => {
  const isInvalid = { code: 'ERR_WS_INVALID_UTF8', closeCode: 1007 };
  for (const tellsBits of [true, false]) {
    test(`where the bits are ${tellsBits ? '' : 'not '}known`, () => {
      const pad = utf8('x'.repeat(200));
      for (const wrong of ['ff', 'c0 80', 'ed a0 80', 'f4 90 80 80', 'c3']) {
        assert.throws(() => assembling({}, tellsBits).frame(0x81, hex(wrong)), isInvalid);
        assert.throws(() => assembling({}, tellsBits).frame(0x81, hex(wrong, '61'), 1), isInvalid);
        assert.throws(() => assembling({}, tellsBits).frame(0x81, hex(pad, wrong, '61'), 50), isInvalid);
        assert.throws(() => assembling({}, tellsBits).frame(0x81, hex(wrong, pad), 1), isInvalid);
      }
    });
  }

  test('a sequence that is cut at the end of a fragment may go on, at the end of the message not', () => {
    const { frame, messages } = assembling();
    frame(0x01, hex('61 c3'));
    frame(0x80, hex('a9'));
    assert.deepEqual(messages, ['"aé"']);
    frame(0x01, hex('c3'));
    assert.throws(() => frame(0x80, ''), isInvalid);
    const other = assembling();
    other.frame(0x01, hex('c3'));
    assert.throws(() => other.frame(0x80, hex('61')), isInvalid);
  });
});

describe('order and limits (RFC 6455 §5.4)', () => {
  const refused: [
    what: string,
    limits: Partial<MessageLimits>,
    frames: [first: number, size: number][],
    code: string,
  ][] = [
    ['a continuation of nothing', {}, [[0x80, 1]], 'ERR_WS_UNEXPECTED_CONTINUATION'],
    [
      'a message within another one',
      {},
      [
        [0x01, 1],
        [0x81, 1],
      ],
      'ERR_WS_EXPECTED_CONTINUATION',
    ],
    [
      'one fragment too many',
      { maxFragments: 2 },
      [
        [0x02, 1],
        [0x00, 1],
        [0x80, 1],
      ],
      'ERR_WS_TOO_MANY_FRAGMENTS',
    ],
    [
      'one empty fragment too many',
      { maxEmptyFragments: 1 },
      [
        [0x02, 0],
        [0x00, 0],
      ],
      'ERR_WS_TOO_MANY_EMPTY_FRAGMENTS',
    ],
    ['a message that is too large', { maxMessageSize: 5 }, [[0x82, 6]], 'ERR_WS_MESSAGE_TOO_LARGE'],
    [
      'fragments that are',
      { maxMessageSize: 5 },
      [
        [0x02, 3],
        [0x80, 3],
      ],
      'ERR_WS_MESSAGE_TOO_LARGE',
    ],
    ['a frame that is too large', { maxFrameSize: 5 }, [[0x82, 6]], 'ERR_WS_FRAME_TOO_LARGE'],
  ];
  for (const [what, limits, frames, code] of refused) {
    test(`${what}: refused by its header`, () => {
      const { assembler, frame } = assembling(limits);
      const last = frames.at(-1) as [number, number];
      for (const [first, size] of frames.slice(0, -1)) frame(first, pattern(size, 5));
      assert.throws(() => assembler.begin(...last), { code });
    });
  }

  test('what is just within them', () => {
    const limits = { maxMessageSize: 6, maxFrameSize: 3, maxFragments: 3, maxEmptyFragments: 1 };
    const { frame, messages } = assembling(limits);
    for (let times = 0; times < 2; times++) {
      frame(0x02, hex('01 02 03'));
      frame(0x00, '');
      frame(0x80, hex('04 05 06'));
      // A message that is one empty frame is a message.
      frame(0x82, '');
    }
    assert.deepEqual(messages, ['01 02 03 04 05 06', '', '01 02 03 04 05 06', '']);
  });

  test('a text that cannot fit into a string is refused before it is there', () => {
    const short = { ...plainText, maxLength: 4 };
    const fits = assembling({}, true, short);
    fits.frame(0x81, 'aaaa');
    fits.frame(0x81, '中中中中');
    assert.deepEqual(fits.messages, ['"aaaa"', '"中中中中"']);
    assert.throws(() => assembling({}, true, short).assembler.begin(0x81, 13), { code: 'ERR_WS_TEXT_TOO_LONG' });
    const ascii = assembling({}, true, short);
    ascii.frame(0x01, 'aaaaa');
    assert.throws(() => ascii.assembler.begin(0x80, 1), { code: 'ERR_WS_TEXT_TOO_LONG' });
    // What came was not ASCII: it may still fit.
    const other = assembling({}, true, short);
    other.frame(0x01, '中中', 3);
    other.frame(0x80, '中');
    assert.deepEqual(other.messages, ['"中中中"']);
    assembling({}, true, short).assembler.begin(0x82, 1000);
    const empty = assembling({}, true, short);
    empty.frame(0x01, '');
    empty.assembler.begin(0x80, 5);
  });
});

test('progress grows with each frame, held with each byte; discard lets go', () => {
  const { assembler, frame } = assembling();
  assert.deepEqual([assembler.progress, assembler.held, assembler.isIdle], [0, 0, true]);
  frame(0x02, hex('01 02'));
  const first = assembler.progress;
  assert.deepEqual([first > 0, assembler.held, assembler.isIdle], [true, 2, false]);
  frame(0x00, '');
  assert.ok(assembler.progress > first);
  assembler.discard();
  assert.equal(assembler.held, 0);
});

test('between messages it may be released and serve another receiver', () => {
  const { assembler, frame, messages } = assembling();
  frame(0x82, hex('01'));
  assembler.release();
  const others: unknown[] = [];
  assembler.serve({ messageReceived: (data) => void others.push(data) }, noLimits);
  frame(0x82, hex('02'));
  assert.deepEqual([messages, others.length], [['01'], 1]);
});
