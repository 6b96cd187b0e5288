// Memory for messages. A message belongs to its receiver: changes to its memory must not reach other messages.
// Where an allocation costs more than copying the message, several lie in one slab, which cannot be transferred; all
// others have memory of their own.

import { Buffer } from 'node:buffer';
import type { Memory } from '../core/ports.ts';
import { type CollectionPace, collectionPace } from './collection-pace.ts';
import { lateWorkerThreads } from './late-modules.ts';

/** Up to this size V8 keeps the bytes of a typed array within the object. */
const WITHIN_OBJECT = 64;
/** Sizes that are cut from slabs. A message that is kept keeps its slab alive. */
const SMALL_UP_TO = 1024;
const SMALL_SLAB = 16 * 1024;
const MEDIUM_UP_TO = 8 * 1024;
const MEDIUM_SLAB = 32 * 1024;
/** From this size on the C library asks the system for fresh pages, unless it has been taught otherwise. */
const LARGE = 64 * 1024;
/** The most that teaches it, less what it adds itself. */
const LESSON = 32 * 1024 * 1024 - 64 * 1024;

/** What marks memory, and whether the mark keeps it where it is. */
interface Marks {
  /** Absent on other runtimes. */
  readonly mark: ((memory: ArrayBuffer) => void) | undefined;
  readonly canUseSlabs: boolean;
}

/** Found for the first message: a program that only imports the package does without `node:worker_threads`. */
let marks: Marks | undefined;
const small = { slab: new ArrayBuffer(0), used: 0, size: SMALL_SLAB };
const medium = { slab: new ArrayBuffer(0), used: 0, size: MEDIUM_SLAB };
let isTaught = false;
let pace: CollectionPace | undefined;
/** Bytes until it is made: a program that receives less does without `node:v8`. */
let untilPace = 1024 * 1024;

/** As Buffers, which need no conversion on their way into a socket. */
export const nodeMemory: Memory = {
  allocate(size) {
    if (size > MEDIUM_UP_TO || size <= WITHIN_OBJECT || !(marks ?? findMarks()).canUseSlabs) {
      return separate(size);
    }
    return cut(size <= SMALL_UP_TO ? small : medium, size);
  },
  allocateLasting(size) {
    const bytes = separate(size);
    // On Node 22 it can still be transferred in other ways, which its owner has to expect.
    (marks ?? findMarks()).mark?.(bytes.buffer);
    return bytes;
  },
};

/** Memory that no other message lies in. */
function separate(size: number): Buffer<ArrayBuffer> {
  if (size >= LARGE && !isTaught) teach();
  count(size);
  return Buffer.allocUnsafeSlow(size);
}

function cut(from: typeof small, size: number): Buffer {
  if (from.used + size > from.slab.byteLength) {
    from.slab = Buffer.allocUnsafeSlow(from.size).buffer;
    from.used = 0;
    count(from.size);
    marks?.mark?.(from.slab);
  }
  const bytes = Buffer.from(from.slab, from.used, size);
  // Views of words stay possible at every start.
  from.used += (size + 7) & ~7;
  return bytes;
}

/** Counts bytes outside the heap. */
function count(size: number): void {
  untilPace -= size;
  if (untilPace <= 0) {
    untilPace = Infinity;
    pace = collectionPace();
  }
  pace?.count(size);
}

function findMarks(): Marks {
  const given: unknown = Reflect.get(lateWorkerThreads(), 'markAsUntransferable');
  const mark = typeof given === 'function' ? (given as (memory: ArrayBuffer) => void) : undefined;
  const canMark = mark !== undefined && doesMark(mark);
  marks = { mark: canMark ? mark : undefined, canUseSlabs: canMark && isKeptBy(mark) };
  return marks;
}

/** Some runtimes declare the function and do not implement it. */
function doesMark(mark: (memory: ArrayBuffer) => void): boolean {
  try {
    mark(new ArrayBuffer(64));
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether memory that is marked stays where it is, tried out in both ways. `postMessage` and `structuredClone` refuse to
 * transfer it (Node 20 copies it instead), but `ArrayBuffer.prototype.transfer` only does where V8 knows of the mark: on
 * Node 22 it takes the memory away from all views of it.
 */
function isKeptBy(mark: (memory: ArrayBuffer) => void): boolean {
  const memory = new ArrayBuffer(64) as ArrayBuffer & { transfer?: () => ArrayBuffer };
  mark(memory);
  // Test environments may lack it. The runtime's `postMessage` treats a mark in the same way.
  const clone = typeof structuredClone === 'function' ? structuredClone : undefined;
  for (const transfer of [() => clone?.(memory, { transfer: [memory] }), () => memory.transfer?.()]) {
    try {
      transfer();
    } catch {
      // Refused, as it should be.
    }
    if (memory.byteLength === 0) return false;
  }
  return true;
}

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
