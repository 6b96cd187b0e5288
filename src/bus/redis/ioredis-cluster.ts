// The cluster client of the package `ioredis` (5 and 6) as a source of links. Subscriptions have connections of their own:
// see cluster-subscriptions.ts.

import { ClusterLink } from './cluster-link.ts';
import type { ShardEvents, ShardSubscriber } from './cluster-subscriptions.ts';
import { end, type IoRedisClient, type IoRedisCommon, OVERRIDES } from './ioredis.ts';
import { type LinkEvents, onlyEnd, type RedisCommand, type RedisSource } from './redis-link.ts';

/** What is used of a cluster client of ioredis. */
export interface IoRedisCluster extends IoRedisCommon {
  readonly options: { readonly redisOptions?: object };
  readonly startupNodes?: readonly unknown[];
  /** For each slot the addresses of its servers, the master first. */
  readonly slots?: readonly (readonly string[] | undefined)[];
  nodes?(role?: 'all' | 'master'): readonly IoRedisClient[];
  duplicate(startupNodes: readonly [], overrides: object): IoRedisCluster;
}

export function ioRedisClusterSource(cluster: IoRedisCluster, address: string): RedisSource {
  const make = () =>
    cluster.duplicate([], {
      lazyConnect: true,
      clusterRetryStrategy: () => null,
      shardedSubscribers: false,
      enableAutoPipelining: false,
      scaleReads: 'master',
      keyPrefix: '',
      // They ask CLUSTER INFO and INFO, which an account may lack: the cluster then never connects, and each node prints that.
      enableReadyCheck: false,
      redisOptions: { commandTimeout: undefined, keyPrefix: '', disconnectTimeout: 0, enableReadyCheck: false },
    });
  return {
    address,
    isCluster: true,
    isSharded: true,
    link: (events, own) => new IoRedisClusterLink(make(), events, own),
    commands: (ended) => new IoRedisClusterLink(make(), onlyEnd(ended), ''),
  };
}

class IoRedisClusterLink extends ClusterLink {
  readonly #client: IoRedisCluster;

  constructor(client: IoRedisCluster, events: LinkEvents, own: string) {
    super(events, own);
    this.#client = client;
    for (const event of ['error', 'node error', 'nodeError', 'end'] as const) {
      client.on(event, (error) => events.ended('cluster', error));
    }
  }

  connect(): Promise<unknown> {
    return this.#client.connect();
  }

  send(_key: string, command: RedisCommand): Promise<unknown> {
    return this.#client.call(...command);
  }

  call(_key: string, command: RedisCommand): Promise<unknown> {
    return this.#client.callBuffer(...command);
  }

  masterOf(slot: number): string | undefined {
    return this.#client.slots?.[slot]?.[0];
  }

  subscriber(master: string, events: ShardEvents): ShardSubscriber {
    const node = this.#client.nodes?.().find(({ options: { host, port } }) => `${host}:${port}` === master);
    if (node === undefined) throw new Error(`the server ${master} has left the cluster`);
    return new IoRedisShard(node.duplicate(OVERRIDES), events);
  }

  destroy(): void {
    this.cluster.destroy();
    for (const node of this.#client.nodes?.() ?? []) end(node);
    this.#client.disconnect();
  }
}

/** What ioredis 6 keeps of its subscriptions; not among its documented members. */
interface Subscribed {
  readonly condition?: { readonly subscriber?: false | { channels(kind: 'ssubscribe'): readonly string[] } } | null;
}

class IoRedisShard implements ShardSubscriber {
  readonly #client: IoRedisClient;
  readonly #events: ShardEvents;
  readonly #channels = new Set<string>();
  /** Times that version 6 told of an end. */
  #moves = 0;

  constructor(client: IoRedisClient, events: ShardEvents) {
    this.#client = client;
    this.#events = events;
    client.on('smessageBuffer', (channel, payload) => events.message(channel.toString('latin1'), payload));
    client.on('moved', () => {
      if ('protocol' in client.options) this.#look();
      // Version 5 never settles a command that is refused so.
      else events.ended(new Error('a slot has moved'));
    });
    client.on('error', (error) => {
      // Version 5 expects a command after each end of a subscription.
      const { message } = (error ?? {}) as { readonly message?: unknown };
      const channel = / Last reply: sunsubscribe,([^,]+),\d+$/.exec(String(message))?.[1];
      if (channel === undefined) events.ended(error);
      else {
        this.#channels.delete(channel);
        events.moved(channel);
      }
    });
    client.on('end', () => events.ended(undefined));
  }

  connect(): Promise<unknown> {
    return this.#client.connect();
  }

  async subscribe(channel: string): Promise<void> {
    const moves = this.#moves;
    await this.#client.ssubscribe(channel);
    this.#channels.add(channel);
    // Its end may have arrived together with the answer.
    if (moves !== this.#moves) this.#look();
  }

  unsubscribe(channel: string): Promise<unknown> {
    this.#channels.delete(channel);
    return this.#client.sunsubscribe(channel);
  }

  destroy(): void {
    end(this.#client);
  }

  /** Version 6 tells that one was ended, or that a command was refused, but not which. */
  #look(): void {
    this.#moves++;
    const set = (this.#client as Subscribed).condition?.subscriber;
    if (set === undefined) return;
    const left = new Set(set === false ? [] : set.channels('ssubscribe'));
    for (const channel of this.#channels) {
      if (!left.has(channel) && this.#channels.delete(channel)) this.#events.moved(channel);
    }
  }
}
