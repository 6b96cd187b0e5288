// test/README.md is complete: each folder of test/ has one row, and what it links to is there.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../README.md', import.meta.url));
const text = readFileSync(page, 'utf8');

test('each folder of test/ has one row on the map', () => {
  const folders = readdirSync(dirname(page), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const map = text.slice(text.indexOf('## The folders'), text.indexOf('## Where closing is tested'));
  const rows = [...map.matchAll(/^\| \[([\w-]+)\]\(\1\) \|/gmu)].map(([, name]) => name);
  assert.deepEqual(rows.sort(), folders.map((folder) => folder.name).sort());
});

test('every link of the map leads to something', () => {
  const links = [...text.matchAll(/\]\(([^)#]+)/gu)].map(([, target]) => target as string);
  assert.ok(links.length > 30);
  assert.deepEqual(
    links.filter((target) => !existsSync(join(dirname(page), target))),
    [],
  );
});
