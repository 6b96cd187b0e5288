// A connection as a server's handlers see it: the protocol's, and who it is with.

import { Connection, machineOf } from '../core/connection/connection.ts';
import type { ConnectionHandlers } from '../core/connection/handlers.ts';
import { ConnectionMachine } from '../core/connection/machine.ts';
import type { ConnectionOptions } from '../core/connection/options.ts';
import type { MessageCompression } from '../core/extension/message-compression.ts';
import type { MessageData } from '../core/message/message-data.ts';
import { refuseArguments } from '../core/option-check.ts';
import type { Transport } from '../core/ports.ts';
import { nodeWorkspace } from '../node/environment.ts';
import type { Slot } from './admission.ts';
import { checkTopic, type Topics } from './topics.ts';

/** What is kept of a handshake. The request itself is let go, for the memory of connections that idle. */
export interface Handshake<Context> {
  readonly url: string;
  readonly subprotocol: string;
  readonly compression: MessageCompression | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly encrypted: boolean;
  readonly context: Context;
  /** What it counts as, until it ends. */
  readonly slot: Slot | undefined;
}

/** What receives what is published: the machine of a server's connection. */
export type Member<Context> = ConnectionMachine<ServerConnection<Context>>;

/** What a connection needs of its server. */
export interface TopicHost<Context> {
  readonly topics: Topics<Member<Context>>;
  publish(topic: string, data: MessageData, except: ServerConnection<Context>): number;
}

/**
 * Makes a connection. Start the transport with the machine behind it (`machineOf`).
 *
 * @param transport  carries only this connection
 */
export let serverConnection: <Context>(
  topicHost: TopicHost<Context>,
  transport: Transport,
  options: ConnectionOptions,
  handlers: ConnectionHandlers<ServerConnection<Context>>,
  handshake: Handshake<Context>,
) => ServerConnection<Context>;

/** The connection is not open any more: its subscriptions end. */
export let leaveTopics: <Context>(connection: ServerConnection<Context>) => void;

/** The connection has ended: it no longer counts as one of the server's. */
export let leaveServer: <Context>(connection: ServerConnection<Context>) => void;

/**
 * A connection of a server.
 *
 * @typeParam Context  what the `upgrade` handler attached
 */
export class ServerConnection<Context = undefined> extends Connection {
  /** What `accept({ context })` said; `undefined` otherwise. */
  context: Context;
  /** The request target of the handshake, e.g. `/chat?room=1`. */
  readonly url: string;
  /** Textual address of the client, as `remoteAddress` of its request. */
  readonly remoteAddress: string;
  /** Port of the client. 0 if a proxy reported the client without a port, or the stream has none. */
  readonly remotePort: number;
  /** Whether it is a `wss:` connection. */
  readonly encrypted: boolean;
  readonly #topicHost: TopicHost<Context>;
  readonly #slot: Slot | undefined;
  #topics: Set<string> | undefined;

  static {
    serverConnection = (topicHost, transport, options, handlers, handshake) => {
      const { compression } = handshake;
      const machine = new ConnectionMachine(nodeWorkspace, transport, options, handlers, compression);
      return new ServerConnection(machine, topicHost, handshake);
    };
    leaveTopics = (connection) => {
      if (connection.#topics !== undefined)
        connection.#topicHost.topics.leave(machineOf(connection), connection.#topics);
    };
    leaveServer = (connection) => connection.#slot?.leave();
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
   * What it is subscribed to, kept up to date. Its subscriptions end when it is no longer open; what they were can then
   * still be seen here, for instance by the `close` handler.
   */
  get topics(): ReadonlySet<string> {
    this.#topics ??= new Set();
    return this.#topics;
  }

  /**
   * Subscribes to a topic: what is published there is sent to this connection, until `unsubscribe` or its end.
   * Harmless when repeated.
   *
   * @param topic  not empty; compared exactly. At most `maxTopicLength` bytes, and `maxTopicsPerConnection` of them
   * @returns whether it is subscribed: `false` when the connection is not open any more
   * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_TOPIC_TOO_LONG, ERR_WS_TOO_MANY_TOPICS
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
   * @returns whether it was subscribed: `false` when the connection is not open any more
   * @throws WebSocketError ERR_WS_TOPIC
   */
  unsubscribe(topic: string): boolean;
  unsubscribe(topic: string, ...rest: unknown[]): boolean {
    refuseArguments('unsubscribe', rest, 'it ends the whole subscription');
    checkTopic(topic);
    if (!this.isOpen || this.#topics === undefined) return false;
    return this.#topicHost.topics.unsubscribe(machineOf<ServerConnection<Context>>(this), this.#topics, topic);
  }

  /** Sends to all others who are subscribed to a topic; as `server.publish`. It need not be subscribed itself. */
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
