// `util.TextEncoder`, `TextDecoder` and `StringDecoder`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { util } from '../../../src/kits/util/index.ts';
import { hex } from '../../support/hex.ts';
import { throwsKitError } from '../../support/kit-error.ts';

/** Text, its encoding and its bytes. */
const texts: [encoding: string, text: string, bytes: string][] = [
  ['utf-8', 'aé中😀', '61 c3a9 e4b8ad f09f9880'],
  ['UTF-8', 'aé', '61 c3a9'],
  ['utf-16le', 'a中😀', '6100 2d4e 3dd800de'],
  ['utf-16be', 'a中😀', '0061 4e2d d83dde00'],
  ['gbk', 'a中文', '61 d6d0 cec4'],
  ['GB2312', '中', 'd6d0'],
  ['gb18030', '中ü😀', 'd6d0 a8b9 9439fc36'],
  ['big5', '中', 'a4a4'],
  ['shift_jis', '日本', '93fa 967b'],
  ['euc-kr', '한', 'c7d1'],
  ['euc-jp', '日', 'c6fc'],
  ['iso-8859-1', 'é', 'e9'],
  ['windows-1251', 'Привет', 'cff0e8e2e5f2'],
];

describe('util.TextEncoder', () => {
  for (const [encoding, text, bytes] of texts) {
    test(`${encoding}: ${text}`, () => {
      assert.deepEqual(Buffer.from(util.TextEncoder.create(encoding).encodeInto(text)), Buffer.from(hex(bytes)));
    });
  }

  test('the default is UTF-8', () => {
    const encoder = new util.TextEncoder();
    assert.equal(encoder.encoding, 'utf-8');
    assert.deepEqual(encoder.encodeInto(''), new Uint8Array());
    assert.deepEqual(encoder.encode('a'), Uint8Array.of(97));
  });

  test('without a text the result is undefined', () => {
    const encoder = new util.TextEncoder();
    const results = [encoder.encodeInto(), encoder.encodeInto(null as never), encoder.encode()];
    assert.deepEqual(results, [undefined, undefined, undefined]);
  });

  test('a surrogate without its partner takes three bytes', () => {
    assert.equal(String(new util.TextEncoder().encodeInto('\ud800¥¥')), '237,160,128,194,165,194,165');
  });

  test('a character that the encoding does not have becomes a question mark', () => {
    assert.equal(String(new util.TextEncoder('iso-8859-1').encodeInto('a中')), '97,63');
    assert.equal(String(new util.TextEncoder('gbk').encodeInto('😀')), '63');
  });

  test('encodeIntoUint8Array writes whole characters', () => {
    const bytes = new Uint8Array(4);
    assert.deepEqual(new util.TextEncoder().encodeIntoUint8Array('abcd', bytes), { read: 4, written: 4 });
    assert.equal(String(bytes), '97,98,99,100');
    assert.deepEqual(new util.TextEncoder().encodeIntoUint8Array('a中中', bytes), { read: 2, written: 4 });
    assert.deepEqual(new util.TextEncoder().encodeInto('😀x', bytes), { read: 2, written: 4 });
    assert.deepEqual(new util.TextEncoder('utf-16be').encodeIntoUint8Array('ab', bytes), { read: 2, written: 4 });
  });

  test('what is refused', () => {
    const text = 'Parameter error. The type of Parameter must be string.';
    throwsKitError(() => new util.TextEncoder(5 as never), 401, text);
    assert.throws(() => util.TextEncoder.create('nothing'), { name: 'Error', message: /nothing is not supported/ });
    throwsKitError(() => new util.TextEncoder().encodeInto(5 as never), 401, text);
    throwsKitError(() => new util.TextEncoder().encodeIntoUint8Array(5 as never, new Uint8Array(1)), 401, text);
    throwsKitError(
      () => new util.TextEncoder().encodeIntoUint8Array('a', [] as never),
      401,
      'Parameter error. The type of Parameter must be Uint8Array.',
    );
  });
});

