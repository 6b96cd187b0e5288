// A message that is deflated in parts: the bytes of its parts, and that together they are one message of RFC 7692 §7.2.1.
// Node's own zlib inflates it, and judges.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, createInflateRaw, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import type { Compression, Deflater, DeflaterOptions, PartEnd } from '../../src/core/ports.ts';
import { findZlibContexts, type ZlibContexts } from '../../src/node/internals/zlib-context.ts';
import { ContextCompression } from '../../src/node/zlib/compression.ts';
import { OneShotCompression } from '../../src/node/zlib/one-shot.ts';

const { Z_SYNC_FLUSH } = constants;
const defaults: DeflaterOptions = { windowBits: 15, level: 6, memLevel: 8, keepsContext: false };
const contexts = new ContextCompression(findZlibContexts() as ZlibContexts);
const oneShot = new OneShotCompression();
const implementations: [name: string, compression: Compression][] = [
  ['contexts', contexts],
  ['one shot', oneShot],
];

/** Deflates one part out of the middle of other memory, which is overwritten as soon as it has been read. */
function part(deflater: Deflater, bytes: Uint8Array, then: PartEnd): Buffer {
  const memory = Buffer.alloc(bytes.length + 12, 0xdd);
  memory.set(bytes, 5);
  const pieces: Buffer[] = [];
  deflater.write(memory, 5, 5 + bytes.length, then);
  while (deflater.hasMore) {
    const size = deflater.read();
    pieces.push(Buffer.from(deflater.output.subarray(0, size)));
  }
  memory.fill(0xee);
  assert.equal(deflater.read(), 0);
  return Buffer.concat(pieces);
}

function hexOf(deflater: Deflater, parts: readonly [text: string, then: PartEnd][]): string[] {
  return parts.map(([text, then]) => part(deflater, Buffer.from(text), then).toString('hex'));
}

/** Messages as a receiver with one context reads them (RFC 7692 §7.2.2), one after the other. */
async function inflateAll(messages: readonly Uint8Array[], windowBits = 15): Promise<Buffer[]> {
  const stream = createInflateRaw({ windowBits: Math.max(9, windowBits) });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const inflated: Buffer[] = [];
  for (const message of messages) {
    stream.write(Buffer.concat([message, Buffer.from('0000ffff', 'hex')]));
    await new Promise<void>((resolve, reject) => {
      stream.once('error', reject);
      stream.flush(() => resolve());
    });
    inflated.push(Buffer.concat(chunks.splice(0)));
  }
  stream.close();
  return inflated;
}

function inflateOne(message: Uint8Array): Buffer {
  return inflateRawSync(Buffer.concat([message, Buffer.from('0000ffff', 'hex')]), { finishFlush: Z_SYNC_FLUSH });
}

