// The driver over Redis Cluster, with sharded channels and the cluster clients of both libraries.

import { describe } from 'node:test';
import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import { RedisDriver } from '../../src/bus/redis/redis-driver.ts';
import type { RedisClient } from '../../src/bus/redis/redis-options.ts';
import { peer } from '../support/peers.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { describeDriver } from './contract.ts';

const { skip } = peer('redis-server');

const clients: Record<string, (port: number) => RedisClient> = {
  redis: (port) => createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] }),
  ioredis: (port) => new Cluster([{ host: '127.0.0.1', port }], { lazyConnect: true }),
};

describe('Redis Cluster', { skip }, () => {
  for (const [library, clientFor] of Object.entries(clients)) {
    describeDriver(`${library}, cluster`, async () => {
      const cluster = await RedisCluster.start();
      return {
        driver: () => new RedisDriver({ client: clientFor(cluster.servers[0]?.port as number) }),
        close: () => cluster.close(),
      };
    }, ['broker', 'freezing', 'network', 'credentials']);
  }
});
