// Which library makes the connections, and from what: a URL, options of the library, or a client of the application.

import { webSocketError } from '../../core/errors.ts';
import { Described } from '../../core/shown-value.ts';
import { optionalPackage } from '../../node/optional-package.ts';
import { type IoRedisModule, ioRedisClientSource, ioRedisSource } from './ioredis.ts';
import { ioRedisClusterSource } from './ioredis-cluster.ts';
import { type NodeRedisModule, nodeRedisClientSource, nodeRedisSource } from './node-redis.ts';
import { nodeRedisClusterSource } from './node-redis-cluster.ts';
import { addressOf, addressOfIoRedis, type KnownClient, knownClient } from './redis-client.ts';
import type { RedisSource } from './redis-link.ts';
import type { RedisDriverOptions } from './redis-options.ts';
import { type RedisTarget, targetOf } from './redis-target.ts';

/**
 * Finds out what makes connections.
 *
 * @param user  the function that the application called, for errors
 * @throws WebSocketError ERR_WS_OPTION for options that contradict each other; ERR_WS_PACKAGE_MISSING
 */
export function sourceOf(options: RedisDriverOptions, user: string): RedisSource {
  const { url, client, library, options: given } = options;
  if (client !== undefined) {
    for (const name of ['url', 'library', 'options'] as const) {
      if (options[name] !== undefined) throw beside(name);
    }
    return clientSource(knownClient(client) as KnownClient, options.sharded);
  }
  if (url === undefined && given === undefined) {
    throw webSocketError('ERR_WS_OPTION', 'url', undefined, 'url, client or options: where Redis is');
  }
  const target: RedisTarget | undefined = url === undefined ? undefined : targetOf(url);
  const isSharded = options.sharded === true;
  const loaded = load(library, user);
  if (loaded.name === 'ioredis') {
    const own = target ?? { address: addressOfIoRedis(given ?? {}), isTls: false };
    return ioRedisSource(loaded.module, own, given ?? {}, isSharded);
  }
  const own = target ?? { address: addressOf({ kind: 'redis', client: { options: given } as never }), isTls: false };
  return nodeRedisSource(loaded.module, own, given ?? {}, isSharded);
}

function clientSource(known: KnownClient, isSharded: boolean | undefined): RedisSource {
  const address = addressOf(known);
  switch (known.kind) {
    case 'redis':
      return nodeRedisClientSource(known.client, address, isSharded === true);
    case 'ioredis':
      return ioRedisClientSource(known.client, address, isSharded === true);
    case 'redis cluster':
      refuseUnsharded(isSharded);
      return nodeRedisClusterSource(known.client, address);
    case 'ioredis cluster':
      refuseUnsharded(isSharded);
      return ioRedisClusterSource(known.client, address);
  }
}

/** Clients publish through any node of a cluster, so that messages would overtake each other. */
function refuseUnsharded(isSharded: boolean | undefined): void {
  if (isSharded !== false) return;
  const expected = 'true, or none, with a cluster client: other messages would lose their order';
  throw webSocketError('ERR_WS_OPTION', 'sharded', false, expected);
}

function beside(name: string): Error {
  const expected = 'none beside client, which has its own: give one or the other';
  return webSocketError('ERR_WS_OPTION', name, new Described('given'), expected);
}

type Loaded =
  | { readonly name: 'redis'; readonly module: NodeRedisModule }
  | { readonly name: 'ioredis'; readonly module: IoRedisModule };

function load(library: 'redis' | 'ioredis' | undefined, user: string): Loaded {
  if (library === 'ioredis') return { name: 'ioredis', module: optionalPackage<IoRedisModule>('ioredis', user) };
  try {
    return { name: 'redis', module: optionalPackage<NodeRedisModule>('redis', user) };
  } catch (missing) {
    const isMissing = (missing as { readonly code?: unknown }).code === 'ERR_WS_PACKAGE_MISSING';
    if (library === 'redis' || !isMissing) throw missing;
    try {
      return { name: 'ioredis', module: optionalPackage<IoRedisModule>('ioredis', user) };
    } catch {
      throw missing;
    }
  }
}
