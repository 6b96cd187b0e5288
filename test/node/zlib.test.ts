// Both ways to zlib behind the port of the core: one contract, then what only contexts can.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Transform } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import zlib, { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import fc from 'fast-check';
import type { Compression, Deflater, DeflaterOptions, Inflater } from '../../src/core/ports.ts';
import { findZlibContexts, type ZlibContexts } from '../../src/node/internals/zlib-context.ts';
import { ContextCompression, nodeCompression } from '../../src/node/zlib/compression.ts';
import { OneShotCompression } from '../../src/node/zlib/one-shot.ts';

const { Z_SYNC_FLUSH } = constants;

const defaults: DeflaterOptions = { windowBits: 15, level: 6, memLevel: 8, keepsContext: false };

/** One whole message in parts of these sizes, the last one being the rest. */
function inflate(inflater: Inflater, payload: Uint8Array, sizes: readonly number[] = []): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let part = 0; part <= sizes.length; part++) {
    const end = part === sizes.length ? payload.length : Math.min(payload.length, at + (sizes[part] as number));
    inflater.write(payload, at, end, part === sizes.length);
    while (inflater.hasMore) {
      const size = inflater.read();
      pieces.push(Buffer.from(inflater.output.subarray(0, size)));
    }
    assert.equal(inflater.read(), 0);
    at = end;
  }
  return Buffer.concat(pieces);
}

function payloadOf(compressed: Uint8Array): Buffer {
  assert.equal(Buffer.from(compressed.subarray(-4)).toString('hex'), '0000ffff');
  return Buffer.from(compressed.subarray(0, -4));
}

/** `message` out of the middle of other memory, as it comes from an outbox. */
function deflate(deflater: Deflater, message: Uint8Array): Buffer {
  const memory = Buffer.alloc(message.length + 12, 0xdd);
  memory.set(message, 5);
  return Buffer.from(deflater.deflate(memory, 5, 5 + message.length));
}

/** Text-like data with repetitions near and far, of any size up to `most`. */
function compressible(most: number): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 255 }))
    .map(([size, period, step]) =>
      Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at % period) * step + ((at >> 9) & 3))),
    );
}

const implementations: [name: string, compression: Compression][] = [
  ['contexts', new ContextCompression(findZlibContexts() as ZlibContexts)],
  ['one shot', new OneShotCompression()],
];

