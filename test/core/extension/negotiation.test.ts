// The grammar of Sec-WebSocket-Extensions (RFC 6455 §9.1), read and written, and what is the same for every extension.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { webSocketError } from '../../../src/core/errors.ts';
import {
  type Extension,
  findUnoffered,
  formatExtensions,
  parseExtensions,
} from '../../../src/core/extension/negotiation.ts';

function malformed(problem: string) {
  return webSocketError('ERR_WS_REQUEST_EXTENSIONS', '…', problem);
}

describe('a field is read', () => {
  const fields: [field: string, extensions: Extension[]][] = [
    ['foo', [{ name: 'foo', parameters: [] }]],
    [
      'foo, bar; baz=2',
      [
        { name: 'foo', parameters: [] },
        { name: 'bar', parameters: [['baz', '2']] },
      ],
    ],
    [
      'foo;a;b=c ; a',
      [
        {
          name: 'foo',
          parameters: [
            ['a', true],
            ['b', 'c'],
            ['a', true],
          ],
        },
      ],
    ],
    // RFC 7230 §7: empty elements are ignored, and so is white space.
    [
      ' ,\tfoo , , bar,',
      [
        { name: 'foo', parameters: [] },
        { name: 'bar', parameters: [] },
      ],
    ],
    [
      'foo; a = "b" ; c="d\\e"',
      [
        {
          name: 'foo',
          parameters: [
            ['a', 'b'],
            ['c', 'de'],
          ],
        },
      ],
    ],
  ];
  for (const [field, extensions] of fields) {
    test(field, () => assert.deepEqual(parseExtensions(field, malformed), extensions));
  }
});

describe('a field is refused', () => {
  const fields: [field: string, problem: string][] = [
    ['', 'expected one extension or more'],
    [' , ', 'expected one extension or more'],
    ['foo bar', 'expected a comma or a semicolon at character 4'],
    ['foo;', 'expected a token at character 4'],
    ['foo;a=', 'expected a token at character 6'],
    ['"foo"', 'expected a token at character 0'],
    ['foo;a="b', 'quoted value from character 6 has no end'],
    ['foo;a="b\\', 'quoted value from character 6 has no end'],
    // RFC 6455 §9.1: the value behind quoted-string unescaping is a token.
    ['foo;a=""', 'quoted value at character 6 is not a token'],
    ['foo;a="b c"', 'quoted value at character 6 is not a token'],
  ];
  for (const [field, problem] of fields) {
    test(field === '' ? 'that is empty' : field, () => {
      assert.throws(
        () => parseExtensions(field, malformed),
        (error: Error) => error.message.includes(problem),
      );
    });
  }
});

test('a field is written as it is read', () => {
  const field = 'foo; a; b=2, bar';
  assert.equal(formatExtensions(parseExtensions(field, malformed)), field);
  assert.equal(formatExtensions([]), '');
});

test('findUnoffered is the first that was not offered, by its name as it is', () => {
  const extension = (name: string): Extension => ({ name, parameters: [] });
  const [foo, bar, upper] = [extension('foo'), extension('bar'), extension('FOO')] as const;
  assert.equal(findUnoffered([], [foo]), undefined);
  assert.equal(findUnoffered([bar, foo], [foo, bar]), undefined);
  assert.equal(findUnoffered([foo, bar, upper], [foo]), bar);
  assert.equal(findUnoffered([upper], [foo]), upper);
});
