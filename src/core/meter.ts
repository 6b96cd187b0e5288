// What the connections of one server, or all clients of a process, have done: plain numbers that are always counted, and
// the objects in which they are shown. Nothing here is allocated for a frame or a message.

import type { ErrorCode, WebSocketError } from './errors.ts';
import { Histogram, type HistogramMetrics, LATENCY_BOUNDS, LIFETIME_BOUNDS } from './histogram.ts';
import { TrafficCounts, type TrafficMetrics } from './traffic-counts.ts';

/** A number for each name. Names that have not occurred are absent. */
export type CountByName<Name extends string | number = string> = Readonly<Partial<Record<Name, number>>>;

/** What has been done to slow peers, by `slowConsumer`. */
export interface SlowConsumerMetrics {
  /** Connections that were closed. */
  readonly close: number;
  /** Messages that were not sent. */
  readonly 'drop-newest': number;
  /** Messages that were taken out of the queue. */
  readonly 'drop-oldest': number;
  /** Times that reading was stopped until the queue was empty. */
  readonly pause: number;
}

/** What the connections of a server, or the clients of a process, have done since it began. Times are in milliseconds. */
export interface EndpointMetrics {
  /** How many there are and were, and how long they lasted. */
  readonly connections: {
    /** Open or closing now. */
    readonly open: number;
    /** That have opened so far. */
    readonly opened: number;
    /** That have ended so far. */
    readonly closed: number;
    /**
     * Handshakes that led to no connection, by reason: the code of the error, or the status as text (`'403'`) where
     * the `upgrade` handler of a server refused, or a server refused a client.
     */
    readonly refused: CountByName;
    /** From the opening to the end of TCP, of the connections that have closed. */
    readonly lifetime: HistogramMetrics;
  };
  /** Opening handshakes, by how they ended. */
  readonly handshakes: {
    /** That led to a connection. */
    readonly accepted: number;
    /** That the server answered with another status than 101. */
    readonly refused: number;
    /** That ended in another way: the other side left or was too slow, no way to the server, an `upgrade` handler that threw. */
    readonly failed: number;
    /** From the complete request (of a server), or from the call of `connect`, to the end of the handshake, however it ended. */
    readonly duration: HistogramMetrics;
  };
  /** What peers have sent. */
  readonly received: TrafficMetrics;
  /** What was sent to peers. */
  readonly sent: TrafficMetrics;
  /** Close frames by their code (RFC 6455 §7.4). Frames without a code count as 1005. */
  readonly closeCodes: { readonly received: CountByName<number>; readonly sent: CountByName<number> };
  /** Connections that failed or were lost, by the code of the error. */
  readonly errors: CountByName<ErrorCode>;
  /** Bytes that wait to be sent, in all connections together: now, and the most that there ever were. */
  readonly queued: { readonly bytes: number; readonly highest: number };
  /** What has been done to peers that do not read. */
  readonly slowConsumers: SlowConsumerMetrics;
  /** Pings and pongs (RFC 6455 §5.5.2), both ways. */
  readonly heartbeats: {
    /** Ping frames, those of the application included. */
    readonly pingsSent: number;
    /** Pong frames of peers. */
    readonly pongsReceived: number;
    /** Ping frames of peers. */
    readonly pingsReceived: number;
    /** From a ping of the heartbeat to its pong. */
    readonly roundTrip: HistogramMetrics;
  };
}

/** Returned by `clientMetrics()`. */
export type ClientMetrics = EndpointMetrics;

/** What the sessions of a server have done since it was made (`createServer({ resume })`). */
export interface SessionMetrics {
  /** With a connection now. */
  readonly attached: number;
  /** Without one now: they wait for their clients. */
  readonly detached: number;
  /** Bytes that all of them hold now. */
  readonly heldBytes: number;
  /** How their store answers: calls that failed, and sessions that wait for it now. */
  readonly store: { readonly failures: number; readonly waiting: number };
  /** That began here. */
  readonly begun: number;
  /** Times that a client came back to a session that was here. */
  readonly resumed: number;
  /** That another process had before. */
  readonly restored: number;
  /** That went to the store or to another process. */
  readonly released: number;
  /** That ended without their client, by reason: see `Expiry`. */
  readonly expired: CountByName;
  /** Attempts that were refused, by reason. */
  readonly refused: CountByName;
}

