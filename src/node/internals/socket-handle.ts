// The handle below a socket's stream: `socket._handle`, a `TCP`, `Pipe` or `TLSWrap` of Node's. It reads into a buffer
// that it is given, writes and tells at once whether the kernel has everything, and counts what is still waiting. Node
// has no public API for this on a socket that a server has accepted.
//
// Detection: `stream-binding.ts` has tried out how handles read and write; a handle has each method that is called on
// it, by name; and it names its socket under its own symbol. Fallback: sockets are used through their streams
// (`StreamTransport` without a handle), and how much the system has taken is counted in pieces.

import type { Socket } from 'node:net';
import { type ShutdownRequest, type StreamBinding, streamBinding, type WriteRequest } from './stream-binding.ts';

/** Where a handle keeps its reader. */
export const READER = Symbol('reader');

/** What a handle reports of its reads. */
export interface HandleReader {
  /** The first `size` bytes of the buffer that was given have come. */
  read(size: number): void;
  /** Nothing more comes. `status` is a negative error number of the system's. */
  unreadable(status: number): void;
}

/** What a handle reports of its writes. */
export interface HandleWriter {
  /** A write that was answered {@link PENDING} is over. `status` is 0, or a negative error number of the system's. */
  wrote(status: number): void;
}

/** What sockets read with, as far as it is used here. */
export interface ReadHandle {
  [READER]?: HandleReader;
  /** Called with the handle when something has come, or nothing more will. */
  onread: (this: ReadHandle) => void;
  useUserBuffer(buffer: Uint8Array): void;
  readStart(): number;
  readStop(): number;
}

/** Of `TCP`, as far as it is used here. Calls that begin something answer 0, or a negative error number. */
export interface TcpHandle extends ReadHandle {
  [place: symbol]: unknown;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  writev(request: WriteRequest, pieces: readonly Uint8Array[], areBuffers: true): number;
  writeLatin1String(request: WriteRequest, text: string): number;
  shutdown(request: ShutdownRequest): number;
  close(closed: () => void): void;
}

/** Present where it is used: no handle is found without it. */
const binding = streamBinding ?? ({} as StreamBinding);
const { streamBaseState, kReadBytesOrError, kLastWriteWasAsync, WriteWrap, ShutdownWrap } = binding;

/** Returns the handle of a socket; `undefined` where there is none, as for a stream in memory or a destroyed socket. */
export function handleOf(socket: object): object | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  return typeof handle === 'object' && handle !== null ? handle : undefined;
}

/**
 * Returns the system's handle below a socket, with or without TLS; that of a stream in memory is not the system's.
 */
export function systemHandleOf(socket: object): object | undefined {
  const handle = handleOf(socket);
  const below: unknown = handle === undefined ? undefined : Reflect.get(handle, '_parent');
  return typeof below === 'object' && below !== null ? below : handle;
}

/** Returns the handle of a socket where it can read into a buffer that it is given. */
export function readHandleOf(socket: object): ReadHandle | undefined {
  if (streamBinding === undefined) return undefined;
  const handle = handleOf(socket);
  return handle !== undefined && hasMethods(handle, READ_METHODS) ? (handle as ReadHandle) : undefined;
}

const READ_METHODS = ['onread', 'useUserBuffer', 'readStart', 'readStop'];
export const TCP_METHODS = [...READ_METHODS, 'writeBuffer', 'writev', 'writeLatin1String', 'shutdown', 'close'];

/** The class of the first handle that was found to have all methods; later ones of this class are not asked again. */
let known: unknown;
/** The property in which a handle keeps its socket: a symbol of Node's own, found on the first socket. */
let ownerPlace: symbol | undefined;

/** Returns the handle of a TCP socket of Node's where it can be used instead of the socket's stream. */
export function tcpHandleOf(socket: Socket): TcpHandle | undefined {
  if (streamBinding === undefined) return undefined;
  const handle = handleOf(socket) as TcpHandle | undefined;
  if (handle === undefined) return undefined;
  const { constructor: kind } = handle;
  if (kind !== known || handle.useUserBuffer === undefined) {
    if (kind.name !== 'TCP' || !hasMethods(handle, TCP_METHODS)) return undefined;
    known = kind;
  }
  ownerPlace ??= Object.getOwnPropertySymbols(handle).find((place) => handle[place] === socket);
  return ownerPlace !== undefined && handle[ownerPlace] === socket ? handle : undefined;
}

