// Publish and subscribe within one server: which connections are subscribed to which topics. A topic exists as long as it
// has a subscriber. Names are compared exactly; there are no patterns.

import { webSocketError } from '../core/errors.ts';
import type { PreparedMessage } from '../core/message/prepared-message.ts';
import type { TextCodec } from '../core/ports.ts';

/** Bounds on subscriptions: a client often chooses what it subscribes to. */
export interface TopicLimits {
  /** Topics that one connection may be subscribed to at a time. Above: `subscribe` throws. Default 1,024. */
  readonly maxTopicsPerConnection: number;
  /** Bytes of a topic's name in UTF-8. Above: `subscribe` throws. Default 1,024. */
  readonly maxTopicLength: number;
}

/** What a topic delivers to: a connection. */
export interface Subscriber {
  /** @returns whether it was queued */
  sendPrepared(message: PreparedMessage): boolean;
}

/** Is told which topics there are. */
export interface TopicWatch {
  /** It has its first subscriber. */
  joined(topic: string): void;
  /** Its last one has left. */
  left(topic: string): void;
}

/** The subscriptions of one server's connections. */
export class Topics<Member extends Subscriber> {
  readonly #limits: TopicLimits;
  readonly #text: TextCodec;
  /** Subscribers in the order of subscribing, each with the number of its subscription. */
  readonly #members = new Map<string, Map<Member, number>>();
  #lastSubscription = 0;
  /** Absent: nobody. */
  watch: TopicWatch | undefined;

  constructor(limits: TopicLimits, text: TextCodec) {
    this.#limits = limits;
    this.#text = text;
  }

  /** The topics that have a subscriber. */
  get names(): string[] {
    return [...this.#members.keys()];
  }

  /** Subscriptions of all members. */
  get subscriptions(): number {
    let sum = 0;
    for (const members of this.#members.values()) sum += members.size;
    return sum;
  }

  /** Topics that have a subscriber. */
  get size(): number {
    return this.#members.size;
  }

  /** The subscribers of a topic, in the order of subscribing. */
  members(topic: string): Iterable<Member> {
    return this.#members.get(topic)?.keys() ?? [];
  }

  /** How many subscribers a topic has. */
  count(topic: string): number {
    return this.#members.get(topic)?.size ?? 0;
  }

  /**
   * Subscribes a member to a topic. Does nothing if it is subscribed.
   *
   * @param topics  the topics of `member`. They are changed
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_TOPIC_TOO_LONG, ERR_WS_TOO_MANY_TOPICS
   */
  subscribe(member: Member, topics: Set<string>, topic: string): void {
    if (topics.has(topic)) return;
    this.#check(topic, topics.size);
    topics.add(topic);
    let members = this.#members.get(topic);
    if (members === undefined) {
      members = new Map();
      this.#members.set(topic, members);
      this.watch?.joined(topic);
    }
    members.set(member, ++this.#lastSubscription);
  }

  /** Ends a subscription. @returns whether there was one */
  unsubscribe(member: Member, topics: Set<string>, topic: string): boolean {
    if (!topics.delete(topic)) return false;
    this.#remove(member, topic);
    return true;
  }

  /**
   * Ends all subscriptions of a member.
   *
   * @param topics  the topics that it is subscribed to. They are not changed
   */
  leave(member: Member, topics: ReadonlySet<string>): void {
    for (const topic of topics) this.#remove(member, topic);
  }

  /**
   * Queues a message for every member that is subscribed at the time of the call, in the order of subscribing. Handlers
   * that are called meanwhile may subscribe and unsubscribe: a member that leaves before its turn gets nothing, and
   * neither does one that joins.
   *
   * @param prepare  called once, if there is a subscriber to send to
   * @param except   gets nothing
   * @param counts   where members that got nothing are counted
   * @returns how many members it was queued for
   */
  publish(
    topic: string,
    prepare: () => PreparedMessage,
    except: Member | undefined,
    counts?: { passedOver: number },
  ): number {
    const members = this.#members.get(topic);
    if (members === undefined || (members.size === 1 && except !== undefined && members.has(except))) return 0;
    const message = prepare();
    const last = this.#lastSubscription;
    let count = 0;
    for (const [member, subscription] of members) {
      if (subscription > last) break;
      if (member === except) continue;
      if (member.sendPrepared(message)) count++;
      else if (counts !== undefined) counts.passedOver++;
    }
    return count;
  }

  #remove(member: Member, topic: string): void {
    const members = this.#members.get(topic);
    members?.delete(member);
    if (members?.size !== 0) return;
    this.#members.delete(topic);
    this.watch?.left(topic);
  }

  #check(topic: string, count: number): void {
    checkTopic(topic);
    const { maxTopicLength, maxTopicsPerConnection } = this.#limits;
    // UTF-8 has between one byte and three for each unit.
    if (topic.length * 3 > maxTopicLength) {
      const size = this.#text.byteLength(topic);
      if (size > maxTopicLength) throw webSocketError('ERR_WS_TOPIC_TOO_LONG', size, maxTopicLength);
    }
    if (count >= maxTopicsPerConnection) throw webSocketError('ERR_WS_TOO_MANY_TOPICS', maxTopicsPerConnection);
  }
}

/** @throws WebSocketError ERR_WS_TOPIC */
export function checkTopic(topic: unknown): void {
  if (typeof topic !== 'string' || topic === '') throw webSocketError('ERR_WS_TOPIC', topic);
}
