// Has V8 collect the young generation in time. That is all that messages need which are dropped soon, but V8 does it when
// the objects of the young generation have filled it, and the bytes of a message lie outside the heap. V8 12 and later
// (Node 22, 24, 26) compare the bytes outside the heap with a limit instead, and start a full collection when they
// exceed it: for each 20 to 64 MiB of messages, at ten to a hundred times the cost. So before the limit is reached, the
// rest of the young generation is filled here with objects that nobody uses: 50 µs for each MiB that is filled. An echo of
// messages of 1 MiB takes 15 % less CPU by it, most of that in V8's own threads, which mark the heap.

import process from 'node:process';
import { lateV8 } from './late-modules.ts';

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
/** Messages of this size and more gain less by it than it costs, unless it is done for many of them at a time. */
const LARGE = 512 * 1024;
/** Growth at which it is done for them. Together with half of the young generation it is below the 64 MiB of V8's limit. */
const GROWTH_BY_LARGE = 28 * MIB;
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
  external: () => lateV8().getHeapStatistics().external_memory,
  young() {
    const space = lateV8()
      .getHeapSpaceStatistics()
      .find(({ space_name }) => space_name === 'new_space');
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
  /** Bytes that were counted since `#low` was measured. */
  #counted = 0;
  /** The least that was outside the heap, at a look, since the young generation was filled. */
  #low = Infinity;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Counts `size` bytes that are allocated outside the heap. */
  count(size: number): void {
    this.#left -= size;
    this.#counted += size;
    if (this.#left <= 0) this.#look(size >= LARGE ? GROWTH_BY_LARGE : GROWTH);
  }

  /** @param least  growth at which it is done */
  #look(least: number): void {
    this.#left = LOOK_EVERY;
    const external = this.#heap.external();
    if (external < this.#low) {
      this.#low = external; // V8 has freed something
      this.#counted = 0;
    }
    const growth = external - this.#low;
    if (growth < least) return;
    const { used, room } = this.#heap.young();
    if (growth < least + (used + room) / 2) return;
    const counted = this.#counted;
    this.#low = Infinity;
    this.#counted = 0;
    // Long texts are outside the heap, too, and are freed late: to collect the young generation for them costs more than it saves.
    if (least === GROWTH_BY_LARGE && counted < growth / 2) return;
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
