// The connections of a server, from an accepted handshake to their end. They share the bounds on all of them together.

import type { CloseEvent } from '../core/connection/close-event.ts';
import { completeConnection, withLimits } from '../core/connection/complete-settings.ts';
import { machineOf } from '../core/connection/connection.ts';
import type { ConnectionHandlers } from '../core/connection/handlers.ts';
import { defaultHeartbeat } from '../core/connection/heartbeat.ts';
import { ConnectionMachine } from '../core/connection/machine.ts';
import type { ConnectionOptions } from '../core/connection/options.ts';
import { QueueBudget } from '../core/connection/queue-budget.ts';
import type { ConnectionSettings } from '../core/connection/settings.ts';
import { UnfinishedBudget } from '../core/connection/unfinished-budget.ts';
import type { CompressionOptions } from '../core/extension/compression-settings.ts';
import type { Meter, SessionMetrics } from '../core/meter.ts';
import type { Observers } from '../core/observer.ts';
import { isDevelopment, nodeWorkspace } from '../node/environment.ts';
import { adaptHandlers, type PeerHandlers } from '../node/handlers.ts';
import type { UpgradedStream } from './handshake-answer.ts';
import type { ServerLimits } from './limits.ts';
import type { CheckedServerOptions } from './option-rows.ts';
import {
  type Handshake,
  leaveServer,
  leaveTopics,
  type Member,
  type ServerConnection,
  serverConnection,
  type TopicHost,
} from './server-connection.ts';
import type { SessionHandshake, SessionHost, SessionServer, SessionsOf } from './session-seam.ts';

/** What connections of one kind share. */
export interface ConnectionKind<Context> {
  readonly options: ConnectionOptions;
  readonly handlers: ConnectionHandlers<ServerConnection<Context>>;
  /** Absent: clients that come back get a new connection. */
  readonly sessions?: SessionHost<Context> | undefined;
}

/** Handlers and settings that a kind is made of. */
type KindOptions<Context> = PeerHandlers<ServerConnection<Context>> & ConnectionSettings;

export class Connections<Context> {
  readonly #all = new Set<ServerConnection<Context>>();
  /** By the number in their ids; made when one is first asked for, since few servers need it. */
  #byNumber: Map<number, ServerConnection<Context>> | undefined;
  readonly #options: KindOptions<Context>;
  #kind: ConnectionKind<Context>;
  readonly #makeKind: (options: KindOptions<Context>) => ConnectionKind<Context>;
  /** Of the server, and of each path. */
  readonly #sessions: SessionHost<Context>[] = [];
  /** Bytes that wait for the peers of all of them. */
  readonly queued: QueueBudget;

  constructor(
    options: CheckedServerOptions<Context>,
    limits: ServerLimits,
    meter: Meter,
    observers: Observers<ServerConnection<Context>>,
  ) {
    this.queued = new QueueBudget(limits.maxTotalQueuedBytes, () => this.#machines());
    const shared = {
      meter,
      observers: observers as Observers<unknown>,
      queueBudget: this.queued,
      unfinishedBudget: new UnfinishedBudget(limits.maxTotalUnfinishedBytes, () => this.#machines()),
    };
    const closed = (connection: ServerConnection<Context>): void => {
      this.#remove(connection);
      leaveServer(connection);
    };
    this.#makeKind = (given) => ({
      options: { ...completeConnection('server', given, defaultHeartbeat, isDevelopment), ...shared },
      handlers: adaptHandlers<ServerConnection<Context>>(given, closed, leaveTopics),
    });
    this.#options = options;
    this.#kind = this.#makeKind(options);
  }

  /**
   * Connections with other handlers and settings, in the same bounds on all of them.
   *
   * @param options  checked
   */
  kindOf(options: KindOptions<Context>): ConnectionKind<Context> {
    return this.#addSessions(this.#makeKind(options), options);
  }

  /** Has clients resume, for each kind from here on. */
  useSessions(sessionsOf: SessionsOf<Context>, topicHost: TopicHost<Context>): void {
    this.#addSessions = (kind, given) => {
      const sessions = sessionsOf(this.#sessionServer(kind, topicHost), given);
      if (sessions === undefined) return kind;
      this.#sessions.push(sessions);
      return { ...kind, sessions };
    };
    this.#kind = this.#addSessions(this.#kind, this.#options);
  }

