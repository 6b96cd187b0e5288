// Which frames are recorded while more of them come than an inspector may record: so many in each second, and for each connection
// a share, so that a busy one does not hide the others.

/** Seconds of one window. */
const WINDOW = 1;

/** What a connection has had in a window. */
export interface Share {
  window: number;
  taken: number;
}

export class Sampler {
  readonly #frames: number;
  readonly #bytes: number;
  #window = 0;
  /** What has been taken in the window. */
  #taken = 0;
  #takenBytes = 0;
  /** Connections that asked in this window, and in the one before. */
  #busy = 0;
  #busyBefore = 1;

  /**
   * @param frames  that may be taken in a second
   * @param bytes   that may be taken in a second
   */
  constructor(frames: number, bytes: number) {
    this.#frames = frames;
    this.#bytes = bytes;
  }

  /**
   * Asks for one frame.
   *
   * @param share  of its connection
   * @param size   bytes that would be kept of it
   * @param now    seconds
   */
  take(share: Share, size: number, now: number): boolean {
    const window = Math.floor(now / WINDOW);
    if (window !== this.#window) this.#begin(window);
    if (share.window !== window) {
      share.window = window;
      share.taken = 0;
      this.#busy++;
    }
    if (this.#taken >= this.#frames || this.#takenBytes + size > this.#bytes) return false;
    const busy = Math.max(this.#busy, this.#busyBefore);
    if (share.taken >= Math.max(1, this.#frames / busy)) return false;
    share.taken++;
    this.#taken++;
    this.#takenBytes += size;
    return true;
  }

  #begin(window: number): void {
    this.#busyBefore = window === this.#window + 1 ? Math.max(1, this.#busy) : 1;
    this.#window = window;
    this.#busy = 0;
    this.#taken = 0;
    this.#takenBytes = 0;
  }
}
