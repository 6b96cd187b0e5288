// How long a peer may need for what it has been given to read. Between it and us lies what two systems hold: their
// buffers take megabytes at once, and tell nothing of how fast they empty. A peer that reads 20 KB/s is then silent for
// minutes, as one that is dead. So it is noted how much the peer may have before it, and how fast it has shown to read.
//
//   ours: outbox ──▶ system: send buffer ──▶ network ──▶ receive buffer ──▶ peer
//         waiting  │ taken                                               │ unread until it has answered a ping
//                  └── more is taken when a third of the send buffer has become free

/** Bytes in a millisecond: the slowest peer that is waited for, 16 KiB/s. Slower ones have what `timeout` gives them. */
export const SLOWEST = (16 * 1024) / 1000;
/**
 * The most that two systems hold. Linux lets a send buffer grow to 4 MiB and a receive buffer to 6 MiB (the third numbers
 * of tcp_wmem and tcp_rmem), other systems less; proxies have some too.
 */
const HELD = 12 * 1024 * 1024;
/** What may be read without a sign: a third of 4 MiB, and more where frames are small. */
const STEP = 2 * 1024 * 1024;
/** Less than this, a second's worth, is nothing to wait for; an idle connection has its timeouts to the millisecond. */
export const COUNT_FROM = 16 * 1024;

/** What of ours is on its way. */
export interface Outgoing {
  /** Bytes that wait for the system. */
  readonly size: number;
  /** Bytes that it has ever taken. */
  readonly taken: number;
}

/** Whether so much waits that the peer has to make room by reading. */
export function isWaiting({ size }: Outgoing): boolean {
  return size >= COUNT_FROM;
}

/** Of one connection, made when it has sent something worth counting. Times are those of its clock. */
export class Pace {
  #taken: number;
  /** When it was counted last. */
  #at: number;
  /** Of the bytes taken, those that the peer may not have read, as far as is known. */
  #unread = 0;
  /** Bytes up to here have been read: what followed them has been answered. */
  #read: number;
  /** When that was sent, or when counting began. */
  #readSince: number;
  /** Bytes in a millisecond that the peer has shown to read. */
  #shown = 0;
  /** Since when the peer has to make room by reading, and the bytes taken by then. */
  #waitingSince: number | undefined;
  #waitingFrom = 0;

  /** @param taken  bytes that the system had taken when the connection was made: those were for somebody else */
  constructor(now: number, taken: number) {
    this.#at = this.#readSince = now;
    this.#taken = this.#read = taken;
  }

  /** Takes note of what has been taken by now. */
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
   * The peer has answered what was sent at `since`, behind `read` bytes: they have been read.
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
   * Milliseconds that the peer may be silent for, besides its timeout.
   *
   * @param isWaiting  it is for the peer to make room: it shows that it reads when it has read some more. Otherwise it
   *                   has all of ours before it, and shows so when it answers
   */
  patience(isWaiting: boolean): number {
    if (isWaiting) return Math.min(Math.max(this.#taken - this.#read, 0), STEP) / SLOWEST;
    return this.#unread < COUNT_FROM ? 0 : this.#unread / this.#rate;
  }

  /** It may have become slower by half since it has shown how fast it is. */
  get #rate(): number {
    return Math.max(SLOWEST, this.#shown / 2);
  }

  #show(rate: number): void {
    if (Number.isFinite(rate)) this.#shown = Math.max(this.#shown, rate);
  }

  /** As long as something waits, what is taken is what is read. Systems that take it into growing buffers do no harm. */
  #measure(taken: number, now: number): void {
    const time = now - (this.#waitingSince as number);
    if (time >= 1_000) this.#shown = Math.min(this.#shown, (taken - this.#waitingFrom) / time);
  }
}
