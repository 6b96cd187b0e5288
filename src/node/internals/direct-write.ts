// The descriptor below the handle of a TCP socket. `node:fs` writes to it as much as the kernel takes during the call, and
// refers to no memory afterwards. A handle would keep the memory of the rest, so that large messages are copied for it
// first. Node has no public API for this on a socket that a server has accepted.
//
// Detection: `fd` of the handle is a number that is not negative (it is -1 on Windows, and when the handle is closed), and
// `writeQueueSize` is 0; `node:fs` accepts the descriptor, which is tried out with the first write. Fallback: messages
// are copied and written through the handle.

import { writevSync } from 'node:fs';

/** Results that say nothing of the connection: the handle may be asked. A write of 2 GiB is invalid on macOS. */
const PASSING: ReadonlySet<unknown> = new Set(['EAGAIN', 'ENOBUFS', 'ENOMEM', 'EINVAL']);

/** Kept: programs replace functions of `node:fs` in their tests. */
const write = writevSync;
/** With this flag Node prints a stack for each call. */
let isUsable = ![...process.execArgv, process.env.NODE_OPTIONS].some((text) => text?.includes('--trace-sync-io'));

/**
 * Writes both pieces, in order, as far as the system takes them during the call.
 *
 * @param handle  open
 * @returns number of bytes that it has taken; 0: none, the handle may be asked. A negative error number of the system's:
 *          the connection is broken
 */
export function writeDirectly(handle: object, header: Uint8Array, payload: Uint8Array): number {
  if (!isUsable) return 0;
  const { fd, writeQueueSize } = handle as { fd?: unknown; writeQueueSize?: unknown };
  if (typeof fd !== 'number' || fd < 0 || writeQueueSize !== 0) return 0;
  try {
    return write(fd, [header, payload]);
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (typeof errno === 'number' && errno < 0) return PASSING.has(code) ? 0 : errno;
    isUsable = false; // Node refuses such a call
    return 0;
  }
}