  #addSessions = (kind: ConnectionKind<Context>, _given: KindOptions<Context>): ConnectionKind<Context> => kind;

  #sessionServer(
    { options, handlers }: ConnectionKind<Context>,
    topicHost: TopicHost<Context>,
  ): SessionServer<Context> {
    return {
      options,
      handlers,
      connection: (machine, handshake) => {
        const connection = serverConnection(machine, topicHost, handshake);
        this.#add(connection);
        return connection;
      },
      below: (machine, handshake) => serverConnection(machine, topicHost, handshake),
      moves: topicHost.moves,
      forget: (connection) => this.#remove(connection),
    };
  }

  /** What the sessions have done. Absent: there are none. */
  get sessionMetrics(): SessionMetrics | undefined {
    return this.#kind.sessions?.metrics();
  }

  /** Whether clients may resume. */
  get hasSessions(): boolean {
    return this.#kind.sessions !== undefined;
  }

  /** Whether `accept({ streamAbove })` may be for a session. */
  get mayStreamSessions(): boolean {
    return this.#kind.sessions?.mayStream !== false;
  }

  /** A handshake that agreed on a session was accepted. @param kind  absent: as the server has it */
  openSession(stream: UpgradedStream, handshake: SessionHandshake<Context>, kind = this.#kind): void {
    kind.sessions?.open(stream, handshake);
  }

  /** Those that are open or closing. */
  get all(): ReadonlySet<ServerConnection<Context>> {
    return this.#all;
  }

  /** The one with this number in its id. */
  find(number: number): ServerConnection<Context> | undefined {
    this.#byNumber ??= new Map(Array.from(this.#all, (connection) => [numberOf(connection), connection]));
    return this.#byNumber.get(number);
  }

  /** @param prefix  what ids of this node begin with */
  findById(id: string, prefix: string): ServerConnection<Context> | undefined {
    return id.startsWith(prefix) ? this.find(Number(id.slice(prefix.length))) : undefined;
  }

  /** What to accept of permessage-deflate; `undefined`: nothing. */
  get compression(): CompressionOptions | undefined {
    return this.#kind.options.compression;
  }

  /**
   * Makes a connection of an accepted handshake.
   *
   * @param opened    called behind the `open` handler
   * @param accepted  called before it
   * @param kind      absent: as the server has it
   */
  open(
    { transport, start }: UpgradedStream,
    topicHost: TopicHost<Context>,
    handshake: Handshake<Context>,
    opened?: (connection: ServerConnection<Context>) => unknown,
    accepted?: (connection: ServerConnection<Context>) => void,
    kind: ConnectionKind<Context> = this.#kind,
  ): void {
    const options = withLimits(kind.options, handshake.limits, handshake.streamAbove);
    const { compression } = handshake;
    const machine = new ConnectionMachine(nodeWorkspace, transport, options, kind.handlers, compression);
    const connection = serverConnection(machine, topicHost, handshake);
    this.#add(connection);
    accepted?.(connection);
    machine.reports.open();
    if (opened !== undefined) machine.reports.tell(opened);
    start(machine);
  }

  /** Closes the connections that have not claimed a session. @returns how each one ends */
  goAwayUnclaimed(code: number, reason: string): Promise<CloseEvent>[] {
    return this.#sessions.flatMap((sessions) => sessions.goAway(code, reason));
  }

  /** Ends at once what is left of connections below sessions. */
  terminateCarriers(): void {
    for (const sessions of this.#sessions) sessions.terminate();
  }

  #add(connection: ServerConnection<Context>): void {
    this.#all.add(connection);
    this.#byNumber?.set(numberOf(connection), connection);
  }

  #remove(connection: ServerConnection<Context>): void {
    this.#all.delete(connection);
    this.#byNumber?.delete(numberOf(connection));
  }

  #members(): Member<Context>[] {
    return Array.from(this.#all, (connection) => machineOf(connection));
  }

  /** Those with a transport: a session has none of its own. */
  #machines(): ConnectionMachine<unknown>[] {
    const machines: ConnectionMachine<unknown>[] = this.#members().filter(({ link }) => link === undefined);
    return machines.concat(this.#sessions.flatMap(({ carriers }) => [...carriers]));
  }
}

function numberOf({ id }: { readonly id: string }): number {
  return Number(id.slice(id.lastIndexOf('/') + 1));
}
