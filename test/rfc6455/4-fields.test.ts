// Grammar of the fields of an opening handshake: RFC 7230 §3.2.6 and §7, and the reader of raw header lists.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isKey } from '../../src/core/handshake/accept-key.ts';
import { isFieldValue } from '../../src/core/handshake/field-value.ts';
import { readFields } from '../../src/core/handshake/head.ts';
import { listFields } from '../../src/core/handshake/header-fields.ts';
import { isHost } from '../../src/core/handshake/host.ts';
import { equalsIgnoringCase, hasToken, isToken, readTokens, trim } from '../../src/core/handshake/token.ts';

describe('RFC 7230 §3.2.6 token', () => {
  test('every character from U+0000 to U+0200 is one of a token or not', () => {
    const allowed = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (let code = 0; code <= 0x200; code++) {
      const character = String.fromCharCode(code);
      assert.equal(isToken(character), allowed.includes(character), `U+${code.toString(16)}`);
      assert.equal(isToken(`a${character}`), allowed.includes(character), `a, U+${code.toString(16)}`);
    }
  });
  test('an empty text is not a token', () => assert.equal(isToken(''), false));
});

describe('RFC 7230 §7 comma lists', () => {
  const cases: [list: string, tokens: string[] | undefined][] = [
    ['chat', ['chat']],
    ['chat, superchat', ['chat', 'superchat']],
    ['chat,superchat', ['chat', 'superchat']],
    ['chat\t ,\t superchat', ['chat', 'superchat']],
    ['', []],
    [' ', []],
    [',', []],
    [', ,\t,', []],
    [',chat,,superchat,', ['chat', 'superchat']],
    ['a,a', ['a', 'a']],
    ['chat superchat', undefined],
    ['chat;superchat', undefined],
    ['"chat"', undefined],
    ['chat, "super,chat"', undefined],
    ['chat\r\n', undefined],
    ['chat\u0000', undefined],
    ['chät', undefined],
    ['chat, superchat/1', undefined],
  ];
  for (const [list, tokens] of cases) {
    test(`${JSON.stringify(list)} is ${JSON.stringify(tokens)}`, () => assert.deepEqual(readTokens(list), tokens));
  }

  const searches: [list: string, found: boolean][] = [
    ['Upgrade', true],
    ['upgrade', true],
    ['UPGRADE', true],
    ['keep-alive, Upgrade', true],
    ['keep-alive,\tUpGrAdE\t', true],
    ['Upgrade,', true],
    [', ,upgrade', true],
    ['a b, upgrade', true],
    ['', false],
    ['keep-alive', false],
    ['upgrades', false],
    ['xupgrade', false],
    ['upgrade x', false],
    ['upgrade;q=1', false],
    ['up grade', false],
    ['"upgrade"', false],
  ];
  for (const [list, found] of searches) {
    test(`${JSON.stringify(list)} ${found ? 'has' : 'has no'} upgrade`, () =>
      assert.equal(hasToken(list, 'upgrade'), found));
  }
  test('case is that of ASCII: the Kelvin sign is not a k', () => {
    assert.equal(equalsIgnoringCase('webSocKet', 'websocket'), true);
    assert.equal(equalsIgnoringCase('webSoc\u212aet', 'websocket'), false);
    assert.equal(equalsIgnoringCase('@[`{', '`{@['), false);
  });
});

describe('RFC 7230 §3.2 field-value', () => {
  test('every character from U+0000 to U+0200 can stand in one or not', () => {
    for (let code = 0; code <= 0x200; code++) {
      const allowed = code === 0x09 || (code >= 0x20 && code <= 0x7e) || (code >= 0x80 && code <= 0xff);
      assert.equal(isFieldValue(`a${String.fromCharCode(code)}b`), allowed, `U+${code.toString(16)}`);
    }
  });
  test('a character that is LF when cut to one byte is refused', () => assert.equal(isFieldValue('a\u010ab'), false));
  test('an empty value is one', () => assert.equal(isFieldValue(''), true));
  test('spaces and tabs around a value are trimmed, others are not', () => {
    assert.equal(trim(' \ta b\t '), 'a b');
    assert.equal(trim('\u00a0a\n'), '\u00a0a\n');
    assert.equal(trim(' \t'), '');
  });
});

