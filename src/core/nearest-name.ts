// Finds the known name that a misspelled one stands for: a letter too many, too few or wrong, two letters exchanged, or a
// different ending.

/**
 * The one of `names` that `typed` is most probably a misspelling of.
 *
 * @returns `undefined` when none is near enough to be named
 */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  // Nobody types such a name, and comparing it takes time.
  if (typed.length > 64) return undefined;
  const wanted = typed.toLowerCase();
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const known = name.toLowerCase();
    const edits = distance(wanted, known);
    const shorter = Math.min(wanted.length, known.length);
    if (edits >= least || (edits > tolerated(shorter) && !isBeginning(wanted, known))) continue;
    nearest = name;
    least = edits;
  }
  return nearest;
}

/** How many edits still leave the same word, for words of this many letters. */
function tolerated(length: number): number {
  if (length < 3) return 0;
  if (length < 6) return 1;
  return length < 12 ? 2 : 3;
}

function isBeginning(one: string, other: string): boolean {
  return Math.min(one.length, other.length) >= 4 && (one.startsWith(other) || other.startsWith(one));
}

/** Edits from one word to the other: letters put in, left out or replaced, and neighbours exchanged (Damerau). */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    const above = rows[i - 1] as number[];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      let least = Math.min(above[j - 1] + (isSame ? 0 : 1), above[j] + 1, row[j - 1] + 1);
      const isExchanged = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isExchanged) least = Math.min(least, (rows[i - 2] as number[])[j - 2] + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return (rows[from.length] as number[])[to.length];
}
