// Writing to a TCP socket below Node's streams. A stream takes about two microseconds for a write that the kernel takes
// at once, and the next tick to say so; the handle below it says so when it returns. Nothing public reaches that
// handle, so everything needed is looked up first, and where something is missing (another runtime, a permission model,
// a socket that is no TCP handle) the caller writes through the stream as ever.

import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** A write request: kept by the handle while it is pending, and not touched when the write was done at once. */
interface WriteRequest {
  handle?: unknown;
  oncomplete?: (status: number) => void;
  /** Keeps the memory while the kernel has not taken it. */
  buffer?: unknown;
}

interface Handle {
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  writev(request: WriteRequest, pieces: readonly Uint8Array[], areBuffers: true): number;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: ArrayLike<number>;
  readonly kLastWriteWasAsync: number;
}

const binding = findBinding();
/** Used again as long as writes are done at once. */
let spare = binding && new binding.WriteWrap();

function findBinding(): StreamBinding | undefined {
  const { noDeprecation } = process;
  try {
    // Node would like programs not to do this (DEP0111), and says so where it was asked to. It is none of the program.
    process.noDeprecation = true;
    const lookup = Reflect.get(process, 'binding') as (name: string) => Partial<StreamBinding>;
    const { WriteWrap, streamBaseState, kLastWriteWasAsync } = lookup.call(process, 'stream_wrap');
    if (typeof WriteWrap !== 'function' || typeof kLastWriteWasAsync !== 'number') return undefined;
    if (typeof streamBaseState?.[kLastWriteWasAsync] !== 'number') return undefined;
    return { WriteWrap, streamBaseState, kLastWriteWasAsync };
  } catch {
    return undefined;
  } finally {
    if (noDeprecation === undefined) Reflect.deleteProperty(process, 'noDeprecation');
    else process.noDeprecation = noDeprecation;
  }
}

/** Told of what took longer than its call. */
export interface WriteEvents {
  /** One earlier write that was answered `false` has been taken. */
  written(): void;
}

/** Writes to one socket, in order with each other; nothing else may write to it any more. */
export class DirectWriter {
  readonly #socket: Socket;
  readonly #handle: Handle;
  readonly #events: WriteEvents;

  private constructor(socket: Socket, handle: Handle, events: WriteEvents) {
    this.#socket = socket;
    this.#handle = handle;
    this.#events = events;
  }

  /** @returns `undefined` where the socket is to be written to as a stream */
  static for(socket: Socket, events: WriteEvents): DirectWriter | undefined {
    const handle = Reflect.get(socket, '_handle') as Partial<Handle> | null;
    if (binding === undefined || handle?.constructor.name !== 'TCP') return undefined;
    if (typeof handle.writeBuffer !== 'function' || typeof handle.writev !== 'function') return undefined;
    return new DirectWriter(socket, handle as Handle, events);
  }

  /** As `Transport.write`; the socket is not destroyed. */
  write(bytes: Uint8Array): boolean {
    const request = spare as WriteRequest;
    return this.#finish(request, this.#handle.writeBuffer(request, bytes), bytes);
  }

  /** As `Transport.writeMany`. */
  writeMany(pieces: readonly Uint8Array[]): boolean {
    const request = spare as WriteRequest;
    return this.#finish(request, this.#handle.writev(request, pieces, true), pieces);
  }

  #finish(request: WriteRequest, status: number, memory: unknown): boolean {
    const { streamBaseState, kLastWriteWasAsync, WriteWrap } = binding as StreamBinding;
    if (status !== 0) {
      this.#fail(status);
      return false;
    }
    if (streamBaseState[kLastWriteWasAsync] === 0) return true;
    spare = new WriteWrap();
    request.handle = this.#handle;
    request.buffer = memory;
    request.oncomplete = (later) => {
      if (this.#socket.destroyed) return; // cancelled; `disconnected` tells it
      if (later < 0) this.#fail(later);
      else this.#events.written();
    };
    return false;
  }

  /** As a stream that cannot write: it is destroyed with the system's error. */
  #fail(status: number): void {
    const code = getSystemErrorName(status);
    this.#socket.destroy(Object.assign(new Error(`write ${code}`), { code, errno: status, syscall: 'write' }));
  }
}
