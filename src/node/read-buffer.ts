// One buffer that all sockets of the process read into. Node allocates 64 KiB for each read and leaves them to the
// garbage collector; a buffer that is used again, larger and in memory where unmasking costs least, spares that and
// some of the system calls. `net.connect({ onread })` offers this to clients when a socket is made; sockets that a
// server has accepted can only be told below that interface. So what the public option sets is looked up on a socket of
// our own, once, and set likewise on others; where it cannot be found, chunks come as `data` events as ever.

import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';
import { maskable } from '../core/mask-simd.ts';

/** What `onread` sets, on sockets and on their handles. */
interface Places {
  readonly buffer: symbol;
  readonly callback: symbol;
}

/** A socket, as far as this reaches below its public interface. */
interface OpenSocket {
  [place: symbol]: unknown;
  readonly _handle?: { useUserBuffer?(buffer: Uint8Array): void } | null;
}

/** Taken by the first bytes of any chunk; see `TransportEvents.received`. */
const readBuffer: Uint8Array = maskable ?? Buffer.allocUnsafeSlow(256 * 1024);

const places = findPlaces();

function findPlaces(): Places | undefined {
  try {
    const buffer = Buffer.alloc(1);
    const callback = (): boolean => true;
    // Never connected, so nothing is open.
    const probe = new Socket({ onread: { buffer, callback } } as ConstructorParameters<typeof Socket>[0]);
    const found = (value: unknown): symbol | undefined =>
      Object.getOwnPropertySymbols(probe).find((place) => Reflect.get(probe, place) === value);
    const places = { buffer: found(buffer), callback: found(callback) };
    probe.destroy();
    return places.buffer === undefined || places.callback === undefined ? undefined : (places as Places);
  } catch {
    return undefined;
  }
}

/** Told what a socket has read. */
export interface ReadEvents {
  /** The first `size` bytes of the shared buffer have come. */
  received(buffer: Uint8Array, size: number): void;
}

const READER = Symbol('reader');

/** On every socket the same function, called with the socket. */
function received(this: { [READER]: ReadEvents }, size: number, buffer: Uint8Array): boolean {
  this[READER].received(buffer, size);
  return true; // who wants no more has paused the socket
}

/**
 * Makes `socket` read into the shared buffer from its next read on. Nothing may wait in the socket to be read.
 *
 * @returns whether it does; otherwise its bytes come as `data` events
 */
export function useReadBuffer(socket: Socket, events: ReadEvents): boolean {
  const open = socket as unknown as OpenSocket;
  const handle = open._handle;
  if (places === undefined || typeof handle?.useUserBuffer !== 'function' || !(places.buffer in open)) return false;
  open[places.buffer] = readBuffer;
  open[READER] = events;
  open[places.callback] = received;
  handle.useUserBuffer(readBuffer);
  // It may have been reading ahead, into a queue that nothing goes through any more: now a pause stops the reading.
  if (socket.isPaused()) socket.pause();
  return true;
}
