// RFC 6455 §9.1: the grammar of Sec-WebSocket-Extensions, both ways.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { webSocketError } from '../../src/core/errors.ts';
import {
  type Extension,
  findUnoffered,
  formatExtensions,
  parseExtensions,
} from '../../src/core/extension/negotiation.ts';

function parse(text: string): Extension[] {
  return parseExtensions(text, (problem) => webSocketError('ERR_WS_REQUEST_EXTENSIONS', text, problem));
}

describe('RFC 6455 §9.1 what conforms', () => {
  const cases: [
    text: string,
    extensions: [name: string, ...parameters: [string, string | true][]][],
    again?: string,
  ][] = [
    ['foo', [['foo']]],
    ['bar; baz=2', [['bar', ['baz', '2']]]],
    ['foo, bar; baz=2', [['foo'], ['bar', ['baz', '2']]]],
    ['deflate-stream', [['deflate-stream']]],
    [
      'mux; max-channels=4; flow-control, deflate-stream',
      [['mux', ['max-channels', '4'], ['flow-control', true]], ['deflate-stream']],
    ],
    ['private-extension', [['private-extension']]],
    ['permessage-deflate; client_max_window_bits', [['permessage-deflate', ['client_max_window_bits', true]]]],
    ['a;b="c"', [['a', ['b', 'c']]], 'a; b=c'],
    ['a; b="\\c\\d"', [['a', ['b', 'cd']]], 'a; b=cd'],
    ['a;b;b=1;b=2', [['a', ['b', true], ['b', '1'], ['b', '2']]], 'a; b; b=1; b=2'],
    ['\ta\t;\tb\t=\t1\t,\tc\t', [['a', ['b', '1']], ['c']], 'a; b=1, c'],
    [',, a ,, b ,', [['a'], ['b']], 'a, b'],
    ['a, a; x', [['a'], ['a', ['x', true]]]],
    // The apostrophe is a character of tokens and quotes nothing.
    ["a; b='1'", [['a', ['b', "'1'"]]]],
    ['A; B=C', [['A', ['B', 'C']]]],
  ];
  for (const [text, extensions, again = text] of cases) {
    test(JSON.stringify(text), () => {
      const parsed = parse(text);
      assert.deepEqual(
        parsed,
        extensions.map(([name, ...parameters]) => ({ name, parameters })),
      );
      assert.equal(formatExtensions(parsed), again);
      assert.deepEqual(parse(again), parsed);
    });
  }
});

describe('RFC 6455 §9.1 what does not conform is refused, never guessed', () => {
  const cases: [text: string, problem: string][] = [
    ['', 'expected one extension or more'],
    [' \t', 'expected one extension or more'],
    [',', 'expected one extension or more'],
    [', ,', 'expected one extension or more'],
    [';', 'expected a token at character 0'],
    ['a;', 'expected a token at character 2'],
    ['a; ', 'expected a token at character 3'],
    ['a;;b', 'expected a token at character 2'],
    ['a;,b', 'expected a token at character 2'],
    ['a;b=', 'expected a token at character 4'],
    ['a;b=,c', 'expected a token at character 4'],
    ['a;b==1', 'expected a token at character 4'],
    ['a;=1', 'expected a token at character 2'],
    ['a=1', 'expected a comma or a semicolon at character 1'],
    ['a b', 'expected a comma or a semicolon at character 2'],
    ['a;b=1 2', 'expected a comma or a semicolon at character 6'],
    ['a;b="1"2', 'expected a comma or a semicolon at character 7'],
    ['"a"', 'expected a token at character 0'],
    ['a;"b"=1', 'expected a token at character 2'],
    ['a;b="', 'quoted value from character 4 has no end'],
    ['a;b="1', 'quoted value from character 4 has no end'],
    ['a;b="1\\', 'quoted value from character 4 has no end'],
    ['a;b="1\\"', 'quoted value from character 4 has no end'],
    ['a;b=""', 'quoted value at character 4 is not a token'],
    ['a;b="1 2"', 'quoted value at character 4 is not a token'],
    ['a;b="1,2"', 'quoted value at character 4 is not a token'],
    ['a;b="\\""', 'quoted value at character 4 is not a token'],
    ['a;b="\\\\"', 'quoted value at character 4 is not a token'],
    ['a;b="é"', 'quoted value at character 4 is not a token'],
    ['é', 'expected a token at character 0'],
    ['a\u0000', 'expected a comma or a semicolon at character 1'],
    ['a/1', 'expected a comma or a semicolon at character 1'],
    ['permessage-deflate; server_max_window_bits=', 'expected a token at character 43'],
  ];
  for (const [text, problem] of cases) {
    test(`${JSON.stringify(text)}: ${problem}`, () => {
      assert.throws(() => parse(text), {
        code: 'ERR_WS_REQUEST_EXTENSIONS',
        message: `request has Sec-WebSocket-Extensions: ${JSON.stringify(text)}: ${problem} (RFC 6455 §9.1)`,
      });
    });
  }
});

describe('RFC 6455 §9.1 a client takes no extension that it did not offer', () => {
  const offered = parse('a; x=1, b');
  test('fewer, others in order, or with other parameters: all offered by name', () => {
    for (const accepted of ['a', 'b, a', 'a; y']) assert.equal(findUnoffered(parse(accepted), offered), undefined);
  });
  test('the first that was not offered is named', () => {
    assert.equal(findUnoffered(parse('b, c, d'), offered)?.name, 'c');
    assert.equal(findUnoffered(parse('A'), offered)?.name, 'A');
    assert.equal(findUnoffered(parse('a'), [])?.name, 'a');
  });
});
