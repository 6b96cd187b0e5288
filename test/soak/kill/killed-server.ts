// The process of server.mjs as the run has it: started, asked, killed, and started again at the same port and directory.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Mode = 'none' | 'spill' | 'ahead';

export interface Figures {
  /** Microseconds of CPU since the process began. */
  readonly cpu: number;
  /** Sessions whose client is away. */
  readonly away: number;
}

const script = fileURLToPath(new URL('server.mjs', import.meta.url));

export class KilledServer {
  port = 0;
  readonly #parameters: readonly string[];
  #process: ChildProcess | undefined;

  /** @param book  file of the messages that were handled; empty: none */
  constructor(directory: string, book: string, mode: Mode) {
    this.#parameters = [directory, book, mode];
  }

  /** Starts it, and waits until it listens. */
  async start(): Promise<void> {
    this.#process = fork(script, [String(this.port), ...this.#parameters], { execArgv: [] });
    ({ port: this.port } = (await this.#answer()) as { port: number });
  }

  async figures(): Promise<Figures> {
    const answer = this.#answer();
    this.#process?.send('figures');
    return (await answer) as Figures;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process ?? {};
    if (this.#process === undefined || exitCode !== null || signalCode !== null) return;
    const ended = once(this.#process, 'close');
    this.#process.kill('SIGKILL');
    await ended;
  }

  async #answer(): Promise<unknown> {
    const running = this.#process as ChildProcess;
    const ended = once(running, 'exit').then(([code]) => {
      throw new Error(`the server ended by itself: ${code}`);
    });
    const [answer] = await Promise.race([once(running, 'message'), ended]);
    ended.catch(() => {});
    return answer;
  }
}
