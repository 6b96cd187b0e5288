// A process without connections that publishes to those of all nodes, and asks for them.

import { webSocketError } from '../core/errors.ts';
import type { MessageData } from '../core/message/message-data.ts';
import type { SendOptions } from '../core/message/send-options.ts';
import type { BusMetrics } from '../core/meter.ts';
import { readOptions, refuseArguments, type Schema } from '../core/option-check.ts';
import { check } from '../core/option-kinds.ts';
import { type CountOptions, countSchema, type ListOptions, listSchema } from './list-options.ts';
import { broadcastSchema, dataOfKind, messageElsewhere, messageRows, sendToSchema } from './message-options.ts';
import type { Bus, BusHost, BusLink, BusState, CountOfNodes, Listing, NodeInfo } from './seam.ts';

/** Options of `createPublisher`. */
export interface PublisherOptions {
  /** Reaches the servers: with the same broker and `prefix` as theirs. One bus serves one publisher. */
  bus: Bus;
}

/** Options of `publisher.publish`. */
export interface PublisherPublishOptions extends SendOptions {
  /** `id` of a connection that does not get the message, even if it is subscribed. */
  except?: string | undefined;
}

const publisherSchema: Schema<PublisherOptions> = {
  of: 'createPublisher',
  example: "{ bus: redisBus('redis://127.0.0.1:6379') }",
  required: ['bus'],
  rows: {
    bus: check<Bus>(
      "a bus, such as redisBus('redis://127.0.0.1:6379') of harmony-websocket/redis",
      (value) => typeof value === 'object' && value !== null && typeof Reflect.get(value, 'use') === 'function',
    ),
  },
};

const publishSchema: Schema<PublisherPublishOptions> = {
  of: 'publish',
  example: "{ except: 'a-k3x9w2pm/17', compress: true }",
  rows: {
    ...messageRows,
    except: check<string>(
      'the id of a connection',
      (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}\/\d{1,15}$/.test(value),
    ),
  },
  elsewhere: messageElsewhere,
};

/** Has no connections: nothing is delivered to it. */
const nobody: BusHost = {
  role: 'publisher',
  topics: [],
  connections: 0,
  isSubscribed: () => false,
  deliver: () => 0,
  broadcast: () => 0,
  send: () => false,
  close: () => false,
  count: () => 0,
  list: () => ({ connections: [], total: 0 }),
};

/**
 * Makes a publisher: for programs that have something to tell to the connections of servers, and no connections of their own. It
 * begins to connect at once; `ready()` tells when it has.
 *
 * @throws WebSocketError ERR_WS_OPTION, ERR_WS_BUS_USED
 */
export function createPublisher(options: PublisherOptions): BusPublisher;
export function createPublisher(options: PublisherOptions, ...rest: unknown[]): BusPublisher {
  refuseArguments('createPublisher', rest, 'the bus is in its options');
  const link = readOptions(publisherSchema, options).bus.use(nobody);
  link.start();
  return makePublisher(link);
}

let makePublisher: (link: BusLink) => BusPublisher;

/** A process that publishes without connections of its own. Made by {@link createPublisher}. */
export class BusPublisher {
  readonly #link: BusLink;

  static {
    makePublisher = (link) => new BusPublisher(link);
  }

  private constructor(link: BusLink) {
    this.#link = link;
  }

  /** Id of this node. */
  get id(): string {
    return this.#link.id;
  }

  /** Where the bus is in its life. */
  get state(): BusState {
    return this.#link.state;
  }

  /**
   * Waits until the bus is ready.
   *
   * @returns settles at once where it is; without it after `timeout`, where the bus is not `required`
   * @throws (rejects) WebSocketError ERR_WS_BUS_CONNECT, ERR_WS_BUS_REFUSED, ERR_WS_BUS_CLOSED; it goes on trying until `close`
   */
  ready(): Promise<void> {
    return this.#link.open();
  }

  /**
   * Sends a message to the subscribers of a topic on all nodes: in the order of the calls, at most once, and not while the bus
   * is lost.
   *
   * @param topic    not empty
   * @param data     text or bytes. They are copied during the call
   * @param options  `except`: a connection that gets nothing; `binary` and `compress`: as for `connection.send`, on all nodes
   * @returns whether the broker was given it
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8, ERR_WS_OPTION, ERR_WS_BUS_PAYLOAD
   */
  publish(topic: string, data: MessageData, options?: PublisherPublishOptions): boolean {
    checkTopic(topic);
    const { except, binary, compress } = readOptions(publishSchema, options);
    return this.#handed(() => this.#link.publish(topic, dataOfKind(data, binary), except, compress));
  }

  /**
   * Sends a message to every connection of all nodes.
   *
   * @param options  `binary` and `compress`: as for `connection.send`, on all nodes
   * @returns whether the broker was given it
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8, ERR_WS_OPTION, ERR_WS_BUS_PAYLOAD
   */
  broadcast(data: MessageData, options?: SendOptions): boolean {
    const { binary, compress } = readOptions(broadcastSchema, options);
    return this.#handed(() => this.#link.publish(undefined, dataOfKind(data, binary), undefined, compress));
  }

  /** As `server.sendTo`. */
  async sendTo(id: string, data: MessageData, options?: SendOptions): Promise<boolean> {
    const { binary, compress } = readOptions(sendToSchema, options);
    return this.#link.sendTo(id, dataOfKind(data, binary), compress);
  }

  /** As `server.closeConnection`. */
  async closeConnection(id: string, code?: number, reason = ''): Promise<boolean> {
    return this.#link.closeConnection(id, code, reason);
  }

  /** As `server.list`. */
  async list(options?: ListOptions): Promise<Listing> {
    return this.#link.list(readOptions(listSchema, options));
  }

  /** As `server.count`. */
  async count(options?: CountOptions): Promise<CountOfNodes> {
    return this.#link.count(readOptions(countSchema, options));
  }

  /** As `server.members(topic, { everywhere: true })`. */
  async members(topic: string, options?: Omit<ListOptions, 'topic'>): Promise<Listing> {
    checkTopic(topic);
    const { timeout, limit } = readOptions(listSchema, options);
    return this.#link.list({ topic, timeout, limit });
  }

  /** As `server.nodes`. */
  nodes(): NodeInfo[] {
    return this.#link.nodes();
  }

  /** What it has done over the bus. */
  metrics(): BusMetrics {
    return this.#link.metrics();
  }

  /** Ends it. Settles when everything published is with the broker, or it cannot be reached. */
  close(): Promise<void> {
    return this.#link.close();
  }

  #handed(publish: () => unknown): boolean {
    const before = this.#link.unpublished;
    publish();
    return this.#link.unpublished === before;
  }
}

/** @throws WebSocketError ERR_WS_TOPIC */
function checkTopic(topic: unknown): void {
  if (typeof topic !== 'string' || topic === '') throw webSocketError('ERR_WS_TOPIC', topic);
}
