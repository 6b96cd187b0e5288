// What stands in the place of a broker for servers of one process. It loses nothing by itself; tests can stop it, have it stand
// still, and cut one of its drivers off.

import { MAX_WAITING } from '../bus-driver.ts';

/** A driver, as the exchange sees it. */
export interface LocalEnd {
  /** What it is subscribed to. The exchange forgets it when it is stopped. */
  readonly channels: ReadonlySet<string>;
  connected(): void;
  disconnected(error: Error): void;
  message(channel: string, payload: Uint8Array): void;
}

interface Posted {
  readonly channel: string;
  readonly payload: Uint8Array;
}

export class LocalExchange {
  readonly #ends = new Set<LocalEnd>();
  readonly #cut = new Set<LocalEnd>();
  readonly #subscribers = new Map<string, Set<LocalEnd>>();
  /** Published and not delivered yet. */
  #waiting: Posted[] = [];
  #waitingBytes = 0;
  #isScheduled = false;
  #isRunning = true;
  #isFrozen = false;
  /** The last end has left. */
  readonly #abandoned: (() => void) | undefined;

  constructor(abandoned?: () => void) {
    this.#abandoned = abandoned;
  }

  has(end: LocalEnd): boolean {
    return this.#ends.has(end);
  }

  isReachedBy(end: LocalEnd): boolean {
    return this.#isRunning && this.#ends.has(end) && !this.#cut.has(end);
  }

  /** Connects an end, or tells why not, in a later turn. */
  attach(end: LocalEnd): void {
    this.#ends.add(end);
    setImmediate(() => {
      if (!this.#ends.has(end)) return;
      if (this.isReachedBy(end)) this.#connect([end]);
      else end.disconnected(new Error('the local bus is stopped'));
    });
  }

  detach(end: LocalEnd): void {
    this.#forget(end);
    this.#cut.delete(end);
    this.#ends.delete(end);
    if (this.#ends.size === 0) this.#abandoned?.();
  }

  subscribe(end: LocalEnd, channels: readonly string[]): void {
    for (const channel of channels) {
      const subscribers = this.#subscribers.get(channel);
      if (subscribers === undefined) this.#subscribers.set(channel, new Set([end]));
      else subscribers.add(end);
    }
  }

  unsubscribe(end: LocalEnd, channels: Iterable<string>): void {
    for (const channel of channels) {
      const subscribers = this.#subscribers.get(channel);
      if (subscribers?.delete(end) === true && subscribers.size === 0) this.#subscribers.delete(channel);
    }
  }

  /** Delivers in a later turn, so that nobody is called from inside a publish. @returns whether there was room */
  publish(channel: string, payload: Uint8Array): boolean {
    if (this.#waitingBytes + payload.length > MAX_WAITING) return false;
    this.#waiting.push({ channel, payload });
    this.#waitingBytes += payload.length;
    this.#schedule();
    return true;
  }

  /** Loses everything that is on its way, and all subscriptions. */
  stop(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#subscribers.clear();
    for (const end of [...this.#ends])
      if (!this.#cut.has(end)) end.disconnected(new Error('the local bus was stopped'));
  }

  start(): void {
    this.#isRunning = true;
    this.#connect([...this.#ends].filter((end) => !this.#cut.has(end)));
  }

  /** Takes what is published, and delivers nothing until `thaw`. */
  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#schedule();
  }

  cut(end: LocalEnd): void {
    this.#cut.add(end);
    this.#forget(end);
    end.disconnected(new Error('the local bus was cut off'));
  }

  mend(end: LocalEnd): void {
    this.#cut.delete(end);
    if (this.isReachedBy(end)) this.#connect([end]);
  }

  /** All of them are subscribed before one hears of it. */
  #connect(ends: readonly LocalEnd[]): void {
    for (const end of ends) this.subscribe(end, [...end.channels]);
    for (const end of ends) if (this.isReachedBy(end)) end.connected();
  }

  #forget(end: LocalEnd): void {
    this.unsubscribe(end, end.channels);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isFrozen) return;
    this.#isScheduled = true;
    setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#isScheduled = false;
    if (this.#isFrozen) return;
    const posted = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const { channel, payload } of posted) {
      const subscribers = this.#subscribers.get(channel);
      if (subscribers === undefined) continue;
      for (const end of subscribers) end.message(channel, payload);
    }
  }
}
