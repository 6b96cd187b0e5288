// Has V8 collect the young generation in time. That is all that messages need which are dropped soon, but V8 does it when
// the objects of the young generation have filled it, and the bytes of a message lie outside the heap. V8 12 and later
// (Node 22, 24, 26) compare the bytes outside the heap with a limit instead, and start a full collection when they
// exceed it: for each 20 to 64 MiB of messages, at ten to a hundred times the cost. So before the limit is reached, the
// rest of the young generation is filled here with objects that nobody uses: 50 µs for each MiB that is filled.

import process from 'node:process';
import v8 from 'node:v8';

const MIB = 1024 * 1024;
/** Bytes of messages from one look to the next. A look takes two microseconds. */
const LOOK_EVERY = MIB;
/**
 * Growth outside the heap at which the young generation is filled: this and half of the young generation. V8 allows for
 * 8 MiB and all of it, beyond the size of a small heap after its last full collection.
 */
const GROWTH = 6 * MIB;
/** A young generation that has more room than this is left as it is: it would take longer to fill than it saves. */
const MOST_ROOM = 32 * MIB;
/** Messages of this size and more are not counted: to fill the young generation costs as much as they gain by it. */
const TOO_LARGE = 512 * 1024;
/** Elements of an array that fills, and the least bytes of such an array. */
const ELEMENTS = 2_000;
const FILLER_SIZE = 8 * ELEMENTS;

/** The heap of V8. */
export interface Heap {
  /** Bytes outside the heap that objects within it hold. */
  external(): number;
  /** Bytes of objects in the young generation, and bytes that it can still take before it is collected. */
  young(): { readonly used: number; readonly room: number };
  /** Allocates objects of at least so many bytes in the young generation, and drops them. */
  fill(bytes: number): void;
}

/** Holds what was allocated last, so that V8 does not leave the allocation out. */
const last: { filler: unknown } = { filler: undefined };

export const heapOfV8: Heap = {
  external: () => v8.getHeapStatistics().external_memory,
  young() {
    const space = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    return { used: space?.space_used_size ?? 0, room: space?.space_available_size ?? 0 };
  },
  fill(bytes) {
    for (let filled = 0; filled < bytes; filled += FILLER_SIZE) last.filler = new Array(ELEMENTS);
    last.filler = undefined;
  },
};

export class CollectionPace {
  readonly #heap: Heap;
  /** Bytes until the next look. */
  #left = LOOK_EVERY;
  /** The least that was outside the heap, at a look, since the young generation was filled. */
  #low = Infinity;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Counts `size` bytes that are allocated outside the heap. */
  count(size: number): void {
    if (size >= TOO_LARGE) return;
    this.#left -= size;
    if (this.#left <= 0) this.#look();
  }

  #look(): void {
    this.#left = LOOK_EVERY;
    const external = this.#heap.external();
    if (external < this.#low) this.#low = external; // V8 has freed something
    const growth = external - this.#low;
    if (growth < GROWTH) return;
    const { used, room } = this.#heap.young();
    if (growth < GROWTH + (used + room) / 2) return;
    this.#low = Infinity;
    if (room <= MOST_ROOM) this.#heap.fill(room + FILLER_SIZE);
  }
}

/**
 * A pace where V8 needs one: not on Node 20, where V8 11 collects the young generation at 32 MiB of such bytes, and not
 * on runtimes that do not tell how their heap is.
 */
export function collectionPace(heap = heapOfV8, version = process.versions.v8): CollectionPace | undefined {
  if (!(Number.parseInt(version ?? '', 10) >= 12)) return undefined;
  try {
    return heap.external() > 0 && heap.young().used > 0 ? new CollectionPace(heap) : undefined;
  } catch {
    return undefined; // declared and not implemented
  }
}
