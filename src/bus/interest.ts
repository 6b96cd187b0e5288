// Which channels of topics this node is subscribed to at the broker. A topic is subscribed with its first subscriber here, and left some
// time after its last one, so that a client which comes back costs the broker nothing. All changes of one turn go to the driver in
// one call: thousands of clients that come at once are one command.
//
// A topic has a separate channel, or above a bound shares one with others. It keeps that kind as long as it is subscribed, and a
// message counts only on the channel of that kind: publishers that send to both are heard once.

import type { Timer, TurnTask } from '../core/ports.ts';
import { nodeHost } from '../node/environment.ts';
import type { BusDriver } from './bus-driver.ts';
import type { Channels } from './channels.ts';

/** A topic that is subscribed. */
interface Interest {
  readonly channel: string;
  /** When its last subscriber left. Counts while it is among those that linger. */
  leftAt: number;
}

export class InterestTable implements TurnTask {
  readonly #driver: Pick<BusDriver, 'subscribe' | 'unsubscribe'>;
  readonly #channels: Channels;
  readonly #linger: number;
  readonly #maxChannels: number;
  /** The first topic shares a channel: publishers must be told. */
  readonly #shares: () => void;
  readonly #topics = new Map<string, Interest>();
  /** How many topics have each channel. More than one only where it is shared, or their hashes are the same. */
  readonly #users = new Map<string, number>();
  /** Topics that nobody needs, the first to leave first. */
  readonly #lingering = new Map<string, Interest>();
  readonly #timer: Timer;
  #toSubscribe = new Set<string>();
  #toUnsubscribe = new Set<string>();
  #isScheduled = false;
  /** Settles when all subscriptions until now are at the broker. */
  #settled: Promise<unknown> = Promise.resolve();
  #isSharing = false;

  constructor(
    driver: Pick<BusDriver, 'subscribe' | 'unsubscribe'>,
    channels: Channels,
    { linger, maxChannels }: { readonly linger: number; readonly maxChannels: number },
    shares: () => void,
  ) {
    this.#driver = driver;
    this.#channels = channels;
    this.#linger = linger;
    this.#maxChannels = maxChannels;
    this.#shares = shares;
    this.#timer = nodeHost.clock.timer({ expired: () => this.#leave() });
  }

  /** Channels that are subscribed. */
  get size(): number {
    return this.#users.size;
  }

  /** Whether topics of this node share channels, or have. */
  get isSharing(): boolean {
    return this.#isSharing;
  }

  /** Whether a message of a topic is for this node on this channel. */
  has(topic: string, channel: string): boolean {
    return this.#topics.get(topic)?.channel === channel;
  }

  joined(topic: string): void {
    const known = this.#topics.get(topic);
    if (known !== undefined) {
      this.#lingering.delete(topic);
      return;
    }
    const isShared = this.#users.size >= this.#maxChannels;
    const channel = isShared ? this.#channels.partition(topic) : this.#channels.topic(topic);
    this.#topics.set(topic, { channel, leftAt: 0 });
    if (isShared && !this.#isSharing) {
      this.#isSharing = true;
      this.#shares();
    }
    const users = this.#users.get(channel) ?? 0;
    this.#users.set(channel, users + 1);
    if (users > 0) return;
    if (!this.#toUnsubscribe.delete(channel)) this.#toSubscribe.add(channel);
    this.#schedule();
  }

  left(topic: string): void {
    const interest = this.#topics.get(topic);
    if (interest === undefined || this.#lingering.has(topic)) return;
    interest.leftAt = nodeHost.clock.now();
    this.#lingering.set(topic, interest);
    if (this.#lingering.size === 1) this.#timer.set(this.#linger);
  }

  /** Settles when every topic that was joined before is subscribed at the broker. */
  async settled(): Promise<void> {
    if (this.#isScheduled) this.endOfTurn();
    await this.#settled;
  }

  /** Forgets everything; nothing is told to the driver any more. */
  close(): void {
    this.#timer.clear();
    for (const set of [this.#topics, this.#users, this.#lingering, this.#toSubscribe, this.#toUnsubscribe]) set.clear();
  }

  /** @internal */
  endOfTurn(): void {
    this.#isScheduled = false;
    if (this.#toUnsubscribe.size > 0) {
      this.#driver.unsubscribe([...this.#toUnsubscribe]);
      this.#toUnsubscribe = new Set();
    }
    if (this.#toSubscribe.size > 0) {
      const subscribed = this.#driver.subscribe([...this.#toSubscribe]);
      this.#toSubscribe = new Set();
      this.#settled = Promise.all([this.#settled, subscribed]);
    }
  }

  /** Leaves the topics that nobody has needed for long enough. */
  #leave(): void {
    const now = nodeHost.clock.now();
    for (const [topic, interest] of this.#lingering) {
      const wait = interest.leftAt + this.#linger - now;
      if (wait > 0) {
        this.#timer.set(wait);
        return;
      }
      this.#lingering.delete(topic);
      this.#topics.delete(topic);
      this.#drop(interest.channel);
    }
  }

  #drop(channel: string): void {
    const users = (this.#users.get(channel) ?? 0) - 1;
    if (users > 0) {
      this.#users.set(channel, users);
      return;
    }
    this.#users.delete(channel);
    if (!this.#toSubscribe.delete(channel)) this.#toUnsubscribe.add(channel);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    nodeHost.scheduler.afterTurn(this);
  }
}
