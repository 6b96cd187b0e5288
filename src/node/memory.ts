// Memory for messages. Buffer's own pool serves what is small, one allocation serves what is large; in between, where an
// allocation costs more than copying the message, slabs do.

import { Buffer } from 'node:buffer';
import type { Memory } from '../core/ports.ts';

/** Sizes that are cut from slabs. Whoever keeps one message keeps its slab: sixteen times its size at most. */
const SLAB_FROM = 2 * 1024;
const SLAB_UP_TO = 8 * 1024;
const SLAB = 32 * 1024;
/** From this size on the C library asks the system for fresh pages, unless it has been taught otherwise. */
const LARGE = 64 * 1024;
/** The most that teaches it, less what it adds itself. */
const LESSON = 32 * 1024 * 1024 - 64 * 1024;

let slab: ArrayBuffer | undefined;
let used = 0;
let isTaught = false;

/** As Buffers, which need no conversion on their way into a socket. */
export const nodeMemory: Memory = {
  allocate(size) {
    if (size < SLAB_FROM || size > SLAB_UP_TO) {
      if (size >= LARGE && !isTaught) teach();
      return Buffer.allocUnsafe(size);
    }
    if (slab === undefined || used + size > SLAB) {
      slab = Buffer.allocUnsafeSlow(SLAB).buffer;
      used = 0;
    }
    const bytes = Buffer.from(slab, used, size);
    // Views of words stay possible at every start.
    used += (size + 7) & ~7;
    return bytes;
  },
};

/**
 * Has the C library keep memory that is freed, up to 64 MiB of it, for the next large message. glibc gives it back to the
 * system and takes it again for every message, and a fresh page costs more than to copy what lies on one: it may be most
 * of the time that a large message takes. It learns from what it sees: when a block of more than its threshold (128 KiB
 * at first) is freed, blocks of that size count as common, and twice their size is kept. This one is never written to, so
 * that it takes addresses and no pages. Elsewhere it is without effect.
 */
function teach(): void {
  isTaught = true;
  Buffer.allocUnsafeSlow(LESSON);
}
