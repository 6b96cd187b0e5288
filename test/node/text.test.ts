// Node's routines for text against TextEncoder and TextDecoder, which are the standard's, on any string there is: lone
// surrogates included, which the codec must turn into U+FFFD. By the methods that Node does not document, and by the
// documented ones that take their place.

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { findBufferMethods } from '../../src/node/internals/buffer-methods.ts';
import { nodeText, textCodec } from '../../src/node/text.ts';

const fallback = textCodec(undefined);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Any UTF-16, with surrogates in and out of pairs. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom('\ud83d\ude00', '\ufeff', '\u0000', 'é', '€', '\udc00\ud800'),
    ),
  )
  .map((parts) => parts.join(''));

test('the fallback is another codec', () => {
  assert.notEqual(fallback, nodeText);
  assert.notEqual(fallback.decode, nodeText.decode);
});

for (const [name, codec] of [
  ['with the routines of Buffer’s prototype', nodeText],
  ['without them', fallback],
] as const) {
  describe(name, () => {
    test('byteLength is what TextEncoder writes', () => {
      fc.assert(fc.property(anyText, (text) => codec.byteLength(text) === encoder.encode(text).length));
    });
    test('encodeInto writes what TextEncoder writes, there and nowhere else', () => {
      fc.assert(
        fc.property(anyText, fc.nat(9), fc.nat(9), fc.boolean(), (text, offset, room, isBuffer) => {
          const expected = encoder.encode(text);
          const size = offset + 3 * text.length + room;
          const target = isBuffer ? Buffer.alloc(size, 0xaa) : new Uint8Array(size).fill(0xaa);
          assert.equal(codec.encodeInto(text, target, offset), expected.length);
          assert.deepEqual([...target.subarray(offset, offset + expected.length)], [...expected]);
          assert.ok(target.subarray(0, offset).every((byte) => byte === 0xaa));
          assert.ok(target.subarray(offset + expected.length).every((byte) => byte === 0xaa));
        }),
      );
    });
    test('decode reads the bytes of TextEncoder, even from a view into other memory', () => {
      fc.assert(
        fc.property(anyText, fc.nat(9), fc.boolean(), (text, offset, isBuffer) => {
          const bytes = encoder.encode(text);
          const memory = new Uint8Array(offset + bytes.length + 5).fill(0xff);
          memory.set(bytes, offset);
          const view = memory.subarray(offset === 0 ? 0 : 1);
          const source = isBuffer ? Buffer.from(view.buffer, view.byteOffset, view.length) : view;
          const start = offset === 0 ? 0 : offset - 1;
          assert.equal(codec.decode(source, start, start + bytes.length), decoder.decode(bytes));
        }),
      );
    });
    test('a byte order mark is a character like others', () => {
      assert.equal(codec.decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 0, 4), '\ufeffa');
    });
    test('decodeAscii reads ASCII', () => {
      fc.assert(
        fc.property(fc.uint8Array({ max: 0x7f }), fc.nat(5), (bytes, offset) => {
          const memory = new Uint8Array(offset + bytes.length + 3).fill(0xff);
          memory.set(bytes, offset);
          assert.equal(codec.decodeAscii(memory, offset, offset + bytes.length), decoder.decode(bytes));
        }),
      );
    });
    test('isAscii sees every byte of a range, and none beside it', () => {
      const memory = new Uint8Array(300).fill(0xff);
      for (const size of [0, 1, 15, 16, 17, 127, 128, 129, 250]) {
        memory.fill(0x7f, 3, 3 + size);
        assert.equal(codec.isAscii(memory, 3, 3 + size), true);
        for (let at = 3; at < 3 + size; at++) {
          memory[at] = 0x80;
          assert.equal(codec.isAscii(memory, 3, 3 + size), false, `${at} of ${size}`);
          memory[at] = 0;
        }
      }
    });
    test('isUtf8 agrees with a strict TextDecoder', () => {
      const bytes = fc.oneof(
        fc.uint8Array(),
        anyText.map((text) => encoder.encode(text)),
        // Valid UTF-8 with one byte replaced
        fc.tuple(anyText, fc.nat(), fc.nat(255)).map(([text, at, byte]) => {
          const changed = encoder.encode(text);
          if (changed.length > 0) changed[at % changed.length] = byte;
          return changed;
        }),
      );
      fc.assert(
        fc.property(bytes, fc.nat(4), (some, offset) => {
          const memory = new Uint8Array(offset + some.length + 2).fill(0x80);
          memory.set(some, offset);
          let isValid = true;
          try {
            strict.decode(some);
          } catch {
            isValid = false;
          }
          assert.equal(codec.isUtf8(memory, offset, offset + some.length), isValid);
        }),
        { numRuns: 500 },
      );
    });
    test('RFC 6455 §5.6: lone surrogates become U+FFFD, ef bf bd', () => {
      const target = new Uint8Array(16);
      for (const text of ['\ud800', '\udc00', 'a\ud800', '\ud800a', '\ud800\ud800', '\udc00\ud800']) {
        const size = codec.encodeInto(text, target, 0);
        const expected = text.replace(/[\ud800-\udfff]/g, 'efbfbd').replace('a', '61');
        assert.equal(Buffer.from(target.subarray(0, size)).toString('hex'), expected);
        assert.equal(codec.byteLength(text), size);
      }
    });
    test('text of 1 MiB', () => {
      const text = 'aé€😀'.repeat(110_000);
      const expected = encoder.encode(text);
      const target = new Uint8Array(expected.length);
      assert.equal(codec.byteLength(text), expected.length);
      assert.equal(codec.encodeInto(text, target, 0), expected.length);
      assert.ok(Buffer.from(target).equals(expected));
      assert.equal(codec.decode(target, 0, target.length), text);
    });
  });
}

describe('the methods of Buffer that are not documented', () => {
  const { prototype } = Buffer;

  test('are found on this version of Node', () => {
    assert.ok(findBufferMethods() !== undefined, process.version);
  });

  const cases: Record<string, object> = {
    'where one is missing': { latin1Slice: undefined },
    'where another one is missing': { utf8Slice: undefined },
    'where the third is missing': { utf8Write: undefined },
    'where offsets are ignored': {
      utf8Write(this: Uint8Array, text: string) {
        return Buffer.from(this.buffer, this.byteOffset).write(text);
      },
    },
    'where ranges are ignored': {
      utf8Slice(this: Uint8Array) {
        return Buffer.from(this).toString();
      },
    },
    'where one throws': {
      latin1Slice() {
        throw new TypeError('argument must be a buffer');
      },
    },
  };
  for (const [title, changes] of Object.entries(cases)) {
    test(`are not used ${title}`, () => {
      assert.equal(findBufferMethods(Object.assign(Object.create(prototype) as object, changes)), undefined);
    });
  }
});
