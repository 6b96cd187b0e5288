// The options of `redisBus` that other buses do not have, and how they are checked.

import { type Check, isRecord, type Rows, readOptions, type Schema } from '../../core/option-check.ts';
import { check, delay, nested, oneOf, secret, size, trueOrFalse } from '../../core/option-kinds.ts';
import { busRows } from '../option-rows.ts';
import { foreignOptions } from './foreign-options.ts';
import { isClient } from './redis-client.ts';
import { targetOf } from './redis-target.ts';

/**
 * A client of `redis` (node-redis 5 or 6) or `ioredis` (5 or 6), or a cluster client of either. It is duplicated, and otherwise
 * left alone: it is neither used nor closed.
 */
export interface RedisClient {
  duplicate(...overrides: never[]): unknown;
}

/** When a silent Redis counts as lost. Each interval a message is published that must come back. */
export interface RedisHeartbeat {
  /** Milliseconds between two of them. Default: 5,000. */
  interval?: number | undefined;
  /** Milliseconds without an answer, or any other sign of life. Default: 5,000. */
  timeout?: number | undefined;
}

/** How a driver reaches Redis or Valkey. */
export interface RedisDriverOptions {
  /** `redis://user:password@host:port/database`, or `rediss:` for TLS. Errors, logs and metrics show it without credentials. */
  url?: string | undefined;
  /** Instead of `url`: a client of the application, connected or not. */
  client?: RedisClient | undefined;
  /** The package that connects. Default: that of `client`; otherwise `redis`, or `ioredis` where only that is installed. */
  library?: 'redis' | 'ioredis' | undefined;
  /** Options for that package, as its documentation has them: TLS, credentials, sentinels. What `url` says comes first. */
  options?: object | undefined;
  /**
   * Sharded channels (`SSUBSCRIBE`, Redis 7 and Valkey), so that a cluster does not send each message to all of its nodes.
   * All nodes of a system must agree. Default: `true` with a cluster client, where nothing else is possible; otherwise `false`.
   */
  sharded?: boolean | undefined;
  /** Default: `{ interval: 5_000, timeout: 5_000 }`. */
  heartbeat?: RedisHeartbeat | undefined;
  /** Milliseconds that one attempt to connect may take. Default: 5,000. */
  connectTimeout?: number | undefined;
  /** Milliseconds between two attempts at most. The first follows after some 100. Default: 5,000. */
  maxReconnectDelay?: number | undefined;
  /** Bytes of the largest payload. Default: what Redis sends to a subscriber at all (`client-output-buffer-limit`). */
  maxPayload?: number | undefined;
  /** With what the name of each channel begins that the driver uses for itself. Default: `'hws'`, as that of the bus. */
  prefix?: string | undefined;
}

/** A URL, as an argument or as an option. */
export const urlRow: Check<string> = {
  expected: 'a URL such as redis://127.0.0.1:6379',
  read(value, path, owner) {
    const given = secret<string>(this.expected, (one) => typeof one === 'string').read(value, path, owner);
    targetOf(given);
    return given;
  },
};

const heartbeat: Schema<RedisHeartbeat> = {
  of: 'heartbeat',
  example: '{ interval: 5_000, timeout: 5_000 }',
  rows: { interval: delay, timeout: delay } satisfies Rows<RedisHeartbeat>,
};

/** The rows; `redisBus` has them beside those of every bus. */
export const redisDriverRows: Rows<RedisDriverOptions> = {
  url: urlRow,
  client: check<RedisClient>(
    'a client of redis or ioredis, or a cluster client of either (for Sentinel: options of ioredis)',
    isClient,
  ),
  library: oneOf(['redis', 'ioredis']),
  options: secret<object>('an object with options of the package that connects', isRecord),
  sharded: trueOrFalse,
  heartbeat: nested(heartbeat),
  connectTimeout: delay,
  maxReconnectDelay: delay,
  maxPayload: size,
  prefix: busRows.prefix,
};

const schema: Schema<RedisDriverOptions> = {
  of: 'RedisDriver',
  example: "{ url: 'redis://127.0.0.1:6379' }",
  rows: redisDriverRows,
  elsewhere: foreignOptions,
};

/** Checks what a driver is made with. @throws WebSocketError ERR_WS_OPTION */
export function readDriverOptions(given: unknown): RedisDriverOptions {
  return typeof given === 'string' ? { url: urlRow.read(given, 'url', {}) } : readOptions(schema, given);
}
