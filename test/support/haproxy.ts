// HAProxy for tests: started with a configuration that gets a free port, and again on another one where somebody was faster.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from './handles.ts';
import { peer } from './peers.ts';

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}

/** Whether a port takes connections. */
export async function isTaken(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  });
  socket.destroy();
  return isOpen;
}

/**
 * Starts HAProxy until the end of the test.
 *
 * @param configuration  makes the whole of it, for the port to bind on 127.0.0.1
 * @returns the port
 */
export async function haproxy(scope: Scope, configuration: (port: number) => string): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-haproxy-'));
  scope.defer(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'haproxy.cfg');
  for (let attempt = 0; ; attempt++) {
    const port = await freePort();
    writeFileSync(file, configuration(port));
    const child = spawn(peer('haproxy').path, ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += String(chunk);
      });
    }
    const isGone = once(child, 'close');
    while (child.exitCode === null) {
      if (await isTaken(port)) {
        scope.defer(async () => {
          child.kill();
          await isGone;
        });
        return port;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.ok(attempt < 5, `HAProxy does not start: ${said}`);
  }
}