describe('util.TextDecoder', () => {
  for (const [encoding, text, bytes] of texts) {
    test(`${encoding}: ${text}`, () => {
      assert.equal(util.TextDecoder.create(encoding).decodeToString(Uint8Array.from(hex(bytes))), text);
    });
  }

  test('its properties', () => {
    const plain = new util.TextDecoder();
    assert.deepEqual([plain.encoding, plain.fatal, plain.ignoreBOM], ['utf-8', false, false]);
    const set = util.TextDecoder.create('GBK', { fatal: true, ignoreBOM: true });
    assert.deepEqual([set.encoding, set.fatal, set.ignoreBOM], ['GBK', true, true]);
  });

  test('ignoreBOM drops the byte order mark, once', () => {
    const marked = Uint8Array.from(hex('efbbbf 616263'));
    const decoder = util.TextDecoder.create('utf-8', { ignoreBOM: true });
    assert.equal(decoder.decodeToString(marked), 'abc');
    assert.equal(decoder.decodeToString(marked), 'abc');
    assert.equal(decoder.decodeWithStream(marked, { stream: true }), 'abc');
    assert.equal(decoder.decodeWithStream(marked), '\ufeffabc');
    assert.equal(new util.TextDecoder().decodeToString(marked), '\ufeffabc');
    assert.equal(new util.TextDecoder('utf-8', { ignoreBOM: true }).decode(marked, { stream: false }), 'abc');
  });

  test('a byte order mark in parts', () => {
    const decoder = util.TextDecoder.create('utf-8', { ignoreBOM: true });
    const parts = ['ef', 'bb', 'bf', '61'].map((byte) => Uint8Array.from(hex(byte)));
    assert.equal(parts.map((part) => decoder.decodeToString(part, { stream: true })).join(''), 'a');
  });

  test('a character in parts', () => {
    const decoder = util.TextDecoder.create();
    assert.equal(decoder.decodeToString(Uint8Array.of(0xe4, 0xb8), { stream: true }), '');
    assert.equal(decoder.decodeToString(Uint8Array.of(0xad)), '中');
    assert.equal(decoder.decodeToString(Uint8Array.of(0xe4, 0xb8)), '\ufffd');
  });

  test('no bytes', () => {
    assert.equal(util.TextDecoder.create().decodeToString(new Uint8Array()), '');
    assert.equal(util.TextDecoder.create().decodeToString(undefined as never), '');
    for (const nothing of [new Uint8Array(), undefined as never, null as never]) {
      assert.equal(util.TextDecoder.create().decodeWithStream(nothing), undefined);
    }
  });

  test('a byte 0, which the deprecated methods change', () => {
    const bytes = Uint8Array.of(0, 65, 0, 66);
    assert.equal(util.TextDecoder.create().decodeToString(bytes), '\0A\0B');
    assert.equal(util.TextDecoder.create('utf-8').decodeWithStream(bytes), ' A B');
    assert.equal(new util.TextDecoder().decode(bytes), ' A B');
    assert.equal(util.TextDecoder.create('iso-8859-1').decodeWithStream(bytes.subarray(1)), 'A');
    assert.equal(String(bytes), '0,65,0,66');
  });

  test('an unknown encoding is found when something is decoded', () => {
    const decoder = util.TextDecoder.create('base64');
    assert.equal(decoder.encoding, 'base64');
    throwsKitError(
      () => decoder.decodeToString(Uint8Array.of(1)),
      401,
      'Parameter error. Wrong encoding format, base64 is not supported',
    );
    throwsKitError(() => decoder.decodeWithStream(Uint8Array.of(1)), 401, /base64 is not supported/);
  });

  test('fatal: wrong bytes are refused', () => {
    const decoder = util.TextDecoder.create('utf-8', { fatal: true });
    const wrong = Uint8Array.of(0x61, 0xff);
    throwsKitError(
      () => decoder.decodeToString(wrong),
      401,
      'Parameter error. Please check if the decode data matches the encoding format.',
    );
    throwsKitError(() => decoder.decodeWithStream(wrong), 10200019, 'TextDecoder decoding error.');
    throwsKitError(() => decoder.decode(wrong), 10200019);
    assert.equal(decoder.decodeToString(Uint8Array.of(0x61)), 'a');
    assert.equal(util.TextDecoder.create().decodeToString(wrong), 'a\ufffd');
  });

  test('what is refused', () => {
    throwsKitError(() => util.TextDecoder.create(5 as never), 401, 'Parameter error. The type of 5 must be string');
    throwsKitError(
      () => util.TextDecoder.create('utf-8', 5 as never),
      401,
      'Parameter error. The type of 5 must be object',
    );
    throwsKitError(
      () => util.TextDecoder.create().decodeToString(null as never),
      401,
      'Parameter error. The type of Parameter must be Uint8Array.',
    );
  });
});

describe('util.StringDecoder', () => {
  test('a character in parts', () => {
    const decoder = new util.StringDecoder('utf-8');
    assert.equal(decoder.write(Uint8Array.from(hex('e4b8'))), '');
    assert.equal(decoder.write(Uint8Array.from(hex('ad61'))), '中a');
    assert.equal(decoder.end(), '');
  });

  test('an incomplete character at the end', () => {
    const decoder = new util.StringDecoder();
    assert.equal(decoder.write(Uint8Array.from(hex('e4b8'))), '');
    assert.equal(decoder.end(), '\ufffd');
    assert.equal(decoder.end(Uint8Array.from(hex('e4b8ad'))), '中');
  });

  test('other encodings, and text', () => {
    const decoder = new util.StringDecoder('gbk');
    assert.equal(decoder.write(Uint8Array.of(0xd6)), '');
    assert.equal(decoder.end(Uint8Array.of(0xd0)), '中');
    assert.equal(decoder.write('text'), 'text');
  });

  test('what is refused', () => {
    throwsKitError(() => new util.StringDecoder(5 as never), 401, 'Parameter error. The type of 5 must be string');
    throwsKitError(() => new util.StringDecoder('nothing'), 401);
    throwsKitError(
      () => new util.StringDecoder().write(5 as never),
      401,
      'Parameter error. The type of Parameter must be Uint8Array or string.',
    );
  });
});
