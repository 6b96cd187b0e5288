// Reads a coverage report in the lcov format (`geninfo`'s "TRACEFILE FORMAT"), and says where a file falls short.

import type { CoverageException } from './coverage-exceptions.ts';

/** How much of something was run. */
export interface Share {
  readonly hit: number;
  readonly found: number;
}

export interface FileCoverage {
  /** From the top of the tree, with forward slashes. */
  readonly path: string;
  readonly lines: Share & { readonly missed: readonly number[] };
  /** `missed`: the line on which each branch that was not taken begins. */
  readonly branches: Share & { readonly missed: readonly number[] };
}

const BOUNDS = { lines: 100, branches: 98 };

export function readLcov(text: string): FileCoverage[] {
  return text.split('end_of_record').flatMap((record) => {
    const path = /^SF:(.+)$/mu.exec(record)?.[1];
    if (path === undefined) return [];
    const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gmu)].map(([, line, count]) => [line, count]);
    const branches = [...record.matchAll(/^BRDA:(\d+),\d+,\d+,(\d+|-)/gmu)].map(([, line, count]) => [line, count]);
    return [{ path: path.replaceAll('\\', '/'), lines: shareOf(lines), branches: shareOf(branches) }];
  });
}

function shareOf(entries: readonly (readonly (string | undefined)[])[]): FileCoverage['lines'] {
  const missed = entries.filter(([, count]) => count === '0' || count === '-').map(([line]) => Number(line));
  return { hit: entries.length - missed.length, found: entries.length, missed };
}

/** What several files come to together. */
export function sum(files: readonly FileCoverage[]): Omit<FileCoverage, 'path'> {
  const total = (kind: 'lines' | 'branches'): FileCoverage['lines'] => ({
    hit: files.reduce((count, file) => count + file[kind].hit, 0),
    found: files.reduce((count, file) => count + file[kind].found, 0),
    missed: [],
  });
  return { lines: total('lines'), branches: total('branches') };
}

/** In percent, rounded down to a tenth: only complete coverage is 100.0 %. */
export function percent(share: Share): string {
  return `${(Math.floor(shareInPercent(share) * 10) / 10).toFixed(1)} %`;
}

function shareInPercent({ hit, found }: Share): number {
  return found === 0 ? 100 : (hit / found) * 100;
}

/**
 * Compares a file with its bounds.
 *
 * @returns what is wrong; undefined when nothing is. An exception that the file no longer needs is wrong too.
 */
export function shortfall(file: FileCoverage, exception?: CoverageException): string | undefined {
  const problems: string[] = [];
  for (const kind of ['lines', 'branches'] as const) {
    const bound = exception?.[kind] ?? BOUNDS[kind];
    if (shareInPercent(file[kind]) < bound) {
      problems.push(`${percent(file[kind])} of ${kind} covered, at least ${bound} % required`);
    }
  }
  if (problems.length > 0) return problems.join(', ');
  const isNeeded = (['lines', 'branches'] as const).some((kind) => shareInPercent(file[kind]) < BOUNDS[kind]);
  if (exception === undefined || isNeeded) return undefined;
  return 'covered, so that its exception is not needed; remove it from scripts/coverage-exceptions.ts';
}

/** Where to look, for a terminal: empty when nothing is missed. */
export function uncovered({ lines, branches }: FileCoverage): string {
  const parts = [];
  if (lines.missed.length > 0) parts.push(`lines ${ranges(lines.missed)}`);
  if (branches.missed.length > 0) parts.push(`branches at ${ranges(branches.missed)}`);
  return parts.map((part) => `\n    ${part}`).join('');
}

/** `1-3, 7` */
export function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
