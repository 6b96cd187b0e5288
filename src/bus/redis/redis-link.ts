// What the driver needs of a client library: two connections that live and end together, one to publish and one to
// subscribe. node-redis.ts and ioredis.ts make it of their libraries.
//
// The libraries' own ways to come back are turned off: they keep commands of a lost connection in a queue without a bound,
// and subscribe again when they choose. A link that has lost one of its connections has ended; the driver makes
// another.

import type { Buffer } from 'node:buffer';

/** One part of a command. */
export type RedisArgument = string | Buffer;

/** A command with its name. */
export type RedisCommand = readonly [name: string, ...parts: RedisArgument[]];

/** One connection to Redis, or those to the nodes of a cluster. */
export interface RedisCommands {
  /** Connects. Rejects with what failed. Called once. */
  connect(): Promise<unknown>;
  /** As {@link RedisLink.send}; texts of the answer are buffers. */
  call(key: string, command: RedisCommand): Promise<unknown>;
  /** Ends all connections at once. */
  destroy(): void;
}

/** Two connections to Redis, one of which subscribes, or those to the nodes of a cluster. */
export interface RedisLink extends RedisCommands {
  /** Settles when the broker has all of them. Rejects with what it answers. */
  subscribe(channels: readonly string[]): Promise<unknown>;
  unsubscribe(channels: readonly string[]): Promise<unknown>;
  /**
   * Sends a command over the connection that publishes. Commands keep their order.
   *
   * @param key  the channel or key that decides which node of a cluster gets it
   * @returns the answer, in the form that the library gives it
   */
  send(key: string, command: RedisCommand): Promise<unknown>;
  /** Of a cluster. */
  readonly cluster?: ClusterPart;
}

/** What only a link to a cluster has. */
export interface ClusterPart {
  /** Whether subscriptions are on their way to another server. */
  readonly isMoving: boolean;
  /** Looks whether subscriptions have lost their place. Rejects with what failed. */
  audit(): Promise<void>;
}

/** Which connection of a link ended. */
export type LinkPart = 'publishing' | 'subscribing' | 'cluster';

/** What a link tells. */
export interface LinkEvents {
  message(channel: string, payload: Uint8Array): void;
  /** A connection has ended, or never came. May come several times. */
  ended(part: LinkPart, error: unknown): void;
  /** In a cluster: so many subscriptions have lost their place, since slots have moved. They get another one. */
  moved(count: number): void;
}

/** For connections that subscribe to nothing. */
export function onlyEnd(ended: (error: unknown) => void): LinkEvents {
  return { message() {}, moved() {}, ended: (_part, error) => ended(error) };
}

/** Makes links. */
export interface RedisSource {
  /** Where they connect to, without credentials. */
  readonly address: string;
  readonly isCluster: boolean;
  /** Whether links use sharded channels. */
  readonly isSharded: boolean;
  /** @param own  how the names of channels begin that only this link uses */
  link(events: LinkEvents, own: string): RedisLink;
  /** Only for commands. */
  commands(ended: (error: unknown) => void): RedisCommands;
}
