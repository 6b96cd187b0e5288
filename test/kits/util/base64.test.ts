// `util.Base64Helper` in its four variants, both ways, at once and by a promise; `util.Base64`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { util } from '../../../src/kits/util/index.ts';
import { rejectsKitError, throwsKitError } from '../../support/kit-error.ts';

const helper = new util.Base64Helper();
const { Type } = util;
const bytes = Uint8Array.of(0xfb, 0xff, 0xfe, 0x01);
const long = new Uint8Array(60).fill(0xfb);
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('util.Base64Helper', () => {
  test('the numbers of the variants', () => {
    assert.deepEqual(Type, { BASIC: 0, MIME: 1, BASIC_URL_SAFE: 2, MIME_URL_SAFE: 3 });
  });

  test('BASIC', async () => {
    assert.equal(helper.encodeToStringSync(bytes), '+//+AQ==');
    assert.equal(await helper.encodeToString(bytes, Type.BASIC), '+//+AQ==');
    assert.deepEqual(helper.encodeSync(bytes), ascii('+//+AQ=='));
    assert.deepEqual(await helper.encode(bytes), ascii('+//+AQ=='));
    assert.deepEqual(helper.decodeSync('+//+AQ=='), bytes);
    assert.deepEqual(helper.decodeSync(ascii('+//+AQ==')), bytes);
    assert.deepEqual(await helper.decode('+//+AQ=='), bytes);
  });

  test('BASIC_URL_SAFE has no padding', async () => {
    assert.equal(helper.encodeToStringSync(bytes, Type.BASIC_URL_SAFE), '-__-AQ');
    assert.deepEqual(helper.encodeSync(bytes, Type.BASIC_URL_SAFE), ascii('-__-AQ'));
    assert.deepEqual(await helper.encode(bytes, Type.BASIC_URL_SAFE), ascii('-__-AQ'));
    assert.deepEqual(helper.decodeSync('-__-AQ', Type.BASIC_URL_SAFE), bytes);
    assert.deepEqual(helper.decodeSync('-__-AQ==', Type.BASIC_URL_SAFE), bytes);
  });

  test('MIME has lines of 76 characters that end with CR LF', async () => {
    const text = `${'+/v7'.repeat(19)}\r\n+/v7\r\n`;
    assert.equal(helper.encodeToStringSync(long, Type.MIME), text);
    assert.equal(await helper.encodeToString(long, Type.MIME), text);
    assert.deepEqual(helper.decodeSync(text, Type.MIME), long);
    assert.deepEqual(await helper.decode(ascii(text), Type.MIME), long);
    assert.equal(helper.encodeToStringSync(long, Type.MIME_URL_SAFE), `${'-_v7'.repeat(19)}\r\n-_v7\r\n`);
    assert.deepEqual(
      helper.decodeSync(`-_v7\r\n-_v7`, Type.MIME_URL_SAFE),
      Uint8Array.from({ length: 6 }, () => 0xfb),
    );
  });

  test('MIME refuses fewer than 76 characters, as a device does', async () => {
    const message = 'The parameter length does not meet this encoding format.';
    assert.throws(() => helper.encodeToStringSync(bytes, Type.MIME), { message });
    await assert.rejects(helper.encodeToString(bytes, Type.MIME_URL_SAFE), { message });
  });

  test('no bytes', () => {
    assert.equal(helper.encodeToStringSync(new Uint8Array()), '');
    assert.deepEqual(helper.decodeSync(''), new Uint8Array());
  });

  test('the bytes have their buffer to themselves', () => {
    assert.equal(helper.decodeSync('AQID').buffer.byteLength, 3);
    assert.equal(helper.encodeSync(bytes).buffer.byteLength, 8);
  });

  test('a view of a part of a buffer', () => {
    assert.equal(helper.encodeToStringSync(bytes.subarray(3)), 'AQ==');
  });

  test('what is refused', async () => {
    const notBytes = 'Parameter error. The type of Parameter must be Uint8Array.';
    throwsKitError(() => helper.encodeSync('a' as never), 401, notBytes);
    throwsKitError(() => helper.encodeToStringSync('a' as never), 401, notBytes);
    throwsKitError(() => helper.encode(undefined as never), 401, notBytes);
    throwsKitError(() => helper.encodeToString(5 as never), 401, notBytes);
    throwsKitError(
      () => helper.decodeSync(5 as never),
      401,
      'Parameter error. The type of Parameter must be Uint8Array or string.',
    );
    throwsKitError(() => helper.decode(5 as never), 401);
    throwsKitError(
      () => helper.decodeSync('a*b='),
      401,
      'Parameter error. The input string contains unsupported characters.',
    );
    throwsKitError(() => helper.decodeSync('-__-AQ'), 401);
    throwsKitError(() => helper.decodeSync('+//+AQ==', Type.BASIC_URL_SAFE), 401);
    throwsKitError(
      () => helper.encodeSync(bytes, Type.MIME),
      401,
      'Parameter error. The type of 1 must be BASIC or BASIC_URL_SAFE',
    );
    throwsKitError(
      () => helper.encodeToStringSync(bytes, 7 as never),
      401,
      'Parameter error. The type of 7 must be one of the type enumerations',
    );
    await rejectsKitError(
      (async () => helper.encode(bytes, 9 as never))(),
      401,
      'Parameter error. The type of 9 must be BASIC or BASIC_URL_SAFE',
    );
  });
});

describe('util.Base64', () => {
  test('the same without variants', async () => {
    const base64 = new util.Base64();
    assert.equal(base64.encodeToStringSync(bytes), '+//+AQ==');
    assert.deepEqual(base64.encodeSync(bytes), ascii('+//+AQ=='));
    assert.deepEqual(base64.decodeSync('+//+AQ=='), bytes);
    assert.equal(await base64.encodeToString(bytes), '+//+AQ==');
    assert.deepEqual(await base64.encode(bytes), ascii('+//+AQ=='));
    assert.deepEqual(await base64.decode('+//+AQ=='), bytes);
  });
});
