// The bus over Redis and Valkey.

import { readOptions, refuseArguments, type Schema } from '../../core/option-check.ts';
import { busOf } from '../create-bus.ts';
import { busElsewhere, busRows } from '../option-rows.ts';
import type { BusOptions } from '../options.ts';
import type { Bus } from '../seam.ts';
import { foreignOptions } from './foreign-options.ts';
import { RedisDriver } from './redis-driver.ts';
import { type RedisDriverOptions, redisDriverRows, urlRow } from './redis-options.ts';

/** Options of `redisBus`. */
export interface RedisBusOptions extends BusOptions, RedisDriverOptions {
  /**
   * Beginning of all channels at the broker: letters, digits, `_` and `-`, in parts with dots between, at most 64 of them. Nodes
   * see each other only with the same one. Default `'hws'`.
   */
  prefix?: string | undefined;
}

const schema: Schema<RedisBusOptions> = {
  of: 'redisBus',
  example: "{ url: 'redis://127.0.0.1:6379' }",
  rows: { ...redisDriverRows, ...busRows },
  elsewhere: { ...busElsewhere, ...foreignOptions },
};

/**
 * A bus over Redis (7 or newer; 6 without `sharded`) or Valkey. It connects when its server listens, with two connections.
 *
 * @param options  a URL such as `redis://user:password@host:6379`, or an object with `url`, `client` or `options`, and the
 *                 options of every bus
 * @throws WebSocketError ERR_WS_OPTION, without what a URL contains; ERR_WS_PACKAGE_MISSING if neither `redis` nor `ioredis` is
 *         installed
 */
export function redisBus(options: string | RedisBusOptions): Bus;
export function redisBus(options: string | RedisBusOptions, ...rest: unknown[]): Bus {
  refuseArguments('redisBus', rest, 'all options are in the first one: { url, prefix }');
  if (typeof options === 'string') return busOf(new RedisDriver(urlRow.read(options, 'url', {})), {});
  const read = readOptions(schema, options);
  const own: Record<string, unknown> = {};
  const common: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(read)) {
    if (Object.hasOwn(redisDriverRows, name)) own[name] = value;
    if (Object.hasOwn(busRows, name)) common[name] = value;
  }
  return busOf(new RedisDriver(own), common);
}
