// Runs a script on both libraries, and finds the lines in which the transcripts differ.

import { createRequire } from 'node:module';
import { libraries } from '../server-support.ts';
import type { Difference } from './difference.ts';
import { type Rule, rules } from './rules.ts';
import { type Script, World } from './world.ts';

export type Transcript = Record<string, readonly string[]>;

/** Turns to wait for: a busy machine may deliver late, and then the script runs once more. */
const PATIENCE = [6, 40, 200];

// The classes are members of one another only in programs that have asked for them in this way.
createRequire(import.meta.url)('ws');

const [[, ws], [, face]] = libraries as unknown as [(typeof libraries)[number], (typeof libraries)[number]];

export async function transcriptOf(script: Script, library: typeof ws, patience: number): Promise<Transcript> {
  const world = new World(library, patience);
  try {
    await script.run(world);
    await world.settle();
    return world.recorder.transcript;
  } finally {
    await world.scope.end();
  }
}

/** What a comparison has found. */
export interface Comparison {
  /** Nothing explains these. */
  readonly unknown: readonly Difference[];
  /** The rules that explained others. */
  readonly used: ReadonlySet<Rule>;
}

/** Where both differ, however long each step is waited for. */
export async function compared(script: Script): Promise<Comparison> {
  let found: Comparison = { unknown: [], used: new Set() };
  for (const patience of PATIENCE) {
    found = explained(
      script.title,
      await transcriptOf(script, ws, patience),
      await transcriptOf(script, face, patience),
    );
    if (found.unknown.length === 0) break;
  }
  return found;
}

function explained(script: string, theirs: Transcript, ours: Transcript): Comparison {
  const used = new Set<Rule>();
  const unknown: Difference[] = [];
  for (const end of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const [raw, plain] = [theirs[end] ?? [], ours[end] ?? []];
    const lines = differing(script, end, raw, plain).flatMap((one) => [...one.theirs, ...one.ours]);
    for (const rule of rules) {
      if (lines.some((line) => rule.normal !== undefined && rule.normal(line, end) !== line)) used.add(rule);
    }
    const normal = (line: string): string => rules.reduce((text, rule) => rule.normal?.(text, end) ?? text, line);
    for (const difference of differing(script, end, raw.map(normal), plain.map(normal))) {
      const rule = rules.find((one) => one.explains?.(difference) === true);
      if (rule === undefined) unknown.push(difference);
      else used.add(rule);
    }
  }
  return { unknown, used };
}

/** By the longest common subsequence of lines. */
function differing(script: string, end: string, theirs: readonly string[], ours: readonly string[]): Difference[] {
  const lengths = Array.from({ length: theirs.length + 1 }, () => new Uint32Array(ours.length + 1));
  for (let i = theirs.length - 1; i >= 0; i--) {
    for (let j = ours.length - 1; j >= 0; j--) {
      lengths[i]![j] =
        theirs[i] === ours[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const found: Difference[] = [];
  for (let i = 0, j = 0; i < theirs.length || j < ours.length; ) {
    const from = [i, j] as const;
    while (
      (i < theirs.length || j < ours.length) &&
      (theirs[i] !== ours[j] || i >= theirs.length || j >= ours.length)
    ) {
      if (j >= ours.length || (i < theirs.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) i++;
      else j++;
    }
    if (i > from[0] || j > from[1]) {
      found.push({ script, end, theirs: theirs.slice(from[0], i), ours: ours.slice(from[1], j) });
    }
    i++;
    j++;
  }
  return found;
}
