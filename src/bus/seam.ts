// Where a bus meets its user: a server, or a publisher without connections. A server that has no bus knows these types only.

import type { WebSocketError } from '../core/errors.ts';
import type { MessageData } from '../core/message/message-data.ts';
import type { MessageOrigin, PreparedMessage, WholeFrame } from '../core/message/prepared-message.ts';
import type { BusMetrics } from '../core/meter.ts';
import type { BusDriver } from './bus-driver.ts';

/** Where a bus is in its life. `refused`: the broker does not take this node as it is set up; nothing is tried any more. */
export type BusState = 'idle' | 'connecting' | 'ready' | 'lost' | 'refused' | 'closed';

/** A process on the bus, as it has told of itself. */
export interface NodeInfo {
  /** Of this start of the process: `<name>-<random>`. The part of a connection's `id` before the `/`. */
  readonly id: string;
  /** The option `node`; the same after a restart. */
  readonly name: string;
  /** `publisher`: without connections of its own. */
  readonly role: 'server' | 'publisher';
  /** Connections that were open when it told so, which it does every `liveness` milliseconds. */
  readonly connections: number;
  /** Milliseconds since the epoch, by its clock. */
  readonly startedAt: number;
  /** Whether it is the node that was asked. */
  readonly isSelf: boolean;
}

/** A connection of any node, as `list` shows it. */
export interface ListedConnection {
  /** `connection.id` there. */
  readonly id: string;
  /** Id of its node. */
  readonly node: string;
  /** The request target of its handshake. */
  readonly url: string;
  /** As `connection.remoteAddress` there. */
  readonly remoteAddress: string;
  /** `''` if the handshake agreed on none. */
  readonly subprotocol: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** That it is subscribed to. Empty where they do not fit into one message between nodes (64 KiB). */
  readonly topics: readonly string[];
}

/** What `list` and `members(topic, { everywhere: true })` gather. */
export interface Listing {
  /** Of each node that answered. Their order means nothing. */
  readonly connections: readonly ListedConnection[];
  /** How many there are on these nodes: more than `connections` has where a node has more than `limit`. */
  readonly total: number;
  /** Nodes that did not answer in time. Their connections are missing. */
  readonly missing: readonly NodeInfo[];
}

/** What `count` gathers. */
export interface CountOfNodes {
  /** Connections of this node, and of those that answered. */
  readonly count: number;
  /** Nodes that did not answer in time. */
  readonly missing: readonly NodeInfo[];
}

/** Which connections are asked for. */
export interface Selection {
  /** Only subscribers of this topic. */
  readonly topic?: string | undefined;
  /** Milliseconds to wait for answers. Absent: the option `deadline` of the bus. */
  readonly timeout?: number | undefined;
  /** The most connections of one node. Absent: 10,000. */
  readonly limit?: number | undefined;
}

/** What is asked of one node. */
export interface LocalListing {
  readonly connections: readonly ListedConnection[];
  readonly total: number;
}

/** What a bus delivers to. None of these throws. */
export interface BusHost {
  readonly role: NodeInfo['role'];
  /** Topics that have a subscriber now. */
  readonly topics: Iterable<string>;
  readonly connections: number;
  /** Whether a topic has a subscriber now. */
  isSubscribed(topic: string): boolean;
  /** @param except  number of a connection that gets nothing. @returns how many connections it was queued for */
  deliver(topic: string, message: PreparedMessage, except: number | undefined): number;
  broadcast(message: PreparedMessage): number;
  /** @returns `false`: no connection of this number is open, or it dropped the message */
  send(number: number, message: PreparedMessage): boolean;
  /** @returns `false`: no connection of this number is open, or the code cannot be sent */
  close(number: number, code: number | undefined, reason: string): boolean;
  count(topic: string | undefined): number;
  list(topic: string | undefined, limit: number): LocalListing;
}

/** The calls that reach other nodes, too. */
export interface Reach {
  /** @param compress  as for `SendOptions` */
  sendTo(id: string, data: MessageData, compress?: boolean): Promise<boolean>;
  closeConnection(id: string, code: number | undefined, reason: string): Promise<boolean>;
  list(selection: Selection): Promise<Listing>;
  count(selection: Selection): Promise<CountOfNodes>;
  nodes(): NodeInfo[];
}

