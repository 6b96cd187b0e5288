// One buffer that all sockets of the process read into. Node allocates 64 KiB for each read and leaves them to the
// garbage collector; a buffer that is used again, larger and in memory where unmasking costs least, spares that and
// some of the system calls. `net.connect({ onread })` offers this to clients when a socket is made; sockets that a server
// has accepted can only be told below that interface, at their handles.

import { Buffer } from 'node:buffer';
import { maskable } from '../../core/mask-simd.ts';
import { type StreamBinding, streamBinding } from '../internals/stream-binding.ts';

const READER = Symbol('reader');

/** What sockets of Node read with, as far as it is used here. */
export interface ReadHandle {
  [READER]?: ReadEvents;
  /** Called with the handle when something has come, or nothing more will. */
  onread: (this: ReadHandle) => void;
  useUserBuffer(buffer: Uint8Array): void;
  readStart(): number;
  readStop(): number;
}

/** Told what a handle has read. */
export interface ReadEvents {
  /** The first `size` bytes of the shared buffer have come. */
  received(buffer: Uint8Array, size: number): void;
  /** Nothing more comes. `status` is a negative error number of the system's. */
  unreadable(status: number): void;
}

/** Taken by the first bytes of any chunk; see `TransportEvents.received`. Lives as long as the process. */
const readBuffer: Uint8Array = maskable ?? Buffer.allocUnsafeSlow(256 * 1024);

const { streamBaseState, kReadBytesOrError } = streamBinding ?? ({} as StreamBinding);

/** On every handle the same function. */
function onRead(this: ReadHandle): void {
  const reader = this[READER] as ReadEvents;
  const size = streamBaseState[kReadBytesOrError] as number;
  if (size > 0) reader.received(readBuffer, size);
  else if (size < 0) reader.unreadable(size);
}

/** Whether a handle can read into the shared buffer. */
export function isReadHandle(handle: unknown): handle is ReadHandle {
  if (streamBinding === undefined || typeof handle !== 'object' || handle === null) return false;
  return hasMethods(handle, ['onread', 'useUserBuffer', 'readStart', 'readStop']);
}

/** Whether something of Node's that no interface describes has all that is called on it. */
export function hasMethods(handle: object, names: readonly string[]): boolean {
  return names.every((name) => typeof Reflect.get(handle, name) === 'function');
}

/** Makes a handle read into the shared buffer from its next read on, and report to `events` instead of the stream above it. */
export function useReadBuffer(handle: ReadHandle, events: ReadEvents): void {
  handle[READER] = events;
  handle.onread = onRead;
  handle.useUserBuffer(readBuffer);
}

/**
 * Bytes that the system has taken of all that was written to a handle, or to a socket in memory; `undefined` where it
 * does not tell.
 */
export function bytesTaken(handle: object): number | undefined {
  const { bytesWritten, writeQueueSize } = handle as { bytesWritten?: unknown; writeQueueSize?: unknown };
  if (typeof bytesWritten !== 'number' || typeof writeQueueSize !== 'number') return undefined;
  return bytesWritten - writeQueueSize;
}