for (const [name, compression] of implementations) {
  describe(`${name}: the contract`, () => {
    test('the documented functions of zlib inflate our deflated data, and the other way round', () => {
      fc.assert(
        fc.property(
          compressible(200_000),
          fc.integer({ min: 0, max: 9 }),
          fc.integer({ min: 8, max: 15 }),
          (data, level, windowBits) => {
            const deflater = compression.deflater({ ...defaults, level, windowBits });
            const bytes = deflate(deflater, data);
            deflater.close();
            assert.ok(data.equals(inflateRawSync(bytes, { finishFlush: Z_SYNC_FLUSH })));
            assert.ok(data.equals(inflateRawSync(Buffer.concat([bytes, Buffer.from('0000ffff0300', 'hex')]))), 'whole');
            const inflater = compression.inflater({ windowBits, keepsContext: false, limit: data.length });
            const theirs = deflateRawSync(data, {
              level,
              windowBits: Math.max(9, windowBits),
              finishFlush: Z_SYNC_FLUSH,
            });
            assert.ok(data.equals(inflate(inflater, payloadOf(theirs))));
            inflater.close();
          },
        ),
        { numRuns: 40 },
      );
    });

    test('a message may come in any parts', () => {
      fc.assert(
        fc.property(
          compressible(100_000),
          fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 8 }),
          (data, sizes) => {
            const inflater = compression.inflater({ windowBits: 15, keepsContext: false, limit: data.length });
            const payload = payloadOf(deflateRawSync(data, { finishFlush: Z_SYNC_FLUSH }));
            assert.ok(data.equals(inflate(inflater, payload, sizes)));
            assert.ok(data.equals(inflate(inflater, payload)));
            inflater.close();
          },
        ),
        { numRuns: 40 },
      );
    });

    test('output of exactly its memory, a byte less and a byte more', () => {
      for (const size of [65_535, 65_536, 65_537, 131_072]) {
        const data = Buffer.alloc(size, 'ab');
        const inflater = compression.inflater({ windowBits: 15, keepsContext: false, limit: size });
        assert.ok(data.equals(inflate(inflater, payloadOf(deflateRawSync(data, { finishFlush: Z_SYNC_FLUSH })))));
        const stored = compression.deflater({ ...defaults, level: 0 });
        for (let more = 0; more < 24; more++) {
          const some = data.subarray(0, 65_530 - more);
          assert.ok(some.equals(inflate(inflater, deflate(stored, some))));
        }
        inflater.close();
        stored.close();
      }
    });

    test('a byte more than the limit is a RangeError', () => {
      for (const size of [1, 5, 1000, 65_536, 65_537, 200_000]) {
        const data = Buffer.alloc(size, 'a');
        const payload = payloadOf(deflateRawSync(data, { finishFlush: Z_SYNC_FLUSH }));
        const enough = compression.inflater({ windowBits: 15, keepsContext: false, limit: size });
        assert.equal(inflate(enough, payload).length, size);
        enough.close();
        const short = compression.inflater({ windowBits: 15, keepsContext: false, limit: size - 1 });
        assert.throws(() => inflate(short, payload), RangeError);
        short.close();
      }
    });

    test('any bytes give a message or an Error, and never more than the limit', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(40), { maxLength: 4 }), (bytes, sizes) => {
          const outcomes = [[], sizes].map((parts) => {
            const inflater = compression.inflater({ windowBits: 15, keepsContext: false, limit: 1000 });
            try {
              const message = inflate(inflater, bytes, parts);
              assert.ok(message.length <= 1000);
              return message.toString('hex');
            } catch (error) {
              assert.ok(error instanceof Error && error.name !== 'AssertionError', String(error));
              return 'Error';
            } finally {
              inflater.close();
            }
          });
          assert.equal(outcomes[1], outcomes[0]);
        }),
        { numRuns: 300 },
      );
    });
  });
}

