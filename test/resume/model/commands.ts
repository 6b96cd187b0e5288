// What may happen in the model, as fast-check makes it up.

import fc from 'fast-check';
import type { Kind } from './payloads.ts';

/** How the two applications of a run are. */
export interface Setting {
  /** Handlers end by a command instead of at once. */
  readonly clientIsSlow: boolean;
  readonly serverIsSlow: boolean;
  /** Parts are passed on instead of joined. */
  readonly clientPieces: boolean;
  readonly serverPieces: boolean;
  readonly overflow: 'end' | 'gap';
  /** Turns of the queue of promises until the store's answer to a claim is there. */
  readonly storeDelay: number;
  /** Writes reach the store by a command instead of at once. */
  readonly storeIsSlow: boolean;
}

export type Command = { readonly kind: Kind } & (
  | { readonly do: 'up' | 'down'; readonly size: number }
  | { readonly do: 'stream'; readonly isUp: boolean; readonly part: 'write' | 'end' | 'abort' }
  /** So many things under way arrive, in both directions. */
  | { readonly do: 'deliver'; readonly count: number }
  /** What is still under way on earlier connections arrives late. */
  | { readonly do: 'deliverOld' }
  | { readonly do: 'flow' }
  | { readonly do: 'handle'; readonly isUp: boolean; readonly at: number }
  | { readonly do: 'cut'; readonly how: 'up' | 'down' | 'both' | 'muteUp' | 'muteDown' }
  /** The client opens a connection, whatever has become of the one before. */
  | { readonly do: 'dial'; readonly process: number }
  | { readonly do: 'advance' | 'jump'; readonly time: number }
  | { readonly do: 'drain'; readonly process: number; readonly waits: boolean }
  | { readonly do: 'kill'; readonly process: number }
  | { readonly do: 'evict' | 'suspend' | 'ask' }
  | { readonly do: 'store'; readonly count: number }
  | { readonly do: 'oldToken'; readonly process: number; readonly at: number }
  | { readonly do: 'end'; readonly byClient: boolean }
);

const kind = fc.constantFrom<Kind>('text', 'binary', 'lead', 'control', 'wide');
const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(60) },
  { weight: 2, arbitrary: fc.nat(900) },
  { weight: 1, arbitrary: fc.nat(6000) },
);
const process = fc.nat(1);

/** Each with how often it happens. */
const choices: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [60, fc.record({ do: fc.constantFrom('up', 'down'), kind, size })],
  [
    15,
    fc.record({
      do: fc.constant('stream'),
      kind,
      isUp: fc.boolean(),
      part: fc.constantFrom('write', 'write', 'end', 'abort'),
    }),
  ],
  [50, fc.record({ do: fc.constant('deliver'), kind, count: fc.integer({ min: 1, max: 5 }) })],
  [10, fc.record({ do: fc.constant('deliverOld'), kind })],
  [20, fc.record({ do: fc.constant('flow'), kind })],
  [30, fc.record({ do: fc.constant('handle'), kind, isUp: fc.boolean(), at: fc.nat(5) })],
  [
    25,
    fc.record({
      do: fc.constant('cut'),
      kind,
      how: fc.constantFrom('up', 'down', 'both', 'both', 'muteUp', 'muteDown'),
    }),
  ],
  [45, fc.record({ do: fc.constant('dial'), kind, process })],
  [
    15,
    fc.record({
      do: fc.constantFrom('advance', 'jump'),
      kind,
      time: fc.oneof(fc.nat(400), fc.nat(400), fc.nat(15_000), fc.nat(90_000)),
    }),
  ],
  [4, fc.record({ do: fc.constant('drain'), kind, process, waits: fc.boolean() })],
  [1, fc.record({ do: fc.constant('kill'), kind, process })],
  [5, fc.record({ do: fc.constantFrom('suspend', 'ask'), kind })],
  [1, fc.record({ do: fc.constant('evict'), kind })],
  [12, fc.record({ do: fc.constant('store'), kind, count: fc.integer({ min: 1, max: 6 }) })],
  [5, fc.record({ do: fc.constant('oldToken'), kind, process, at: fc.nat(9) })],
  [1, fc.record({ do: fc.constant('end'), kind, byClient: fc.boolean() })],
];

const command = fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

export const setting: fc.Arbitrary<Setting> = fc.record({
  clientIsSlow: fc.boolean(),
  serverIsSlow: fc.boolean(),
  clientPieces: fc.boolean(),
  serverPieces: fc.boolean(),
  overflow: fc.constantFrom('end', 'end', 'gap'),
  storeDelay: fc.constantFrom(0, 0, 3, 9),
  storeIsSlow: fc.boolean(),
});

export const commands: fc.Arbitrary<Command[]> = fc.array(command, { minLength: 5, maxLength: 120, size: 'max' });
