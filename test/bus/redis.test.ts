// The driver over Redis, with both client libraries, classic and sharded, against Debian's redis-server.

import { describe } from 'node:test';
import { RedisDriver } from '../../src/bus/redis/redis-driver.ts';
import type { RedisDriverOptions } from '../../src/bus/redis/redis-options.ts';
import { peer } from '../support/peers.ts';
import { RedisServer } from '../support/redis.ts';
import { TcpGate } from '../support/tcp-gate.ts';
import { type Bed, describeDriver } from './contract.ts';

const { skip } = peer('redis-server');

function bed(options: RedisDriverOptions): () => Promise<Bed> {
  return async () => {
    const server = await RedisServer.start();
    const gate = await TcpGate.start(server.port);
    const url = `redis://127.0.0.1:${gate.port}`;
    const soon = { maxReconnectDelay: 500, heartbeat: { interval: 1_000, timeout: 4_000 }, ...options };
    return {
      driver: () => new RedisDriver({ url, ...soon }),
      broker: {
        stop: () => server.stop(),
        start: () => server.restart(),
        freeze: () => server.freeze(),
        thaw: () => server.thaw(),
      },
      network: gate,
      refused: () => {
        const secret = 'sesame-4711';
        return { driver: new RedisDriver({ ...soon, url: `redis://nobody:${secret}@127.0.0.1:${gate.port}` }), secret };
      },
      close: async () => {
        await gate.close();
        await server.close();
      },
    };
  };
}

/** Four combinations take half a minute; two of them use everything once. */
const isWhole = process.env.REDIS_ALL === '1';

describe('Redis', { skip }, () => {
  describeDriver('redis', bed({ library: 'redis' }));
  describeDriver('ioredis, sharded', bed({ library: 'ioredis', sharded: true }), isWhole ? [] : ['freezing']);
  if (!isWhole) return;
  describeDriver('ioredis', bed({ library: 'ioredis' }));
  describeDriver('redis, sharded', bed({ library: 'redis', sharded: true }));
});