for (const [name, compression] of implementations) {
  describe(`${name}: a message in parts`, () => {
    const cases: [title: string, parts: [text: string, then: PartEnd][], hex: string[]][] = [
      // RFC 7692 §7.2.3.1: "Hello" with the tail taken off.
      ['of one part is what a whole message is', [['Hello', 'last']], ['f248cdc9c90700']],
      [
        'that stay open come out with the last one',
        [
          ['He', 'open'],
          ['', 'open'],
          ['llo', 'last'],
        ],
        ['', '', 'f248cdc9c90700'],
      ],
      ['without a byte is one empty block (RFC 7692 §7.2.3.6)', [['', 'last']], ['00']],
      [
        'ends after a flush with one more empty block',
        [
          ['Hello', 'flushed'],
          ['', 'last'],
        ],
        ['f248cdc9c907000000ffff', '00'],
      ],
      [
        'of nothing but empty parts',
        [
          ['', 'open'],
          ['', 'last'],
        ],
        ['', '00'],
      ],
    ];
    for (const [title, parts, expected] of cases) {
      test(title, () => {
        const deflater = compression.deflater(defaults);
        // Twice: the end of a message leaves nothing for the next one.
        for (let times = 0; times < 2; times++) assert.deepEqual(hexOf(deflater, parts), expected);
        deflater.close();
      });
    }

    test('a flushed part can be inflated when it is there', () => {
      const deflater = compression.deflater(defaults);
      const first = part(deflater, Buffer.from('one, two, '), 'flushed');
      assert.equal(first.subarray(-4).toString('hex'), '0000ffff');
      assert.equal(inflateRawSync(first, { finishFlush: Z_SYNC_FLUSH }).toString(), 'one, two, ');
      const rest = part(deflater, Buffer.from('one, two'), 'last');
      assert.equal(inflateOne(Buffer.concat([first, rest])).toString(), 'one, two, one, two');
      deflater.close();
    });

    test('it alternates with whole messages, not within one', () => {
      const deflater = compression.deflater(defaults);
      const whole = (): string => Buffer.from(deflater.deflate(Buffer.from('Hello'), 0, 5)).toString('hex');
      for (let times = 0; times < 3; times++) {
        assert.equal(whole(), 'f248cdc9c90700');
        assert.deepEqual(hexOf(deflater, [['Hel', 'flushed']]).length, 1);
        part(deflater, Buffer.from('lo'), 'last');
      }
      assert.equal(whole(), 'f248cdc9c90700');
      deflater.close();
    });

    test('two connections may be within a message at the same time', () => {
      const one = compression.deflater(defaults);
      const other = compression.deflater(defaults);
      const third = compression.deflater(defaults);
      const pieces: [Buffer[], Buffer[]] = [[], []];
      for (const then of ['open', 'flushed', 'open', 'last'] as const) {
        pieces[0].push(part(one, Buffer.from('of one; '), then));
        pieces[1].push(part(other, Buffer.from('of the other; '), then));
        assert.equal(Buffer.from(third.deflate(Buffer.from('Hello'), 0, 5)).toString('hex'), 'f248cdc9c90700');
      }
      assert.equal(inflateOne(Buffer.concat(pieces[0])).toString(), 'of one; '.repeat(4));
      assert.equal(inflateOne(Buffer.concat(pieces[1])).toString(), 'of the other; '.repeat(4));
      for (const deflater of [one, other, third]) deflater.close();
    });

    test('what a message that was given up has left reaches no other one', () => {
      for (let times = 0; times < 5; times++) {
        const deflater = compression.deflater(defaults);
        part(deflater, Buffer.from('a secret, '), 'open');
        deflater.close();
        deflater.close();
        assert.equal(deflater.hasMore, false);
        const next = compression.deflater(defaults);
        assert.deepEqual(hexOf(next, [['Hello', 'last']]), ['f248cdc9c90700']);
        next.close();
      }
    });

    test('output of exactly its memory, and some bytes less and more', () => {
      const stored = compression.deflater({ ...defaults, level: 0 });
      for (let size = 65_536 - 24; size < 65_536 + 8; size++) {
        const data = Buffer.alloc(size, 'ab');
        for (const then of ['open', 'flushed', 'last'] as const) {
          const parts = [part(stored, data, then)];
          if (then !== 'last') parts.push(part(stored, Buffer.from('c'), 'last'));
          const expected = then === 'last' ? data : Buffer.concat([data, Buffer.from('c')]);
          assert.ok(expected.equals(inflateOne(Buffer.concat(parts))), `${size} ${then}`);
        }
      }
      stored.close();
    });

    test('any parts, ended in any way, are one message', () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(anyBytes(40_000), fc.constantFrom<PartEnd>('open', 'flushed')), { maxLength: 6 }),
          anyBytes(200_000),
          fc.integer({ min: 0, max: 9 }),
          fc.integer({ min: 8, max: 15 }),
          (parts, last, level, windowBits) => {
            const deflater = compression.deflater({ ...defaults, level, windowBits });
            const deflated = parts.map(([bytes, then]) => part(deflater, bytes, then));
            deflated.push(part(deflater, last, 'last'));
            deflater.close();
            const expected = Buffer.concat([...parts.map(([bytes]) => bytes), last]);
            assert.ok(expected.equals(inflateOne(Buffer.concat(deflated))));
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}

describe('contexts: a message in parts, with the window kept', () => {
  test('it refers to the parts and to the messages before it', async () => {
    const deflater = contexts.deflater({ ...defaults, keepsContext: true });
    const hello = Buffer.from('Hello');
    // RFC 7692 §7.2.3.2: a second "Hello" refers to the first.
    assert.deepEqual(hexOf(deflater, [['Hello', 'last']]), ['f248cdc9c90700']);
    assert.deepEqual(hexOf(deflater, [['Hello', 'last']]), ['f200110000']);
    const messages = [
      [Buffer.from(deflater.deflate(hello, 0, 5))],
      [part(deflater, hello, 'flushed'), part(deflater, hello, 'flushed'), part(deflater, Buffer.alloc(0), 'last')],
      [Buffer.from(deflater.deflate(hello, 0, 5))],
    ];
    deflater.close();
    for (const piece of messages.flat()) assert.ok(piece.length < 10, piece.toString('hex'));
    const inflated = await inflateAll(
      [Buffer.from('f248cdc9c90700', 'hex'), Buffer.from('f200110000', 'hex')].concat(
        messages.map((pieces) => Buffer.concat(pieces)),
      ),
    );
    assert.deepEqual(inflated.map(String), ['Hello', 'Hello', 'Hello', 'HelloHello', 'Hello']);
  });

  test('an empty message, as the first one and after others', () => {
    const deflater = contexts.deflater({ ...defaults, keepsContext: true });
    for (let times = 0; times < 3; times++) assert.deepEqual(hexOf(deflater, [['', 'last']]), ['00']);
    assert.deepEqual(hexOf(deflater, [['Hello', 'last']]), ['f248cdc9c90700']);
    assert.deepEqual(hexOf(deflater, [['', 'last']]), ['00']);
    deflater.close();
  });

  test('any messages, whole and in parts, in any order', async () => {
    const message = fc.oneof(
      anyBytes(70_000).map((bytes) => ({ whole: bytes, parts: [] as [Buffer, PartEnd][] })),
      fc
        .array(fc.tuple(anyBytes(20_000), fc.constantFrom<PartEnd>('open', 'flushed')), { maxLength: 4 })
        .map((parts) => ({ whole: undefined, parts })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 6 }), fc.integer({ min: 9, max: 15 }), async (messages, bits) => {
        const deflater = contexts.deflater({ ...defaults, windowBits: bits, keepsContext: true });
        const deflated = messages.map(({ whole, parts }) => {
          if (whole !== undefined && whole.length > 0) {
            return Buffer.from(deflater.deflate(whole, 0, whole.length));
          }
          const pieces = parts.map(([bytes, then]) => part(deflater, bytes, then));
          return Buffer.concat([...pieces, part(deflater, Buffer.alloc(0), 'last')]);
        });
        deflater.close();
        const inflated = await inflateAll(deflated, bits);
        for (const [index, { whole, parts }] of messages.entries()) {
          const expected = whole ?? Buffer.concat(parts.map(([bytes]) => bytes));
          assert.ok(expected.equals(inflated[index] as Buffer), `message ${index}`);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('refuses a whole message within one, and a part before the last one was read', () => {
    for (const keepsContext of [false, true]) {
      const deflater = contexts.deflater({ ...defaults, keepsContext });
      deflater.write(Buffer.from('Hello'), 0, 5, 'open');
      assert.throws(() => deflater.deflate(Buffer.from('a'), 0, 1), /being deflated in parts/);
      assert.throws(() => deflater.write(Buffer.from('a'), 0, 1, 'last'), /has not been read/);
      deflater.close();
    }
  });

  test('an exception of zlib closes the context', () => {
    const deflater = contexts.deflater({ ...defaults, keepsContext: true });
    deflater.write(Buffer.from('Hello'), 0, 6, 'last');
    assert.throws(() => deflater.read(), /misuse/);
    deflater.close();
  });
});

test('one shot: parts that stay open are deflated together when they are 64 KiB', () => {
  const deflater = oneShot.deflater(defaults);
  const some = Buffer.alloc(20_000, 'abc');
  assert.deepEqual(
    [1, 2, 3].map(() => part(deflater, some, 'open').length),
    [0, 0, 0],
  );
  const first = part(deflater, some, 'open');
  assert.ok(first.length > 0);
  const message = Buffer.concat([first, part(deflater, some, 'last')]);
  assert.ok(Buffer.alloc(100_000).length === inflateOne(message).length);
  deflater.close();
});

/** Text-like bytes with repetitions near and far, and some that cannot be compressed, up to `most` of them. */
function anyBytes(most: number): fc.Arbitrary<Buffer> {
  return fc.oneof(
    fc
      .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 255 }))
      .map(([size, period, step]) =>
        Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at % period) * step + ((at >> 9) & 3))),
      ),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  );
}
