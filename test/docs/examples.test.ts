// The table of examples/README.md names every example, and each command starts a file of the repository.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from '../support/command.ts';

const folder = join(repository, 'examples');
const text = readFileSync(join(folder, 'README.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ['))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const links = [...text.matchAll(/\]\(([^)#]+)\)/gu)].map(([, target = '']) => target);

test('every example is named', () => {
  const named = new Set(links);
  const expected: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (name === 'README.md' || name === 'node_modules') continue;
    // A folder with a separate page is one example; of another one, each file is.
    if (!entry.isDirectory()) expected.push(name);
    else if (existsSync(join(folder, name, 'README.md'))) expected.push(`${name}/README.md`);
    else for (const file of readdirSync(join(folder, name))) expected.push(`${name}/${file}`);
  }
  assert.deepEqual(
    expected.filter((name) => !named.has(name)),
    [],
  );
  assert.ok(rows.length >= 10);
  for (const cells of rows) assert.equal(cells.filter((cell) => cell !== '').length, 4, cells.join('|'));
});

test('links and commands name what exists', () => {
  for (const target of links) assert.ok(existsSync(join(folder, target)), target);
  const scripts = (JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: object }).scripts;
  for (const [, , , command = ''] of rows) {
    for (const [file] of command.matchAll(/examples\/[\w./-]+/gu)) assert.ok(existsSync(join(repository, file)), file);
    for (const [, script = ''] of command.matchAll(/npm run ([\w:]+)/gu)) assert.ok(script in scripts, script);
  }
});

test('the README links to it', () => {
  assert.match(readFileSync(join(repository, 'README.md'), 'utf8'), /examples\/README\.md|\/examples\b/u);
});
