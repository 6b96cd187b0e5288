// Writes of a TLS socket below its stream: by `socket._handle`, a `TLSWrap` of Node's above a socket of the system's. It
// encrypts during the call and does not refer to the bytes any more. What it encrypted goes to the handle below, which
// mostly has it in the kernel when the call returns; but the end of the write is told in a later phase of the event loop.
// Node has no public API for this.
//
// A TLSWrap takes one write at a time: a second one ends the process on an assertion. So nobody but `TlsWriter` calls
// `beginWrite`, not even the stream of the socket.
//
// Detection: `stream-binding.ts` has tried out how handles write; the handle is a `TLSWrap` that has its socket under its
// own symbol and `writeBuffer` by name; the handle below counts bytes. Fallback: the socket is written to through its
// stream.

import type { Socket } from 'node:net';
import { bytesTaken, handleOf, systemHandleOf } from './socket-handle.ts';
import { type StreamBinding, streamBinding, type WriteRequest } from './stream-binding.ts';

const WRITER = Symbol('writer');

/** What a handle reports of its writes. */
export interface EncryptedWriter {
  /**
   * The write that {@link beginWrite} has begun is over.
   *
   * @param status   0, or a negative error number of the system's
   * @param problem  OpenSSL's text, where it is one of TLS
   */
  wrote(status: number, problem: string | undefined): void;
}

/** Of `TLSWrap`, as far as it is used here. Calls that begin something answer 0, or a negative error number. */
interface TlsWrap {
  [place: symbol]: unknown;
  writeBuffer(request: TlsWriteRequest, bytes: Uint8Array): number;
}

/** The handle below, in bytes. */
interface SystemHandle {
  /** Given to it so far. */
  readonly bytesWritten: number;
  /** Of these, not yet in the kernel. */
  readonly writeQueueSize: number;
}

interface TlsWriteRequest extends WriteRequest {
  [WRITER]?: EncryptedWriter | undefined;
  /** Text of OpenSSL. */
  readonly error?: unknown;
}

/** A TLS socket that can be written to below its stream. */
export interface TlsHandle {
  readonly wrap: TlsWrap;
  readonly system: SystemHandle;
}

/** Present where it is used: no handle is found without it. */
const { WriteWrap, streamBaseState, kLastWriteWasAsync } = streamBinding ?? ({} as StreamBinding);

/** Returns what a TLS socket is written to with, below its stream; `undefined` where only the stream can be used. */
export function tlsHandleOf(socket: Socket): TlsHandle | undefined {
  if (streamBinding === undefined) return undefined;
  const wrap = handleOf(socket) as TlsWrap | undefined;
  if (wrap === undefined || wrap.constructor.name !== 'TLSWrap') return undefined;
  if (typeof wrap.writeBuffer !== 'function') return undefined;
  if (!Object.getOwnPropertySymbols(wrap).some((place) => wrap[place] === socket)) return undefined;
  const system = systemHandleOf(socket);
  // A stream in memory, which may be below as well, has no such counts.
  if (system === undefined || (system as object) === wrap || bytesTaken(system) === undefined) return undefined;
  return { wrap, system: system as SystemHandle };
}

/**
 * Begins a write. The one before it must be over. The memory of `bytes` may be changed after the call.
 *
 * @param writer  `wrote` follows, or is called at once when the write fails
 * @returns whether all of it is in the kernel
 */
export function beginWrite({ wrap, system }: TlsHandle, bytes: Uint8Array, writer: EncryptedWriter): boolean {
  const request: TlsWriteRequest = new WriteWrap();
  request.handle = wrap;
  request.oncomplete = completed;
  request[WRITER] = writer;
  const before = system.bytesWritten;
  const status = wrap.writeBuffer(request, bytes);
  if (status !== 0) {
    completed.call(request, status);
    return false;
  }
  // Not known of any Node; the end of the write would not be told.
  if (streamBaseState[kLastWriteWasAsync] === 0) setImmediate(() => completed.call(request, 0));
  if (system.writeQueueSize > 0 || request[WRITER] === undefined) return false;
  // With what TLS adds, more bytes went down than were written; fewer where OpenSSL keeps them in a renegotiation.
  return system.bytesWritten - before > bytes.length;
}

/** On every request the same function. */
function completed(this: TlsWriteRequest, status: number): void {
  const { error, [WRITER]: writer } = this;
  this[WRITER] = undefined;
  writer?.wrote(status, typeof error === 'string' ? error : undefined);
}
