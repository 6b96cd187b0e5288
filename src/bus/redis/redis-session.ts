// One link from its beginning to its end: connects, finds out what Redis allows, subscribes to everything, tries both
// directions, is ready, watches that Redis answers, and ends once. The driver makes another one.

import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { Host, Job, TimerOwner } from '../../core/ports.ts';
import { spreadNames } from './hash-slot.ts';
import { readBound } from './payload-bound.ts';
import { PublishQueue } from './publish-queue.ts';
import type { LinkEvents, LinkPart, RedisLink, RedisSource } from './redis-link.ts';
import { Subscriptions } from './subscriptions.ts';

/** Messages that must come back, in a cluster: spread over its nodes. */
const CLUSTER_PROBES = 32;
/** Milliseconds that the other connection has to prove that Redis is there, after one was cut. */
const CUT_PATIENCE = 1_000;
/** Milliseconds between a move of a slot and its telling, in which others follow; and between two tellings. */
const MOVE = 50;
const MOVES = 1_000;

/** Rounds in which subscriptions are restored that came meanwhile. Where there is no end to them, the last ones follow. */
const ROUNDS = 8;

export interface SessionSettings {
  readonly source: RedisSource;
  readonly prefix: string;
  readonly interval: number;
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly host: Pick<Host, 'clock' | 'scheduler'>;
}

/** What the driver hears. After `ended` nothing comes. */
export interface SessionEvents {
  ready(): void;
  message(channel: string, payload: Uint8Array): void;
  /** The account may not use these channels. */
  denied(channels: readonly string[], error: unknown): void;
  /** Redis did not take messages. */
  unpublished(error: unknown, count: number): void;
  /** Redis tells how large a payload may be. */
  bound(bytes: number): void;
  /** Slots have moved. @param silence  milliseconds for which messages on so many channels may be missing */
  moved(channels: number, silence: number): void;
  /**
   * @param isCut    Redis has closed only the connection that subscribes, and answers on the other
   * @param silence  milliseconds for which nothing proves that messages arrive; 0 where the messages themselves tell
   */
  ended(error: unknown, isCut: boolean, silence: number): void;
}

/**
 * - `settling`: input that has arrived is read before silence counts.
 * - `cut`: the subscribing connection was closed; whether the other one answers is to be seen.
 */
type State = 'connecting' | 'idle' | 'probing' | 'settling' | 'cut' | 'ended';

const NO_BYTES = Buffer.alloc(0);

export class RedisSession implements LinkEvents, TimerOwner, Job {
  readonly #settings: SessionSettings;
  readonly #events: SessionEvents;
  readonly #link: RedisLink;
  readonly #queue: PublishQueue;
  readonly #subscriptions: Subscriptions;
  readonly #timer;
  /** How the names of the driver's own channels begin, and these channels. */
  readonly #own: string;
  readonly #probes: readonly string[];
  /** Those of them on which a message has not come back. */
  readonly #missing = new Set<string>();
  #probed: (() => void) | undefined;
  #state: State = 'connecting';
  /** Whether something came on each connection since the last probe. */
  #hasAnswered = false;
  #hasHeard = false;
  /** What a connection told that was cut, or a node of a cluster. */
  #reason: unknown;
  /** When the last probe was sent that came back, and the one before. */
  #provenAt: number;
  #provenBefore: number;
  /** Subscriptions that lost their place, and are to be told; and since when their messages may be missing. */
  #moved = 0;
  #movedSince = 0;
  /** Before, no move is told. */
  #quietUntil = Number.NEGATIVE_INFINITY;
  readonly #moves;