/** What a server, or a publisher, has done over its bus. Times are in milliseconds. */
export interface BusMetrics {
  /** Name of the driver: `redis`. */
  readonly driver: string;
  /** Id of this node. */
  readonly node: string;
  /** Whether the bus can be used now. */
  readonly isReady: boolean;
  /** Other nodes that are known now. */
  readonly nodes: number;
  /** Channels of topics that are subscribed at the broker now, including those that linger. */
  readonly channels: number;
  /** Messages that were handed to the broker, and their bytes with their envelopes. */
  readonly published: { readonly messages: number; readonly bytes: number };
  /** Messages that were not: the bus was lost, or the broker did not read. Other nodes have never got them. */
  readonly unpublished: number;
  /** Messages of other nodes, with their envelopes. */
  readonly received: { readonly messages: number; readonly bytes: number };
  /** How many connections these were queued for. */
  readonly deliveries: number;
  /** Messages that nobody here was subscribed to any more. */
  readonly unwanted: number;
  /** What came on our channels and is not ours: of another program, damaged, or of a newer version. It was dropped. */
  readonly foreign: { readonly other: number; readonly newer: number };
  /** Times that the bus was lost, and how long in all, until now. */
  readonly lost: { readonly times: number; readonly duration: number };
  /** Times that the broker dropped messages or refused a channel, as far as it told so. */
  readonly troubles: number;
  /** Questions to other nodes, and answers that did not come in time. */
  readonly questions: { readonly asked: number; readonly unanswered: number };
  /** Time between the publish at one node and the delivery here, by the clocks of both. */
  readonly delay: HistogramMetrics;
}

/** Returned by `server.metrics()`. */
export interface ServerMetrics extends EndpointMetrics {
  /** Topics, and what was published. */
  readonly topics: {
    /** That have a subscriber now. */
    readonly topics: number;
    /** Of all connections, now. */
    readonly subscriptions: number;
    /** Calls of `publish` and `broadcast`. */
    readonly publishes: number;
    /** Messages that these have queued. */
    readonly deliveries: number;
    /** Subscribers that got nothing, because the policy for slow peers refused the message or they were not open any more. */
    readonly passedOver: number;
  };
  /**
   * How late the event loop of this process ran its timers, every 10 ms, since it was first asked for. Absent until the
   * first value, and where the runtime cannot measure it.
   */
  readonly eventLoopDelay: HistogramMetrics | undefined;
  /** Of clients that resume. Absent without `resume`. */
  readonly sessions?: SessionMetrics;
  /** Of the other nodes. Absent without `bus`. */
  readonly bus?: BusMetrics;
}

/** Returned by `connection.metrics()`. */
export interface ConnectionMetrics {
  /** See `Connection.id`. */
  readonly id: string;
  /** See `Connection.openedAt`. */
  readonly openedAt: number;
  /** See `Connection.lastActivity`. */
  readonly lastActivity: number;
  /** Complete messages, and all bytes that the transport delivered. */
  readonly received: { readonly messages: number; readonly bytes: number };
  /** Messages that were queued, and all bytes that the transport has taken. */
  readonly sent: { readonly messages: number; readonly bytes: number };
  /** See `Connection.bufferedAmount`. */
  readonly bufferedAmount: number;
  /** See `Connection.roundTripTime`. */
  readonly roundTripTime: number | undefined;
}

/** Where the bytes that wait are counted. */
export interface QueuedBytes {
  readonly used: number;
  readonly highest: number;
}

/** What a server knows of its topics. */
export interface TopicCounts {
  readonly topics: number;
  readonly subscriptions: number;
}

