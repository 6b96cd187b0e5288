// The driver for the workers of one machine. It is told by its link what the primary process knows.

import { type BusDriver, type BusEvents, MAX_WAITING } from '../bus-driver.ts';
import type { SharedState } from './shared-state.ts';
import type { LinkUser, WorkerLink } from './worker-link.ts';

export class WorkersDriver implements BusDriver, LinkUser {
  readonly name = 'workers';
  readonly channels = new Set<string>();
  readonly #link: WorkerLink;
  #events: BusEvents | undefined;
  /** Whether everything that was subscribed before `open` is in place. */
  #isJoined = false;
  #isReady = false;
  #isClosed = false;
  /** Those who subscribe before `open`. */
  #early: (() => void)[] = [];

  constructor(link: WorkerLink) {
    this.#link = link;
  }

  get address(): string {
    return this.#link.state.address;
  }

  get maxPayload(): number {
    return Math.min(MAX_WAITING, this.#link.state.maxPayload);
  }

  get payloadBound(): string {
    return this.#link.state.payloadBound;
  }

  open(events: BusEvents): void {
    this.#events = events;
    this.#link.attach(this);
    // The primary answers after it has told its state.
    void this.#link.subscribe(this, [...this.channels]).then(() => {
      if (this.#isClosed) return;
      this.#isJoined = true;
      for (const settle of this.#early) settle();
      this.#early = [];
      this.#tell(this.#link.state);
    });
  }

  publish(channel: string, payload: Uint8Array): boolean {
    return this.#isReady && this.#link.publish(this, channel, payload);
  }

  subscribe(channels: readonly string[]): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    for (const channel of channels) this.channels.add(channel);
    if (this.#events !== undefined) return this.#link.subscribe(this, channels);
    return new Promise((resolve) => this.#early.push(resolve));
  }

  unsubscribe(channels: readonly string[]): void {
    if (this.#isClosed) return;
    for (const channel of channels) this.channels.delete(channel);
    this.#link.unsubscribe(this, channels);
  }

  flush(): Promise<void> {
    return this.#isReady ? this.#link.flush() : Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    this.#isReady = false;
    this.#link.detach(this);
    this.channels.clear();
    for (const settle of this.#early) settle();
    this.#early = [];
    return Promise.resolve();
  }

  changed(state: SharedState): void {
    if (this.#isJoined || state.kind !== 'ready') this.#tell(state);
  }

  trouble(error: Error): void {
    if (this.#isJoined) this.#events?.trouble(error);
  }

  message(channel: string, payload: Uint8Array): void {
    if (!this.#isClosed && this.channels.has(channel)) this.#events?.message(channel, payload);
  }

  #tell({ kind, reason, address }: SharedState): void {
    if (kind === 'ready') {
      if (!this.#isReady) {
        this.#isReady = true;
        this.#events?.ready();
      }
      return;
    }
    this.#isReady = false;
    const error = new Error(`the bus at ${address} cannot be used by the cluster: ${reason}`);
    if (kind === 'refused') this.#events?.refused(error);
    else this.#events?.lost(error);
  }
}
