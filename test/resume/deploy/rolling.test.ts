// A rolling deploy: two processes behind HAProxy, each of them replaced while clients send and get messages. Every message
// is handled once and in order, and every answer arrives once and in order.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { repository } from '../../support/command.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { freePort, haproxy, isTaken } from '../../support/haproxy.ts';
import { peer } from '../../support/peers.ts';
import { ResumingClient } from '../server/resuming-client.ts';

const CLIENTS = 20;
const program = fileURLToPath(new URL('server.ts', import.meta.url));

/** The recipe of docs/production.md, with other ports and quicker checks. */
function configuration(port: number, [one, two]: readonly number[]): string {
  const page = readFileSync(join(repository, 'docs/production.md'), 'utf8');
  const [, recipe = ''] = /^```\n(defaults[\s\S]*?)^```$/mu.exec(page) ?? [];
  assert.match(recipe, /bind :8080\n[\s\S]*127\.0\.0\.1:8081[\s\S]*127\.0\.0\.1:8082/u);
  return recipe
    .replace('bind :8080', `bind 127.0.0.1:${port}`)
    .replace('127.0.0.1:8081', `127.0.0.1:${one}`)
    .replace('127.0.0.1:8082', `127.0.0.1:${two}`)
    .replaceAll('inter 500ms', 'inter 50ms');
}
interface Process {
  /** Replaces it by another one, on the same port. */
  replace(): Promise<Process>;
}

async function start(scope: Scope, port: number, directory: string): Promise<Process> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, String(port), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      said.push(...String(chunk).trim().split('\n'));
      if (said.includes('ready')) resolve();
    });
  });
  scope.defer(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await Promise.race([ready, ended]);
  assert.ok(await isTaken(port));
  return {
    async replace() {
      child.kill('SIGTERM');
      await ended;
      assert.deepEqual(said, ['ready', 'drained']);
      return start(scope, port, directory);
    },
  };
}

/** A client that comes back by itself, sends one number after the other, and checks the answers. */
class Worker {
  readonly client = new ResumingClient();
  sent = 0;
  answered = 0;
  resumed = 0;
  readonly #url: string;
  readonly #isDone: Promise<void>;
  #isStopped = false;

  constructor(url: string) {
    this.#url = url;
    this.#isDone = this.#work();
    void this.#comeBack();
    void this.#count();
  }

  /** Sends one more. */
  send(): void {
    this.client.end.send(`${++this.sent}`);
  }

  /** Resolves when everything was answered. */
  async finish(): Promise<void> {
    this.#isStopped = true;
    this.client.end.send('last');
    await this.#isDone;
    const ended = this.client.ends.next();
    this.client.end.close(1000, '');
    await ended;
  }

  async #work(): Promise<void> {
    for (;;) {
      const data = await this.client.received.next();
      if (data === 'last') return;
      assert.equal(data, `${++this.answered}`);
      if (!this.#isStopped) this.send();
    }
  }

  async #count(): Promise<void> {
    for (;;) if ((await this.client.lives.next()).isResumed) this.resumed++;
  }

  async #comeBack(): Promise<void> {
    for (;;) {
      try {
        await this.client.dial(this.#url);
      } catch {
        // Nobody listens at this moment.
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      const { after = 0 } = await this.client.interruptions.next();
      await new Promise((resolve) => setTimeout(resolve, after).unref());
    }
  }
}

describe('a rolling deploy behind HAProxy', { skip: peer('haproxy').skip }, () => {
  test(
    'no message is lost, and none comes twice',
    leavingNothing(async (scope) => {
      const directory = mkdtempSync(join(tmpdir(), 'sessions-'));
      scope.defer(() => rmSync(directory, { recursive: true, force: true }));
      const ports = [await freePort(), await freePort()];
      const processes = await Promise.all(ports.map((port) => start(scope, port, directory)));
      const port = await haproxy(scope, (own) => configuration(own, ports));
      const workers = Array.from({ length: CLIENTS }, () => new Worker(`ws://127.0.0.1:${port}`));
      for (const worker of workers) worker.send();
      for (const index of processes.keys()) {
        processes[index] = await (processes[index] as Process).replace();
        const before = workers.map(({ answered }) => answered);
        while (!workers.every(({ answered }, at) => answered > (before[at] as number))) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
      await Promise.all(workers.map((worker) => worker.finish()));
      for (const { sent, answered, resumed, client } of workers) {
        assert.equal(answered, sent);
        assert.deepEqual(client.expiries.rest, []);
        assert.ok(resumed >= 1, 'each client was on one of the processes');
      }
    }),
  );
});
