// The driver over Redis and Valkey: pub/sub, classic or sharded. It goes from one session (redis-session.ts) to the next, keeps
// which channels are wanted, and tells what happens.

import { webSocketError } from '../../core/errors.ts';
import type { Host, TimerOwner } from '../../core/ports.ts';
import { nodeHost } from '../../node/environment.ts';
import type { BusDriver, BusEvents } from '../bus-driver.ts';
import { USUAL_BOUND } from './payload-bound.ts';
import { type RedisDriverOptions, readDriverOptions } from './redis-options.ts';
import { deniedError, lostError, refusedError, remedyOf, textOf } from './redis-problem.ts';
import { RedisSession, type SessionEvents, type SessionSettings } from './redis-session.ts';
import { sourceOf } from './redis-source.ts';

/** Milliseconds before the first attempt after a loss; each further one waits twice as long. */
const FIRST_DELAY = 100;
/** Milliseconds between two tellings of messages that Redis does not take: there may be many of them. */
const QUIET = 1_000;

export class RedisDriver implements BusDriver, TimerOwner {
  readonly name = 'redis';
  readonly address: string;
  readonly #settings: SessionSettings;
  readonly #ownBound: number | undefined;
  readonly #maxDelay: number;
  readonly #timer;
  /** What Redis told. */
  #bound: number = USUAL_BOUND;
  readonly #channels = new Set<string>();
  #events: BusEvents | undefined;
  #session: RedisSession | undefined;
  /** Attempts that failed one after the other. */
  #failures = 0;
  #hasBeenReady = false;
  #isOver = false;
  /** Those who wait for their subscriptions until the bus is back. */
  #waiting: (() => void)[] = [];
  #quietUntil = Number.NEGATIVE_INFINITY;

  /**
   * @param given  a URL, or options
   * @param user   the function that the application called, for errors
   * @throws WebSocketError ERR_WS_OPTION, ERR_WS_PACKAGE_MISSING
   */
  constructor(
    given: string | RedisDriverOptions,
    user = 'redisBus',
    host: Pick<Host, 'clock' | 'scheduler'> = nodeHost,
  ) {
    const options = readDriverOptions(given);
    const source = sourceOf(options, user);
    const { heartbeat = {}, prefix = 'hws', connectTimeout = 5_000 } = options;
    const { interval = 5_000, timeout = 5_000 } = heartbeat;
    this.address = source.address;
    this.#settings = { source, prefix, interval, timeout, connectTimeout, host };
    this.#ownBound = options.maxPayload;
    this.#maxDelay = options.maxReconnectDelay ?? 5_000;
    this.#timer = host.clock.timer(this);
  }

  get maxPayload(): number {
    return Math.min(this.#bound, this.#ownBound ?? Number.POSITIVE_INFINITY);
  }

  get payloadBound(): string {
    const isOwn = this.#ownBound !== undefined && this.#ownBound < this.#bound;
    return isOwn ? 'maxPayload of redisBus' : 'client-output-buffer-limit pubsub of Redis';
  }

  open(events: BusEvents): void {
    if (this.#isOver || this.#events !== undefined) return;
    this.#events = events;
    this.expired();
  }

  publish(channel: string, payload: Uint8Array): boolean {
    return this.#session?.publish(channel, payload) ?? false;
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    if (this.#isOver) return;
    const added = channels.filter((channel) => !this.#channels.has(channel));
    for (const channel of added) this.#channels.add(channel);
    const session = this.#session;
    // Those that were there already may be on their way too.
    const isDone = await session?.change(channels);
    if ((isDone === true && session?.isReady === true) || this.#isOver) return;
    if (this.#session?.isReady === true) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  unsubscribe(channels: readonly string[]): void {
    for (const channel of channels) this.#channels.delete(channel);
    void this.#session?.change(channels);
  }

  flush(): Promise<void> {
    return this.#session?.flush() ?? Promise.resolve();
  }

  close(): Promise<void> {
    this.#events = undefined;
    this.#stop();
    return Promise.resolve();
  }

  /** Time for an attempt to connect. */
  expired(): void {
    if (this.#isOver) return;
    const session = new RedisSession(this.#settings, this.#channels, this.#tellers());
    this.#session = session;
    void session.begin();
  }

  #tellers(): SessionEvents {
    return {
      ready: () => {
        this.#failures = 0;
        this.#hasBeenReady = true;
        this.#events?.ready();
        this.#settle();
      },
      message: (channel, payload) => this.#events?.message(channel, payload),
      denied: (channels, error) => this.#events?.trouble(deniedError(this.address, channels, error)),
      unpublished: (error, count) => this.#tellUnpublished(error, count),
      bound: (bytes) => {
        this.#bound = bytes;
      },
      moved: (channels, silence) =>
        this.#events?.trouble(webSocketError('ERR_WS_REDIS_MOVED', this.address, channels, Math.ceil(silence))),
      ended: (error, isCut, silence) => this.#sessionEnded(error, isCut, silence),
    };
  }

  #sessionEnded(error: unknown, isCut: boolean, silence: number): void {
    const { address } = this;
    this.#session = undefined;
    // Credentials that were right once may be again: they are changed while programs run.
    const remedy = this.#hasBeenReady ? undefined : remedyOf(error, this.#settings.source.isSharded);
    if (remedy !== undefined) {
      const events = this.#events;
      this.#stop();
      events?.refused(refusedError(address, error, remedy));
      return;
    }
    if (isCut) this.#events?.trouble(webSocketError('ERR_WS_REDIS_CUT', address));
    this.#events?.lost(lostError(address, error), silence);
    if (this.#isOver) return;
    const delay = Math.min(this.#maxDelay, FIRST_DELAY * 2 ** Math.min(this.#failures++, 20));
    // Spread, so that all nodes do not come at once.
    this.#timer.set(delay * (0.5 + Math.random() / 2));
  }

  #tellUnpublished(error: unknown, count: number): void {
    const now = this.#settings.host.clock.now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + QUIET;
    this.#events?.trouble(webSocketError('ERR_WS_REDIS_PUBLISH', this.address, count, textOf(error)));
  }

  #stop(): void {
    this.#isOver = true;
    this.#timer.clear();
    this.#session?.destroy();
    this.#session = undefined;
    this.#channels.clear();
    this.#settle();
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
