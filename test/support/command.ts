// A child process of a test: what it prints can be awaited, and how it ended asserted. It is ended with the test that
// started it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** For `leavingNothing` around a separate process, which may take seconds to start on a busy machine. */
export const CHILD_PATIENCE = 60_000;

/** The part of `TestContext` that is used: what is registered runs after the test. */
export interface Cleanup {
  after(task: () => void | Promise<void>): void;
}

export interface Settings {
  /** Standard input, ended after it. Without it standard input stays open. */
  readonly input?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Where it runs. Default: the repository. */
  readonly folder?: string;
  /** As a shell writes them: `> /dev/full`, `< /`. A redirected stream is not one of our pipes. */
  readonly redirect?: string;
  /** Commands of a shell that go before it: `ulimit -f 8`. */
  readonly before?: string;
  /** How many file descriptors it may have. Default: as many as we. */
  readonly descriptors?: number;
}

export class Command {
  readonly process: ChildProcess;
  readonly #exit: Promise<number | string>;
  readonly #output = { stdout: '', stderr: '' };
  #changed: (() => void)[] = [];
  #ended = false;

  /** @param parameters  of `node`, the script first */
  constructor(test: Cleanup, parameters: readonly string[], settings: Settings = {}) {
    const { PORT: _, ...inherited } = process.env;
    const {
      descriptors,
      redirect = '',
      before = descriptors === undefined ? '' : `ulimit -n ${descriptors}`,
    } = settings;
    const script = `${before}\nexec "$@" ${redirect}`;
    const inShell = ['-c', script, 'sh', process.execPath, ...parameters];
    const [file, all] = before + redirect === '' ? [process.execPath, parameters] : ['sh', inShell];
    this.process = spawn(file, all, {
      cwd: settings.folder ?? repository,
      env: { ...inherited, NO_COLOR: '1', ...settings.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const name of ['stdout', 'stderr'] as const) {
      this.process[name]!.setEncoding('utf8').on('data', (text: string) => {
        this.#output[name] += text;
        this.#notify();
      });
    }
    this.#exit = once(this.process, 'close').then(([code, signal]: (number | string | null)[]) => {
      this.#ended = true;
      this.#notify();
      return code ?? signal ?? 'unknown';
    });
    test.after(async () => {
      this.process.kill('SIGKILL');
      await this.#exit;
    });
    // The child may end without having read.
    this.process.stdin!.on('error', () => {});
    if (settings.input !== undefined) this.process.stdin!.end(settings.input);
  }

  get stdout(): string {
    return this.#output.stdout;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  /** Exit code, or the name of the signal that ended it. */
  get exit(): Promise<number | string> {
    return this.#exit;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Resolves when the output matches; rejects, with all that was printed, when the command ends without it. */
  async seen(pattern: RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output[stream]);
      if (match !== null) return match;
      if (this.#ended) throw new Error(`ended without printing ${pattern}:\n${this.stdout}\n${this.stderr}`);
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  write(text: string): void {
    this.process.stdin!.write(text);
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name);
  }

  #notify(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const resolve of waiting) resolve();
  }
}
