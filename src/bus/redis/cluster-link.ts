// What links to a Redis Cluster have in common over both client libraries: their subscriptions are placed by `ClusterSubscriptions`.

import {
  type ClusterClient,
  ClusterSubscriptions,
  type ShardEvents,
  type ShardSubscriber,
} from './cluster-subscriptions.ts';
import type { LinkEvents, RedisCommand, RedisLink } from './redis-link.ts';

export abstract class ClusterLink implements RedisLink, ClusterClient {
  readonly cluster: ClusterSubscriptions;

  constructor(events: LinkEvents, own: string) {
    this.cluster = new ClusterSubscriptions(this, own, {
      message: (channel, payload) => events.message(channel, payload),
      moved: (count) => events.moved(count),
      ended: (error) => events.ended('cluster', error),
    });
  }

  subscribe(channels: readonly string[]): Promise<unknown> {
    return this.cluster.subscribe(channels);
  }

  unsubscribe(channels: readonly string[]): Promise<unknown> {
    return this.cluster.unsubscribe(channels);
  }

  abstract connect(): Promise<unknown>;
  abstract send(key: string, command: RedisCommand): Promise<unknown>;
  abstract call(key: string, command: RedisCommand): Promise<unknown>;
  abstract masterOf(slot: number): string | undefined;
  abstract subscriber(master: string, events: ShardEvents): ShardSubscriber;
  abstract destroy(): void;
}
