// A TCP socket below Node's stream, as a transport. A stream takes about two microseconds for a write that the kernel
// takes at once, and the next tick to say so; it allocates memory for each read; and it takes a kibibyte of every idle
// connection. The handle below it does the system's work and no more.

import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import type { Transport, TransportEvents } from '../../core/ports.ts';
import {
  type ShutdownRequest,
  type StreamBinding,
  streamBinding,
  type WriteRequest,
} from '../internals/stream-binding.ts';
import { Pause } from './pause.ts';
import {
  bytesTaken,
  hasMethods,
  isReadHandle,
  type ReadEvents,
  type ReadHandle,
  useReadBuffer,
} from './read-buffer.ts';

/** Of `TCP`, as far as it is used here. Calls that begin something answer 0, or a negative error number. */
interface Handle extends ReadHandle {
  [place: symbol]: unknown;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  writev(request: WriteRequest, pieces: readonly Uint8Array[], areBuffers: true): number;
  writeLatin1String(request: WriteRequest, text: string): number;
  shutdown(request: ShutdownRequest): number;
  close(closed: () => void): void;
}

/** A socket, as far as this reaches below its public interface. */
interface OpenSocket extends Socket {
  _handle?: Handle | null;
}

/** UV_EOF, on every platform: the peer has ended its direction. */
const END_OF_FILE = -4095;
/** What `shutdown` answers when it is done at once. */
const DONE = 1;

/** Present where it is used: nothing below is reached without it. */
const binding = streamBinding as StreamBinding;
/** Used again as long as writes are done at once. */
let spare = streamBinding && new binding.WriteWrap();
/** Where a handle keeps whom it belongs to: a symbol of Node's own, found on the first socket. */
let ownerPlace: symbol | undefined;
/** The class of handles that have been found to have all that is needed: asked of the first one. */
let known: unknown;

export class HandleTransport implements Transport, ReadEvents {
  readonly keepsBytes = false;
  readonly #handle: Handle;
  /** Absent: the stream has been let go. Present: others may know it, and destroy it. */
  readonly #socket: Socket | undefined;
  #events: TransportEvents | undefined;
  #error: Error | undefined;
  /** While it is not to be read from. */
  #pause: Pause | undefined;
  /** The peer has ended its direction. */
  #hasEnded = false;
  /** Our direction ends after what is being written … */
  #isEnding = false;
  /** … and now has. */
  #isEnded = false;
  #isDestroyed = false;

  private constructor(handle: Handle, socket: Socket | undefined) {
    this.#handle = handle;
    this.#socket = socket;
  }

