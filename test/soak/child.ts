// How the processes of a run talk: the main one gives commands by IPC and gets one answer to each, and the others tell
// of themselves what has happened: ends of connections, violations, ports.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EndReport } from './ledger.ts';
import type { Settings } from './settings.ts';

/** What a child tells unasked. */
export type News =
  | { readonly kind: 'ended'; readonly reports: readonly EndReport[] }
  | { readonly kind: 'violation'; readonly text: string }
  /** Something was done wrong on purpose, on this connection. */
  | { readonly kind: 'injected'; readonly connection: number }
  /** The listener for half of the clients has moved. */
  | { readonly kind: 'port'; readonly port: number };

interface Question {
  readonly number: number;
  readonly command: string;
  readonly argument: unknown;
}

interface Answer {
  readonly number: number;
  readonly result: unknown;
}

/** Milliseconds for an answer: what hangs ends the run, with the command's name. */
const PATIENCE = 300_000;

// ── In the main process ──────────────────────────────────────────────────────────────────────────────────────────────

export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #questions = 0;
  #hasStopped = false;

  /** @param script  file beside this one */
  constructor(name: string, script: string, settings: Settings, news: (news: News) => void) {
    this.name = name;
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.#process = fork(path, [JSON.stringify(settings), name], { execArgv: ['--expose-gc', '--import', 'tsx'] });
    this.#process.on('message', (message: Answer | News) => {
      if ('kind' in message) {
        news(message);
        return;
      }
      this.#waiting.get(message.number)?.resolve(message.result);
      this.#waiting.delete(message.number);
    });
    this.#process.on('exit', (code, signal) => {
      if (this.#hasStopped) return;
      const error = new Error(`the process of the ${name} ended by itself (${signal ?? `exit ${code}`})`);
      news({ kind: 'violation', text: error.message });
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
      this.#hasStopped = true;
    });
  }

  /** Gives a command. @returns its answer */
  async ask<Result>(command: string, argument?: unknown): Promise<Result> {
    if (this.#hasStopped) throw new Error(`the process of the ${this.name} has ended`);
    const number = this.#questions++;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Result>((resolve, reject) => {
        this.#waiting.set(number, { resolve: resolve as (result: unknown) => void, reject });
        timer = setTimeout(() => reject(new Error(`the ${this.name} does not answer "${command}"`)), PATIENCE);
        const question: Question = { number, command, argument };
        this.#process.send(question);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(number);
    }
  }

  /** Ends the process. Resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#hasStopped) return;
    this.#hasStopped = true;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
  }
}

// ── In the others ────────────────────────────────────────────────────────────────────────────────────────────────────

export function settings(): Settings {
  return JSON.parse(process.argv[2] as string) as Settings;
}

export function tell(news: News): void {
  process.send?.(news);
}

/** Answers commands until the main process is gone. */
export function obey(commands: Readonly<Record<string, (argument: never) => unknown>>): void {
  const answer = async ({ number, command, argument }: Question): Promise<void> => {
    const result = await commands[command]?.(argument as never);
    process.send?.({ number, result } satisfies Answer);
  };
  // What goes wrong there is an uncaught error, which ends the process and with it the run.
  process.on('message', (question: Question) => void answer(question));
  process.on('disconnect', () => process.exit(0));
}

/** Collects ends of connections, so that not each of them is a message to the main process. */
export class Reports {
  #reports: EndReport[] = [];

  add(report: EndReport): void {
    this.#reports.push(report);
    if (this.#reports.length >= 100) this.flush();
  }

  flush(): void {
    if (this.#reports.length > 0) tell({ kind: 'ended', reports: this.#reports });
    this.#reports = [];
  }
}
