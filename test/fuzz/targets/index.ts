// Everything that is fuzzed, and its share of the seconds in `npm test`.

import type { FuzzTarget } from '../target.ts';
import { connectionTarget } from './connection.ts';
import { deflateDifferentialTarget, differentialTarget } from './differential.ts';
import { inflateTarget } from './inflate.ts';
import { roundTripTarget } from './round-trip.ts';

/** Milliseconds add up to 10,000. */
export const targets: readonly (readonly [target: FuzzTarget, milliseconds: number])[] = [
  [connectionTarget, 1_500],
  [inflateTarget, 800],
  [roundTripTarget, 1_000],
  [differentialTarget, 1_500],
  [deflateDifferentialTarget, 1_000],
];