/** What this node hears for a session that has no connection here. */
export interface Following {
  /** Another node has the session: its messages are kept for that one from now on. @param topics  the session's at present */
  moved(topics: Iterable<string>): void;
  /** The session goes on here, or is over. */
  end(): void;
}

/** What another node has heard for a session that has come from it. */
export interface HandedOver {
  /** In the order in which the other node has heard them. Each has its origin. */
  readonly messages: readonly PreparedMessage[];
  /** Whether a message is among these, or the session had got it before. */
  covers(origin: MessageOrigin): boolean;
  /** There were more. */
  readonly isCut: boolean;
}

/** What the bus does for sessions that move from node to node. */
export interface SessionMoves {
  /** Id of this node. */
  readonly id: string;
  /** Whether other servers are on the bus now. */
  readonly hasOtherServers: boolean;
  /**
   * A session has no connection here any more.
   *
   * @param key           names it on all nodes
   * @param connectionId  of its connection object here
   */
  follow(key: string, connectionId: string, topics: Iterable<string>): Following;
  /** A session has come: messages have their origin from now on. @returns ends that */
  arriving(): () => void;
  /**
   * Waits until the broker has all subscriptions of this node, and asks the node from which a session has come.
   *
   * @returns `undefined`: that node is gone, or does not know
   */
  catchUp(key: string, node: string): Promise<HandedOver | undefined>;
}

/** A bus in use. */
export interface BusLink extends Reach, SessionMoves {
  /** Id of this node. */
  readonly id: string;
  readonly state: BusState;
  /** Messages that the broker was not given. */
  readonly unpublished: number;
  /**
   * Begins to connect. Harmless if repeated.
   *
   * @returns settles when the bus is ready, or without it where it is not required
   * @throws (rejects) WebSocketError ERR_WS_BUS_CONNECT, ERR_WS_BUS_REFUSED, ERR_WS_BUS_CLOSED
   */
  open(): Promise<void>;
  /** Begins to connect, and waits for nothing. */
  start(): void;
  /** A topic has its first subscriber here; its last one has left. */
  joined(topic: string): void;
  left(topic: string): void;
  /**
   * Hands a message to the other nodes, as far as they can be reached.
   *
   * @param topic     absent: to every connection
   * @param except    id of a connection that gets nothing
   * @param compress  as for `SendOptions`; told to the other nodes
   * @returns the frame for the connections of this node
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_BUS_PAYLOAD; nothing has been done then
   */
  publish(
    topic: string | undefined,
    data: MessageData,
    except: string | undefined,
    compress?: boolean | undefined,
  ): WholeFrame;
  metrics(): BusMetrics;
  /** Leaves the other nodes. Settles when everything published is with the broker, or it cannot be reached. */
  close(): Promise<void>;
}

/** A bus to other nodes. Made by `redisBus`, `natsBus`, `workersBus`, `localBus`, or by `createBus` with your own driver. */
export interface Bus {
  /** Id of this node: that of `nodes()`, and the beginning of each `connection.id`. */
  readonly id: string;
  /** Name of the driver: `redis`. */
  readonly driver: string;
  /** Where it connects to, without credentials. */
  readonly address: string;
  /** Where it is in its life. */
  readonly state: BusState;
  /**
   * Settles when every subscription that a connection has made so far is at the broker: what other nodes publish from here on
   * arrives. While the bus is lost, when it is back.
   */
  settled(): Promise<void>;
  /**
   * @internal
   * Begins to serve a server or a publisher.
   * @throws WebSocketError ERR_WS_BUS_USED
   */
  use(host: BusHost): BusLink;
  /**
   * @internal
   * Gives its driver away, which is not open, and the settings of the nodes that use it by another way.
   * @param by  for the error of a second use
   * @throws WebSocketError ERR_WS_BUS_USED
   */
  give(by: string): { readonly driver: BusDriver; readonly settings: SharedSettings };
}

/** The settings of a bus, as far as nodes have them in common. */
export interface SharedSettings {
  readonly prefix: string;
  readonly node: string;
  readonly required: boolean;
  readonly timeout: number;
  readonly linger: number;
  readonly liveness: number;
  readonly deadline: number;
  readonly maxChannels: number;
  readonly lost?: ((error: WebSocketError) => void) | undefined;
  readonly ready?: ((event: { readonly gap: number }) => void) | undefined;
  readonly failed?: ((error: WebSocketError) => void) | undefined;
  readonly nodeJoined?: unknown;
  readonly nodeGone?: unknown;
}
