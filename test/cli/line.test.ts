// Lines typed into `connect`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Line, parseLine } from '../../cli/line.ts';

describe('parseLine', () => {
  const table: [line: string, parsed: Line][] = [
    ['hello', { kind: 'text', text: 'hello' }],
    ['', { kind: 'text', text: '' }],
    [' /close', { kind: 'text', text: ' /close' }],
    ['//path', { kind: 'text', text: '/path' }],
    ['///', { kind: 'text', text: '//' }],
    ['/close', { kind: 'close', code: undefined, reason: '' }],
    ['/close 3001', { kind: 'close', code: 3001, reason: '' }],
    ['/close 3001 so be it', { kind: 'close', code: 3001, reason: 'so be it' }],
    ['/ping', { kind: 'ping', payload: '' }],
    ['/ping are you there', { kind: 'ping', payload: 'are you there' }],
    ['/send-file a b.png', { kind: 'send-file', path: 'a b.png' }],
    ['/help', { kind: 'help' }],
  ];
  for (const [line, parsed] of table) {
    test(JSON.stringify(line), () => assert.deepEqual(parseLine(line), parsed));
  }

  test('a command that does not exist is named, with the way to send it as text', () => {
    assert.throws(() => parseLine('/etc/passwd'), {
      message: 'unknown command /etc/passwd; type /help for a list, or begin the line with // to send it as text',
    });
  });
  test('/send-file without a path', () => {
    assert.throws(() => parseLine('/send-file'), {
      message: '/send-file needs the path of a file, as in /send-file picture.png',
    });
  });
  test('/close with a reason but no code', () => {
    assert.throws(() => parseLine('/close done'), {
      message: '/close done has a reason without a code; put a code first, as in /close 1000 done',
    });
  });
});