describe('RFC 6455 §4.1 item 7: a key is 16 bytes in Base64', () => {
  const cases: [key: string, valid: boolean, why: string][] = [
    ['dGhlIHNhbXBsZSBub25jZQ==', true, 'of RFC 6455 §1.3'],
    ['AAAAAAAAAAAAAAAAAAAAAA==', true, '16 zero bytes'],
    ['/////////////////////w==', true, '16 times ff'],
    ['++++++++++++++++++++++==', true, 'bits after the 16th byte (RFC 4648 §3.5: need not be looked at)'],
    ['AAAAAAAAAAAAAAAAAAAAAB==', true, 'a bit after the 16th byte'],
    ['dGhlIHNhbXBsZSBub25jZQ', false, 'no padding'],
    ['dGhlIHNhbXBsZSBub25jZQ=', false, 'half of the padding'],
    ['dGhlIHNhbXBsZSBub25jZQ===', false, 'too much padding'],
    ['dGhlIHNhbXBsZSBub25jZTA=', false, '17 bytes'],
    ['dGhlIHNhbXBsZSBub25j', false, '15 bytes'],
    ['dGhlIHNhbXBsZSBub25jZQ= ', false, 'a space for padding'],
    ['dGhlIHNhbXBsZSBub2 jZQ==', false, 'a space inside'],
    ['dGhlIHNhbXBsZSBub2-jZQ==', false, 'the alphabet of URLs'],
    ['dGhlIHNhbXBsZSBub2=jZQ==', false, 'padding inside'],
    ['dGhlIHNhbXBsZSBub2\u00e9jZQ==', false, 'not ASCII'],
    ['', false, 'empty'],
  ];
  for (const [key, valid, why] of cases) test(`${why}: ${valid}`, () => assert.equal(isKey(key), valid));
});

describe('RFC 7230 §5.4 Host', () => {
  for (const host of ['a', 'example.com:8080', '[::1]:80', '127.0.0.1', 'xn--bcher-kva.example', 'a_b', 'a%20b']) {
    test(`${host} is one`, () => assert.equal(isHost(host), true));
  }
  for (const host of ['', 'a b', 'a/b', 'user@a', 'a, b', 'bücher.example', 'a\r\nb', 'a?b', 'a#b', 'a\\b']) {
    test(`${JSON.stringify(host)} is none`, () => assert.equal(isHost(host), false));
  }
});

