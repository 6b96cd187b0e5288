// docs/errors.md shows the error table as it is, and each text of the table keeps to its form.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorExamples, exampleTexts } from '../../scripts/error-examples.ts';
import { errorPage, errorPageUrl } from '../../scripts/error-page.ts';
import { errorTable } from '../../src/core/errors.ts';
import { utf8 } from '../support/hex.ts';

const rows = exampleTexts(errorTable);

test('docs/errors.md is up to date', () => {
  assert.equal(readFileSync(errorPageUrl, 'utf8'), errorPage(), 'run: npx tsx scripts/error-page.ts');
});

test('every error is on the page, once', () => {
  const codes = [...errorPage().matchAll(/^\| `(ERR_WS_\w+)` \|/gm)].map(([, code]) => code);
  assert.deepEqual(codes.sort(), Object.keys(errorTable).sort());
  assert.deepEqual(Object.keys(errorExamples), Object.keys(errorTable), 'the examples are in the order of the table');
});

test('the table is ordered by family: protocol, environment, usage', () => {
  const families = Object.values(errorTable).map(({ family }) => family);
  assert.deepEqual([...new Set(families)], ['protocol', 'environment', 'usage']);
  for (let index = 1; index < families.length; index++) {
    const isNew = families[index] !== families[index - 1];
    assert.ok(!isNew || !families.slice(0, index).includes(families[index]!), Object.keys(errorTable)[index]);
  }
});

test('RFC 6455 §5.5.1: what the peer gets as the reason of a Close frame is the whole sentence', () => {
  for (const [code, text] of rows) {
    if (!('closeCode' in errorTable[code])) continue;
    const size = utf8(text).length;
    assert.ok(size <= 123, `${code}: ${size} bytes: ${text}`);
  }
});

test('the same with the largest numbers', () => {
  for (const [code, row] of Object.entries(errorTable)) {
    const values: readonly unknown[] = errorExamples[code as keyof typeof errorExamples];
    if (!('closeCode' in row) || !values.every((value) => typeof value === 'number')) continue;
    if (/BITS|_BIT$|OPCODE|CONTROL|CONTINUATION|CLOSE_CODE/.test(code)) continue; // opcodes, bits and the like
    const largest = values.map(() => 999_999_999_999);
    const text = (row.text as (...values: readonly unknown[]) => string)(...largest);
    // Beyond that, only the remedy may be cut.
    const essential = text.slice(0, text.indexOf(';') === -1 ? undefined : text.indexOf(';'));
    assert.ok(utf8(essential).length <= 123, `${code}: ${utf8(essential).length}: ${essential}`);
  }
});

test('a text is one plain sentence without a full stop at its end, and names the document of each section', () => {
  for (const [code, text] of rows) {
    assert.doesNotMatch(text, /[.;:,]$|\s{2}|^\s|\b(is no|alone|otherwise than)\b/, `${code}: ${text}`);
    assert.doesNotMatch(text, /(?<!RFC \d{4} )§/, `${code}: ${text}`);
  }
});
