// What a node keeps of its own topics and connections.

import type { Roster } from './roster.ts';

/** A topic that connections of this node are in. */
export interface Topic {
  readonly roster: Roster;
  readonly unhear: () => void;
  /** When this node repeats where it stands. */
  refreshAt: number;
  /** Somebody has asked for the list. */
  isAsked: boolean;
  /** Whether this node has asked again: what it is told at first may come before its subscription is at the broker. */
  hasAskedAgain: boolean;
}

/** What a connection has entered: by topic, as whom. */
export interface Entered {
  readonly keys: Map<string, { readonly key: string; readonly data: unknown; readonly json: string }>;
  isAway: boolean;
}
