// The test server of libwebsockets as a peer. It cannot be steered; what it does depends on the subprotocol:
// `lws-mirror-protocol` sends back each piece of up to 4096 bytes that it has read, as a text message of its own;
// `dumb-increment-protocol` counts, and closes with 1001 `seeya` when told `closeme\n`.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

export class LibwebsocketsServer {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /**
   * Starts it on a free port.
   *
   * @param program  path of libwebsockets-test-server
   */
  static async start(program: string): Promise<LibwebsocketsServer> {
    const child = spawn(program, ['--port=0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    // It does not say which port it was given, so the kernel is asked until it listens.
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${program} did not start:\n${log}`);
      const port = child.pid === undefined ? undefined : listeningPort(child.pid);
      if (port !== undefined) return new LibwebsocketsServer(child, port);
      await wait(10);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill();
    await ended;
  }
}

const LISTEN = '0A';

/** The TCP port that a process listens on, from Linux' /proc; `undefined` while there is none. */
function listeningPort(pid: number): number | undefined {
  const inodes = new Set(openFiles(pid).map((target) => /^socket:\[(\d+)\]$/u.exec(target)?.[1]));
  for (const table of ['tcp', 'tcp6']) {
    for (const row of readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/u);
      if (state === LISTEN && inodes.has(inode)) return Number.parseInt(local.split(':')[1] ?? '', 16);
    }
  }
  return undefined;
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`));
  } catch {
    return []; // One was closed between the two calls, or the process is only beginning: the caller asks again.
  }
}
