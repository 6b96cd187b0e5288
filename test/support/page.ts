// A page of docs/ as its reader takes it: the program below a heading, a folder to save it in, and the cells of its tables.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repository } from './command.ts';
import type { Scope } from './handles.ts';

export function pageText(name: string): string {
  return readFileSync(join(repository, 'docs', name), 'utf8');
}

/** The one block of JavaScript below a heading, of whatever depth. */
export function programOf(page: string, heading: string): string {
  const section = page.split(/^##+ /mu).find((text) => text.startsWith(`${heading}\n`));
  const [, code] = /^```js\n([\s\S]*?)^```$/mu.exec(section ?? '') ?? [];
  assert.ok(code !== undefined, `the page has a program below "${heading}"`);
  return code;
}

/**
 * A folder for the program of a page, removed at the end of the test.
 *
 * @param programs  where it is made: what the program imports is looked up from there. Git ignores `.programs`
 */
export function programFolder(scope: Scope, programs: URL): string {
  mkdirSync(programs, { recursive: true });
  const folder = mkdtempSync(fileURLToPath(new URL('program-', programs)));
  scope.defer(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The cells of a column, from all tables whose head has it. */
export function columnOf(page: string, head: string): string[] {
  const cells: string[] = [];
  let column = -1;
  for (const line of page.split('\n')) {
    if (!line.startsWith('|')) column = -1;
    else {
      const row = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      if (row.includes(head)) column = row.indexOf(head);
      else if (column >= 0 && !/^-+:?$/u.test(row[column] ?? '')) cells.push(row[column] ?? '');
    }
  }
  return cells;
}

/** What stands in backquotes. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/gu)].map(([, code = '']) => code);
}
