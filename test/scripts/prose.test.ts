// The prose linter: what it reads of a file, and that each wording of the style is found and its correction is not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProse } from '../../scripts/prose/read.ts';
import { wordings } from '../../scripts/prose/style.ts';

for (const { wrong, right } of wordings) {
  test(`"${wrong}" is found, "${right}" is not`, async () => {
    assert.equal((await readProse('a.md', `${wrong}\n`)).length, 1);
    assert.deepEqual(await readProse('a.md', `${right}\n`), []);
  });
}

const lines = async (file: string, source: string): Promise<number[]> =>
  (await readProse(file, source)).map(({ line }) => line);

test('Markdown is read in paragraphs, headings, lists and tables, and not in code', async () => {
  const page = [
    '# A title that says so',
    '',
    'Text that',
    'says so.',
    '',
    '- an item that says so',
    '',
    '| a | b |',
    '|---|---|',
    '| x | it says so |',
    '',
    '`says so` is code.',
    '',
    '```ts',
    '// says so',
    '```',
  ];
  assert.deepEqual(await lines('a.md', page.join('\n')), [1, 4, 6, 10]);
});

test('a wording is found across the end of a line', async () => {
  assert.deepEqual(await lines('a.md', 'first\nthis says\nso\n'), [2]);
  assert.deepEqual(await lines('a.ts', 'const a = 1;\n// this says\n// so\nconst b = 2;\n'), [2]);
});

test('of TypeScript, comments and sentences are read, each at its line', async () => {
  const source = [
    '/** Says so. */',
    'export const says = 1; // says so',
    'export function so(a: string): string {',
    '  /*',
    '   * Here it says so.',
    '   */',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the source that is read
    '  return `the error ${a} says so, in four words`;',
    '}',
    "const name = 'says so';",
  ];
  assert.deepEqual(await lines('a.ts', source.join('\n')), [2, 5, 7]);
});

test('tags of docstrings are not prose, their texts are', async () => {
  const source = ['/**', ' * A sentence.', ' *', ' * @param x  one that says so', ' * @returns it says so', ' */'];
  assert.deepEqual(await lines('a.ts', source.join('\n')), [4, 5]);
});

test('a sentence may have 40 words', async () => {
  const sentence = (words: number): string => `${'word '.repeat(words - 1)}end.\n`;
  assert.deepEqual(await lines('a.md', sentence(40)), []);
  assert.deepEqual(await lines('a.md', sentence(41)), [1]);
  assert.deepEqual(await lines('a.ts', `// ${sentence(41)}`), [1]);
});
