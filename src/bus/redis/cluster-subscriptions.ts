// Sharded subscriptions in a cluster: one connection to each master that has channels of ours. The cluster clients of the
// libraries could do it, but when a slot moves they subscribe again without telling (`redis` 6, `ioredis` 6), forget the channel
// (`redis` 5), or throw where nobody can catch it (`ioredis` 5).
//
// A master that gives a slot away ends our subscriptions of that slot, and tells. We subscribe at the new master. Messages that were
// published in between are lost, so it is told. A library takes such a push for the answer of a command that is on its way;
// therefore `audit` compares where the slots are with where they were.
//
// ```
//  slot moves ─▶ push `sunsubscribe` ─▶ lost place ─▶ SSUBSCRIBE at the master that the library knows
//                 (or audit)                             │  MOVED: publish into the slot, which teaches the library
//                                                        └─▶ in place again
// ```

import { Buffer } from 'node:buffer';
import { nodeHost } from '../../node/environment.ts';
import { hashSlot } from './hash-slot.ts';
import type { RedisCommand } from './redis-link.ts';
import { isMoved } from './redis-problem.ts';
import { ownersOf } from './slot-owners.ts';

/** Times that one channel is tried while the servers do not agree on its slot. */
const ATTEMPTS = 30;
/** Milliseconds between the later ones. */
const PAUSE = 50;
const NO_BYTES = Buffer.alloc(0);

/** A connection to one master. */
export interface ShardSubscriber {
  connect(): Promise<unknown>;
  /** Rejects with what the server answers. */
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  destroy(): void;
}

export interface ShardEvents {
  message(channel: string, payload: Uint8Array): void;
  /** The server has ended this subscription. */
  moved(channel: string): void;
  ended(error: unknown): void;
}

/** What is used of a cluster client of a library. */
export interface ClusterClient {
  /** The master that has a slot, as far as the client knows, by a name of the client's. */
  masterOf(slot: number): string | undefined;
  /** @param master  a name from `masterOf` */
  subscriber(master: string, events: ShardEvents): ShardSubscriber;
  send(key: string, command: RedisCommand): Promise<unknown>;
}

export interface ClusterEvents {
  message(channel: string, payload: Uint8Array): void;
  /** So many subscriptions have lost their place. They get another one. */
  moved(count: number): void;
  ended(error: unknown): void;
}

interface Place {
  readonly slot: number;
  /** Absent: it has none. */
  master: string | undefined;
}

export class ClusterSubscriptions {
  readonly #client: ClusterClient;
  readonly #own: string;
  readonly #events: ClusterEvents;
  /** Channels that are wanted. */
  readonly #places = new Map<string, Place>();
  readonly #subscribers = new Map<string, { readonly subscriber: ShardSubscriber; readonly ready: Promise<unknown> }>();
  /** Wanted channels without a place, and the master that they had. */
  #homeless = new Map<string, string>();
  #isMoving = false;
  #owners: ReadonlyMap<number, string> | undefined;
  #isOver = false;

  /** @param own  how the names of channels begin that only this link uses */
  constructor(client: ClusterClient, own: string, events: ClusterEvents) {
    this.#client = client;
    this.#own = own;
    this.#events = events;
  }

  /** Whether channels are on their way to another master. */
  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** Settles when all are in place. Rejects with what a server answers. */
  subscribe(channels: readonly string[]): Promise<unknown> {
    return Promise.all(
      channels.map((channel) => {
        const place: Place = { slot: hashSlot(channel), master: undefined };
        this.#places.set(channel, place);
        return this.#settle(channel, place);
      }),
    );
  }

  unsubscribe(channels: readonly string[]): Promise<unknown> {
    return Promise.all(
      channels.map((channel) => {
        const master = this.#places.get(channel)?.master;
        this.#places.delete(channel);
        this.#homeless.delete(channel);
        return this.#leave(channel, master);
      }),
    );
  }

