// Standard output and standard error, with three facts that their users need: whether the reader keeps up, when
// everything has been written, and that writing failed. `process.stdout` reports the first two only if you ask at the
// right time, throws the third as an uncaught error, and writes only a part if the disk has room for only a part.

import { writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** Bytes waiting for the reader from which {@link Sink.write} answers `false`. */
const HIGH_WATER_MARK = 256 * 1024;

/** The part of `process.stdout` and `process.stderr` that is used. */
export type OutputStream = NodeJS.WritableStream & {
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly writableLength: number;
};

interface Waiter {
  isDone(): boolean;
  resolve(): void;
}

export class Sink {
  /** The name in errors: `standard output` or `standard error`. */
  readonly name: string;
  readonly #stream: OutputStream;
  /** Of a file or a device, which is written to at once. */
  readonly #file: number | undefined;
  readonly #waiters: Waiter[] = [];
  readonly #listeners: ((error: NodeJS.ErrnoException) => void)[] = [];
  #unwritten = 0;
  #failure: NodeJS.ErrnoException | undefined;

  constructor(stream: OutputStream, name: string) {
    this.#stream = stream;
    this.name = name;
    // Terminals, pipes and sockets are sockets to Node. The rest is a file; Node's stream for it does not notice when the
    // system has written a part only.
    if (!(stream instanceof Socket)) this.#file = stream.fd;
    stream.on('error', (error: NodeJS.ErrnoException) => this.#fail(error));
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number | undefined {
    return this.#stream.columns;
  }

  /** Bytes that the reader has not taken. */
  get waiting(): number {
    return this.#failure === undefined ? this.#stream.writableLength : 0;
  }

  /** Whether `write` returns `false`. */
  get isFull(): boolean {
    return this.waiting >= HIGH_WATER_MARK;
  }

  /** Why nothing can be written any more. */
  get failure(): NodeJS.ErrnoException | undefined {
    return this.#failure;
  }

  /**
   * Writes, or keeps what the reader does not take yet. After a failure it does nothing.
   *
   * @returns `false` when 256 KiB or more are waiting: wait for {@link drained}
   */
  write(data: string | Uint8Array): boolean {
    if (this.#failure !== undefined) return true;
    if (this.#file !== undefined) {
      this.#writeFile(this.#file, data);
      return true;
    }
    this.#unwritten++;
    this.#stream.write(data, this.#written);
    return !this.isFull;
  }

  /** Resolves when less than half of what `write` takes is waiting, or nothing can be written any more. */
  drained(): Promise<void> {
    return this.#until(() => this.waiting < HIGH_WATER_MARK / 2);
  }

  /** Resolves when everything has been handed to the system, or nothing can be written any more. */
  flushed(): Promise<void> {
    return this.#until(() => this.#unwritten === 0);
  }

  /** Calls `listener` once: when something could not be written, or now when that has been before. */
  onFailure(listener: (error: NodeJS.ErrnoException) => void): void {
    if (this.#failure === undefined) this.#listeners.push(listener);
    else listener(this.#failure);
  }

  readonly #written = (error?: Error | null): void => {
    this.#unwritten--;
    if (error != null) this.#fail(error);
    this.#wake();
  };

  #writeFile(file: number, data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException);
    }
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const listener of this.#listeners) listener(error);
    this.#wake();
  }

  #until(isReached: () => boolean): Promise<void> {
    const isDone = () => this.#failure !== undefined || isReached();
    if (isDone()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ isDone, resolve }));
  }

  #wake(): void {
    for (let index = this.#waiters.length - 1; index >= 0; index--) {
      if (!this.#waiters[index]!.isDone()) continue;
      const [waiter] = this.#waiters.splice(index, 1);
      waiter!.resolve();
    }
  }
}

/** Whether the reader of the stream has closed it, as `head -1` does. */
export function isReaderGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ECONNRESET';
}

/** Describes a failed write in words. */
export function writeProblem(error: NodeJS.ErrnoException): string {
  if (isReaderGone(error)) return `its reader closed it (${error.code})`;
  if (error.code === 'ENOSPC') return 'the disk is full (ENOSPC)';
  if (error.code === 'EDQUOT') return 'the disk quota is used up (EDQUOT)';
  if (error.code === 'EFBIG') return 'the file would become larger than this system or `ulimit -f` allows (EFBIG)';
  return error.code ?? error.message;
}

/** Lines for a reader that may be slow: beyond a bound they are left out and counted, so that nobody waits for it. */
export class BoundedLines {
  readonly #sink: Sink;
  readonly #limit: number;
  #omitted = 0;

  /** @param limit  bytes that may wait for the reader */
  constructor(sink: Sink, limit = 1024 * 1024) {
    this.#sink = sink;
    this.#limit = limit;
  }

  get isTTY(): boolean {
    return this.#sink.isTTY;
  }

  get columns(): number | undefined {
    return this.#sink.columns;
  }

  /** @returns `false` when the text was left out */
  write(text: string): boolean {
    if (this.#omitted === 0 && this.#sink.waiting < this.#limit) {
      this.#sink.write(text);
      return true;
    }
    if (this.#omitted++ === 0) void this.#sink.drained().then(() => this.#tell());
    return false;
  }

  #tell(): void {
    const omitted = this.#omitted;
    this.#omitted = 0;
    this.#sink.write(
      `… ${omitted} line${omitted === 1 ? '' : 's'} omitted here: the reader of this log was too slow\n`,
    );
  }
}
