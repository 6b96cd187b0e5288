// nats-server for tests: one or a cluster, each on a free port of 127.0.0.1, that can be killed, started again and frozen.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './haproxy.ts';
import { isListening } from './listening.ts';
import { peer } from './peers.ts';

/** One server. It is ended by `stop`; what it stored goes with `remove`. */
export class NatsServer {
  readonly port: number;
  readonly #directory: string;
  readonly #file: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, configuration: (directory: string) => string) {
    this.port = port;
    this.#directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-nats-'));
    this.#file = join(this.#directory, 'nats.conf');
    this.configure(configuration(this.#directory));
  }

  /** Starts a server. @param configuration  what its file has beside the address; gets its own directory */
  static async start(configuration: (directory: string) => string = () => ''): Promise<NatsServer> {
    for (let attempt = 0; ; attempt++) {
      const server = new NatsServer(await freePort(), configuration);
      if (await server.start()) return server;
      server.remove();
      assert.ok(attempt < 5, 'nats-server does not start');
    }
  }

  /** Starts servers of one cluster. @param configuration  of each, beside its addresses */
  static async cluster(count: number, configuration: (directory: string) => string = () => ''): Promise<NatsServer[]> {
    const ports: number[] = [];
    while (ports.length < 2 * count) {
      const port = await freePort();
      if (!ports.includes(port)) ports.push(port);
    }
    const inner = ports.splice(count);
    const routes = inner.map((port) => `nats://127.0.0.1:${port}`).join(', ');
    const servers = ports.map(
      (port, at) =>
        new NatsServer(
          port,
          (directory) =>
            `server_name: "s${at}"\ncluster { name: "test", listen: "127.0.0.1:${inner[at]}", routes: [${routes}] }\n${configuration(directory)}`,
        ),
    );
    for (const server of servers) assert.ok(await server.start(), 'nats-server does not start');
    return servers;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Writes its file anew; `reload` or `start` reads it. */
  configure(configuration: string): void {
    writeFileSync(this.#file, `listen: "127.0.0.1:${this.port}"\n${configuration}\n`);
  }

  /** @returns whether it takes connections */
  async start(): Promise<boolean> {
    const child = spawn(peer('nats-server').path, ['-c', this.#file], { stdio: 'ignore' });
    this.#child = child;
    return isListening(child, this.port);
  }

  /** Has it read its file again. */
  reload(): void {
    this.#child?.kill('SIGHUP');
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it at once, as a crash does. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** The end of a test. */
  async end(): Promise<void> {
    await this.stop();
    this.remove();
  }
}
