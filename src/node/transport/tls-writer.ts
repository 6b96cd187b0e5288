// What is written to a TLS socket, past its stream. The handle below takes one write at a time, so all writes come
// through here, those of the stream as well: one is under way, and what is written meanwhile leaves together as the next.
//
//   StreamTransport.write ──────────────┐
//                                       ├─▶ waiting ─▶ one write at a time ─▶ TLSWrap ─▶ kernel
//   socket.write ─▶ stream ─▶ _write ───┘
//
// The handle has bytes encrypted, and mostly in the kernel, when its call returns. The stream keeps them until a later
// phase of the event loop, in which it is told the end of the write.

import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { beginWrite, type EncryptedWriter, type TlsHandle, tlsHandleOf } from '../internals/tls-handle.ts';

/** Called when bytes have been taken; with an error when they will not be. */
type Done = (error?: Error | null) => void;

interface WaitingPiece {
  readonly bytes: Uint8Array;
  readonly done: Done;
}

/** Where pieces of together no more bytes are put one after another, so that they leave in one write. */
const gathered = Buffer.allocUnsafeSlow(64 * 1024);

/** Written to the stream before everything else from here: when it comes out below, all writes before it are over. */
const FIRST = Buffer.alloc(0);
const NOBODY: readonly Done[] = [];

/** Where a socket keeps its writer, for the functions that all sockets share. */
const WRITER = Symbol('writer');

interface WrittenSocket extends Socket {
  [WRITER]: TlsWriter;
}

export class TlsWriter implements EncryptedWriter {
  readonly #socket: Socket;
  readonly #handle: TlsHandle;
  readonly #written: readonly [Done];
  /** Whether everything that was written to the stream before has left. */
  #isFirst = false;
  /** Whether a write is under way, or not everything before has left. */
  #isBusy = true;
  /** Called at its end. */
  #leaving: readonly Done[] = NOBODY;
  /** Not empty. */
  #waiting: WaitingPiece[] | undefined;
  /** Ends our direction when everything has left. */
  #end: (() => void) | undefined;

  private constructor(socket: Socket, handle: TlsHandle, written: Done) {
    this.#socket = socket;
    this.#handle = handle;
    this.#written = [written];
  }

  /**
   * @param socket   connected, with TLS
   * @param written  called when a write that was answered `false` is over
   * @returns `undefined` where only its stream can be used
   */
  static of(socket: Socket, written: Done): TlsWriter | undefined {
    if (socket.destroyed || socket.writableEnded) return undefined;
    const handle = tlsHandleOf(socket);
    if (handle === undefined) return undefined;
    const writer = new TlsWriter(socket, handle, written);
    // The methods by which a stream writes, as Node documents them for those who make streams. Without `_writev` it
    // calls `_write` for each chunk, and never before the last one was done.
    Object.assign(socket, { [WRITER]: writer, _write: writeOfStream, _writev: null, _final: endOfStream });
    socket.write(FIRST);
    return writer;
  }

  /** Whether bytes that come now wait for others, and are kept until they have left. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** As `Transport.write`. Where it was not busy, it does not refer to `bytes` any more. */
  write(bytes: Uint8Array): boolean {
    if (this.#isBusy) {
      this.#wait(bytes, this.#written[0]);
      return false;
    }
    const isTaken = this.#begin(bytes, this.#written);
    if (isTaken) this.#leaving = NOBODY;
    return isTaken;
  }

  /** As `Transport.writeMany`, of one piece or more. */
  writeMany(pieces: readonly Uint8Array[]): boolean {
    const last = pieces.length - 1;
    for (const [index, bytes] of pieces.entries()) this.#wait(bytes, index === last ? this.#written[0] : ignore);
    if (!this.#isBusy) this.#next();
    return false;
  }

  /** For the handle. */
  wrote(status: number, problem: string | undefined): void {
    const leaving = this.#leaving;
    this.#leaving = NOBODY;
    this.#isBusy = !this.#isFirst;
    if (status < 0) {
      this.#fail(status, problem, leaving);
      return;
    }
    // These may write again.
    for (const done of leaving) done();
    if (!this.#isBusy) this.#next();
  }

  /** For the stream: the next chunk of what was written to it. */
  writeOfStream(chunk: Uint8Array, done: Done): void {
    if (chunk === FIRST) {
      this.#isFirst = true;
      this.#isBusy = false;
      done();
    } else if (this.#isFirst) {
      this.#wait(chunk, done);
    } else {
      // From before. Nothing is under way: a stream waits until its last chunk is done.
      this.#begin(chunk, [done]);
    }
    if (!this.#isBusy) this.#next();
  }

  /** For the stream: `end` is called after everything that was written. */
  endOfStream(end: () => void): void {
    this.#end = end;
    if (!this.#isBusy) this.#next();
  }

  #wait(bytes: Uint8Array, done: Done): void {
    this.#waiting ??= [];
    this.#waiting.push({ bytes, done });
  }

  /** Begins a write of waiting bytes, or ends our direction. */
  #next(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) {
      const end = this.#end;
      this.#end = undefined;
      end?.();
      return;
    }
    let count = 0;
    let size = 0;
    for (const { bytes } of waiting) {
      if (size + bytes.length > gathered.length) break;
      gathered.set(bytes, size);
      size += bytes.length;
      count++;
    }
    const [first] = waiting as [WaitingPiece];
    const bytes = count > 1 ? gathered.subarray(0, size) : first.bytes;
    const leaving = waiting.splice(0, Math.max(1, count));
    if (waiting.length === 0) this.#waiting = undefined;
    this.#begin(
      bytes,
      leaving.map(({ done }) => done),
    );
  }

  /** @returns whether all of it is in the kernel */
  #begin(bytes: Uint8Array, leaving: readonly Done[]): boolean {
    this.#isBusy = true;
    this.#leaving = leaving;
    return beginWrite(this.#handle, bytes, this);
  }

  /** Destroys the socket, as its stream would. Where it is destroyed already, the write was cancelled. */
  #fail(status: number, problem: string | undefined, leaving: readonly Done[]): void {
    const code = getSystemErrorName(status);
    const text = `write ${code}${problem === undefined ? '' : ` ${problem}`}`;
    const error = Object.assign(new Error(text), { code, errno: status, syscall: 'write' });
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#socket.destroy(error);
    for (const done of [...leaving, ...waiting.map((piece) => piece.done)]) done(error);
  }
}

function writeOfStream(this: WrittenSocket, chunk: Uint8Array | string, encoding: BufferEncoding, done: Done): void {
  this[WRITER].writeOfStream(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk, done);
}

function endOfStream(this: WrittenSocket, done: Done): void {
  const { _final: end } = Object.getPrototypeOf(this) as Socket;
  this[WRITER].endOfStream(() => end.call(this, done));
}

function ignore(): void {}
