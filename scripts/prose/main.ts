// `npm run prose`: reads the English of the project, in Markdown, comments and sentences that programs print, with
// textlint and the project's own style (style.ts). It prints file:line, the wording, and what to write instead.
// `npm run prose -- FILE…` reads only these files.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readProse } from './read.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const kinds = new Set(['.md', '.ts', '.mjs', '.ets']);
/** Texts of others, generated texts, data, wrong examples, and the record of earlier changes. */
const unread = [
  'test/fixtures/',
  'docs/api/',
  'docs/kits.md',
  'bench/results/',
  'test/fuzz/corpus/',
  'scripts/prose/style.ts',
  'test/scripts/prose.test.ts',
];

const given = process.argv.slice(2);
const files = (given.length > 0 ? given : tracked()).filter((file) => kinds.has(extname(file)));
let found = 0;
for (const file of files) {
  for (const { line, text } of await readProse(file, readFileSync(file, 'utf8'))) {
    console.log(`${file}:${line} ${text}`);
    found++;
  }
}
console.log(`prose: ${found === 0 ? 'nothing' : `${found} places`} found in ${files.length} files`);
process.exitCode = found === 0 ? 0 : 1;

function tracked(): string[] {
  process.chdir(top);
  const listed = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n');
  return listed.filter((file) => !unread.some((start) => file.startsWith(start)));
}
