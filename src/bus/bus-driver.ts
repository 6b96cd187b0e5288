// The contract of drivers: what carries messages between the nodes of a system. A driver knows channels and bytes, nothing
// more: topics, ids of nodes, and who is asked what are above it (bus-node.ts), the same over every driver.
//
// What every driver promises, and test/bus/contract.ts checks against the real thing:
//
// - At most once. A message that is published while the bus is lost is not kept: `publish` returns `false`, and the caller counts it.
// - In order, for one publisher and one channel.
// - No call throws for the state of the bus, and nothing waits for it: `publish` hands bytes on and returns.
// - A driver connects again by itself until `close`. It subscribes again to everything before it says `ready`.
// - What waits for a broker that does not read is bounded by `MAX_WAITING`, as far as the driver can see it.
// - A message may come back to the driver that published it, if it is subscribed to the channel. The layer above leaves out its
//   own messages.

/** Bytes of payloads that may wait in a driver for its broker. Above, `publish` returns `false`. */
export const MAX_WAITING = 64 * 2 ** 20;

/** What carries messages between nodes. Made by `redisBus`, `natsBus`, `workersBus`, `localBus`; or one of your own. */
export interface BusDriver {
  /** In errors, metrics and health: `redis`, `nats`. Lower case, without spaces. */
  readonly name: string;
  /** Where it connects to, without credentials: `redis://10.0.0.7:6379`. */
  readonly address: string;
  /** Bytes of the largest payload. It may change until `ready`, when the broker has told its own bound. */
  readonly maxPayload: number;
  /** What sets `maxPayload`, for the error of a larger one: `max_payload of nats-server`. */
  readonly payloadBound: string;

  /** Begins to connect, and goes on trying until `close`. Called once. What happens is told to `events`, after the call. */
  open(events: BusEvents): void;

  /**
   * Hands a payload to the broker.
   *
   * @param channel  letters, digits and `. _ - ~`, not empty, at most 255 of them; no `.` at an end or beside another one
   * @param payload  at most `maxPayload` bytes. Nobody changes them afterwards, and the driver may keep them
   * @returns whether it was handed on; `false` while the bus is lost, before `ready`, after `close`, or while too much waits
   *          for the broker ({@link MAX_WAITING})
   */
  publish(channel: string, payload: Uint8Array): boolean;

  /**
   * Subscribes to channels, from now until `unsubscribe` or `close`, over every loss of the bus. A channel is subscribed or
   * not: twice is the same as once. May be called before `open` and in any number: thousands in one call, or thousands of calls.
   *
   * @returns settles when the broker has all of them; while the bus is lost, when it is back; at `close`. Never rejects: a
   *          channel that the broker refuses is told to `events.trouble`
   */
  subscribe(channels: readonly string[]): Promise<void>;

  /** Ends subscriptions. Messages that are on their way may still come. */
  unsubscribe(channels: readonly string[]): void;

  /** Settles when everything that was published has been handed to the broker, or the bus is lost. */
  flush(): Promise<void>;

  /** Ends: no event follows the call, and nothing is left open. Also settles while the broker does not answer. Harmless if repeated. */
  close(): Promise<void>;
}

/** What a driver tells. None of these throws. */
export interface BusEvents {
  /** The bus can be used, and every subscription is in place. After a loss: messages that were published meanwhile are missing. */
  ready(): void;
  /**
   * The bus cannot be used, or an attempt to connect has failed. The driver goes on trying. May come several times.
   *
   * @param silence  milliseconds for which messages of others may have been missing before; a driver that does not know leaves it out
   */
  lost(error: Error, silence?: number): void;
  /** The broker will never take this driver as it is set up: wrong credentials, a server that is too old. It has given up. */
  refused(error: Error): void;
  /** Messages were lost or a subscription refused, but the bus is there: a slow consumer, a missing permission. */
  trouble(error: Error): void;
  /** A message. @param payload  nobody changes it afterwards; the receiver may keep it */
  message(channel: string, payload: Uint8Array): void;
}
