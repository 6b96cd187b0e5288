// `connect` while it is connected. Lines of standard input become messages, messages go to standard output, and notices go
// to standard error, so that the command works in a pipe.
//
//   stdin ──lines──▶ send ──▶ connection ──▶ messages ──▶ stdout      notices ──▶ stderr
//     ▲ paused while the peer is slow            ▲ paused while the reader of either is slow

import { fstatSync, readFileSync } from 'node:fs';
import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { ClientConnection, CloseEvent } from 'harmony-websocket/engine';
import { CommandError } from './exit.ts';
import { lineHelp, parseLine } from './line.ts';
import { type InputLine, LineSplitter } from './lines.ts';
import { type BinaryMode, formatMessage } from './message-format.ts';
import type { Notices } from './notices.ts';
import { count, previewText, visible } from './output.ts';
import { fileProblem } from './pem.ts';
import type { Sink } from './sink.ts';

export interface ConversationOptions {
  readonly binary: BinaryMode;
  /** Milliseconds without a message after which to close, once the input has ended. Infinity: never. */
  readonly wait: number;
  /** Whether lines that start with a slash are commands even when the input is not a terminal. */
  readonly commands: boolean;
  /** Returns the text of an engine error in words of the command line. */
  describe(error: Error): string;
}

const STANDARD_INPUT = 0;

/** Unusable lines of the input are named up to this number; the rest are only counted. */
const MAX_NAMED_PROBLEMS = 20;

export class Conversation {
  readonly #connection: ClientConnection;
  readonly #options: ConversationOptions;
  readonly #stdout: Sink;
  readonly #notices: Notices;
  readonly #interactive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  readonly #pings: { readonly payload: Buffer; readonly at: number }[] = [];
  #lines: Interface | undefined;
  /** Resolves when the readers of our output have caught up. Until then, nothing is read from the peer. */
  #hold: Promise<void> | undefined;
  #lastMessage = 0;
  #closedByUs = false;
  #problems = 0;
  #unsent = 0;
  #isReading = true;

  constructor(connection: ClientConnection, options: ConversationOptions, stdout: Sink, notices: Notices) {
    this.#connection = connection;
    this.#options = options;
    this.#stdout = stdout;
    this.#notices = notices;
  }

  /** Whether this side started the closing handshake: by a command, the end of the input, or {@link close}. */
  get closedByUs(): boolean {
    return this.#closedByUs;
  }

  /** Whether all lines of a piped input were understood and sent. At a terminal, the user has seen the errors. */
  get isInputDone(): boolean {
    return this.#problems === 0 && this.#unsent === 0;
  }

