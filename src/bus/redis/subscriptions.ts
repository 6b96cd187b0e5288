// Which channels a link holds, brought in line with those that are wanted. Changes of a turn go out together; while one round
// is on its way, the next collects.

import type { Job, Scheduler } from '../../core/ports.ts';
import type { RedisLink } from './redis-link.ts';
import { isDenied } from './redis-problem.ts';

/** Channels of one command. */
const BATCH = 500;

export interface SubscriptionPorts {
  readonly link: RedisLink;
  readonly scheduler: Scheduler;
  /** The account may not subscribe to these. */
  denied(channels: readonly string[], error: unknown): void;
  /** The link is of no use. */
  failed(error: unknown): void;
}

interface Round {
  readonly promise: Promise<boolean>;
  readonly settle: (isDone: boolean) => void;
}

export class Subscriptions implements Job {
  readonly #wanted: ReadonlySet<string>;
  readonly #ports: SubscriptionPorts;
  readonly #held = new Set<string>();
  /** Channels that may have to change, and who waits for that. */
  #changed: Set<string>;
  #next: Round | undefined;
  #current: Round | undefined;
  /** A round is on its way, or the link is not ready. */
  #isBusy = true;
  #isClosed = false;

  /** @param wanted  owned by the caller, who tells each change */
  constructor(wanted: ReadonlySet<string>, ports: SubscriptionPorts) {
    this.#wanted = wanted;
    this.#ports = ports;
    this.#changed = new Set(wanted);
  }

  /** Whether changes wait. */
  get isBehind(): boolean {
    return this.#changed.size > 0;
  }

  /** Settles when all that was wanted is held. Before `begin`. Rejects with what failed. */
  async restore(): Promise<void> {
    if (this.#changed.size > 0 && !this.#isClosed) await this.#round();
  }

  /** From now on, changes go out by themselves. */
  begin(): void {
    this.#isBusy = false;
    if (this.#changed.size > 0) this.nextPiece();
  }

  /** @returns whether the broker has them; `false`: the link has ended */
  change(channels: readonly string[]): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(false);
    for (const channel of channels) this.#changed.add(channel);
    if (this.#next === undefined) {
      this.#next = round();
      if (!this.#isBusy) this.#ports.scheduler.inLaterTurn(this);
    }
    return this.#next.promise;
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.settle(false);
    this.#next?.settle(false);
  }

  nextPiece(): void {
    if (!this.#isBusy && !this.#isClosed) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    try {
      while (this.#changed.size > 0 && !this.#isClosed) await this.#round();
    } catch (error) {
      this.#ports.failed(error);
    }
    this.#isBusy = false;
  }

  async #round(): Promise<void> {
    const changed = this.#changed;
    this.#changed = new Set();
    const current = this.#next;
    this.#current = current;
    this.#next = undefined;
    const added: string[] = [];
    const removed: string[] = [];
    for (const channel of changed) {
      const isHeld = this.#held.has(channel);
      if (this.#wanted.has(channel)) {
        if (!isHeld) added.push(channel);
      } else if (isHeld) removed.push(channel);
    }
    await Promise.all([
      ...batches(removed).map((some) => this.#remove(some)),
      ...batches(added).map((some) => this.#add(some)),
    ]);
    current?.settle(true);
  }

  async #add(channels: readonly string[]): Promise<void> {
    try {
      await this.#ports.link.subscribe(channels);
    } catch (error) {
      if (!isDenied(error)) throw error;
      // Redis denies the whole command for one channel.
      if (channels.length === 1) return this.#ports.denied(channels, error);
      const half = channels.length >> 1;
      await this.#add(channels.slice(0, half));
      return this.#add(channels.slice(half));
    }
    for (const channel of channels) this.#held.add(channel);
  }

  async #remove(channels: readonly string[]): Promise<void> {
    await this.#ports.link.unsubscribe(channels);
    for (const channel of channels) this.#held.delete(channel);
  }
}

function round(): Round {
  let settle: ((isDone: boolean) => void) | undefined;
  const promise = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  return { promise, settle: settle as unknown as (isDone: boolean) => void };
}

function batches(channels: readonly string[]): string[][] {
  const all: string[][] = [];
  for (let at = 0; at < channels.length; at += BATCH) all.push(channels.slice(at, at + BATCH));
  return all;
}