  /**
   * @param socket  connected; see `transportOf`
   * @returns `undefined` where it is to be used as a stream: it is no TCP socket of Node's, or something waits in it to be
   *          read or written, which nothing may overtake
   */
  static of(socket: Socket, isOurs: boolean): HandleTransport | undefined {
    const { _handle: handle } = socket as OpenSocket;
    if (spare === undefined || !isTcp(handle)) return undefined;
    if (socket.destroyed || socket.readableEnded || socket.readableLength > 0 || socket.writableLength > 0)
      return undefined;
    ownerPlace ??= Object.getOwnPropertySymbols(handle).find((place) => handle[place] === socket);
    if (ownerPlace === undefined || handle[ownerPlace] !== socket) return undefined;
    const transport = new HandleTransport(handle, isOurs ? undefined : socket);
    useReadBuffer(handle, transport);
    if (isOurs) {
      handle[ownerPlace] = transport;
      // A stream without a handle is only its own; destroyed, it leaves the books of the server that accepted it.
      (socket as OpenSocket)._handle = null;
      socket.destroy();
    } else {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      socket.on('error', (error) => {
        transport.#error ??= error;
      });
      socket.on('close', () => transport.#closed());
    }
    return transport;
  }

  writeHead(head: string): void {
    const request = spare as WriteRequest;
    this.#finish(request, this.#handle.writeLatin1String(request, head), head, false);
  }

  start(events: TransportEvents, head: Uint8Array): void {
    this.#events = events;
    if (head.length > 0) events.received(Buffer.from(head), head.length); // whoever has read it may look at it again
    if (this.#isDestroyed) return;
    // Node was reading, or was not; and a handler may have paused while the head was delivered.
    if (this.#pause !== undefined) this.#handle.readStop();
    else this.#handle.readStart();
  }

  /** For the handle: some bytes have come. */
  received(chunk: Uint8Array, size: number): void {
    this.#events?.received(chunk, size);
  }

  /** For the handle. */
  unreadable(status: number): void {
    if (status !== END_OF_FILE) {
      this.#fail(status, 'read');
    } else if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#events?.ended();
      if (this.#isEnded) this.destroy();
    }
  }

  get taken(): number | undefined {
    return this.#isGone() ? undefined : bytesTaken(this.#handle);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isGone()) return false; // `disconnected` follows, and with it the end of what was sent
    const request = spare as WriteRequest;
    return this.#finish(request, this.#handle.writeBuffer(request, bytes), bytes, true);
  }

  writeMany(pieces: readonly Uint8Array[]): boolean {
    if (this.#isGone()) return false;
    const request = spare as WriteRequest;
    return this.#finish(request, this.#handle.writev(request, pieces, true), pieces, true);
  }

  end(): void {
    if (this.#isEnding || this.#isGone()) return;
    this.#isEnding = true;
    const request = new binding.ShutdownWrap();
    request.handle = this.#handle;
    request.oncomplete = () => this.#ended();
    const status = this.#handle.shutdown(request);
    if (status === DONE) this.#ended();
    else if (status !== 0) this.#fail(status, 'shutdown');
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#pause?.end();
    if (this.#socket !== undefined) {
      this.#socket.destroy(this.#error); // told by its stream, to whoever else listens
      return;
    }
    this.#handle.onread = ignore;
    this.#handle.close(() => this.#closed());
  }

  pause(): void {
    if (this.#isGone()) return;
    this.#pause ??= new Pause(this.#handle);
    if (this.#events !== undefined && !this.#isGone()) this.#handle.readStop();
  }

  resume(): void {
    this.#pause?.end();
    this.#pause = undefined;
    if (this.#events !== undefined && !this.#isGone()) this.#handle.readStart();
  }

  #isGone(): boolean {
    return this.#isDestroyed || this.#socket?.destroyed === true;
  }

  /** @param isReported  whether `written` is to be told of what takes longer than its call */
  #finish(request: WriteRequest, status: number, memory: unknown, isReported: boolean): boolean {
    const { streamBaseState, kLastWriteWasAsync, WriteWrap } = binding;
    if (status !== 0) {
      this.#fail(status, 'write');
      return false;
    }
    if (streamBaseState[kLastWriteWasAsync] === 0) return true;
    spare = new WriteWrap();
    request.handle = this.#handle;
    request.buffer = memory;
    request.oncomplete = (later) => {
      if (this.#isGone()) return; // cancelled; `disconnected` tells it
      if (later < 0) this.#fail(later, 'write');
      else if (isReported) this.#events?.written();
    };
    return false;
  }

  #ended(): void {
    this.#isEnded = true;
    if (this.#hasEnded) this.destroy();
  }

  /** As a stream of Node's: it is destroyed with the system's error. */
  #fail(status: number, syscall: string): void {
    const code = getSystemErrorName(status);
    this.#error ??= Object.assign(new Error(`${syscall} ${code}`), { code, errno: status, syscall });
    this.destroy();
  }

  #closed(): void {
    this.#isDestroyed = true;
    this.#pause?.end();
    const events = this.#events;
    this.#events = undefined;
    events?.disconnected(this.#error);
  }
}

function isTcp(handle: Handle | null | undefined): handle is Handle {
  if (handle === null || handle === undefined) return false;
  const { constructor: kind } = handle;
  if (kind === known && handle.useUserBuffer !== undefined) return true;
  if (!isReadHandle(handle) || kind.name !== 'TCP') return false;
  const hasAll = hasMethods(handle, ['writeBuffer', 'writev', 'writeLatin1String', 'shutdown', 'close']);
  if (hasAll) known = kind;
  return hasAll;
}

function ignore(): void {}
