import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestName } from '../../../src/core/nearest-name.ts';

const names = ['port', 'path', 'host', 'compression', 'maxMessageSize', 'tls', 'ip'];

test('the name that was meant', () => {
  const rows: [typed: string, meant: string | undefined][] = [
    ['Port', 'port'],
    ['prot', 'port'],
    ['ports', 'port'],
    ['pot', 'port'],
    ['compresion', 'compression'],
    ['compress', 'compression'],
    ['maxMessageSizes', 'maxMessageSize'],
    ['maxmesagesise', 'maxMessageSize'],
    ['tl', undefined],
    ['tsl', 'tls'],
    ['pi', undefined],
    ['IP', 'ip'],
    ['', undefined],
    ['timeout', undefined],
    ['x'.repeat(65), undefined],
  ];
  for (const [typed, meant] of rows) assert.equal(nearestName(typed, names), meant, typed);
  assert.equal(nearestName('port', []), undefined);
});
