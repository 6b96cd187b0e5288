// A Redis Cluster for tests: three servers without replicas on 127.0.0.1, each with a third of the slots.

import { spawnSync } from 'node:child_process';
import { RedisServer } from './redis.ts';

const SLOTS = 16_384;

export class RedisCluster {
  readonly servers: readonly RedisServer[];

  private constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
  }

  static async start(): Promise<RedisCluster> {
    const settings = [
      '--cluster-enabled',
      'yes',
      '--cluster-node-timeout',
      '2000',
      '--cluster-config-file',
      'nodes.conf',
    ];
    const servers: RedisServer[] = [];
    for (let number = 0; number < 3; number++) servers.push(await RedisServer.start(settings));
    const cluster = new RedisCluster(servers);
    const part = Math.ceil(SLOTS / servers.length);
    for (const [number, server] of servers.entries()) {
      const [first, last] = [number * part, Math.min(SLOTS, (number + 1) * part) - 1];
      ask(server, 'CLUSTER', 'ADDSLOTSRANGE', String(first), String(last));
      // Otherwise two nodes may have the same, and one would lose its slots.
      ask(server, 'CLUSTER', 'SET-CONFIG-EPOCH', String(number + 1));
      if (number > 0) ask(server, 'CLUSTER', 'MEET', '127.0.0.1', String(servers[0]?.port));
    }
    await cluster.isWhole();
    return cluster;
  }

  /** Waits until each node knows all others and all slots. */
  async isWhole(): Promise<void> {
    for (const server of this.servers) {
      const knowsAll = () => {
        const info = ask(server, 'CLUSTER', 'INFO');
        return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
      };
      while (!knowsAll()) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Moves a slot to another node. It must have no keys. */
  moveSlot(slot: number, to: RedisServer): void {
    const id = ask(to, 'CLUSTER', 'MYID').trim();
    const [target, ...others] = [to, ...this.servers.filter((server) => server !== to)];
    for (const server of [target, ...others])
      ask(server as RedisServer, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', id);
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }
}

/** Sends a command by redis-cli. @returns what it prints */
export function ask(server: RedisServer, ...command: string[]): string {
  const { stdout } = spawnSync('redis-cli', ['-p', String(server.port), ...command], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return stdout;
}
