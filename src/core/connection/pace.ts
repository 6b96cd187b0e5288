// How long a peer may need to read what was sent to it. The buffers of two systems lie in between. They take megabytes
// at once, and do not tell how fast they empty. A peer that reads 20 KB/s is then silent for minutes, like a dead one. So
// this counts how much the peer may still have to read, and how fast it has shown to read.
//
//   ours: outbox ──▶ system: send buffer ──▶ network ──▶ receive buffer ──▶ peer
//         waiting  │ taken                                               │ unread until it has answered a ping
//                  └── more is taken when a third of the send buffer has become free

/** Bytes per millisecond, 16 KiB/s: the slowest peer that we wait for. Slower ones have only their `timeout`. */
export const SLOWEST = (16 * 1024) / 1000;
/**
 * The most that two systems hold. Linux lets a send buffer grow to 4 MiB and a receive buffer to 6 MiB (the third numbers
 * of tcp_wmem and tcp_rmem). Other systems hold less; proxies add some.
 */
const HELD = 12 * 1024 * 1024;
/** What a peer may read without our noticing: a third of 4 MiB, and more if frames are small. */
const STEP = 2 * 1024 * 1024;
/** Less than this, the bytes of a second, is not waited for: an idle connection has its timeouts to the millisecond. */
export const COUNT_FROM = 16 * 1024;

/** What we send and the peer has not answered yet. */
export interface Outgoing {
  /** Bytes that wait for the system. */
  readonly size: number;
  /** Bytes that it has taken in all. */
  readonly taken: number;
}

/** Whether so much waits that the peer has to make room by reading. */
export function isWaiting({ size }: Outgoing): boolean {
  return size >= COUNT_FROM;
}

/** The pace of one connection. It is made when enough has been sent to count. Times are those of the connection's clock. */
export class Pace {
  #taken: number;
  /** When bytes were last counted. */
  #at: number;
  /** Bytes that the system has taken and the peer may not have read. */
  #unread = 0;
  /** Bytes up to here have been read: the peer has answered what followed them. */
  #read: number;
  /** When what followed them was sent, or when counting began. */
  #readSince: number;
  /** Bytes per millisecond that the peer has shown to read. */
  #shown = 0;
  /** Since when the peer has to make room by reading, and the bytes that were taken by then. */
  #waitingSince: number | undefined;
  #waitingFrom = 0;

  /** @param taken  bytes that the system had taken when the connection was made: those of the handshake */
  constructor(now: number, taken: number) {
    this.#at = this.#readSince = now;
    this.#taken = this.#read = taken;
  }

  /** Counts what has been taken by now. */
  count(outgoing: Outgoing, now: number): void {
    const { taken } = outgoing;
    const size = Math.max(0, taken - this.#taken);
    if (this.#waitingSince === undefined) this.#unread = Math.max(0, this.#unread - this.#rate * (now - this.#at));
    else if (size > 0) this.#measure(taken, now);
    this.#unread = Math.min(this.#unread + size, HELD);
    this.#taken = Math.max(taken, this.#taken);
    this.#at = now;
    // What systems cannot hold has been read.
    if (taken - HELD > this.#read) this.#show((taken - HELD - this.#read) / (now - this.#readSince));
    if (!isWaiting(outgoing)) this.#waitingSince = undefined;
    else if (this.#waitingSince === undefined) {
      this.#waitingSince = now;
      this.#waitingFrom = taken;
    }
  }

  /**
   * The peer has answered what was sent at `since`, behind `read` bytes. So it has read them.
   */
  answered(read: number, since: number, now: number): void {
    if (read <= this.#read) return;
    this.#shown /= 2;
    this.#show((read - this.#read) / Math.max(1, now - this.#readSince));
    this.#read = read;
    this.#readSince = since;
    this.#unread = Math.min(this.#unread, Math.max(0, this.#taken - read));
  }

  /**
   * Milliseconds that the peer may be silent beyond its timeout.
   *
   * @param isWaiting  the peer has to make room, and shows that it reads when we can send more. If not, it has
   *                   everything, and shows that it has read when it answers
   */
  patience(isWaiting: boolean): number {
    if (isWaiting) return Math.min(Math.max(this.#taken - this.#read, 0), STEP) / SLOWEST;
    return this.#unread < COUNT_FROM ? 0 : this.#unread / this.#rate;
  }

  /** Half of what it has shown: it may have become slower since. */
  get #rate(): number {
    return Math.max(SLOWEST, this.#shown / 2);
  }

  #show(rate: number): void {
    if (Number.isFinite(rate)) this.#shown = Math.max(this.#shown, rate);
  }

  /** While bytes wait, the peer reads as many as the system takes. Systems whose buffers still grow do no harm. */
  #measure(taken: number, now: number): void {
    const time = now - (this.#waitingSince as number);
    if (time >= 1_000) this.#shown = Math.min(this.#shown, (taken - this.#waitingFrom) / time);
  }
}
