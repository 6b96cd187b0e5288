// Redis and NATS of Debian for a run: one server or several, in a temporary directory, which goes
// with the run.

import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Daemon, unusedPort } from './daemon.ts';
import type { BusKind } from './node-task.ts';

/** What a scenario wants to be different from the brokers' defaults. */
export interface BrokerSettings {
  /** Directives of redis.conf, as parameters: `--proto-max-bulk-len 1mb`. */
  readonly redis?: readonly string[];
  /** Lines of nats-server's configuration. `$directory` in them is the server's own. */
  readonly nats?: readonly string[];
  /** Servers of a cluster. Default 1. */
  readonly servers?: number;
}

export interface Brokers {
  readonly servers: readonly Daemon[];
  readonly urls: readonly string[];
  close(): Promise<void>;
}

export async function startBrokers(kind: BusKind, settings: BrokerSettings = {}): Promise<Brokers> {
  const directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-scale-'));
  const servers = await (kind === 'nats' ? nats(directory, settings) : redis(directory, kind, settings));
  const scheme = kind === 'nats' ? 'nats' : 'redis';
  return {
    servers,
    urls: servers.map(({ port }) => `${scheme}://127.0.0.1:${port}`),
    async close() {
      await Promise.all(servers.map((server) => server.end()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function redis(directory: string, kind: BusKind, { redis = [], servers = 1 }: BrokerSettings): Promise<Daemon[]> {
  const isCluster = kind === 'redis-cluster';
  const all: Daemon[] = [];
  for (let index = 0; index < (isCluster ? Math.max(3, servers) : servers); index++) {
    let port = await unusedPort();
    // Servers of a cluster also take the port that is 10,000 higher, which must not be one of the system's for clients.
    while (isCluster && port > 22_000) port = await unusedPort();
    const place = join(directory, String(port));
    mkdirSync(place);
    const parameters = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', place];
    if (isCluster) parameters.push('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000');
    all.push(new Daemon('redis-server', [...parameters, ...redis], port));
  }
  await Promise.all(all.map((server) => server.start()));
  if (isCluster) {
    const addresses = all.map(({ port }) => `127.0.0.1:${port}`);
    redisCli(['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes']);
    await waitForCluster(all);
  }
  return all;
}

async function nats(directory: string, { nats = [], servers = 1 }: BrokerSettings): Promise<Daemon[]> {
  const ports: { port: number; route: number }[] = [];
  for (let index = 0; index < servers; index++) ports.push({ port: await unusedPort(), route: await unusedPort() });
  const all = ports.map(({ port, route }, index) => {
    const file = join(directory, `${port}.conf`);
    const routes = ports.map((other) => `nats://127.0.0.1:${other.route}`).join(', ');
    const cluster = `server_name: server-${index}\ncluster { name: scale, listen: "127.0.0.1:${route}", routes: [${routes}] }`;
    writeFileSync(
      file,
      `listen: "127.0.0.1:${port}"\n${servers > 1 ? cluster : ''}\n${nats.join('\n').replaceAll('$directory', join(directory, String(port)))}\n`,
    );
    return new Daemon('nats-server', ['-c', file], port);
  });
  await Promise.all(all.map((server) => server.start()));
  return all;
}

/** @throws Error with what redis-cli said, if it failed */
export function redisCli(parameters: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('redis-cli', parameters, { encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) throw new Error(`redis-cli ${parameters.join(' ')}: ${stdout.slice(-500)}${stderr.slice(-500)}`);
  return stdout;
}

/** Moves slots from one master to another, while clients use them. @throws (rejects) Error if redis-cli failed */
export async function moveSlots(from: Daemon, to: Daemon, count: number): Promise<void> {
  const id = ({ port }: Daemon): string => redisCli(['-p', `${port}`, 'cluster', 'myid']).trim();
  const parameters = [
    '--cluster-from',
    id(from),
    '--cluster-to',
    id(to),
    '--cluster-slots',
    `${count}`,
    '--cluster-yes',
  ];
  await promisify(execFile)('redis-cli', ['--cluster', 'reshard', `127.0.0.1:${from.port}`, ...parameters], {
    maxBuffer: 2 ** 26,
  });
}

async function waitForCluster(servers: readonly Daemon[]): Promise<void> {
  while (!servers.every(({ port }) => redisCli(['-p', `${port}`, 'cluster', 'info']).includes('cluster_state:ok'))) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
