// One buffer that all sockets of the process read into. Node allocates 64 KiB for each read and leaves them to the
// garbage collector; a buffer that is used again, larger and in memory where unmasking costs least, spares that and
// some of the system calls. `net.connect({ onread })` offers this to a client that makes its own socket; a socket that a
// server has accepted can only be given a buffer through its handle (`internals/socket-handle.ts`).

import { Buffer } from 'node:buffer';
import { maskable } from '../../core/mask-simd.ts';

/** Lives as long as the process. Each chunk begins at its first byte; see `TransportEvents.received`. */
export const readBuffer: Uint8Array = maskable ?? Buffer.allocUnsafeSlow(256 * 1024);
