// What can be fuzzed, in one shape for both runners: the seconds of `npm test` and the minutes of `npm run fuzz`.

import type * as fc from 'fast-check';
import type { Random } from './random.ts';

/**
 * One thing that takes any bytes. An input is bytes for every target, whatever they stand for, so that all of them
 * share mutation, shrinking and the corpus.
 */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs that get deep, by fast-check. */
  readonly arbitrary: fc.Arbitrary<Uint8Array>;
  /**
   * Runs one input, however it looks.
   *
   * @returns a coarse outline of the outcome: an input whose outline was never seen before is kept and mutated further. Codes
   *          of the error table in it count as reached.
   * @throws (or rejects) when an invariant is broken
   */
  run(input: Uint8Array): string | Promise<string>;
  /** A change that keeps the structure of an input. Default: only bytes are changed. */
  mutate?(input: Uint8Array, random: Random): Uint8Array;
  /** Inputs to run at the same time, for targets that wait. Default 1. */
  readonly parallel?: number;
  /** One input in so many is made by fast-check, the others are mutations. Default 16; fewer where runs are few. */
  readonly freshOneIn?: number;
  /** Opens and closes what the runs share. It does not count as left open by a run. */
  start?(): Promise<void>;
  stop?(): Promise<void>;
  /** Codes of the error table that its inputs can lead to. Those that are not reached are named. */
  readonly reachable?: readonly string[];
}
