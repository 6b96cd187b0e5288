// What a workload is, and what a target.

import type { PeerName } from './harness/peers.ts';
import type { EchoKind } from './load/echo-load.ts';
import type { MessageKind } from './load/frames.ts';
import type { PublishKind } from './load/publish-load.ts';

/**
 * What is measured of one round. See `docs/performance.md` for how.
 *
 * `kib` and `warm` are KiB for each connection, `young` is what V8's young generation grew meanwhile, `lasting` is `warm` without
 * it; `start` is ms of CPU, `rss` MiB, of a process that starts; `late` is ms that the load was behind its plan; `ping` is µs of CPU for each answered ping, `pings` how many a
 * connection had; `delay` and `idleDelay` are the longest of the event loop in ms, with and without messages.
 */
export type Metric =
  | 'rate'
  | 'mbps'
  | 'cpu'
  | 'busy'
  | 'p50'
  | 'p99'
  | 'p999'
  | 'peak'
  | 'kib'
  | 'warm'
  | 'young'
  | 'lasting'
  | 'timers'
  | 'growth'
  | 'start'
  | 'rss'
  | 'late'
  | 'ping'
  | 'pings'
  | 'delay'
  | 'idleDelay';

/** A bound on our own figure in relation to another's, of the same run. */
export interface Target {
  /**
   * `throughput` is messages/s, or messages per second of CPU where neither the one nor the other had its core busy, so
   * that the load was the limit and not what is measured.
   */
  readonly metric: Metric | 'throughput';
  /** Whose figure; default `harmony`. */
  readonly of?: string;
  /** Whose figure it is divided by. Absent: `of`'s own figure is the value. */
  readonly against?: string;
  /** The other's figure is subtracted instead. */
  readonly isDifference?: boolean;
  /** The figure of this contender, which does nothing, is first subtracted from both. */
  readonly netOf?: string;
  /** Both figures are first divided by those of this workload. */
  readonly relativeTo?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Hoped for; missing it fails nothing. */
  readonly isStretch?: boolean;
  /**
   * In the place of the bound: what is reached in every run on the default version of Node, where the bound is hardly or not
   * within reach (docs/performance.md says why). `--check` judges by it, so that it tells what got slower and not what has
   * always been so.
   */
  readonly holds?: number;
}

interface Common {
  /** Unique. */
  readonly id: string;
  /** `P1` … `P16`, by which they are chosen. */
  readonly row: string;
  readonly title: string;
  readonly servers: readonly PeerName[];
  readonly targets: readonly Target[];
  /** Also in a quick run. Default true. */
  readonly isQuick?: boolean;
}

export type Workload = Common &
  (
    | { readonly kind: 'echo'; readonly echo: EchoKind }
    | { readonly kind: 'publish'; readonly publish: PublishKind }
    | { readonly kind: 'idle'; readonly connections: number }
    | { readonly kind: 'handshakes' }
    | { readonly kind: 'client'; readonly echo: EchoKind }
    | { readonly kind: 'start' }
    /** Messages at that part of what `ws` can do. */
    | { readonly kind: 'paced'; readonly echo: EchoKind; readonly part: number }
    | { readonly kind: 'crowd'; readonly crowd: CrowdKind }
    | { readonly kind: 'idle client'; readonly connections: number }
    | { readonly kind: 'slow reader'; readonly publish: PublishKind; readonly budget: number; readonly seconds: number }
  );

export interface CrowdKind {
  readonly idle: number;
  /** Connections with a message in flight, later. */
  readonly busy: number;
  /** Milliseconds between pings. */
  readonly heartbeat: number;
  /** Milliseconds of messages. */
  readonly milliseconds: number;
  readonly message: MessageKind;
}

export function crowdTitle({ idle, busy }: CrowdKind): string {
  return `${idle.toLocaleString('en-US')} idle connections and ${busy.toLocaleString('en-US')} busy ones`;
}
