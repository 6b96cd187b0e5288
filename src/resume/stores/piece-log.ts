// A log of a session in memory (../protocol/store.ts): pieces by number, without those that are not needed any more.

import type { StoredPiece } from '../protocol/store.ts';

export class PieceLog {
  #pieces: StoredPiece[] = [];
  /** Pieces of `#pieces` before it are gone. */
  #head = 0;
  /** Number of the last piece that it has or had. */
  #last = 0;

  /** Number of the last piece; dropped pieces count too. */
  get last(): number {
    return this.#last;
  }

  /**
   * Adds those that it does not have.
   *
   * @param isGapless  a number that does not follow the last one throws
   * @throws Error where pieces are missing between the last one and these
   */
  append(pieces: readonly StoredPiece[], isGapless: boolean): void {
    for (const piece of pieces) {
      const { sequence } = piece;
      if (sequence <= this.#last) continue;
      if (isGapless && sequence !== this.#last + 1) throw new Error(gapBetween(this.#last, sequence));
      this.#pieces.push(piece);
      this.#last = sequence;
    }
  }

  /** Drops all up to `sequence`, and goes on behind it. */
  drop(sequence: number): void {
    while (this.#head < this.#pieces.length && (this.#pieces[this.#head] as StoredPiece).sequence <= sequence) {
      (this.#pieces as (StoredPiece | undefined)[])[this.#head++] = undefined;
    }
    if (sequence > this.#last) this.#last = sequence;
    if (this.#head === this.#pieces.length) this.#pieces = [];
    else if (this.#head > 32 && this.#head * 2 > this.#pieces.length) this.#pieces = this.#pieces.slice(this.#head);
    else return;
    this.#head = 0;
  }

  /** Those behind `sequence`. */
  since(sequence: number): readonly StoredPiece[] {
    return this.#pieces.slice(this.#head).filter((piece) => piece.sequence > sequence);
  }
}

/** What a store says that has lost pieces. */
export function gapBetween(last: number, next: number): string {
  return `the store has lost messages: its last one is ${last}, and ${next} is to follow`;
}
