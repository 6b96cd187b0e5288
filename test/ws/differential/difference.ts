// One place where the transcripts of a script differ.

/** Lines of one end that stand in one place. */
export interface Difference {
  /** Title of the script. */
  readonly script: string;
  readonly end: string;
  /** Lines of `ws` that are not ours. */
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
}

/** A difference in words, for the one who has to decide on it. */
export function described({ script, end, theirs, ours }: Difference): string {
  return [
    `${script}, at ${end}:`,
    ...theirs.map((line) => `  ws   ${line}`),
    ...ours.map((line) => `  ours ${line}`),
  ].join('\n');
}
