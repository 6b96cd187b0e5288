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

  /** Moves a slot to another node, as redis-cli does. It must have no keys. */
  moveSlot(slot: number, to: RedisServer): void {
    const from = this.ownerOf(slot);
    const [source, target] = [from, to].map((server) => ask(server, 'CLUSTER', 'MYID').trim()) as [string, string];
    const set = (server: RedisServer, ...rest: string[]): string =>
      ask(server, 'CLUSTER', 'SETSLOT', String(slot), ...rest);
    // Only a node that imports a slot gets a higher epoch with it: otherwise an old word of the source takes it back.
    set(to, 'IMPORTING', source);
    set(from, 'MIGRATING', target);
    const others = this.servers.filter((server) => server !== to && server !== from);
    for (const server of [to, from, ...others]) set(server, 'NODE', target);
  }

  /** The node that has a slot. */
  ownerOf(slot: number): RedisServer {
    const isOwner = (server: RedisServer): boolean => {
      const line =
        ask(server, 'CLUSTER', 'NODES')
          .split('\n')
          .find((one) => one.includes('myself')) ?? '';
      return line
        .split(' ')
        .slice(8)
        .some((range) => {
          const [first = -1, last = first] = range.split('-').map(Number);
          return slot >= first && slot <= last;
        });
    };
    return this.servers.find(isOwner) as RedisServer;
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
