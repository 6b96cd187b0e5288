// Data frames on their way from the decoder to their receiver, while observers want frames: each one is shown when it is
// complete, before its receiver has the end of it. Without observers the decoder has its receiver itself.

import { OBSERVED_SIZE } from '../observer.ts';
import type { DataFrameReceiver } from './decoder.ts';

/** @param payload  the first bytes of `size` in all */
export type ShowFrame = (first: number, size: number, payload: Uint8Array) => void;

export class WatchedFrames implements DataFrameReceiver {
  readonly #receiver: DataFrameReceiver;
  readonly #show: ShowFrame;
  #first = 0;
  #size = 0;
  /** Bytes of the current frame so far. */
  #seen = 0;
  /** The beginning of its payload. Absent: it began before somebody watched, or has come whole. */
  #kept: Uint8Array | undefined;
  #hasBegun = false;

  constructor(receiver: DataFrameReceiver, show: ShowFrame) {
    this.#receiver = receiver;
    this.#show = show;
  }

  begin(first: number, length: number): void {
    this.#receiver.begin(first, length);
    this.#first = first;
    this.#size = length;
    this.#seen = 0;
    this.#kept = undefined;
    this.#hasBegun = true;
  }

  whole(first: number, chunk: Uint8Array, start: number, end: number, bits: number): void {
    this.#hasBegun = false;
    this.#show(first, end - start, chunk.subarray(start, end));
    this.#receiver.whole(first, chunk, start, end, bits);
  }

  part(chunk: Uint8Array, start: number, end: number, bits: number, remaining: number): void {
    if (this.#hasBegun) this.#keep(chunk, start, end, remaining);
    this.#receiver.part(chunk, start, end, bits, remaining);
  }

  end(first: number): void {
    this.#receiver.end(first);
  }

  #keep(chunk: Uint8Array, start: number, end: number, remaining: number): void {
    this.#kept ??= new Uint8Array(Math.min(this.#size, OBSERVED_SIZE));
    const kept = this.#kept;
    const room = kept.length - this.#seen;
    if (room > 0) kept.set(chunk.subarray(start, Math.min(end, start + room)), this.#seen);
    this.#seen += end - start;
    if (remaining > 0) return;
    this.#hasBegun = false;
    this.#kept = undefined;
    this.#show(this.#first, this.#size, kept);
  }
}
