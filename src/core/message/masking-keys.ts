// Masking keys (RFC 6455 §5.3, §10.3): unpredictable and fresh for each frame, drawn from the host's randomness in
// bulk, since a call for four bytes costs as much as one for thousands.

import type { Random } from '../ports.ts';

const POOL_SIZE = 2048;

/** Keys for all connections of a host. */
export class MaskingKeys {
  readonly #random: Random;
  readonly #keys = new Int32Array(POOL_SIZE);
  #next = POOL_SIZE;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A key that was never handed out before, as a 32-bit number. */
  next(): number {
    if (this.#next === POOL_SIZE) {
      this.#random.fill(new Uint8Array(this.#keys.buffer));
      this.#next = 0;
    }
    const at = this.#next++;
    const key = this.#keys[at];
    this.#keys[at] = 0;
    return key;
  }
}