describe('contexts', () => {
  const compression = new ContextCompression(findZlibContexts() as ZlibContexts);

  test('are what this Node has', () => {
    assert.ok(nodeCompression() instanceof ContextCompression);
    assert.equal(nodeCompression(), nodeCompression());
  });

  test('where there was no memory in the middle of a message, the next one has nothing of it', (t) => {
    const { from } = Buffer;
    const secret = randomBytes(300_000);
    const message = Buffer.from('a message of another connection');
    for (const keepsContext of [false, true]) {
      const options = { ...defaults, keepsContext };
      const [one, other] = [compression.deflater(options), compression.deflater(options)];
      const noMemory = t.mock.method(Buffer, 'from', (...given: [never]) => {
        if (noMemory.mock.callCount() === 1) throw new RangeError('Array buffer allocation failed');
        return from.apply(Buffer, given);
      });
      assert.throws(() => one.deflate(secret, 0, secret.length), /allocation failed/);
      noMemory.mock.restore();
      for (const deflater of [other, one, compression.deflater(options)]) {
        const inflater = compression.inflater({ windowBits: 15, keepsContext, limit: secret.length });
        for (const sent of [message, secret, message]) {
          assert.ok(sent.equals(inflate(inflater, deflate(deflater, sent))), `${keepsContext}`);
        }
        inflater.close();
        deflater.close();
      }
    }
  });

  test('keep the window from message to message, for every size of it', () => {
    for (let windowBits = 8; windowBits <= 15; windowBits++) {
      const deflater = compression.deflater({ ...defaults, windowBits, keepsContext: true });
      const inflater = compression.inflater({ windowBits, keepsContext: true, limit: 1000 });
      // Small enough for the window of 2^8.
      const message = Buffer.from('a message that is sent twice, and is the same each time');
      const sizes = [0, 1].map(() => {
        const payload = deflate(deflater, message);
        assert.ok(message.equals(inflate(inflater, payload)));
        return payload.length;
      });
      assert.ok((sizes[1] as number) < 12, `window of 2^${windowBits}: ${sizes}`);
      deflater.close();
      inflater.close();
    }
  });

  test('a sender never refers further back than its window, 2^8 included', () => {
    fc.assert(
      fc.property(
        compressible(20_000),
        fc.integer({ min: 8, max: 15 }),
        fc.integer({ min: 1, max: 9 }),
        (data, windowBits, level) => {
          const deflater = compression.deflater({ ...defaults, windowBits, level, keepsContext: true });
          const distance = furthest(deflate(deflater, data), data);
          deflater.close();
          assert.ok(distance <= 2 ** windowBits, `${distance} of 2^${windowBits}`);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('a final block ends the context, and what follows begins anew', () => {
    const inflater = compression.inflater({ windowBits: 15, keepsContext: true, limit: 5 });
    for (const payload of ['f348cdc9c9070000', 'f248cdc9c90700', 'f200110000', 'f348cdc9c90700', 'f248cdc9c90700']) {
      assert.equal(inflate(inflater, Buffer.from(payload, 'hex')).toString(), 'Hello');
    }
    inflater.close();
  });

  test('closing closes what zlib holds, within a message as well', (t) => {
    const opened = watch(t);
    const message = Buffer.from('Hello, '.repeat(100));
    const payload = payloadOf(deflateRawSync(message, { finishFlush: Z_SYNC_FLUSH }));
    const deflater = compression.deflater({ ...defaults, keepsContext: true });
    const inflater = compression.inflater({ windowBits: 15, keepsContext: true, limit: 1000 });
    const failing = compression.inflater({ windowBits: 15, keepsContext: true, limit: 1000 });
    deflate(deflater, message);
    inflate(inflater, payload);
    assert.throws(() => inflate(failing, Buffer.of(0x07)));
    const cut = Array.from({ length: 3 }, () => {
      const it = compression.inflater({ windowBits: 15, keepsContext: false, limit: 1000 });
      it.write(payload, 0, 5, false);
      it.read();
      return it;
    });
    assert.ok(opened.length >= 5, `${opened.length} contexts`);
    assert.ok(opened.every((stream) => !stream.destroyed));
    for (const it of [deflater, inflater, failing, ...cut]) {
      it.close();
      it.close();
    }
    assert.ok(opened.every((stream) => stream.destroyed));
  });

  test('contexts that come and go leave no memory behind', () => {
    const message = Buffer.from('Hello, '.repeat(100));
    const churn = (count: number): number => {
      for (let index = 0; index < count; index++) {
        const deflater = compression.deflater({ ...defaults, keepsContext: true });
        deflate(deflater, message);
        deflater.close();
      }
      return process.memoryUsage.rss();
    };
    const before = churn(50);
    // 256 KiB each: 256 MiB if they stayed.
    const grown = churn(1000) - before;
    assert.ok(grown < 64 * 2 ** 20, `${grown} bytes more`);
  });

  test('without a context that is kept, 500 connections share one', (t) => {
    const opened = watch(t);
    const payload = Buffer.from('f248cdc9c90700', 'hex');
    const all = Array.from({ length: 500 }, () => ({
      deflater: compression.deflater({ ...defaults, level: 5 }),
      inflater: compression.inflater({ windowBits: 15, keepsContext: false, limit: 5 }),
    }));
    for (const { deflater, inflater } of all) {
      assert.equal(deflate(deflater, Buffer.from('Hello')).toString('hex'), 'f248cdc9c90700');
      assert.equal(inflate(inflater, payload).toString(), 'Hello');
    }
    assert.ok(opened.length <= 2, `${opened.length} contexts`);
    for (const { deflater, inflater } of all) {
      deflater.close();
      inflater.close();
    }
  });
});

/** The zlib streams that are made from here to the end of the test. */
function watch(t: TestContext): Transform[] {
  const opened: Transform[] = [];
  for (const name of ['createDeflateRaw', 'createInflateRaw'] as const) {
    const original = zlib[name] as (options?: ZlibOptions) => Transform;
    t.mock.method(zlib, name, (options: ZlibOptions) => {
      const stream = original(options);
      opened.push(stream);
      return stream;
    });
  }
  return opened;
}

/** The longest distance in raw DEFLATE, read the slow way of RFC 1951 §3.2; fails unless it inflates to `expected`. */
function furthest(bytes: Uint8Array, expected: Uint8Array): number {
  let at = 0;
  const bit = (): number => (((bytes[at >> 3] as number) >> (at++ & 7)) & 1) as number;
  const number = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index++) value |= bit() << index;
    return value;
  };
  const output: number[] = [];
  let longest = 0;
  // The four bytes that do not travel would be the length of the last block, which is empty.
  while (output.length < expected.length) {
    assert.equal(bit(), 0, 'no final block');
    const type = number(2);
    if (type === 0) {
      at = (at + 7) & ~7;
      const length = number(16);
      assert.equal(number(16), length ^ 0xffff);
      for (let index = 0; index < length; index++) output.push(number(8));
      continue;
    }
    const [literals, distances] = type === 1 ? fixedCodes : readCodes(number, bit);
    for (let symbol = decode(literals, bit); symbol !== 256; symbol = decode(literals, bit)) {
      if (symbol < 256) {
        output.push(symbol);
        continue;
      }
      const length = (lengthBase[symbol - 257] as number) + number(lengthExtra[symbol - 257] as number);
      const code = decode(distances, bit);
      const distance = (distanceBase[code] as number) + number(distanceExtra[code] as number);
      longest = Math.max(longest, distance);
      for (let index = 0; index < length; index++) output.push(output[output.length - distance] as number);
    }
  }
  assert.ok(Buffer.from(output).equals(expected));
  return longest;
}

type Codes = ReadonlyMap<string, number>;

function codesOf(lengths: readonly number[]): Codes {
  const codes = new Map<string, number>();
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    for (const [symbol, its] of lengths.entries()) {
      if (its === length) codes.set((code++).toString(2).padStart(length, '0'), symbol);
    }
    code <<= 1;
  }
  return codes;
}

function decode(codes: Codes, bit: () => number): number {
  for (let code = ''; ; ) {
    code += bit();
    const symbol = codes.get(code);
    if (symbol !== undefined) return symbol;
    assert.ok(code.length < 16, 'no such code');
  }
}

function readCodes(number: (count: number) => number, bit: () => number): readonly [Codes, Codes] {
  const literals = number(5) + 257;
  const distances = number(5) + 1;
  const lengths: number[] = Array.from({ length: 19 }, () => 0);
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  const count = number(4) + 4;
  for (let index = 0; index < count; index++) lengths[order[index] as number] = number(3);
  const codes = codesOf(lengths);
  const all: number[] = [];
  while (all.length < literals + distances) {
    const symbol = decode(codes, bit);
    if (symbol < 16) all.push(symbol);
    else {
      const value = symbol === 16 ? (all.at(-1) as number) : 0;
      const times = symbol === 16 ? number(2) + 3 : symbol === 17 ? number(3) + 3 : number(7) + 11;
      for (let index = 0; index < times; index++) all.push(value);
    }
  }
  return [codesOf(all.slice(0, literals)), codesOf(all.slice(literals))];
}

const lengthExtra = Array.from({ length: 29 }, (_, index) => (index < 8 || index === 28 ? 0 : (index >> 2) - 1));
const lengthBase = lengthExtra.map((_, index) =>
  index === 28 ? 258 : 3 + lengthExtra.slice(0, index).reduce((sum, bits) => sum + 2 ** bits, 0),
);
const distanceExtra = Array.from({ length: 30 }, (_, index) => (index < 4 ? 0 : (index >> 1) - 1));
const distanceBase = distanceExtra.map(
  (_, index) => 1 + distanceExtra.slice(0, index).reduce((sum, bits) => sum + 2 ** bits, 0),
);
const fixedCodes = [
  codesOf(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8))),
  codesOf(Array.from({ length: 30 }, () => 5)),
] as const;