  /** Runs to the end of the connection. */
  async run(): Promise<CloseEvent> {
    // Without a reader (`| head -1`), the connection is closed as by Ctrl-C.
    this.#stdout.onFailure(() => this.close());
    let reading: Promise<void> | undefined;
    if (this.#interactive) this.#readTerminal();
    else reading = this.#readPipe();
    const event = await this.#connection.closed;
    this.#stopReading();
    await reading;
    const further = this.#problems - MAX_NAMED_PROBLEMS;
    if (further > 0)
      this.#say(() => this.#notices.failed(`${count(further, 'further line')} of the input were not processed`));
    if (this.#unsent > 0) {
      const many = `${count(this.#unsent, 'message')} from the input`;
      this.#say(() => this.#notices.failed(`${many} could not be sent before the connection ended`));
    }
    return event;
  }

  /** Prints a message. */
  received(data: string | Uint8Array): void {
    this.#lastMessage = performance.now();
    let goOn = true;
    this.#aside(() => {
      for (const piece of formatMessage(data, this.#options.binary, this.#stdout)) goOn = this.#stdout.write(piece);
    });
    if (!goOn) this.#holdPeer();
  }

  close(code = 1000, reason = ''): void {
    if (!this.#connection.isOpen) return;
    void this.#connection.close(code, reason);
    this.#closedByUs = true;
    this.#stopReading();
  }

  /** Prints on standard error, around the line being typed. */
  notice(text: string): void {
    this.#say(() => this.#notices.note(text));
  }

  failed(text: string): void {
    this.#say(() => this.#notices.failed(text));
  }

  /** Prints a pong: the answer to a `/ping` or to a ping of the heartbeat, or an unsolicited one. */
  ponged(payload: Uint8Array): void {
    const bytes = Buffer.from(payload);
    const index = this.#pings.findIndex((ping) => bytes.equals(ping.payload));
    // One pong may answer all pings before it (RFC 6455 §5.5.3).
    const ping = this.#pings.splice(0, index + 1).at(-1);
    if (ping === undefined && isOfHeartbeat(bytes)) return;
    const after = ping === undefined ? ' without a ping' : ` after ${(performance.now() - ping.at).toFixed(1)} ms`;
    const text = bytes.length === 0 ? '' : ` "${previewText(bytes.toString(), 40)}"`;
    this.notice(`pong${text}${after}`);
  }

  #readTerminal(): void {
    const lines = createInterface({
      input: process.stdin,
      output: process.stderr,
      terminal: true,
      prompt: '> ',
      crlfDelay: Infinity,
    });
    this.#lines = lines;
    lines.on('line', (line) => void this.#takeTyped(line));
    lines.on('close', () => {
      // Not when it was closed from here.
      if (this.#lines !== lines) return;
      this.#lines = undefined;
      this.#clearPrompt();
      this.close();
    });
    // In raw mode Ctrl-C is a key, and readline reports it instead of the signal.
    lines.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'));
    lines.prompt();
  }

  async #takeTyped(line: string): Promise<void> {
    const lines = this.#lines;
    if (lines === undefined) return;
    try {
      const goesOn = this.#execute(line);
      if (!goesOn) {
        lines.pause();
        await this.#peerIsReady();
        lines.resume();
      }
    } catch (error) {
      this.failed(this.#options.describe(error as Error));
    }
    if (this.#lines === lines) lines.prompt();
  }

  async #readPipe(): Promise<void> {
    const splitter = new LineSplitter();
    try {
      // Node reads a directory as an empty stream.
      if (isDirectory(STANDARD_INPUT)) throw new CommandError('it is a directory');
      for await (const chunk of process.stdin) await this.#takeLines(splitter.push(chunk as Buffer));
      await this.#takeLines(splitter.end());
    } catch (error) {
      // We destroy the input once the connection has ended.
      if (!this.#isReading) return;
      this.#inputProblem(`cannot read standard input: ${fileProblem(error)}`);
    }
    if (!this.#isReading) return;
    if (this.#options.wait > 0) {
      await this.#peerIsReady();
      await this.#silence(this.#options.wait);
    }
    this.close();
  }

  async #takeLines(lines: Iterable<InputLine>): Promise<void> {
    for (const line of lines) {
      if (this.#closedByUs) return;
      if ('problem' in line) {
        this.#inputProblem(line.problem);
        continue;
      }
      try {
        if (!this.#execute(line.text)) await this.#peerIsReady();
      } catch (error) {
        this.#inputProblem(this.#options.describe(error as Error));
      }
      // Do not print notices about the lines faster than their reader reads.
      if (this.#hold !== undefined) await Promise.race([this.#hold, this.#connection.closed]);
    }
  }

  #inputProblem(text: string): void {
    if (++this.#problems <= MAX_NAMED_PROBLEMS) this.failed(text);
  }

  #stopReading(): void {
    const lines = this.#lines;
    this.#isReading = false;
    this.#lines = undefined;
    if (lines !== undefined) this.#clearPrompt();
    lines?.close();
    process.stdin.destroy();
  }

  /** @returns `false` when the peer is slow: wait for {@link #peerIsReady} */
  #execute(line: string): boolean {
    const parsed =
      this.#interactive || this.#options.commands ? parseLine(line) : { kind: 'text' as const, text: line };
    switch (parsed.kind) {
      case 'text':
        return this.#send(parsed.text);
      case 'send-file': {
        const bytes = readFile(parsed.path);
        const goesOn = this.#send(bytes);
        this.notice(`sent ${visible(parsed.path)}, ${count(bytes.length, 'byte')}`);
        return goesOn;
      }
      case 'ping': {
        const goesOn = this.#connection.ping(parsed.payload);
        this.#pings.push({ payload: Buffer.from(parsed.payload), at: performance.now() });
        return goesOn;
      }
      case 'close':
        this.close(parsed.code, parsed.reason);
        return true;
      case 'help':
        this.notice(lineHelp);
        return true;
    }
  }

  #send(data: string | Uint8Array): boolean {
    return this.#connection.send(data, this.#sent);
  }

  readonly #sent = (error?: Error): void => {
    if (error !== undefined) this.#unsent++;
  };

  /** Resolves when the peer has taken the data sent, or the connection has ended. */
  #peerIsReady(): Promise<void> {
    return this.#connection.drained().catch(() => undefined);
  }

  /** Resolves when no message has arrived for `delay` milliseconds of reading, or the connection has ended. */
  async #silence(delay: number): Promise<void> {
    const over = this.#connection.closed;
    if (delay === Infinity) {
      await over;
      return;
    }
    const start = performance.now();
    while (this.#connection.isOpen) {
      const left = Math.max(start, this.#lastMessage) + delay - performance.now();
      // While the peer is held back, we do not read its messages, so the time does not run.
      if (this.#hold !== undefined) await Promise.race([this.#hold, over]);
      else if (left > 0) await waitFor(left, over);
      else return;
    }
  }

  /** Stops reading from the peer until the readers of our output have caught up. */
  #holdPeer(): void {
    if (this.#hold !== undefined) return;
    this.#connection.pause();
    this.#hold = Promise.all([this.#stdout.drained(), this.#notices.sink.drained()]).then(() => {
      this.#hold = undefined;
      this.#lastMessage = performance.now();
      this.#connection.resume();
    });
  }

  #say(print: () => void): void {
    this.#aside(print);
    if (this.#notices.sink.isFull) this.#holdPeer();
  }

  /** Removes the prompt, prints, and restores the prompt with the text typed so far. */
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

/** The engine's pings carry a number in eight bytes. */
function isOfHeartbeat(payload: Buffer): boolean {
  return payload.length === 8 && payload.readUInt32BE(0) === 0;
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

function isDirectory(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isDirectory();
  } catch {
    return false;
  }
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandError(`cannot read ${path}: ${fileProblem(error)}`);
  }
}
