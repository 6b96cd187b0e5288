// The examples of the README, cut out of it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './command.ts';

const readme = readFileSync(join(repository, 'README.md'), 'utf8');

/** The code block that contains a text. */
export function block(text: string): string {
  const found = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] as string);
  const blocks = found.filter((code) => code.includes(text));
  assert.equal(blocks.length, 1, `the README has one example with ${text}`);
  return blocks[0] as string;
}
