// `connect` once it is connected: lines of standard input become messages, messages go to standard output, and
// everything said about them goes to standard error, so that the command works in a pipe.
//
//   stdin ──lines──▶ send ──▶ connection ──▶ messages ──▶ stdout      notices ──▶ stderr
//     ▲ paused while the peer is slow            ▲ not read while stdout is slow

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { ClientConnection, CloseEvent } from 'harmony-websocket/engine';
import { CommandError } from './exit.ts';
import { lineHelp, parseLine } from './line.ts';
import { count, formatSize, Output, previewBytes, previewText, visible } from './output.ts';
import { fileProblem } from './pem.ts';

/** How binary messages are printed: see the help of `connect`. */
export const binaryModes = ['preview', 'hex', 'base64', 'raw'] as const;
export type BinaryMode = (typeof binaryModes)[number];

export interface ConversationOptions {
  readonly binary: BinaryMode;
  /** Milliseconds without a message after which to close, once the input has ended. Infinity: never. */
  readonly wait: number;
  /** Whether lines that start with a slash are commands also where the input is no terminal. */
  readonly commands: boolean;
}

export class Conversation {
  readonly #connection: ClientConnection;
  readonly #options: ConversationOptions;
  readonly #notices = new Output(process.stderr);
  readonly #interactive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  readonly #pings: number[] = [];
  #lines: Interface | undefined;
  #lastMessage = 0;
  #closedByUs = false;

  constructor(connection: ClientConnection, options: ConversationOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Whether the closing handshake was begun here, by a command, the end of the input, or {@link close}. */
  get closedByUs(): boolean {
    return this.#closedByUs;
  }

  /** Runs to the end of the connection. */
  async run(): Promise<CloseEvent> {
    // A reader that has seen enough (`| head -1`) is no failure: the connection is closed as by Ctrl-C.
    process.stdout.on('error', () => this.close());
    this.#read();
    try {
      for await (const message of this.#connection) await this.#print(message);
    } catch {
      // How it ended is in the close event.
    }
    const event = await this.#connection.closed;
    this.#stopReading();
    return event;
  }

  close(code = 1000, reason = ''): void {
    if (!this.#connection.isOpen) return;
    void this.#connection.close(code, reason);
    this.#closedByUs = true;
    this.#stopReading();
  }

  /** Says something on standard error, around the line that is being typed. */
  notice(text: string): void {
    this.#aside(() => this.#notices.line(this.#notices.style('dim', text)));
  }

  failed(text: string): void {
    this.#aside(() => this.#notices.line(`${this.#notices.style('red', 'error:')} ${visible(text)}`));
  }

  ponged(payload: Uint8Array): void {
    const sent = this.#pings.shift();
    const after = sent === undefined ? '' : ` after ${(performance.now() - sent).toFixed(1)} ms`;
    const text = payload.length === 0 ? '' : ` "${previewText(Buffer.from(payload).toString(), 40)}"`;
    this.notice(`pong${text}${after}`);
  }

  #read(): void {
    const lines = createInterface({
      input: process.stdin,
      ...(this.#interactive ? { output: process.stderr, terminal: true, prompt: '> ' } : { terminal: false }),
      crlfDelay: Infinity,
    });
    this.#lines = lines;
    lines.on('line', (line) => this.#take(line));
    lines.on('close', () => {
      // Not when it was closed from here.
      if (this.#lines !== lines) return;
      this.#lines = undefined;
      this.#clearPrompt();
      void this.#inputEnded();
    });
    // In raw mode Ctrl-C is a key, and readline reports it in place of the signal.
    lines.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'));
    if (this.#interactive) lines.prompt();
  }

  #stopReading(): void {
    const lines = this.#lines;
    this.#lines = undefined;
    if (lines !== undefined) this.#clearPrompt();
    lines?.close();
    process.stdin.destroy();
  }

  #take(line: string): void {
    if (this.#lines === undefined) return;
    try {
      this.#execute(line);
    } catch (error) {
      this.failed((error as Error).message);
    }
    if (this.#interactive) this.#lines?.prompt();
  }

  #execute(line: string): void {
    const parsed =
      this.#interactive || this.#options.commands ? parseLine(line) : { kind: 'text' as const, text: line };
    switch (parsed.kind) {
      case 'text':
        this.#send(parsed.text);
        break;
      case 'send-file': {
        const bytes = readFile(parsed.path);
        this.#send(bytes);
        this.notice(`sent ${visible(parsed.path)}, ${count(bytes.length, 'byte')}`);
        break;
      }
      case 'ping':
        this.#connection.ping(parsed.payload);
        this.#pings.push(performance.now());
        break;
      case 'close':
        this.close(parsed.code, parsed.reason);
        break;
      case 'help':
        this.notice(lineHelp);
        break;
    }
  }

  #send(data: string | Uint8Array): void {
    if (this.#connection.send(data) || !this.#connection.isOpen) return;
    this.#lines?.pause();
    void this.#connection.drained().then(() => this.#lines?.resume());
  }

  async #inputEnded(): Promise<void> {
    if (!this.#interactive && this.#options.wait > 0) {
      await this.#connection.drained();
      await this.#silence(this.#options.wait);
    }
    this.close();
  }

  /** Resolves when no message has come for `delay` milliseconds, or the connection is over. */
  async #silence(delay: number): Promise<void> {
    const over = this.#connection.closed;
    if (delay === Infinity) {
      await over;
      return;
    }
    let deadline = performance.now() + delay;
    while (this.#connection.isOpen) {
      const left = deadline - performance.now();
      if (left <= 0) return;
      await waitFor(left, over);
      deadline = Math.max(deadline, this.#lastMessage + delay);
    }
  }

  async #print(data: string | Uint8Array): Promise<void> {
    this.#lastMessage = performance.now();
    const stdout = process.stdout;
    if (stdout.destroyed) return;
    let taken = true;
    this.#aside(() => {
      taken = stdout.write(this.#format(data));
    });
    // Without the next message being pulled, the connection stops reading: the peer is slowed to our reader's pace.
    if (!taken) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => undefined);
  }

  #format(data: string | Uint8Array): string | Uint8Array {
    const terminal = process.stdout.isTTY === true;
    if (typeof data === 'string') return terminal ? `← ${data.split('\n').map(visible).join('\n  ')}\n` : `${data}\n`;
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
    switch (this.#options.binary) {
      case 'raw':
        return bytes;
      case 'hex':
        return `${bytes.toString('hex')}\n`;
      case 'base64':
        return `${bytes.toString('base64')}\n`;
      case 'preview': {
        const head = `${terminal ? '← ' : ''}<binary ${formatSize(bytes.length)}`;
        const room = (process.stdout.columns ?? 120) - head.length - 3;
        return `${bytes.length === 0 ? head : `${head}: ${previewBytes(bytes, room)}`}>\n`;
      }
    }
  }

  /** Takes the prompt away, prints, and puts it back with what had been typed. */
  #aside(print: () => void): void {
    const lines = this.#interactive ? this.#lines : undefined;
    if (lines !== undefined) this.#clearPrompt();
    print();
    lines?.prompt(true);
  }

  #clearPrompt(): void {
    if (!this.#interactive) return;
    cursorTo(process.stderr, 0);
    clearLine(process.stderr, 0);
  }
}

/** Resolves after `delay` milliseconds, or earlier with `over`. */
async function waitFor(delay: number, over: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, delay);
  });
  await Promise.race([elapsed, over]);
  clearTimeout(timer);
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandError(`cannot read ${path}: ${fileProblem(error)}`);
  }
}
