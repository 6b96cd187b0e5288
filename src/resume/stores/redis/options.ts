// What `redisStore` takes, and how it is checked.

import { foreignOptions } from '../../../bus/redis/foreign-options.ts';
import { type RedisClient, redisDriverRows, urlRow } from '../../../bus/redis/redis-options.ts';
import { type Rows, readOptions, type Schema } from '../../../core/option-check.ts';

/** Options of `redisStore`. */
export interface RedisStoreOptions {
  /** `redis://user:password@host:port/database`, or `rediss:` for TLS. Errors show it without credentials. */
  readonly url?: string | undefined;
  /** Instead of `url`: a client of `redis` or `ioredis`, or a cluster client. It is duplicated, and otherwise left alone. */
  readonly client?: RedisClient | undefined;
  /** The package that connects. Default: that of `client`; otherwise `redis`, or `ioredis` where only that is installed. */
  readonly library?: 'redis' | 'ioredis' | undefined;
  /** Options for that package, as its documentation has them. What `url` says comes first. */
  readonly options?: object | undefined;
  /** With what the names of keys and channels begin. Default: `'hws'`. */
  readonly prefix?: string | undefined;
}

const { url, client, library, options, prefix } = redisDriverRows;

const schema: Schema<RedisStoreOptions> = {
  of: 'redisStore',
  example: "{ url: 'redis://127.0.0.1:6379' }",
  rows: { url, client, library, options, prefix } satisfies Rows<RedisStoreOptions>,
  elsewhere: { ...foreignOptions, ttl: 'use keep of resume: createServer({ resume: { keep } })' },
};

/** @throws WebSocketError ERR_WS_OPTION */
export function readStoreOptions(given: unknown): RedisStoreOptions {
  return typeof given === 'string' ? { url: urlRow.read(given, 'url', {}) } : readOptions(schema, given);
}