/** Whether a handle has each of these methods. */
export function hasMethods(handle: object, names: readonly string[]): boolean {
  return names.every((name) => typeof Reflect.get(handle, name) === 'function');
}

/**
 * Gives a handle to `owner` and lets its socket go. The stream is destroyed, and so leaves the books of the server that
 * accepted it; the connection stays open.
 *
 * @param handle  of `socket`, as {@link tcpHandleOf} found it
 */
export function takeHandle(handle: TcpHandle, socket: Socket, owner: object): void {
  handle[ownerPlace as symbol] = owner;
  Reflect.set(socket, '_handle', null);
  socket.destroy();
}

/** On every handle the same function. */
function onRead(this: ReadHandle): void {
  const reader = this[READER] as HandleReader;
  const size = streamBaseState[kReadBytesOrError] as number;
  if (size > 0) reader.read(size);
  else if (size < 0) reader.unreadable(size);
}

/** Makes a handle read into `buffer` from its next read on, and report to `reader` instead of the stream above it. */
export function readInto(handle: ReadHandle, buffer: Uint8Array, reader: HandleReader): void {
  handle[READER] = reader;
  handle.onread = onRead;
  handle.useUserBuffer(buffer);
}

/** A write is in the kernel. */
export const DONE = 0;
/** A write goes on; `HandleWriter.wrote` follows. Every other answer is a negative error number of the system's. */
export const PENDING = 1;

/** Used again as long as writes are done at once. */
let spare = streamBinding && new WriteWrap();

/**
 * Writes bytes.
 *
 * @param bytes   kept until the write is over
 * @returns {@link DONE}, {@link PENDING} or an error number
 */
export function writeBytes(handle: TcpHandle, bytes: Uint8Array, writer: HandleWriter): number {
  const request = spare as WriteRequest;
  return finish(request, handle.writeBuffer(request, bytes), handle, bytes, writer);
}

/** Writes several pieces as one, as {@link writeBytes}. */
export function writePieces(handle: TcpHandle, pieces: readonly Uint8Array[], writer: HandleWriter): number {
  const request = spare as WriteRequest;
  return finish(request, handle.writev(request, pieces, true), handle, pieces, writer);
}

/** Writes text in Latin-1, as {@link writeBytes}. */
export function writeLatin1(handle: TcpHandle, text: string, writer: HandleWriter): number {
  const request = spare as WriteRequest;
  return finish(request, handle.writeLatin1String(request, text), handle, text, writer);
}

function finish(
  request: WriteRequest,
  status: number,
  handle: TcpHandle,
  memory: unknown,
  writer: HandleWriter,
): number {
  if (status !== 0) return status;
  if (streamBaseState[kLastWriteWasAsync] === 0) return DONE;
  spare = new WriteWrap();
  request.handle = handle;
  request.buffer = memory;
  request.oncomplete = (later) => writer.wrote(later);
  return PENDING;
}

/** What `shutdown` answers when it is done at once. */
const SHUT_DOWN = 1;

/**
 * Ends our direction after what was written (TCP FIN).
 *
 * @param done  called when it is out, whether it failed or not; not where an error number is returned
 * @returns 0, or an error number
 */
export function shutDown(handle: TcpHandle, done: () => void): number {
  const request = new ShutdownWrap();
  request.handle = handle;
  request.oncomplete = done;
  const status = handle.shutdown(request);
  if (status !== SHUT_DOWN) return status;
  done();
  return 0;
}

/** Closes a handle that has no stream above it. Nothing is read from it any more. */
export function closeHandle(handle: TcpHandle, closed: () => void): void {
  handle.onread = ignore;
  handle.close(closed);
}

function ignore(): void {}

/**
 * Returns how many bytes the system has taken of all that was written to a handle, or to a socket in memory; `undefined`
 * where it does not tell.
 */
export function bytesTaken(handle: object): number | undefined {
  const { bytesWritten, writeQueueSize } = handle as { bytesWritten?: unknown; writeQueueSize?: unknown };
  if (typeof bytesWritten !== 'number' || typeof writeQueueSize !== 'number') return undefined;
  return bytesWritten - writeQueueSize;
}

/** Whether a handle keeps the process alive while it is read from. A stream in memory, without a handle, never does. */
export function isReferenced(handle: object | undefined): boolean {
  const hasRef: unknown = handle === undefined ? undefined : Reflect.get(handle, 'hasRef');
  return typeof hasRef === 'function' && Reflect.apply(hasRef, handle, []) === true;
}
