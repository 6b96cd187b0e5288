// What a soak run is told. The command line is read in main.ts; the processes get this as JSON.

/** Faults put in on purpose, to see that the run finds them. */
export const INJECTIONS = ['messages', 'leak', 'handle'] as const;
export type Injection = (typeof INJECTIONS)[number];

export interface Settings {
  readonly connections: number;
  /** Seconds of traffic before the base line is taken: code is compiled, pools and caches are filled. */
  readonly warmUp: number;
  /** Seconds of traffic after it. */
  readonly duration: number;
  /** Messages a second that all clients together send, and the server answers. */
  readonly rate: number;
  readonly seed: number;
  /** Seconds between samples. */
  readonly sampleInterval: number;
  /** Share of the connections that leaves, one way or another, in a minute. */
  readonly churn: number;
  /** Traffic goes on, beyond its time, until the server has had this many messages from each connection on average. */
  readonly leastMessages: number;
  /** Seconds that it may go on for that, and for all kinds of disturbances to have been there. */
  readonly patience: number;
  /** Share of the connections that offers permessage-deflate. */
  readonly compressed: number;
  /** Seconds between broadcasts to everybody. */
  readonly broadcastInterval: number;
  /** Seconds between drains of the second listener. */
  readonly drainInterval: number;
  /** Milliseconds, of the server. */
  readonly heartbeat: { readonly interval: number; readonly timeout: number };
  readonly inject: readonly Injection[];
}

/** What clients and server allow each other to close, and to shake hands: long, as no test of theirs. Milliseconds. */
export const PATIENT = 120_000;

/** Milliseconds for what is left open to go, when nothing happens any more. */
export const LEAVING = 10_000;

/** Bytes that may wait for a client that does not read. */
export const MAX_QUEUED_BYTES = 4 * 1024 * 1024;

/** With this many bytes waiting for a peer, the test sends it only answers. */
export const SEND_BELOW = 256 * 1024;

/** A run of some minutes with all connections the process may have. */
export function longRun(minutes: number, connections: number, seed: number): Settings {
  const seconds = minutes * 60;
  return {
    connections,
    warmUp: Math.min(60, seconds / 5),
    duration: seconds - Math.min(60, seconds / 5),
    rate: 6_000,
    seed,
    sampleInterval: Math.max(1, Math.min(5, seconds / 60)),
    churn: 0.3,
    leastMessages: 3,
    patience: 60,
    compressed: 0.2,
    broadcastInterval: Math.max(0.2, connections / 2_000),
    drainInterval: Math.min(120, seconds / 6),
    heartbeat: { interval: 30_000, timeout: 90_000 },
    inject: [],
  };
}

/** A run of less than a minute that does all that a long one does, on a machine that has other work too. */
export function shortRun(warmUp: number, duration: number): Settings {
  return {
    ...longRun(1, 300, 20_000),
    warmUp,
    duration,
    rate: 1_000,
    patience: 15,
    sampleInterval: 2,
    churn: 2,
    broadcastInterval: 0.5,
    drainInterval: duration / 4,
    heartbeat: { interval: 1_000, timeout: 12_000 },
  };
}
