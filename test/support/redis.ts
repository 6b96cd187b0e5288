// Redis for tests: Debian's redis-server on a free port of 127.0.0.1 and in its own directory.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './haproxy.ts';
import { isListening } from './listening.ts';
import { peer } from './peers.ts';

export class RedisServer {
  readonly port: number;
  readonly directory: string;
  readonly #settings: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, directory: string, settings: readonly string[]) {
    this.port = port;
    this.directory = directory;
    this.#settings = settings;
  }

  /** Starts a server. @param settings  as on its command line: `['--requirepass', 'x']` */
  static async start(settings: readonly string[] = []): Promise<RedisServer> {
    const directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-redis-'));
    for (let attempt = 0; ; attempt++) {
      const server = new RedisServer(await freePort(), directory, settings);
      if (await server.#run()) return server;
      assert.ok(attempt < 5, 'redis-server does not start');
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid as number;
  }

  /** Ends it at once, as a crash does. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const isGone = once(child, 'close');
    child.kill('SIGKILL');
    await isGone;
  }

  /** Starts it again, empty. */
  async restart(): Promise<void> {
    for (let attempt = 0; !(await this.#run()); attempt++) assert.ok(attempt < 5, 'redis-server does not start again');
  }

  /** Has it stand still, with its connections open. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    this.thaw();
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #run(): Promise<boolean> {
    const { port, directory } = this;
    // A sentinel keeps its state in its file.
    const isSentinel = this.#settings.includes('--sentinel');
    const file = join(directory, 'sentinel.conf');
    if (isSentinel) writeFileSync(file, '');
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
    const start = isSentinel ? [file, ...own] : [...own, '--save', '', '--appendonly', 'no'];
    const child = spawn(peer('redis-server').path, [...start, ...this.#settings], { stdio: 'ignore' });
    this.#child = child;
    return isListening(child, port);
  }
}
