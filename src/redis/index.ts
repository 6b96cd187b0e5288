// The public entry `harmony-websocket/redis`: nodes of one system, and their sessions, by Redis or Valkey.

export { type RedisBusOptions, redisBus } from '../bus/redis/redis-bus.ts';
export type { RedisClient, RedisDriverOptions, RedisHeartbeat } from '../bus/redis/redis-options.ts';
export type * from '../bus/signatures.ts';
export type { RedisStoreOptions } from '../resume/stores/redis/options.ts';
export { redisStore } from '../resume/stores/redis/redis-store.ts';
export type * from '../resume/stores/signatures.ts';
