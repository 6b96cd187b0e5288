// The same bytes to this engine and to `ws`: the same messages and the same close code, or a difference that a rule
// explains (differential/rules.ts, docs/deviations.md).

import fc from 'fast-check';
import type { Role } from '../../../src/core/constants.ts';
import { concat } from '../../support/hex.ts';
import { outline } from '../core-run.ts';
import { type Deflate, ours } from '../differential/outcome.ts';
import { compare } from '../differential/rules.ts';
import { mutateFrames, wireArbitrary } from '../frames.ts';
import type { FuzzTarget } from '../target.ts';

/** How often each rule has explained a difference. */
export const explained = new Map<string, number>();

function target(name: string, deflateFor: (choice: number) => Deflate, parallel?: number): FuzzTarget {
  return {
    name,
    arbitrary: fc
      .tuple(fc.constantFrom<Role>('client', 'server'), fc.nat(127))
      .chain(([role, choice]) =>
        wireArbitrary(role, name !== 'differential').map((wire) =>
          concat([Uint8Array.of(choice * 2 + (role === 'server' ? 1 : 0)), wire]),
        ),
      ),
    mutate: (input, random) => concat([input.subarray(0, 1), mutateFrames(input.subarray(1), random)]),
    ...(parallel === undefined ? {} : { parallel }),
    run(input) {
      const [choice = 0] = input;
      const role = (choice & 1) === 1 ? 'server' : 'client';
      const deflate = deflateFor(choice >> 1);
      const bytes = input.subarray(1);
      const names = compare(role, deflate, bytes);
      return names instanceof Promise ? names.then(finish) : finish(names);

      function finish(rules: readonly string[]): string {
        for (const rule of rules) explained.set(rule, (explained.get(rule) ?? 0) + 1);
        const { events, end, error } = ours(role, deflate, bytes);
        return `${role} ${deflate} ${outline(events)} ${end} ${error} ${rules}`;
      }
    },
  };
}

/** Input: one byte for the role, then what the peer sends. */
export const differentialTarget = target('differential', () => 'none');

/** The same with permessage-deflate, which `ws` inflates on other threads. */
export const deflateDifferentialTarget = target(
  'differential-deflate',
  (choice) => (choice % 2 === 0 ? 'takeover' : 'no takeover'),
  16,
);
