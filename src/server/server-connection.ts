// A connection as a server's handlers get it: that of the protocol, with what its handshake brought, and topics.

import type { SessionMoves } from '../bus/seam.ts';
import { Connection, machineOf } from '../core/connection/connection.ts';
import type { Limits } from '../core/connection/limits.ts';
import type { ConnectionMachine } from '../core/connection/machine.ts';
import type { Some } from '../core/connection/settings.ts';
import type { MessageCompression } from '../core/extension/message-compression.ts';
import type { MessageData } from '../core/message/message-data.ts';
import { refuseArguments } from '../core/option-check.ts';
import type { Slot } from './admission.ts';
import type { Session } from './session.ts';
import { checkTopic, type Topics } from './topics.ts';

/** What is kept of a handshake. The request itself is not, for the memory of idle connections. */
export interface Handshake<Context> {
  readonly url: string;
  readonly subprotocol: string;
  readonly compression: MessageCompression | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly encrypted: boolean;
  readonly context: Context;
  /** Bounds that differ from those of the server. */
  readonly limits: Some<Limits> | undefined;
  /** If it differs from that of the server. */
  readonly streamAbove?: number | undefined;
  /** Its place among the connections of the server, until it ends. */
  readonly slot: Slot;
}

/** A subscriber of a topic: the machine of a server's connection. */
export type Member<Context> = ConnectionMachine<ServerConnection<Context>>;

/** What a connection needs of its server. */
export interface TopicHost<Context> {
  readonly topics: Topics<Member<Context>>;
  /** What ids begin with: `<node>/` with a bus, otherwise nothing. */
  readonly idPrefix: string;
  /** Passes sessions on to other nodes of the bus, if there is a bus. */
  readonly moves: SessionMoves | undefined;
  publish(topic: string, data: MessageData, except: ServerConnection<Context>): number;
  /** The parameters of a request target. */
  paramsOf(target: string): Readonly<Record<string, string>>;
}

/** Makes the application's object of a connection. Start the transport with its machine afterwards. */
export let serverConnection: <Context>(
  machine: Member<Context>,
  topicHost: TopicHost<Context>,
  handshake: Handshake<Context>,
) => ServerConnection<Context>;

/** Another connection carries the session of this object: it shows the address of that one. */
export let adoptAddress: <Context>(
  connection: ServerConnection<Context>,
  handshake: Pick<Handshake<Context>, 'url' | 'remoteAddress' | 'remotePort' | 'encrypted'>,
) => void;

/** The connection is not open any more: its subscriptions end. */
export let leaveTopics: <Context>(connection: ServerConnection<Context>) => void;

/** The connection has ended: it no longer counts as one of the server's. */
export let leaveServer: <Context>(connection: ServerConnection<Context>) => void;

/**
 * A connection of a server, as its handlers get it.
 *
 * @typeParam Context  the type of {@link context}
 */
export class ServerConnection<Context = undefined> extends Connection {
  /** The value that the `upgrade` handler gave to `accept({ context })`; otherwise `undefined`. You may replace it. */
  context: Context;
  /** The request target of the handshake, for example `/chat?room=1` (RFC 6455 §4.1). */
  readonly url: string;
  /** The IP address of the client, as text. Behind proxies that the server trusts, the one that they forward. */
  readonly remoteAddress: string;
  /** The port of the client. 0 if a proxy reported the client without a port, or the stream has none. */
  readonly remotePort: number;
  /** Whether the client speaks TLS (`wss:`): to this server, or, as trusted proxies report, to the first of them. */
  readonly encrypted: boolean;
  readonly #topicHost: TopicHost<Context>;
  readonly #slot: Slot;
  #topics: Set<string> | undefined;

