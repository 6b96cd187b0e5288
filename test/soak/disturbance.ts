// What is done to connections while they talk, and how often. The first ones of a process are one of each kind, so that
// a short run has them all; the others are drawn by lot.

import type { Random } from './random.ts';

/** Of a hundred. */
const SHARES = {
  close: 47,
  terminate: 13,
  reset: 12,
  /** Stops reading, permanently. */
  freeze: 4,
  /** Stops reading, for a while. */
  pause: 14,
  /** Another connection that does not read what it has asked for. */
  overflow: 1,
  /** A handshake that does not come to its end. */
  'half-way': 9,
} as const;

export type Disturbance = keyof typeof SHARES;

const kinds = Object.keys(SHARES) as Disturbance[];

/** After this many each kind has come. */
export const EACH_KIND = kinds.length;

/** The `number`-th disturbance. */
export function disturbanceAt(number: number, random: Random): Disturbance {
  const first = kinds[number];
  if (first !== undefined) return first;
  let lot = random.below(100);
  for (const kind of kinds) {
    if (lot < SHARES[kind]) return kind;
    lot -= SHARES[kind];
  }
  throw new RangeError('the shares are not a hundred');
}