  /** Looks where the slots are. The first call remembers; later ones move what a push was lost for. Rejects with what failed. */
  async audit(): Promise<void> {
    const owners = ownersOf(await this.#client.send('', ['CLUSTER', 'SLOTS']));
    const before = this.#owners;
    this.#owners = owners;
    if (before === undefined || this.#isOver) return;
    // One channel for each slot that has moved.
    const changed = new Map<number, string>();
    for (const [channel, { slot }] of this.#places) {
      if (owners.get(slot) !== before.get(slot)) changed.set(slot, channel);
    }
    await Promise.all(
      Array.from(changed, ([slot, channel]) => this.#teach(channel, this.#places.get(channel)?.master, slot)),
    );
    const used = new Set<string>();
    for (const [channel, place] of this.#places) {
      const { master, slot } = place;
      if (master === undefined) continue;
      used.add(master);
      if (this.#client.masterOf(slot) === master) continue;
      void this.#leave(channel, master).catch(() => {});
      this.#evict(channel, place, master);
    }
    for (const [master, { subscriber }] of this.#subscribers) {
      if (used.has(master)) continue;
      this.#subscribers.delete(master);
      subscriber.destroy();
    }
  }

  destroy(): void {
    this.#isOver = true;
    for (const { subscriber } of this.#subscribers.values()) subscriber.destroy();
    this.#subscribers.clear();
    this.#places.clear();
    this.#homeless.clear();
  }

  /** Gives a channel its place at the master that has its slot. */
  async #settle(channel: string, place: Place): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const master = this.#client.masterOf(place.slot);
      if (master === undefined) throw new Error(`no server has slot ${place.slot}`);
      // Before the answer: the push that ends it again may arrive together with it.
      place.master = master;
      try {
        const subscriber = await this.#subscriberOf(master);
        await subscriber.subscribe(channel);
        if (!this.#places.has(channel)) await subscriber.unsubscribe(channel);
        return;
      } catch (error) {
        if (this.#isOver) return;
        if (!isMoved(error) || attempt >= ATTEMPTS) throw error;
        if (place.master === master) place.master = undefined;
        if (!this.#places.has(channel)) return;
        if (attempt > 0) await passed(PAUSE);
        await this.#teach(channel, master, place.slot);
      }
    }
  }

  async #subscriberOf(master: string): Promise<ShardSubscriber> {
    let known = this.#subscribers.get(master);
    if (known === undefined) {
      const isCurrent = (): boolean => this.#subscribers.get(master)?.subscriber === subscriber;
      const subscriber: ShardSubscriber = this.#client.subscriber(master, {
        message: (channel, payload) => this.#events.message(channel, payload),
        moved: (channel) => {
          const place = this.#places.get(channel);
          if (isCurrent() && place?.master === master) this.#evict(channel, place, master);
        },
        ended: (error) => {
          if (isCurrent()) this.#events.ended(error);
        },
      });
      known = { subscriber, ready: subscriber.connect() };
      this.#subscribers.set(master, known);
    }
    await known.ready;
    return known.subscriber;
  }

  async #leave(channel: string, master: string | undefined): Promise<void> {
    const known = master === undefined ? undefined : this.#subscribers.get(master);
    try {
      await known?.ready;
      await known?.subscriber.unsubscribe(channel);
    } catch (error) {
      // The slot has moved, and the subscription ended with that.
      if (!isMoved(error) && !this.#isOver) throw error;
    }
  }

  /** Has the library learn where a slot is, if it takes a certain master for its owner: the answer to a message into the slot says. */
  async #teach(channel: string, master: string | undefined, slot: number): Promise<void> {
    if (this.#isOver || this.#client.masterOf(slot) !== master) return;
    const name = `${this.#own}{${channel}}`;
    await this.#client.send(name, ['SPUBLISH', name, NO_BYTES]);
  }

  #evict(channel: string, place: Place, master: string): void {
    place.master = undefined;
    this.#homeless.set(channel, master);
    if (!channel.startsWith(this.#own)) this.#events.moved(1);
    if (!this.#isMoving) void this.#house();
  }

  /** @param from  the master that it had */
  async #move(channel: string, from: string): Promise<void> {
    const place = this.#places.get(channel);
    if (place === undefined) return;
    await this.#teach(channel, from, place.slot);
    await this.#settle(channel, place);
  }

  async #house(): Promise<void> {
    this.#isMoving = true;
    try {
      // Pushes come in groups.
      await Promise.resolve();
      while (this.#homeless.size > 0) {
        const channels = this.#homeless;
        this.#homeless = new Map();
        await Promise.all(Array.from(channels, ([channel, master]) => this.#move(channel, master)));
      }
    } catch (error) {
      if (!this.#isOver) this.#events.ended(error);
    }
    this.#isMoving = false;
  }
}

function passed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => nodeHost.clock.timer({ expired: resolve }).set(milliseconds));
}