  static {
    serverConnection = (machine, topicHost, handshake) => new ServerConnection(machine, topicHost, handshake);
    adoptAddress = (connection, { url, remoteAddress, remotePort, encrypted }) => {
      Object.assign(connection, { url, remoteAddress, remotePort, encrypted });
    };
    leaveTopics = (connection) => {
      if (connection.#topics !== undefined)
        connection.#topicHost.topics.leave(machineOf(connection), connection.#topics);
    };
    leaveServer = (connection) => connection.#slot.leave();
  }

  private constructor(machine: object, topicHost: TopicHost<Context>, handshake: Handshake<Context>) {
    super(machine, handshake?.subprotocol);
    this.context = handshake.context;
    this.url = handshake.url;
    this.remoteAddress = handshake.remoteAddress;
    this.remotePort = handshake.remotePort;
    this.encrypted = handshake.encrypted;
    this.#topicHost = topicHost;
    this.#slot = handshake.slot;
  }

  /**
   * A decimal number that no other connection of this process has. With a bus it follows the id of the node, `a-k3x9w2pm/17`: no
   * other connection of the system has it, and `server.sendTo` of any node finds this one.
   */
  override get id(): string {
    return this.#topicHost.idPrefix + super.id;
  }

  /**
   * The session, if the client agreed to resume (`createServer({ resume })`); otherwise `undefined`. This object then stays
   * the same over all connections of the session: what you send while none is there waits, and what its address and
   * `url` say is of the latest one.
   */
  get session(): Session | undefined {
    return machineOf(this).link?.session as Session | undefined;
  }

  /**
   * The parameters of {@link url}, with `paths`: `{ room: 'tea' }` for `/chat/tea` and the path `/chat/:room`. Each is decoded once.
   * Handlers in `paths` have its type. Read anew at each call; empty without `paths`.
   */
  get params(): object {
    return this.#topicHost.paramsOf(this.url);
  }

  /**
   * The topics that this connection is subscribed to. The set is live.
   *
   * Subscriptions end when the connection is not open any more. The set then keeps them, for example for the `close`
   * handler.
   */
  get topics(): ReadonlySet<string> {
    this.#topics ??= new Set();
    return this.#topics;
  }

  /**
   * Subscribes to a topic: this connection is sent what is published there, until {@link unsubscribe} or its end.
   * Harmless if repeated.
   *
   * @param topic  Any text that is not empty, of at most `maxTopicLength` bytes of UTF-8. Topics are compared exactly. A
   *               connection may have `maxTopicsPerConnection` of them.
   * @returns `true`; `false` if the connection is not open any more.
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_TOPIC_TOO_LONG, ERR_WS_TOO_MANY_TOPICS, ERR_WS_OPTION for further
   *         arguments.
   */
  subscribe(topic: string): boolean;
  subscribe(topic: string, ...rest: unknown[]): boolean {
    refuseArguments('subscribe', rest, 'what is published comes to the peer');
    if (!this.isOpen) return false;
    this.#topics ??= new Set();
    this.#topicHost.topics.subscribe(machineOf<ServerConnection<Context>>(this), this.#topics, topic);
    return true;
  }

  /**
   * Ends the subscription to a topic.
   *
   * @param topic  As for {@link subscribe}.
   * @returns whether it was subscribed; `false` if the connection is not open any more.
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_OPTION for further arguments.
   */
  unsubscribe(topic: string): boolean;
  unsubscribe(topic: string, ...rest: unknown[]): boolean {
    refuseArguments('unsubscribe', rest, 'it ends the whole subscription');
    checkTopic(topic);
    if (!this.isOpen || this.#topics === undefined) return false;
    return this.#topicHost.topics.unsubscribe(machineOf<ServerConnection<Context>>(this), this.#topics, topic);
  }

  /**
   * Sends a message to every other connection that is subscribed to a topic, as `server.publish` does. This connection need
   * not be subscribed.
   *
   * @param topic  As for {@link subscribe}.
   * @param data   Text or bytes. Bytes are copied during the call.
   * @returns number of connections that the message was queued for.
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_DATA_TYPE, ERR_WS_OPTION for further arguments.
   */
  publish(topic: string, data: MessageData): number;
  publish(topic: string, data: MessageData, ...rest: unknown[]): number {
    refuseArguments(
      'publish',
      rest,
      'this connection gets nothing; server.publish(topic, data, { except }) leaves out another one',
    );
    return this.#topicHost.publish(topic, data, this);
  }
}
