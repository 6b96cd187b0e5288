// Piped input cut into lines.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type InputLine, LineSplitter } from '../../cli/lines.ts';

/** All lines of an input that comes in chunks of `size` bytes. */
function split(input: Buffer, size = input.length, limit?: number): InputLine[] {
  const splitter = new LineSplitter(limit);
  const lines: InputLine[] = [];
  for (let at = 0; at < input.length; at += size) lines.push(...splitter.push(input.subarray(at, at + size)));
  lines.push(...splitter.end());
  return lines;
}

function texts(lines: readonly InputLine[]): string[] {
  return lines.map((line) => ('text' in line ? line.text : `! ${line.problem}`));
}

describe('LineSplitter', () => {
  const table: [name: string, input: string, lines: string[]][] = [
    ['nothing', '', []],
    ['one empty line', '\n', ['']],
    ['LF, CR LF, and a last line without an end', 'a\nb\r\n\r\nc', ['a', 'b', '', 'c']],
    ['a lone CR, U+2028 and U+2029 do not end a line', 'a\rb\u2028c\u2029d\n', ['a\rb\u2028c\u2029d']],
    ['CR at the end of the input belongs to the line', 'a\r', ['a\r']],
    [
      'characters of two, three and four bytes, and U+FFFD itself',
      'ü你👋\ufffd\n\ufeffx\n',
      ['ü你👋\ufffd', '\ufeffx'],
    ],
  ];
  for (const [name, input, lines] of table) {
    test(name, () => {
      const bytes = Buffer.from(input);
      for (const size of [1, 2, 3, bytes.length || 1]) assert.deepEqual(texts(split(bytes, size)), lines, `by ${size}`);
    });
  }

  const invalid: [name: string, hex: string, byte: string, inLine: number, inInput: number][] = [
    ['a byte that is never UTF-8', '6f6b0a 61ff62 0a', '0xff', 1, 4],
    ['the beginning of a character at the end of the input', '6f6b0a 61e4bd', '0xe4', 1, 4],
    ['a surrogate', '6f6b0a eda080 0a', '0xed', 0, 3],
    ['an overlong form, after U+FFFD itself', '6f6b0a efbfbd c080 0a', '0xc0', 3, 6],
    ['after CR LF', '6f6b0d0a 61ff 0d0a', '0xff', 1, 5],
  ];
  for (const [name, hex, byte, inLine, inInput] of invalid) {
    test(`${name} is named, and the lines around it are taken`, () => {
      const bytes = Buffer.from(`${hex}${hex.endsWith('0a') ? '' : '0a'}78`.replaceAll(' ', ''), 'hex');
      for (const size of [1, bytes.length]) {
        const [first, second, third] = texts(split(bytes, size));
        assert.equal(first, 'ok');
        assert.match(second!, /^! line 2 of the input was not sent because it is not UTF-8: /);
        assert.ok(second!.includes(`byte ${byte} at offset ${inLine} of the line, ${inInput} of the input;`), second);
        assert.equal(third, 'x');
      }
    });
  }

  test('a line beyond the bound is refused by its size, and not kept', () => {
    const lines = texts(split(Buffer.from(`${'a'.repeat(11)}\n${'b'.repeat(10)}\n`), 4, 10));
    assert.deepEqual(lines, [
      '! line 1 of the input has 11 bytes; the limit is 10 bytes: split the line',
      'b'.repeat(10),
    ]);
  });
});
