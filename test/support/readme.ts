// The README, cut into what its reader does: files to save, commands to type, output to see.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './command.ts';

export const readme = readFileSync(join(repository, 'README.md'), 'utf8');

/** One section with an example. */
export interface Example {
  /** "Save this as `…`". */
  readonly file: string;
  readonly code: string;
  /** The lines to type, in order; those of several terminals one after the other. */
  readonly commands: readonly string[];
  /** What it prints, as the README shows it; absent where that stands in a sentence. */
  readonly output: string | undefined;
}

/** The example below a heading. */
export function example(heading: string): Example {
  const section = readme.split(/^## /mu).find((text) => text.startsWith(`${heading}\n`));
  assert.ok(section !== undefined, `the README has no section "${heading}"`);
  const [, file] = /[Ss]ave this as\s+`([^`]+)`/u.exec(section) ?? assert.fail(`${heading}: no file to save`);
  const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gmu)].map(([, language, text]) => ({
    language,
    text,
  }));
  const of = (...languages: string[]): string | undefined =>
    blocks.find(({ language }) => languages.includes(language as string))?.text;
  const commands = (of('sh') ?? assert.fail(`${heading}: no command`)).trim().split('\n');
  return { file: file as string, code: of('ts', 'js') as string, commands, output: of('text') };
}

/** The code block that contains a text. */
export function block(text: string): string {
  const found = [...readme.matchAll(/^```(?:ts|js)\n([\s\S]*?)^```$/gmu)].map((match) => match[1] as string);
  const blocks = found.filter((code) => code.includes(text));
  assert.equal(blocks.length, 1, `the README has one example with ${text}`);
  return blocks[0] as string;
}
