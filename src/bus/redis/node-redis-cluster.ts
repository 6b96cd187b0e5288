// The cluster client of the package `redis` (node-redis 5 and 6) as a source of links. Subscriptions have connections of
// their own: see cluster-subscriptions.ts.

import { ClusterLink } from './cluster-link.ts';
import type { ShardEvents, ShardSubscriber } from './cluster-subscriptions.ts';
import {
  AS_BUFFERS,
  destroy,
  type Listener,
  type NodeRedisClient,
  type NodeRedisCommon,
  type NodeRedisOptions,
  overrides,
} from './node-redis.ts';
import { type LinkEvents, onlyEnd, type RedisArgument, type RedisCommand, type RedisSource } from './redis-link.ts';

interface Master {
  readonly address: string;
}

/** What is used of a cluster client of node-redis. */
export interface NodeRedisCluster extends NodeRedisCommon<NodeRedisCluster> {
  /** Of node-redis 5 and 6; not among its documented members. */
  readonly _options?: { readonly rootNodes?: readonly NodeRedisOptions[]; readonly defaults?: NodeRedisOptions };
  /** One for each slot. */
  readonly slots: readonly ({ readonly master: Master } | undefined)[];
  readonly nodeByAddress: ReadonlyMap<string, Master>;
  nodeClient(node: Master): Promise<NodeRedisClient>;
  sendCommand(key: string, isReadonly: boolean, command: RedisArgument[], options?: object): Promise<unknown>;
}

export function nodeRedisClusterSource(cluster: NodeRedisCluster, address: string): RedisSource {
  const { defaults } = cluster._options ?? {};
  const make = () =>
    cluster.duplicate({
      defaults: { ...defaults, commandOptions: { timeout: undefined }, maintNotifications: 'disabled' },
      commandOptions: { timeout: undefined },
      keyPrefix: undefined,
      useReplicas: false,
    });
  return {
    address,
    isCluster: true,
    isSharded: true,
    link: (events, own) => new NodeRedisClusterLink(make(), events, own),
    commands: (ended) => new NodeRedisClusterLink(make(), onlyEnd(ended), ''),
  };
}

class NodeRedisClusterLink extends ClusterLink {
  readonly #client: NodeRedisCluster;

  constructor(client: NodeRedisCluster, events: LinkEvents, own: string) {
    super(events, own);
    this.#client = client;
    for (const event of ['error', 'node-error', 'node-disconnect']) {
      client.on(event, (error) => events.ended('cluster', error));
    }
  }

  connect(): Promise<unknown> {
    return this.#client.connect();
  }

  send(key: string, command: RedisCommand): Promise<unknown> {
    return this.#client.sendCommand(key, false, command as unknown as RedisArgument[]);
  }

  call(key: string, command: RedisCommand): Promise<unknown> {
    return this.#client.sendCommand(key, false, command as unknown as RedisArgument[], AS_BUFFERS);
  }

  masterOf(slot: number): string | undefined {
    return this.#client.slots[slot]?.master.address;
  }

  subscriber(master: string, events: ShardEvents): ShardSubscriber {
    return new NodeRedisShard(this.#client, master, events);
  }

  destroy(): void {
    this.cluster.destroy();
    destroy(this.#client);
  }
}

class NodeRedisShard implements ShardSubscriber {
  readonly #cluster: NodeRedisCluster;
  readonly #master: string;
  readonly #events: ShardEvents;
  readonly #listener: Listener;
  #client: NodeRedisClient | undefined;
  #isOver = false;

  constructor(cluster: NodeRedisCluster, master: string, events: ShardEvents) {
    this.#cluster = cluster;
    this.#master = master;
    this.#events = events;
    this.#listener = (payload, channel) => events.message(channel.toString('latin1'), payload);
  }

  async connect(): Promise<void> {
    const master = this.#cluster.nodeByAddress.get(this.#master);
    if (master === undefined) throw gone(this.#master);
    const node = await this.#cluster.nodeClient(master);
    if (this.#isOver) throw gone(this.#master);
    const client = node.duplicate(overrides(node.options));
    this.#client = client;
    client.on('error', (error) => this.#events.ended(error));
    client.on('end', () => this.#events.ended(undefined));
    client.on('sharded-channel-moved', (channel) => this.#events.moved(String(channel)));
    await client.connect();
  }

  subscribe(channel: string): Promise<unknown> {
    return this.#open.sSubscribe(channel, this.#listener, true);
  }

  unsubscribe(channel: string): Promise<unknown> {
    return this.#open.sUnsubscribe(channel);
  }

  destroy(): void {
    this.#isOver = true;
    if (this.#client !== undefined) destroy(this.#client);
  }

  get #open(): NodeRedisClient {
    if (this.#client === undefined) throw gone(this.#master);
    return this.#client;
  }
}

function gone(master: string): Error {
  return new Error(`the server ${master} has left the cluster`);
}
