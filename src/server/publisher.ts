// Messages to many: to the subscribers of a topic, and to every connection of a server. Each one is encoded once. All of
// them go through here, those of other nodes too.

import type { BusLink, SessionMoves } from '../bus/seam.ts';
import { machineOf } from '../core/connection/connection.ts';
import { type MessageData, toBytes } from '../core/message/message-data.ts';
import { PreparedMessage, type WholeFrame } from '../core/message/prepared-message.ts';
import type { Meter } from '../core/meter.ts';
import { nodeHost } from '../node/environment.ts';
import { noParams } from './routes.ts';
import type { Member, ServerConnection, TopicHost } from './server-connection.ts';
import { checkTopic, type TopicLimits, Topics } from './topics.ts';

export class Publisher<Context> implements TopicHost<Context> {
  readonly topics: Topics<Member<Context>>;
  readonly #connections: Iterable<ServerConnection<Context>>;
  readonly #meter: Meter;
  /** The parameters of a request target: what connections ask beside topics. */
  paramsOf: (target: string) => Readonly<Record<string, string>> = noParams;
  idPrefix = '';
  #bus: BusLink | undefined;

  /** @param connections  those that a broadcast goes to */
  constructor(limits: TopicLimits, connections: Iterable<ServerConnection<Context>>, meter: Meter) {
    this.#meter = meter;
    this.topics = new Topics(limits, nodeHost.text);
    this.#connections = connections;
  }

  /** Publishes to the other nodes, too, from here on. */
  useBus(bus: BusLink): void {
    this.#bus = bus;
    this.idPrefix = `${bus.id}/`;
    this.topics.watch = bus;
  }

  get moves(): SessionMoves | undefined {
    return this.#bus;
  }

  /**
   * Sends a message to the subscribers of a topic, on this node and all others.
   *
   * The others are first: the driver only takes it, and they can deliver while this node does. What a handler publishes that is
   * called meanwhile comes after it everywhere.
   *
   * @param except    gets nothing
   * @param exceptId  id of a connection of any node that gets nothing
   * @param compress  as for `SendOptions`
   * @returns how many connections of this node it was queued for
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_DATA_TYPE, even if nobody is subscribed; ERR_WS_BUS_PAYLOAD
   */
  publish(
    topic: string,
    data: MessageData,
    except: ServerConnection<Context> | undefined,
    exceptId?: string | undefined,
    compress?: boolean | undefined,
  ): number {
    checkTopic(topic);
    let given: MessageData | WholeFrame = data;
    if (this.#bus !== undefined) given = this.#bus.publish(topic, data, exceptId, compress);
    else if (typeof data !== 'string') toBytes(data);
    this.#meter.publishes++;
    let message: PreparedMessage | undefined;
    const prepared = (): PreparedMessage => {
      message = prepare(given, compress);
      return message;
    };
    const count = this.topics.publish(topic, prepared, except && machineOf(except), this.#meter);
    return this.#delivered(count, message);
  }

  /**
   * Sends a message to every connection, of this node and all others.
   *
   * @param compress  as for `SendOptions`
   * @returns how many connections of this node it was queued for
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_BUS_PAYLOAD
   */
  broadcast(data: MessageData, compress?: boolean): number {
    const given = this.#bus === undefined ? data : this.#bus.publish(undefined, data, undefined, compress);
    const message = prepare(given, compress);
    this.#meter.publishes++;
    return this.broadcastHere(message);
  }

  /** Sends a message of another node to the subscribers of a topic here. */
  deliver(topic: string, message: PreparedMessage, except: ServerConnection<Context> | undefined): number {
    const count = this.topics.publish(topic, () => message, except && machineOf(except), this.#meter);
    return this.#delivered(count, message);
  }

  /** Sends a message to every connection of this node. */
  broadcastHere(message: PreparedMessage): number {
    let count = 0;
    for (const connection of this.#connections) {
      if (machineOf(connection).sendPrepared(message)) count++;
      else this.#meter.passedOver++;
    }
    return this.#delivered(count, message);
  }

  /** Sends a message to one connection. @returns whether it was queued */
  sendHere(connection: ServerConnection<Context>, message: PreparedMessage): boolean {
    const isQueued = machineOf(connection).sendPrepared(message);
    this.#countSent(message);
    return isQueued;
  }

  /** Counts it once, not for each connection. */
  #delivered(count: number, message: PreparedMessage | undefined): number {
    this.#meter.deliveries += count;
    if (message !== undefined) this.#countSent(message);
    return count;
  }

  #countSent({ published, plain }: PreparedMessage): void {
    if (published > 0) this.#meter.sent.published(plain.first, plain.payloadSize, published);
  }
}

function prepare(given: MessageData | WholeFrame, compress: boolean | undefined): PreparedMessage {
  return new PreparedMessage(given, nodeHost.text, nodeHost.memory, undefined, compress);
}