/** One for each server, and one for the clients of a process. */
export class Meter {
  readonly received = new TrafficCounts();
  readonly sent = new TrafficCounts();
  readonly lifetime = new Histogram(LIFETIME_BOUNDS);
  readonly handshake = new Histogram(LATENCY_BOUNDS);
  readonly roundTrip = new Histogram(LATENCY_BOUNDS);
  /** By policy. */
  readonly slowConsumers = { close: 0, 'drop-newest': 0, 'drop-oldest': 0, pause: 0 };
  publishes = 0;
  deliveries = 0;
  passedOver = 0;
  #opened = 0;
  #closed = 0;
  #refused = 0;
  #failed = 0;
  readonly #refusals = new Map<string, number>();
  readonly #closesReceived = new Map<number, number>();
  readonly #closesSent = new Map<number, number>();
  readonly #errors = new Map<ErrorCode, number>();

  opened(): void {
    this.#opened++;
  }

  /** @param lifetime  milliseconds since it was opened */
  closed(lifetime: number): void {
    this.#closed++;
    this.lifetime.record(lifetime);
  }

  /** A handshake led to no connection. @param duration  milliseconds; absent where no request was read */
  notOpened({ code, status }: WebSocketError, duration?: number): 'refused' | 'failed' {
    const hasFailed = FAILED.has(code);
    if (hasFailed) this.#failed++;
    else this.#refused++;
    const isDecision = code === 'ERR_WS_UPGRADE_REFUSED' || code === 'ERR_WS_REFUSED';
    count(this.#refusals, isDecision && status !== undefined ? String(status) : code);
    if (duration !== undefined) this.handshake.record(duration);
    return hasFailed ? 'failed' : 'refused';
  }

  /** @param code  absent: the frame had none */
  closeReceived(code = 1005): void {
    count(this.#closesReceived, code);
  }

  /** @param code  absent: the frame had none */
  closeSent(code = 1005): void {
    count(this.#closesSent, code);
  }

  /** A connection has failed. */
  error(code: ErrorCode): void {
    count(this.#errors, code);
  }

  snapshot(queued: QueuedBytes): EndpointMetrics {
    const received = this.received.snapshot();
    const sent = this.sent.snapshot();
    return {
      connections: {
        open: this.#opened - this.#closed,
        opened: this.#opened,
        closed: this.#closed,
        refused: asRecord(this.#refusals),
        lifetime: this.lifetime.snapshot(),
      },
      handshakes: {
        accepted: this.#opened,
        refused: this.#refused,
        failed: this.#failed,
        duration: this.handshake.snapshot(),
      },
      received,
      sent,
      closeCodes: { received: asRecord(this.#closesReceived), sent: asRecord(this.#closesSent) },
      errors: asRecord(this.#errors),
      queued: { bytes: queued.used, highest: queued.highest },
      slowConsumers: { ...this.slowConsumers },
      heartbeats: {
        pingsSent: sent.frames.ping,
        pongsReceived: received.frames.pong,
        pingsReceived: received.frames.ping,
        roundTrip: this.roundTrip.snapshot(),
      },
    };
  }

  /** @param eventLoopDelay  absent: not known */
  serverSnapshot(
    queued: QueuedBytes,
    { topics, subscriptions }: TopicCounts,
    eventLoopDelay: HistogramMetrics | undefined,
  ): ServerMetrics {
    const { publishes, deliveries, passedOver } = this;
    return {
      ...this.snapshot(queued),
      topics: { topics, subscriptions, publishes, deliveries, passedOver },
      eventLoopDelay,
    };
  }
}

/** Ends of a handshake that are not an answer of the server. */
const FAILED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_WS_UPGRADE_FAILED',
  'ERR_WS_HANDSHAKE_LOST',
  'ERR_WS_HANDSHAKE_TIMEOUT',
  'ERR_WS_NAME_NOT_RESOLVED',
  'ERR_WS_CONNECT',
  'ERR_WS_PROXY_AUTHENTICATION',
  'ERR_WS_PROXY_REFUSED',
  'ERR_WS_PROXY_ANSWER',
  'ERR_WS_PROXY_LOST',
  'ERR_WS_TLS',
  'ERR_WS_RESPONSE_MALFORMED',
  'ERR_WS_ABORTED',
  'ERR_WS_INTERNAL',
]);

function count<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function asRecord<Name extends string | number>(counts: ReadonlyMap<Name, number>): CountByName<Name> {
  return Object.fromEntries(counts) as CountByName<Name>;
}
