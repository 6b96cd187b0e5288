// The driver for servers of one process: their messages go through an object that they share. For tests, and for programs
// that run several servers. It needs no broker.

import { type BusDriver, type BusEvents, MAX_WAITING } from '../bus-driver.ts';
import type { LocalEnd, LocalExchange } from './local-exchange.ts';

export class LocalDriver implements BusDriver, LocalEnd {
  readonly name = 'local';
  readonly address: string;
  readonly maxPayload: number;
  readonly payloadBound = 'the local bus';
  readonly channels = new Set<string>();
  readonly #find: () => LocalExchange;
  /** Absent before `open`. */
  #exchange: LocalExchange | undefined;
  #events: BusEvents | undefined;
  #isReady = false;
  #isClosed = false;
  /** Those who wait for their subscriptions. */
  #waiting: (() => void)[] = [];

  /** @param find  gives the exchange when the driver is opened */
  constructor(find: () => LocalExchange, address = 'local:default', maxPayload = MAX_WAITING) {
    this.#find = find;
    this.address = address;
    this.maxPayload = maxPayload;
  }

  open(events: BusEvents): void {
    if (this.#isClosed) return;
    this.#events = events;
    this.#exchange = this.#find();
    this.#exchange.attach(this);
  }

  publish(channel: string, payload: Uint8Array): boolean {
    return this.#isReady && this.#exchange?.publish(channel, payload) === true;
  }

  subscribe(channels: readonly string[]): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    for (const channel of channels) this.channels.add(channel);
    if (this.#isReady) {
      this.#exchange?.subscribe(this, channels);
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  unsubscribe(channels: readonly string[]): void {
    this.#exchange?.unsubscribe(this, channels);
    for (const channel of channels) this.channels.delete(channel);
  }

  /** The exchange has every message already. */
  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#isReady = false;
    this.#exchange?.detach(this);
    this.channels.clear();
    this.#settle();
    return Promise.resolve();
  }

  connected(): void {
    this.#isReady = true;
    this.#settle();
    this.#events?.ready();
  }

  disconnected(error: Error): void {
    this.#isReady = false;
    this.#events?.lost(error);
  }

  message(channel: string, payload: Uint8Array): void {
    if (!this.#isClosed) this.#events?.message(channel, payload);
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
