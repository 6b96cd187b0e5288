// The inputs that are kept: one readable file for each target, `corpus/<target>.hex`. An entry is lines of hexadecimal
// digits; an empty line ends it; `#` begins a comment, which says what the entry is there for.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hex, toHex } from '../support/hex.ts';

const corpusFolder = new URL('corpus/', import.meta.url);
const findingsFolder = new URL('findings/', import.meta.url);

/** Names of the targets that have a corpus. */
export function corpusNames(): string[] {
  return readdirSync(corpusFolder).map((file) => file.replace(/\.hex$/, ''));
}

export function readCorpus(name: string): Uint8Array[] {
  const file = new URL(`${name}.hex`, corpusFolder);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split(/\n\s*\n/)
    .map((entry) => entry.replace(/#.*$/gm, '').trim())
    .filter((entry) => entry !== '')
    .map((entry) => hex(entry));
}

/** As it stands in a corpus file. */
export function corpusEntry(comment: string, input: Uint8Array): string {
  const lines = toHex(input).match(/.{1,96}/g) ?? [];
  return `# ${comment.replace(/\s+/g, ' ')}\n${lines.map((line) => line.trim()).join('\n')}\n`;
}

/** Writes a finding beside the corpus, where it is not kept. @returns its path */
export function writeFinding(name: string, comment: string, input: Uint8Array): string {
  mkdirSync(findingsFolder, { recursive: true });
  const file = new URL(`${name}-${Date.now().toString(36)}.hex`, findingsFolder);
  writeFileSync(file, corpusEntry(comment, input));
  return fileURLToPath(file);
}
