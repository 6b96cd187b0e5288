// Messages to many: to the subscribers of a topic, and to every connection of a server. Each one is encoded once. All of
// them go through here.

import { machineOf } from '../core/connection/connection.ts';
import { type MessageData, toBytes } from '../core/message/message-data.ts';
import { PreparedMessage } from '../core/message/prepared-message.ts';
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

  /** @param connections  those that a broadcast goes to */
  constructor(limits: TopicLimits, connections: Iterable<ServerConnection<Context>>, meter: Meter) {
    this.#meter = meter;
    this.topics = new Topics(limits, nodeHost.text);
    this.#connections = connections;
  }

  /**
   * Sends a message to the subscribers of a topic.
   *
   * @param except  gets nothing
   * @returns how many connections it was queued for
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_DATA_TYPE, even if nobody is subscribed
   */
  publish(topic: string, data: MessageData, except: ServerConnection<Context> | undefined): number {
    checkTopic(topic);
    if (typeof data !== 'string') toBytes(data);
    let message: PreparedMessage | undefined;
    const prepared = (): PreparedMessage => {
      message = prepare(data);
      return message;
    };
    const count = this.topics.publish(topic, prepared, except && machineOf(except), this.#meter);
    return this.#published(count, message);
  }

  /**
   * Sends a message to every connection.
   *
   * @returns how many connections it was queued for
   * @throws WebSocketError ERR_WS_DATA_TYPE
   */
  broadcast(data: MessageData): number {
    const message = prepare(data);
    let count = 0;
    for (const connection of this.#connections) {
      if (machineOf(connection).sendPrepared(message)) count++;
      else this.#meter.passedOver++;
    }
    return this.#published(count, message);
  }

  /** Counts it once, not for each connection. */
  #published(count: number, message: PreparedMessage | undefined): number {
    const meter = this.#meter;
    meter.publishes++;
    meter.deliveries += count;
    if (message !== undefined && message.published > 0) {
      const { published, plain } = message;
      meter.sent.published(plain.first, plain.payloadSize, published);
    }
    return count;
  }
}

function prepare(data: MessageData): PreparedMessage {
  return new PreparedMessage(data, nodeHost.text, nodeHost.memory);
}
