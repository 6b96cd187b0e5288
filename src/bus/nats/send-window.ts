// The bound on bytes that wait for a NATS server. The library writes to its socket whatever it is given, and does not tell how much
// of it is still in memory. So the server is asked: a PONG comes after everything before its PING was read.

/** A connection that answers. */
interface Asked {
  flush(): Promise<void>;
}

/** Beside a payload: its line in the protocol, and the objects of the library. */
const OVERHEAD = 128;

/** Counts bytes until the server has read them. One for each connection that was made. */
export class SendWindow {
  readonly #connection: Asked;
  readonly #bound: number;
  #sent = 0;
  #askedAt = 0;
  #read = 0;
  #isAsking = false;

  /** @param bound  bytes; a message larger than it is let through while nothing else waits */
  constructor(connection: Asked, bound: number) {
    this.#connection = connection;
    this.#bound = bound;
  }

  /** Counts a message, if it may be sent. @returns `false` if too much waits */
  take(bytes: number): boolean {
    const size = bytes + OVERHEAD;
    const waiting = this.#sent - this.#read;
    if (waiting + size > this.#bound && waiting > 0) {
      this.#ask();
      return false;
    }
    this.#sent += size;
    // Early enough that the answer is there before the bound is.
    if (this.#sent - this.#askedAt > this.#bound / 16) this.#ask();
    return true;
  }

  /** The message goes behind this one: the caller sends first what was taken. */
  #ask(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    queueMicrotask(() => {
      const position = this.#sent;
      this.#askedAt = position;
      this.#connection.flush().then(
        () => {
          this.#isAsking = false;
          this.#read = position;
        },
        () => {}, // the connection is lost, and this window with it
      );
    });
  }
}
