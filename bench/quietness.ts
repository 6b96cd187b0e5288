// A figure of README.md or docs/performance.md comes from a machine on which others did nothing, or it is not written.

import { BOUND, canSeeOthers, foreignUseNow } from './harness/foreign-use.ts';
import { UsageError } from './options.ts';
import { othersSentence } from './report/markdown.ts';
import type { Row } from './run.ts';

/** Milliseconds for a look at the machine before a run. */
const LOOK = 4_000;
/** How often a row is measured when others disturb it. */
export const ATTEMPTS = 3;

const percent = `${BOUND * 100} %`;
const REMEDY = 'end what else runs, or give --out FOLDER for figures that are only to look at';

/** @returns why this is not the time to measure; `undefined`: it is @throws UsageError: nobody can tell on this system */
export async function reasonToWait(look = foreignUseNow): Promise<string | undefined> {
  if (!canSeeOthers) {
    throw new UsageError(
      'this system has no /proc/stat, which tells what other processes use, so results are not written: give --out FOLDER for figures that are only to look at',
    );
  }
  const share = await look(LOOK);
  if (share === undefined || share <= BOUND) return undefined;
  return `the machine is not quiet: other processes use ${(share * 100).toFixed(1)} % of it, and ${percent} is the most: ${REMEDY}`;
}

export function isQuiet({ foreign }: Pick<Row, 'foreign'>): boolean {
  return foreign !== undefined && foreign <= BOUND;
}

/**
 * Measures a row, again when others disturbed it.
 *
 * @param measure  once
 * @param tell     gets a sentence for each time that was disturbed
 * @returns the first that was quiet, or else the quietest
 */
export async function measuredQuietly(measure: () => Promise<Row>, tell: (sentence: string) => void): Promise<Row> {
  let best: Row | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const row = await measure();
    if (isQuiet(row)) return row;
    tell(
      `${row.id}: ${othersSentence(row.foreign ?? 0)}, ${attempt < ATTEMPTS ? 'so it is measured again' : 'in each attempt'}`,
    );
    if (best === undefined || (row.foreign ?? 1) < (best.foreign ?? 1)) best = row;
  }
  return best as Row;
}

/** What is told of rows that are not written. */
export function refusal(rows: readonly Row[]): string {
  const list = rows.map(({ id, foreign }) => `${id} (${((foreign ?? 0) * 100).toFixed(1)} %)`).join(', ');
  return `not written, because other processes used more than ${percent} of the machine: ${list}; the earlier figures of these rows stay. To measure them: ${REMEDY}`;
}
