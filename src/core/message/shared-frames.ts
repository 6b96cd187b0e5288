// Encoded frames that several connections send: one frame, or some after each other, as one piece of bytes that never
// changes. Connections that are sent the same frames in the same turn share their sequence too: the first one that
// leaves has it joined, for the others a delivery costs a comparison, not a copy.

import { LENGTH_16, LENGTH_BITS } from '../constants.ts';
import type { Memory } from '../ports.ts';

/** Sequences that are kept for the next connection to follow. More than one is needed where variants of a message mix. */
const FOLLOWERS = 4;

/** One frame or several. It may be shared as long as somebody refers to it. */
export class SharedFrames {
  /** Bytes. */
  readonly size: number;
  /** Of a single frame: its first byte, and the bytes of its payload. */
  readonly first: number;
  readonly payloadSize: number;
  readonly #memory: Memory;
  #bytes: Uint8Array | undefined;
  /** Of a sequence: the frames before its last ones, until all are joined; and the last ones. */
  #before: SharedFrames | undefined;
  readonly #last: SharedFrames | undefined;
  /** Sequences that begin with this one, the newest last. */
  #followers: SharedFrames[] | undefined;

  private constructor(
    memory: Memory,
    size: number,
    bytes: Uint8Array | undefined,
    before?: SharedFrames,
    last?: SharedFrames,
  ) {
    this.#memory = memory;
    this.size = size;
    this.first = bytes?.[0] ?? 0;
    this.payloadSize = bytes === undefined ? 0 : payloadSizeOf(bytes);
    this.#bytes = bytes;
    this.#before = before;
    this.#last = last;
  }

  /** @param frame  one whole frame; nobody may change it from here on */
  static of(frame: Uint8Array, memory: Memory): SharedFrames {
    return new SharedFrames(memory, frame.length, frame);
  }

  /** All of it in one piece, which must not be changed. */
  get bytes(): Uint8Array {
    this.#bytes ??= this.#join();
    return this.#bytes;
  }

  /** These frames and then `next`: the same object for everybody who asks in a row. */
  followedBy(next: SharedFrames): SharedFrames {
    const followers = this.#followers;
    if (followers !== undefined) {
      for (let index = followers.length - 1; index >= 0; index--) {
        const follower = followers[index] as SharedFrames;
        if (follower.#last === next) return follower;
      }
    }
    const follower = new SharedFrames(this.#memory, this.size + next.size, undefined, this, next);
    if (followers === undefined) this.#followers = [follower];
    else {
      if (followers.length === FOLLOWERS) followers.shift(); // frames that wait for a slow peer must not collect them
      followers.push(follower);
    }
    return follower;
  }

  #join(): Uint8Array {
    const bytes = this.#memory.allocate(this.size);
    let end = this.size;
    let frames: SharedFrames = this;
    while (frames.#bytes === undefined) {
      const last = frames.#last as SharedFrames;
      end -= last.size;
      bytes.set(last.bytes, end);
      frames = frames.#before as SharedFrames;
    }
    bytes.set(frames.#bytes, 0);
    this.#before = undefined;
    return bytes;
  }
}

/** Bytes of the payload of a frame that is not masked. */
function payloadSizeOf(frame: Uint8Array): number {
  const length = frame[1] & LENGTH_BITS;
  return length < LENGTH_16 ? length : frame.length - (length === LENGTH_16 ? 4 : 10);
}
