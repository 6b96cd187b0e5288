// A server or client under test, in its own process.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pinned } from './processor.ts';
import { type Usage, usageOf } from './usage.ts';

export interface Command {
  /** The runtime's binary. */
  readonly binary: string;
  readonly parameters: readonly string[];
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

const START_TIME = 30_000;

/** Ids of the processes that run. */
export const runningChildren = new Set<number>();

export class Child {
  readonly #process: ChildProcess;
  readonly #answers: string[] = [];
  #wanted: ((answer: string | Error) => void) | undefined;
  #end: Error | undefined;

  constructor({ binary, parameters, environment }: Command, task: unknown) {
    const [command, all] = pinned(binary, [...parameters, JSON.stringify(task)]);
    this.#process = spawn(command, all, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...environment },
    });
    const { pid } = this.#process;
    if (pid !== undefined) {
      runningChildren.add(pid);
      this.#process.on('exit', () => runningChildren.delete(pid));
    }
    let rest = '';
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) this.#came(line);
    });
    let complaint = '';
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000);
    });
    // Written to a child that has just ended; `close` tells.
    this.#process.stdin?.on('error', () => {});
    this.#process.on('error', (error) => this.#ended(error));
    this.#process.on('close', (code, signal) => {
      const [line = ''] = complaint.split('\n').filter((text) => /error|cannot|not found/i.test(text));
      this.#ended(new Error(`the process ended with ${signal ?? code}${line === '' ? '' : `: ${line.trim()}`}`));
    });
  }

  /** The port that it listens on. */
  async ready(): Promise<number> {
    return Number(await this.#answer(START_TIME));
  }

  /** What it answers to a command, see `servers/child.ts`. */
  async ask(command: string, patience = START_TIME): Promise<unknown> {
    this.#process.stdin?.write(`${command}\n`);
    return this.#answer(patience);
  }

  usage(): Usage {
    if (this.#end !== undefined) throw this.#end;
    return usageOf(this.#process.pid as number);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null || this.#process.pid === undefined) return;
    const ended = once(this.#process, 'close');
    this.#process.stdin?.end();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }

  #answer(patience: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#wanted?.(new Error(`no answer within ${patience} ms`)), patience);
      this.#wanted = (answer) => {
        this.#wanted = undefined;
        clearTimeout(timer);
        if (answer instanceof Error) reject(answer);
        else resolve(JSON.parse(answer));
      };
      const answer = this.#answers.shift() ?? this.#end;
      if (answer !== undefined) this.#wanted(answer);
    });
  }

  /** Other lines are something a runtime has to say. */
  #came(line: string): void {
    if (!/^[\d{[tf]/.test(line)) return;
    if (this.#wanted === undefined) this.#answers.push(line);
    else this.#wanted(line);
  }

  #ended(error: Error): void {
    this.#end ??= error;
    this.#wanted?.(this.#end);
  }
}
