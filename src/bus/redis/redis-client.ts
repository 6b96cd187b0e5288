// Which kinds of clients there are, and where a client of the application connects to.

import type { IoRedisClient } from './ioredis.ts';
import { isIoRedis, isIoRedisCluster } from './ioredis.ts';
import type { IoRedisCluster } from './ioredis-cluster.ts';
import type { NodeRedisClient } from './node-redis.ts';
import { isNodeRedis, isNodeRedisCluster } from './node-redis.ts';
import type { NodeRedisCluster } from './node-redis-cluster.ts';

/** A client, and whose it is. */
export type KnownClient =
  | { readonly kind: 'redis'; readonly client: NodeRedisClient }
  | { readonly kind: 'redis cluster'; readonly client: NodeRedisCluster }
  | { readonly kind: 'ioredis'; readonly client: IoRedisClient }
  | { readonly kind: 'ioredis cluster'; readonly client: IoRedisCluster };

/** Tells clients apart by what they can do, not by their class: several copies of a package may be installed. */
export function knownClient(value: unknown): KnownClient | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const client = value as never;
  if (isIoRedisCluster(value)) return { kind: 'ioredis cluster', client };
  if (isIoRedis(value)) return { kind: 'ioredis', client };
  if (isNodeRedisCluster(value)) return { kind: 'redis cluster', client };
  if (isNodeRedis(value)) return { kind: 'redis', client };
  return undefined;
}

export function isClient(value: unknown): boolean {
  return knownClient(value) !== undefined;
}

/** Where it connects to, without credentials. */
export function addressOf(known: KnownClient): string {
  switch (known.kind) {
    case 'redis': {
      const { socket, url } = known.client.options ?? {};
      if (socket?.path !== undefined) return socket.path;
      const scheme = socket?.tls === true ? 'rediss' : 'redis';
      if (socket?.host !== undefined || url === undefined) return hostAndPort(scheme, socket?.host, socket?.port);
      return withoutCredentials(url);
    }
    case 'ioredis':
      return addressOfIoRedis(known.client.options);
    case 'redis cluster': {
      const [first] = known.client._options?.rootNodes ?? [];
      const { socket, url } = first ?? {};
      return `cluster of ${url === undefined ? hostAndPort('redis', socket?.host, socket?.port) : withoutCredentials(url)}`;
    }
    case 'ioredis cluster':
      return `cluster of ${startupNode(known.client.startupNodes?.[0])}`;
  }
}

/** Of options of ioredis. */
export function addressOfIoRedis(options: IoRedisClient['options']): string {
  const { host, port, path, name, sentinels, tls } = options;
  const [sentinel] = sentinels ?? [];
  if (sentinel !== undefined) {
    return `${name ?? 'master'} of sentinel ${hostAndPort('redis', sentinel.host, sentinel.port ?? 26_379)}`;
  }
  if (typeof path === 'string') return path;
  return hostAndPort(tls === undefined || tls === null ? 'redis' : 'rediss', host, port);
}

function startupNode(node: unknown): string {
  if (typeof node === 'string') return withoutCredentials(node);
  if (typeof node === 'number') return hostAndPort('redis', undefined, node);
  const { host, port } = (node ?? {}) as { readonly host?: string; readonly port?: number };
  return hostAndPort('redis', host, port);
}

function hostAndPort(scheme: string, host = '127.0.0.1', port = 6379): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** @param url  of the application; anything */
function withoutCredentials(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return 'redis';
  }
}
