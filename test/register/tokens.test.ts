import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lineOf, tokenize } from '../../src/register/tokens.ts';

function texts(source: string): string[] {
  return tokenize(source).map((token) => token.text);
}

describe('tokens of a source', () => {
  test('words, numbers and punctuators', () => {
    assert.deepEqual(texts('let $a_1 = b?.c(0x1F, 1_000n, .5) => #d!;'), [
      ...['let', '$a_1', '=', 'b', '?', '.', 'c', '(', '0x1F', ',', '1_000n', ',', '.5', ')', '=>', '#d', '!', ';'],
    ]);
    assert.deepEqual(texts('größe = 日本 + 𠮷;'), ['größe', '=', '日本', '+', '𠮷', ';']);
  });

  test('comments and a hashbang are left out, even when they are not closed', () => {
    assert.deepEqual(texts('#!/usr/bin/env node\na // struct A {\n/* @Entry\n */ b /* c'), ['a', 'b']);
  });

  test('strings are one token; an escaped quote or line end belongs to them, a bare line end closes them', () => {
    assert.deepEqual(texts(`'a\\'b' "c'\\\\" 'd\\\ne'`), [`'a\\'b'`, `"c'\\\\"`, `'d\\\ne'`]);
    assert.deepEqual(texts(`'a\\\r\nb' "open\nc`), [`'a\\\r\nb'`, '"open', 'c']);
  });

  test('templates show their substitutions and nothing else, nested ones too', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    const source = '`a ${b + `c ${d} {e`} \\` \\${f` + g';
    assert.deepEqual(texts(source), ['`a ${', 'b', '+', '`c ${', 'd', '} {e`', '} \\` \\${f`', '+', 'g']);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    assert.deepEqual(texts('`${{ a: { b } }}` / c'), ['`${', '{', 'a', ':', '{', 'b', '}', '}', '}`', '/', 'c']);
  });

  const regularExpressions: Array<[source: string, literal: string]> = [
    ['a = /b/g', '/b/g'],
    ['f(/`/)', '/`/'],
    ['return /"[/]\\/"/u', '/"[/]\\/"/u'],
    ["if (a) /'/.test(b)", "/'/"],
    ["if (a) { } /'/.test(b)", "/'/"],
    ['x => /a/', '/a/'],
    ['case /a/: b', '/a/'],
    ['!/a/.test(b)', '/a/'],
    ['[1, /a/]', '/a/'],
    ['typeof /a/', '/a/'],
    ['/a/', '/a/'],
  ];
  for (const [source, literal] of regularExpressions) {
    test(`a slash begins a regular expression in ${source}`, () => {
      const found = tokenize(source).filter(({ kind, text }) => kind === 'literal' && text.startsWith('/'));
      assert.deepEqual(
        found.map(({ text }) => text),
        [literal],
      );
    });
  }

  const divisions = [
    'a / b / c',
    'f(a) / b',
    'a[0] / b',
    '1 / 2 / 3',
    'a! / b',
    'i++ / 2',
    'x = { } / 2',
    'a.return / b',
  ];
  for (const source of divisions) {
    test(`a slash divides in ${source}`, () => {
      assert.ok(tokenize(source).every(({ kind, text }) => text !== '/' || kind === 'punctuator'));
      assert.ok(texts(source).includes('/'));
    });
  }

  test('depth counts open brackets and substitutions; a bracket counts as outside itself', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    const depths = tokenize('a { b ( c ) `${ d }` } e').map(({ text, depth }) => `${text}${depth}`);
    assert.deepEqual(depths, ['a0', '{0', 'b1', '(1', 'c2', ')1', '`${1', 'd2', '}`1', '}0', 'e0']);
  });

  test('every token is the text between its offsets', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
    const source = 'class A<T> { x?: T = /[`]/u; y = `${this.x}`; } // end';
    for (const { text, start, end } of tokenize(source)) assert.equal(source.slice(start, end), text);
  });

  test('no input makes it throw or leave offsets out of order', () => {
    const pieces = [
      '`',
      '${',
      '}',
      '{',
      '(',
      ')',
      "'",
      '"',
      '/',
      '/*',
      '*/',
      '//',
      '\\',
      '\n',
      '@',
      '#',
      'a',
      '1',
      '.',
      '\ud800',
    ];
    for (let seed = 1; seed < 2_000; seed++) {
      let source = '';
      for (let value = seed * 7_919; value > 0; value = Math.floor(value / pieces.length)) {
        source += pieces[value % pieces.length];
      }
      let last = 0;
      for (const { start, end } of tokenize(source)) {
        assert.ok(start >= last && end > start && end <= source.length, JSON.stringify(source));
        last = end;
      }
    }
  });

  test('lines are counted from 1 with each kind of line end', () => {
    const source = 'a\nb\r\nc\rd';
    assert.deepEqual(
      [...'abcd'].map((letter) => lineOf(source, source.indexOf(letter))),
      [1, 2, 3, 4],
    );
  });
});
