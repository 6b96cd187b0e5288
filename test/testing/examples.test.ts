// The examples of docs/testing.md, run as a user runs them, and the document held against them.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { project } from '../register/project.ts';

const folder = new URL('../../examples/testing/', import.meta.url);
const files = readdirSync(folder).sort();
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

describe('examples/testing', { timeout: 60_000 }, () => {
  for (const file of files.filter((name) => name.endsWith('.test.ts'))) {
    test(`${file} passes`, async (context) => {
      const path = fileURLToPath(new URL(file, folder));
      const { node } = project(context, {});
      const register = import.meta.resolve('../../dist/register/index.js');
      const { code, stdout, stderr } = await node('--import', register, '--test', '--test-reporter=tap', path);
      assert.equal(code, 0, stdout + stderr);
      const count = Number(/^# pass (\d+)$/m.exec(stdout)?.[1]);
      assert.equal(count, [...read(file).matchAll(/^\s*test\(/gm)].length);
    });
  }
});

/** The code blocks of the document: its language, and its text. */
const blocks = [
  ...readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm),
].map(([, language = '', text = '']) => ({ language, text }));

describe('docs/testing.md', { timeout: 60_000 }, () => {
  for (const { language, text } of blocks) {
    const [first = ''] = text.split('\n');
    const file = /^\/\/ examples\/testing\/(\S+)$/.exec(first)?.[1];
    if (file !== undefined) {
      test(`what it shows of ${file} is there: ${text.split('\n')[1]}`, () => {
        const shown = text.slice(first.length + 1);
        assert.ok(dedented(read(file), shown), `not in ${file}:\n${shown}`);
      });
    } else if (language === 'ts') {
      test(`the program that begins with ${first}`, async (context) => {
        const { code, stdout, stderr } = await project(context, { 'main.test.ts': text }).node(
          ...['--import', 'harmony-websocket/register', '--test', '--test-reporter=tap', 'main.test.ts'],
        );
        assert.equal(code, 0, stdout + stderr);
        assert.match(stdout, /^# pass [1-9]/m);
      });
    }
  }

  test('it shows something of each example', () => {
    for (const file of files)
      assert.ok(
        blocks.some(({ text }) => text.startsWith(`// examples/testing/${file}\n`)),
        file,
      );
  });
});

/** Whether `text` has these lines, at any indentation. */
function dedented(text: string, shown: string): boolean {
  const lines = (part: string): string => part.replace(/^ +/gm, '').trim();
  return lines(text).includes(lines(shown));
}
