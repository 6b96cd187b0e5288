// What the runner tells a node process, and what it hears from it.

export type BusKind = 'none' | 'redis' | 'nats' | 'redis-sharded' | 'redis-cluster';

export interface NodeTask {
  readonly name: string;
  readonly bus: BusKind;
  /** Of the broker, or of several servers of it. */
  readonly urls: readonly string[];
  /** Directory of the sessions that nodes share, or `'jetstream'`: they are there, on three servers. Absent: clients cannot resume. */
  readonly sessions?: string | undefined;
}

export type NodeCommand =
  /** Publishes one text. */
  | { readonly command: 'publish'; readonly topic: string; readonly text: string }
  /** Publishes numbered messages of `size` bytes at `rate` a second, in turn to each topic. */
  | {
      readonly command: 'flood';
      readonly topics: readonly string[];
      readonly size: number;
      readonly rate: number;
      readonly milliseconds: number;
    }
  /** Does nothing else for so long, as a program that computes. */
  | { readonly command: 'block'; readonly milliseconds: number }
  | { readonly command: 'count'; readonly id: number }
  /** Gives its clients to others, and ends. */
  | { readonly command: 'drain' };

/** Times are milliseconds since 1970. */
export type NodeEvent =
  | { readonly event: 'listening'; readonly port: number; readonly at: number }
  | {
      readonly event: 'bus';
      readonly what: 'ready' | 'lost' | 'failed' | 'nodeJoined' | 'nodeGone';
      readonly at: number;
      /** Milliseconds that may be missing. */
      readonly gap: number;
      /** Of an error, or the name of another node. */
      readonly text: string;
    }
  /** Messages that it published by itself: each number, and when. */
  | { readonly event: 'flooded'; readonly rows: readonly (readonly [topic: string, number: number, at: number])[] }
  | { readonly event: 'flood over'; readonly accepted: number; readonly refused: number }
  | { readonly event: 'counted'; readonly id: number; readonly count: number; readonly missing: readonly string[] };
