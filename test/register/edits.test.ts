// Texts put into a source, and the source map that follows them.

import assert from 'node:assert/strict';
import { SourceMap } from 'node:module';
import { test } from 'node:test';
import { decodeMappings, edited, editedMap } from '../../src/register/edits.ts';
import { identityMap } from '../../src/register/identity-map.ts';
import { tokenize } from '../../src/register/tokens.ts';

const source = 'let a = b;\n  b.c(b); d();\n\nb\n';

/** A longer text for each `b`. */
const edits = [...source.matchAll(/b/g)].map(({ index }) => ({ start: index, end: index + 1, text: '<bbb>' }));

test('the edits stand in the text', () => {
  assert.equal(edited(source, edits), 'let a = <bbb>;\n  <bbb>.c(<bbb>); d();\n\n<bbb>\n');
  assert.equal(edited(source, []), source);
});

test('every token of the edited text leads to its place in the source', () => {
  const tokens = tokenize(source);
  const map = new SourceMap(JSON.parse(editedMap(identityMap(source, tokens, 'a.ets'), source, edits)));
  const lines = edited(source, edits).split('\n');
  for (const { start, text } of tokens) {
    const [line, column] = placeOf(source, start);
    const growth = edits.filter((edit) => placeOf(source, edit.start)[0] === line && edit.start < start).length * 4;
    const entry = map.findEntry(line, column + growth) as { originalLine: number; originalColumn: number };
    assert.deepEqual([entry.originalLine, entry.originalColumn], [line, column], text);
    assert.ok(lines[line]!.slice(column + growth).startsWith(text === 'b' ? '<bbb>' : text), text);
  }
});

test('the segments of a map, decoded', () => {
  assert.deepEqual(decodeMappings('AAAA,CAAC;;gCACgBD'), [
    [
      [0, 0, 0, 0],
      [1, 0, 0, 1],
    ],
    [],
    [[32, 0, 1, 17, -1]],
  ]);
});

function placeOf(text: string, offset: number): [line: number, column: number] {
  const before = text.slice(0, offset).split('\n');
  return [before.length - 1, before.at(-1)!.length];
}
