// A "§" always names its document: "RFC 6455 §5.5.1", "kit specification §3.6", in short "kit §3.6". The name stands
// before the first "§" of a comment, of a string or of a paragraph, or a file declares it once for all:
//
//   // "§" means RFC 6455.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const folders = ['src', 'cli', 'test', 'docs', 'bench', 'scripts'];
const kinds = new Set(['.ts', '.js', '.mjs', '.ets', '.md']);
/** Documents of others, recorded data, and tests that look for the sign itself. */
const unread = [
  'test/fixtures/',
  'test/fuzz/corpus/',
  'docs/images/',
  'docs/api/',
  'test/docs/',
  'test/fuzz/deviations.test.ts',
];

const name = /\b(?:RFC \d+|kit specification|kit(?= §)|HTML|Fetch|ECMA-262|Unicode)/iu;
const declaration =
  /"§"(?: without another document)? (?:means|is a section of) (?:RFC \d+|the kit specification|this document)/u;
const kitSection = /\bkit(?: specification)?(?:\s+(?:\/\/|\*))? (§\d[\d.]*(?:(?:, | and | to )§\d[\d.]*)*)/giu;

const files = folders.flatMap((folder) =>
  // With types, links are not followed: node_modules has some that lead back here.
  readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(top, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => kinds.has(extname(file)) && !file.includes('node_modules/'))
    .filter((file) => !unread.some((start) => file.startsWith(start))),
);

/** Lines with a "§" whose document is not named. */
function unnamed(file: string, text: string): string[] {
  if (!text.includes('§') || declaration.test(text)) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const at = line.indexOf('§');
    if (at === -1) return [];
    const before = `${context(lines, index, extname(file) === '.md')} ${line.slice(0, at + 1)}`;
    return name.test(before.replaceAll(/\s+(?:\/\/|\*)?\s*/gu, ' ')) ? [] : [`${file}:${index + 1} ${line.trim()}`];
  });
}

/** The lines above that belong to the same comment or paragraph. A row of a table stands for itself. */
function context(lines: readonly string[], index: number, isMarkdown: boolean): string {
  const part = isMarkdown ? /^(?!\s*(?:\||#|$))/u : /^\s*(?:\/\/|\/?\*)/u;
  if (!part.test(lines[index] as string)) return '';
  let first = index;
  while (first > 0 && part.test(lines[first - 1] as string) && !/^\s*\/\*/u.test(lines[first] as string)) first--;
  return lines.slice(first, index).join(' ');
}

describe('sections of documents', () => {
  test('the document of each § is named', () => {
    const found = files.flatMap((file) => unnamed(file, readFileSync(join(top, file), 'utf8')));
    assert.deepEqual(found, [], 'name the document before the §, such as RFC 6455 §5.2 or kit §3.6');
  });

  test('each section of the kit specification that is named exists', () => {
    const specification = readFileSync(join(top, 'docs/spec/kit-websocket.md'), 'utf8');
    const headings = [...specification.matchAll(/^##+ (\d+(?:\.\d+)?)\.? /gmu)].map((match) => match[1]);
    // The traces of §9 are a numbered list.
    const traces = [...specification.slice(specification.indexOf('## 9.')).matchAll(/^(\d+)\. /gmu)];
    const sections = new Set([...headings, ...traces.map((match) => `9.${match[1]}`)]);
    const missing = files.flatMap((file) =>
      [...readFileSync(join(top, file), 'utf8').matchAll(kitSection)]
        .flatMap((match) => [...(match[1] as string).matchAll(/§(\d+(?:\.\d+)?)/gu)])
        .filter((match) => !sections.has(match[1] as string))
        .map((match) => `${file}: ${match[0]}`),
    );
    assert.deepEqual(missing, [], 'docs/spec/kit-websocket.md has no such section');
  });
});