  constructor(settings: SessionSettings, wanted: ReadonlySet<string>, events: SessionEvents) {
    const { source, host } = settings;
    this.#settings = settings;
    this.#events = events;
    this.#own = `${settings.prefix}.probe.${randomBytes(9).toString('hex')}.`;
    this.#probes = source.isCluster ? spreadNames(this.#own, CLUSTER_PROBES) : [`${this.#own}0`];
    this.#link = source.link(this, this.#own);
    this.#queue = new PublishQueue({
      isCluster: source.isCluster,
      isSharded: source.isSharded,
      scheduler: host.scheduler,
      send: (key, command) => this.#link.send(key, command),
      answered: () => {
        this.#hasAnswered = true;
      },
      failed: (error, count) => {
        this.#hasAnswered = true;
        if (this.isReady) events.unpublished(error, count);
      },
    });
    this.#subscriptions = new Subscriptions(wanted, {
      link: this.#link,
      scheduler: host.scheduler,
      denied: (channels, error) => {
        if (this.#isAlive) events.denied(channels, error);
      },
      failed: (error) => this.#end(error),
    });
    this.#timer = host.clock.timer(this);
    this.#moves = host.clock.timer({ expired: () => this.#tellMoves() });
    this.#provenAt = host.clock.now();
    this.#provenBefore = this.#provenAt;
  }

  get isReady(): boolean {
    return this.#isAlive && this.#state !== 'connecting';
  }

  get #isAlive(): boolean {
    return this.#state !== 'ended' && this.#state !== 'cut';
  }

  /** Connects, and tells `ready` or `ended`, in a later turn. */
  async begin(): Promise<void> {
    this.#extend();
    try {
      await this.#link.connect();
      this.#extend();
      await this.#link.cluster?.audit();
      await this.#link.subscribe(this.#probes);
      const [key] = this.#probes as [string];
      const [bound] = await Promise.all([readBound(this.#link, key), this.#queue.prepare(key)]);
      if (bound !== undefined && this.#isAlive) this.#events.bound(bound);
      for (let round = 0; round < ROUNDS && (round === 0 || this.#subscriptions.isBehind); round++) {
        this.#extend();
        await this.#subscriptions.restore();
        this.#extend();
        await this.#probe();
        if (this.#state !== 'connecting') return;
      }
    } catch (error) {
      this.#end(error);
      return;
    }
    if (this.#state !== 'connecting') return;
    this.#state = 'idle';
    this.#timer.set(this.#settings.interval);
    this.#subscriptions.begin();
    this.#events.ready();
  }

  publish(channel: string, payload: Uint8Array): boolean {
    return this.isReady && this.#queue.push(channel, payload);
  }

  /** As {@link Subscriptions.change}. */
  change(channels: readonly string[]): Promise<boolean> {
    return this.#subscriptions.change(channels);
  }

  flush(): Promise<void> {
    return this.#queue.flush();
  }

  /** Ends at once, and tells nothing. */
  destroy(): void {
    this.#state = 'ended';
    this.#timer.clear();
    this.#moves.clear();
    this.#queue.close();
    this.#subscriptions.close();
    this.#link.destroy();
  }

  message(channel: string, payload: Uint8Array): void {
    this.#hasHeard = true;
    if (!this.#isAlive) return;
    if (!channel.startsWith(this.#own)) {
      this.#events.message(channel, payload);
      return;
    }
    this.#missing.delete(channel);
    if (this.#missing.size === 0) this.#probed?.();
  }

  moved(count: number): void {
    if (!this.isReady) return;
    if (this.#moved === 0) {
      this.#moves.set(Math.max(MOVE, this.#quietUntil - this.#settings.host.clock.now()));
      // The last probe may be younger than the move: servers tell some time after each other.
      this.#movedSince = this.#provenBefore;
    }
    this.#moved += count;
  }

  ended(part: LinkPart, error: unknown): void {
    // While it connects, a cluster client tries one node after the other: that some are gone need not matter.
    if (part === 'cluster' && this.#state === 'connecting') {
      this.#reason = error;
      return;
    }
    if (!this.isReady || part !== 'subscribing') {
      this.#end(error);
      return;
    }
    this.#state = 'cut';
    this.#reason = error;
    this.#timer.set(CUT_PATIENCE);
    this.#link.send('', ['PING']).then(
      () => this.#finish(error, true),
      () => this.#finish(error, false),
    );
  }

  expired(): void {
    switch (this.#state) {
      case 'connecting':
        this.#end(this.#reason ?? new Error(`no answer for ${this.#settings.connectTimeout} ms`));
        break;
      case 'idle':
        this.#state = 'probing';
        this.#timer.set(this.#settings.timeout);
        this.#link.cluster?.audit().catch((error: unknown) => this.#end(error));
        void this.#probe();
        break;
      case 'probing':
        this.#state = 'settling';
        this.#settings.host.scheduler.inLaterTurn(this);
        break;
      case 'cut':
        this.#finish(this.#reason, false);
        break;
    }
  }

  /** Time is up. Where this process stood still, answers may have come that nobody has read. */
  nextPiece(): void {
    if (this.#state !== 'settling') return;
    const { timeout, source, interval } = this.#settings;
    // Any message is a sign of life: behind many of them the probe may be late. Each node of a cluster must give its own.
    const hasHeard = source.isCluster ? this.#missing.size === 0 : this.#hasHeard;
    if (this.#queue.isStuck()) this.#end(new Error(`no answer for a message for ${interval} ms`));
    else if (hasHeard && this.#hasAnswered) {
      this.#state = 'idle';
      this.#timer.set(Math.max(0, interval - timeout));
    } else this.#end(new Error(`no ${hasHeard ? 'answer' : 'message came back'} for ${timeout} ms`));
  }

  #extend(): void {
    if (this.#state === 'connecting') this.#timer.set(this.#settings.connectTimeout);
  }

  /** Publishes on the driver's own channels, and settles when all of it has come back. */
  async #probe(): Promise<void> {
    const sentAt = this.#settings.host.clock.now();
    this.#hasAnswered = false;
    this.#hasHeard = false;
    for (const channel of this.#probes) this.#missing.add(channel);
    const isBack = new Promise<void>((resolve) => {
      this.#probed = resolve;
    });
    const command = this.#settings.source.isSharded ? 'SPUBLISH' : 'PUBLISH';
    const sent = this.#probes.map((channel) => this.#link.send(channel, [command, channel, NO_BYTES]));
    try {
      await Promise.all(sent);
      this.#hasAnswered = true;
    } catch (error) {
      this.#end(error);
      return;
    }
    await isBack;
    this.#provenBefore = this.#provenAt;
    this.#provenAt = sentAt;
  }

  /** Those that still have no place may lose more: they are waited for. */
  #tellMoves(): void {
    if (this.#link.cluster?.isMoving === true) {
      this.#moves.set(MOVE);
      return;
    }
    const count = this.#moved;
    const now = this.#settings.host.clock.now();
    this.#moved = 0;
    this.#quietUntil = now + MOVES;
    this.#events.moved(count, now - this.#movedSince);
  }

  #end(error: unknown): void {
    if (this.#isAlive) this.#finish(error, false);
  }

  #finish(error: unknown, isCut: boolean): void {
    if (this.#state === 'ended') return;
    const { source, host } = this.#settings;
    const since = this.#moved > 0 ? this.#movedSince : this.#provenAt;
    this.destroy();
    // Of a cluster, one server may be silent for long while messages come from the others.
    this.#events.ended(error, isCut, source.isCluster ? host.clock.now() - since : 0);
  }
}