describe('RFC 6455 §4 the fields of a head', () => {
  test('names are found in any case, others are passed over', () => {
    const fields = readFields([
      ...['HOST', 'a', 'hosts', 'x', 'date', 'x', 'uPGRADE', 'b', 'referer', 'x', 'connectioN', 'c', 'user-agent', 'x'],
      ...['SEC-WEBSOCKET-KEY', 'd', 'sec-websocket-keys', 'x', 'Sec-WebSocket-Accept', 'e'],
      ...['Sec-Websocket-Version', 'f', 'sec-websocket-protocol', 'g', 'Sec-WebSocket-EXTENSIONS', 'h', '', 'x'],
    ]);
    assert.deepEqual(fields, {
      host: 'a',
      hosts: 1,
      upgrade: 'b',
      connection: 'c',
      key: 'd',
      keys: 1,
      accept: 'e',
      accepts: 1,
      version: 'f',
      subprotocols: 'g',
      extensions: 'h',
      announcesBody: false,
    });
  });
  test('repeated fields are joined, and counted where one is allowed', () => {
    const names = ['host', 'upgrade', 'connection', 'sec-websocket-key', 'sec-websocket-accept'];
    const lists = ['sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions'];
    const fields = readFields([...names, ...lists].flatMap((name) => [name, '1', name, '2']));
    assert.deepEqual(fields, {
      host: '1, 2',
      hosts: 2,
      upgrade: '1, 2',
      connection: '1, 2',
      key: '1, 2',
      keys: 2,
      accept: '1, 2',
      accepts: 2,
      version: '1, 2',
      subprotocols: '1, 2',
      extensions: '1, 2',
      announcesBody: false,
    });
  });
  test('an empty head has none; a name without a value is not a field', () => {
    assert.equal(readFields([]).host, undefined);
    assert.equal(readFields(['host']).hosts, 0);
  });
  for (const [name, value, expected] of [
    ['Content-Length', '0', false],
    ['content-length', '1', true],
    ['Content-Length', '', true],
    ['Transfer-Encoding', 'chunked', true],
    ['Transfer-Encodings', 'chunked', false],
  ] as const) {
    test(`${name}: ${value} ${expected ? 'announces' : 'announces no'} body`, () =>
      assert.equal(readFields([name, value]).announcesBody, expected));
  }
});

describe('header fields of a user', () => {
  const noneOwned = (): boolean => false;
  test('records, arrays of values and lists of pairs become one flat list', () => {
    assert.deepEqual(listFields({ A: '1', b: ['2', '3'], c: [] }, 0xff, noneOwned), ['A', '1', 'b', '2', 'b', '3']);
    const pairs = [
      ['b', '1'],
      ['A', ''],
      ['b', 'ÿ'],
    ] as const;
    assert.deepEqual(listFields(pairs, 0xff, noneOwned), ['b', '1', 'A', '', 'b', 'ÿ']);
  });
  const refused: [headers: object, message: string][] = [
    [{ '': '1' }, 'name of a header is ""; expected a token such as X-Name (RFC 7230 §3.2.6)'],
    [{ 'a b': '1' }, 'name of a header is "a b"; expected a token such as X-Name (RFC 7230 §3.2.6)'],
    [{ 'a:': '1' }, 'name of a header is "a:"; expected a token such as X-Name (RFC 7230 §3.2.6)'],
    [{ 'a\r\nb': '1' }, 'name of a header is "a\\r\\nb"; expected a token such as X-Name (RFC 7230 §3.2.6)'],
    [{ a: 'secret\n' }, 'character 6 of header a is "\\n"; expected a visible ASCII character, space or tab'],
    [{ a: 'x\r\nb: 1' }, 'character 1 of header a is "\\r"; expected a visible ASCII character, space or tab'],
    [{ a: '\u0000' }, 'character 0 of header a is "\\u0000"; expected a visible ASCII character, space or tab'],
    [{ a: ['ok', 'é'] }, 'character 0 of header a is "é"; expected a visible ASCII character, space or tab'],
    [{ a: true }, 'header a is of type boolean; expected a string, a number or an array of them'],
    [{ a: undefined }, 'header a is undefined; expected a string, a number or an array of them'],
    [{ a: ['1', null] }, 'header a is null; expected a string, a number or an array of them'],
    [[[1, 'a']], 'name of a header is 1; expected a token such as X-Name (RFC 7230 §3.2.6)'],
  ];
  for (const [headers, message] of refused) {
    test(message, () => {
      const list = (): unknown => listFields(headers as Record<string, string>, 0x7e, noneOwned);
      assert.throws(list, { code: 'ERR_WS_OPTION', family: 'usage', message });
    });
  }
  test('names that the handshake owns are refused, asked for in lower case', () => {
    assert.throws(() => listFields({ 'X-Own': '1' }, 0xff, (name) => name === 'x-own'), {
      code: 'ERR_WS_OPTION',
      message: 'name of a header is "X-Own"; expected another one, since the handshake sets this field itself',
    });
  });
});
