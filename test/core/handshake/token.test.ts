// Tokens, comma lists, white space and field values (RFC 7230 §3.2, §7).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findForeign, isFieldValue } from '../../../src/core/handshake/field-value.ts';
import { isHost } from '../../../src/core/handshake/host.ts';
import {
  endOfSpace,
  endOfToken,
  equalsIgnoringCase,
  findRepeated,
  hasToken,
  isToken,
  readTokens,
  trim,
} from '../../../src/core/handshake/token.ts';

/** All characters of Latin-1, and some above. */
const characters = [...Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)), 'ā', '\u2028', '😀'];

test('a token has visible ASCII without delimiters (RFC 7230 §3.2.6)', () => {
  const allowed = characters.filter(isToken).join('');
  assert.equal(allowed, "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
  assert.equal(isToken(''), false);
  assert.equal(isToken('chat.v1'), true);
  assert.equal(isToken('chat v1'), false);
});

test('endOfToken and endOfSpace give where to go on', () => {
  assert.deepEqual([endOfToken('ab, c', 0), endOfToken('ab, c', 2), endOfToken('ab', 2)], [2, 2, 2]);
  assert.deepEqual([endOfSpace(' \t\na', 0), endOfSpace('a ', 0), endOfSpace('a ', 1)], [2, 0, 2]);
});

test('trim takes spaces and tabs only', () => {
  const rows: [text: string, trimmed: string][] = [
    ['', ''],
    [' \t ', ''],
    ['a', 'a'],
    [' \ta b\t', 'a b'],
    ['\u00a0a\n', '\u00a0a\n'],
  ];
  for (const [text, trimmed] of rows) assert.equal(trim(text), trimmed);
});

test('readTokens gives the elements of a list', () => {
  const rows: [list: string, tokens: string[] | undefined][] = [
    ['', []],
    ['a', ['a']],
    [' a ,\tb,c', ['a', 'b', 'c']],
    [',, a,,', ['a']],
    ['a b', undefined],
    ['a;b', undefined],
    ['"a"', undefined],
  ];
  for (const [list, tokens] of rows) assert.deepEqual(readTokens(list), tokens, list);
});

test('hasToken looks for one element in any case', () => {
  for (const list of ['upgrade', 'keep-alive, Upgrade', ' UPGRADE ,x', 'a b,upgrade']) {
    assert.equal(hasToken(list, 'upgrade'), true, list);
  }
  for (const list of ['', 'upgrades', 'upgrad', 'up grade', 'x,', '"upgrade"']) {
    assert.equal(hasToken(list, 'upgrade'), false, list);
  }
});

test('findRepeated returns the first element that occurred before', () => {
  assert.equal(findRepeated([]), undefined);
  assert.equal(findRepeated(['a']), undefined);
  assert.equal(findRepeated(['a', 'b', 'A']), undefined);
  assert.equal(findRepeated(['a', 'b', 'b', 'a']), 'b');
});

test('equalsIgnoringCase knows ASCII only', () => {
  assert.ok(equalsIgnoringCase('WebSocket', 'websocket'));
  assert.ok(equalsIgnoringCase('[Z]', '[z]'));
  for (const [text, lowerCase] of [
    ['websockets', 'websocket'],
    ['webso\u212aet', 'websoket'],
    ['{', '['],
    ['É', 'é'],
  ] as const) {
    assert.equal(equalsIgnoringCase(text, lowerCase), false, text);
  }
});

test('a field value has no control character but the tab (RFC 7230 §3.2)', () => {
  const refused = characters
    .filter((character) => !isFieldValue(character))
    .map((character) => character.codePointAt(0));
  const controls = Array.from({ length: 32 }, (_, code) => code).filter((code) => code !== 9);
  assert.deepEqual(refused, [...controls, 0x7f, 0x101, 0x2028, 0x1f600]);
  assert.deepEqual([isFieldValue(''), isFieldValue('a\r\nb')], [true, false]);
});

test('findForeign gives the place of the first character that cannot be sent', () => {
  assert.equal(findForeign('aé', 0xff), -1);
  assert.equal(findForeign('aé', 0x7e), 1);
  assert.equal(findForeign('中\n', 0xffff), 1);
});

describe('isHost', () => {
  const hosts = [
    'a',
    'example.com',
    'example.com:80',
    'a:',
    '127.0.0.1:65536',
    '[::1]',
    '[::1]:8080',
    '[v1.a:b]',
    'a%41',
  ];
  for (const host of hosts) test(`"${host}" is one`, () => assert.equal(isHost(host), true));
  const others = ['', ':80', 'a b', 'a/b', 'a@b', 'a,b', 'a:x', '[]', '[::1', '::1', 'a%4', 'é'];
  for (const other of others) test(`"${other}" is not one`, () => assert.equal(isHost(other), false));

  test('takes time in proportion to the length', () => {
    assert.equal(isHost(`${'a'.repeat(100_000)}/`), false);
  });
});
