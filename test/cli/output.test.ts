// What is printed of messages: one line each, cut to the terminal, and never able to steer it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatSize, Output, previewBytes, previewText, visible } from '../../cli/output.ts';

function outputTo(stream: { isTTY?: boolean; columns?: number }, environment: NodeJS.ProcessEnv = {}) {
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
    return true;
  };
  return { output: new Output({ ...stream, write }, environment), written };
}

describe('Output', () => {
  test('colours appear on a terminal', () => {
    assert.equal(outputTo({ isTTY: true }).output.style('red', 'no'), '\x1b[31mno\x1b[39m');
  });

  test('colours do not appear in a pipe, with NO_COLOR, or on a dumb terminal', () => {
    assert.equal(outputTo({}).output.style('red', 'no'), 'no');
    assert.equal(outputTo({ isTTY: true }, { NO_COLOR: '1' }).output.style('red', 'no'), 'no');
    assert.equal(outputTo({ isTTY: true }, { TERM: 'dumb' }).output.style('red', 'no'), 'no');
  });

  test('an empty NO_COLOR means nothing, as no-color.org has it', () => {
    assert.equal(outputTo({ isTTY: true }, { NO_COLOR: '' }).output.style('bold', 'x'), '\x1b[1mx\x1b[22m');
  });

  test('the width is that of the terminal, else COLUMNS, else 120', () => {
    assert.equal(outputTo({ columns: 80 }, { COLUMNS: '50' }).output.columns, 80);
    assert.equal(outputTo({}, { COLUMNS: '50' }).output.columns, 50);
    assert.equal(outputTo({}).output.columns, 120);
  });

  test('a stamped line begins with the time to the millisecond', () => {
    const { output, written } = outputTo({});
    output.stamped('something');
    assert.match(written.join(''), /^\d\d:\d\d:\d\d\.\d{3} {2}something\n$/);
  });
});

describe('visible', () => {
  const table: [name: string, text: string, shown: string][] = [
    ['line ends and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['escape sequences', '\x1b[2J\x1b]0;title\x07', '\\x1b[2J\\x1b]0;title\\x07'],
    ['controls of the C1 set', '\x9b31m', '\\x9b31m'],
    ['DEL and NUL', '\x7f\0', '\\x7f\\x00'],
    ['separators of Unicode', '\u2028\u2029', '\\u2028\\u2029'],
    ['marks that reorder text', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['lone surrogates', '\ud800', '\\ud800'],
    ['letters, whatever the script, and pictures', 'Grüße 你好 👋', 'Grüße 你好 👋'],
  ];
  for (const [name, text, shown] of table) {
    test(name, () => assert.equal(visible(text), shown));
  }
});

describe('previewText', () => {
  test('what fits stays', () => assert.equal(previewText('12345678', 8), '12345678'));
  test('what does not is cut, the ellipsis included in the width', () => {
    assert.equal(previewText('123456789', 8), '1234567…');
  });
  test('wide characters count twice', () => {
    assert.equal(previewText('你好你好', 8), '你好你好');
    assert.equal(previewText('你好你好你', 8), '你好你…');
    assert.equal(previewText('👋👋👋👋👋', 8), '👋👋👋…');
  });
  test('escapes count as they are shown', () => assert.equal(previewText('\x1b\x1b\x1b', 8), '\\x1b\\x1…'));
  test('characters without a width do not hide that there is more', () => {
    assert.match(previewText(`e${'\u0301'.repeat(100)}`, 8), /…$/);
  });
  test('a message of 64 MiB costs no more than its beginning', () => {
    assert.equal(previewText('a'.repeat(64 * 1024 * 1024), 10), 'aaaaaaaaa…');
  });
});

describe('previewBytes', () => {
  test('nothing', () => assert.equal(previewBytes(Uint8Array.of(), 20), ''));
  test('what fits stays', () => assert.equal(previewBytes(Uint8Array.of(0, 255, 16), 8), '00 ff 10'));
  test('what does not is cut', () => assert.equal(previewBytes(Uint8Array.of(0, 255, 16, 1), 8), '00 ff …'));
});

describe('formatSize', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1024 * 1024, '1 MiB'],
    [16 * 1024 * 1024, '16 MiB'],
    [150.4 * 1024 * 1024, '150 MiB'],
    [5 * 1024 ** 4, '5120 GiB'],
  ] as const) {
    test(text, () => assert.equal(formatSize(bytes), text));
  }
});
