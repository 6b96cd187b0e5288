// The driver of the bus over NATS (https://docs.nats.io/reference/reference-protocols/nats-protocol): a channel is a subject.
//
//     connected ─▶ SUB of every channel ─▶ PING ─▶ PONG ─▶ ready ─▶ lost ─▶ connected …
//
// Nothing is published before `ready`, and the library never holds a message for later: see `#isUsable`.

import { type BusDriver, type BusEvents, MAX_WAITING } from '../bus-driver.ts';
import type { NatsConnectionLike, NatsServerInfo, NatsSubscription } from './nats-client.ts';
import type { NatsLink } from './nats-link.ts';
import { SendWindow } from './send-window.ts';

/** Bytes: what nats-server takes unless it is configured. */
const DEFAULT_MAX_PAYLOAD = 1_048_576;

/** A connection from when it was made until it is lost. */
interface Session {
  readonly connection: NatsConnectionLike;
  readonly window: SendWindow;
  /** What the server said when it was connected. */
  info: NatsServerInfo | undefined;
  isReady: boolean;
}

/** @see BusDriver */
export class NatsDriver implements BusDriver {
  readonly name = 'nats';
  readonly payloadBound = 'max_payload of nats-server';
  readonly address: string;
  readonly #link: NatsLink;
  /** Absent where the server has refused it, or before there is one. */
  readonly #channels = new Map<string, NatsSubscription | undefined>();
  /** Waits for the server to have all subscriptions; over a loss until it is back. */
  readonly #subscribing = new Set<() => void>();
  /** Wait until the server has read everything, or is lost. */
  readonly #flushing = new Set<() => void>();
  #events: BusEvents | undefined;
  #session: Session | undefined;
  /** Whose subscriptions are in `#channels`. */
  #subscribed: NatsConnectionLike | undefined;
  #isConfirming = false;
  #isClosed = false;
  #maxPayload = DEFAULT_MAX_PAYLOAD;

  /** @param address  without credentials */
  constructor(link: NatsLink, address: string) {
    this.#link = link;
    this.address = address;
  }

  /** As the server told last: it may be configured anew, and another server may have another. */
  get maxPayload(): number {
    const info = this.#session?.connection.info;
    if (info !== undefined) this.#maxPayload = info.max_payload;
    return this.#maxPayload;
  }

  open(events: BusEvents): void {
    this.#events = events;
    this.#link.open({
      connected: (connection) => this.#connected(connection),
      lost: (error) => {
        this.#forget();
        this.#events?.lost(error);
      },
      refused: (error) => {
        this.#forget();
        this.#events?.refused(error);
      },
      trouble: (error) => this.#events?.trouble(error),
    });
  }

  publish(channel: string, payload: Uint8Array): boolean {
    const session = this.#session;
    if (session === undefined || !isUsable(session) || !session.window.take(payload.length)) return false;
    try {
      session.connection.publish(channel, payload);
      return true;
    } catch (error) {
      // Larger than the bound of a server that is a moment old; the application's connection is being drained.
      this.#events?.trouble(error as Error);
      return false;
    }
  }

  subscribe(channels: readonly string[]): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    for (const channel of channels) {
      if (!this.#channels.has(channel)) this.#channels.set(channel, undefined);
      this.#subscribe(channel);
    }
    return new Promise((resolve) => {
      this.#subscribing.add(resolve);
      this.#confirm();
    });
  }

  unsubscribe(channels: readonly string[]): void {
    for (const channel of channels) {
      this.#channels.get(channel)?.unsubscribe();
      this.#channels.delete(channel);
    }
  }

  flush(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#flushing.delete(done);
        resolve();
      };
      this.#flushing.add(done);
      session.connection.flush().then(done, done);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#events = undefined;
    // The connection may be the application's, and stay.
    for (const subscription of this.#channels.values()) subscription?.unsubscribe();
    this.#channels.clear();
    this.#forget();
    release(this.#subscribing);
    await this.#link.close();
  }

  #connected(connection: NatsConnectionLike): void {
    if (this.#isClosed) return;
    if (this.#subscribed !== connection) {
      this.#subscribed = connection;
      for (const channel of this.#channels.keys()) this.#channels.set(channel, undefined);
    }
    const window = new SendWindow(connection, MAX_WAITING);
    const session: Session = { connection, window, info: undefined, isReady: false };
    this.#session = session;
    for (const channel of this.#channels.keys()) this.#subscribe(channel);
    const waiting = [...this.#subscribing];
    connection.flush().then(
      () => {
        if (this.#session !== session) return;
        session.info = connection.info;
        session.isReady = true;
        this.#events?.ready();
        this.#settle(waiting);
      },
      () => {}, // lost again: the link tells so
    );
  }

  #forget(): void {
    this.#session = undefined;
    release(this.#flushing);
  }

  #subscribe(channel: string): void {
    const session = this.#session;
    if (session === undefined || this.#channels.get(channel)?.isClosed() === false) return;
    try {
      const subscription = session.connection.subscribe(channel, {
        // An error closes the subscription; the link hears of it, too.
        callback: (error, message) => {
          if (error === null) this.#events?.message(channel, message.data);
        },
      });
      this.#channels.set(channel, subscription);
    } catch (error) {
      // The connection is being drained or closed: the link tells so.
      this.#channels.set(channel, undefined);
      if (!session.connection.isClosed()) this.#events?.trouble(error as Error);
    }
  }

  /** Asks the server once for all that was subscribed in this turn. */
  #confirm(): void {
    if (this.#isConfirming || this.#session === undefined) return;
    this.#isConfirming = true;
    queueMicrotask(() => {
      this.#isConfirming = false;
      const session = this.#session;
      if (session === undefined) return;
      const waiting = [...this.#subscribing];
      session.connection.flush().then(
        () => {
          if (this.#session === session) this.#settle(waiting);
        },
        () => {}, // they go on waiting, until it is back
      );
    });
  }

  #settle(waiting: readonly (() => void)[]): void {
    for (const resolve of waiting) {
      if (this.#subscribing.delete(resolve)) resolve();
    }
  }
}

/**
 * Whether the connection is the one that was ready. A connection of the application is made again by the library, which then
 * takes what is published and sends it late; news of the loss come a few microtasks after it. The number of the connection is
 * never late: it is absent from before the library's buffer is emptied until another connection has another number.
 */
function isUsable({ connection, info, isReady }: Session): boolean {
  const now = connection.info;
  if (!isReady || now === undefined || info === undefined) return false;
  return now === info || (now.client_id === info.client_id && now.server_id === info.server_id);
}

function release(waiting: Set<() => void>): void {
  for (const resolve of waiting) resolve();
  waiting.clear();
}
