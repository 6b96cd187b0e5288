// Where a program can tell this package's classes from those of `ws`. Each script runs on both; what differs must be a known
// difference, with a row in docs/from-ws.md, and each known difference must be seen.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { compared } from './compare.ts';
import { described } from './difference.ts';
import { type Rule, rules } from './rules.ts';
import { closing } from './scripts/closing.ts';
import { compressing } from './scripts/compressing.ts';
import { connecting } from './scripts/connecting.ts';
import { receiving } from './scripts/receiving.ts';
import { sending } from './scripts/sending.ts';
import { serving } from './scripts/serving.ts';
import { shapes } from './scripts/shapes.ts';

const used = new Set<Rule>();
const groups = { sending, receiving, closing, compressing, connecting, serving, shapes };

for (const [name, scripts] of Object.entries(groups)) {
  describe(`${name}: as in ws`, () => {
    for (const script of scripts) {
      test(script.title, async () => {
        const comparison = await compared(script);
        for (const rule of comparison.used) used.add(rule);
        assert.equal(comparison.unknown.map(described).join('\n'), '');
      });
    }
  });
}

test('each known difference is seen, and has its row in docs/from-ws.md', () => {
  const page = readFileSync(new URL('../../../docs/from-ws.md', import.meta.url), 'utf8');
  const unseen = rules.filter((rule) => !used.has(rule)).map(({ row }) => row);
  const untold = rules.filter(({ row }) => !page.includes(`\n| ${row} |`)).map(({ row }) => row);
  assert.deepEqual({ unseen, untold }, { unseen: [], untold: [] });
});
