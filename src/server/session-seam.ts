// Where sessions meet the server. A server knows that some handshakes agree on one; what a session is, is known to
// src/resume/server, which implements `SessionHost`.

import type { SessionMoves } from '../bus/seam.ts';
import type { CloseEvent } from '../core/connection/close-event.ts';
import type { ConnectionHandlers } from '../core/connection/handlers.ts';
import type { LinkedMachine } from '../core/connection/linked-machine.ts';
import type { ConnectionMachine } from '../core/connection/machine.ts';
import type { ConnectionOptions } from '../core/connection/options.ts';
import type { SessionMetrics } from '../core/meter.ts';
import type { UpgradedStream } from './handshake-answer.ts';
import type { UpgradeRequest } from './options.ts';
import type { Handshake, ServerConnection } from './server-connection.ts';

/** An accepted handshake that agreed on a session. */
export interface SessionHandshake<Context> extends Handshake<Context> {
  /** What the client asked with. */
  readonly request: UpgradeRequest;
  /** Where the session is, on a server with paths: it cannot be resumed elsewhere. `''`: the server has none. */
  readonly place: string;
}

/** The sessions of a server, or of one of its paths. */
export interface SessionHost<Context> {
  /** A handshake that agreed on a session was accepted. */
  open(stream: UpgradedStream, handshake: SessionHandshake<Context>): void;
  /** The machines of the connections below sessions, including those that have not claimed one yet. */
  readonly carriers: Iterable<ConnectionMachine<unknown>>;
  /** Closes the connections that have not claimed a session. @returns how each one ends */
  goAway(code: number, reason: string): Promise<CloseEvent>[];
  /** Whether a handshake may decide that messages of its session are read in parts. */
  readonly mayStream: boolean;
  /** Ends at once what is left of connections. */
  terminate(): void;
  /** Of all sessions of the server. */
  metrics(): SessionMetrics;
}

/** What sessions need of their server. */
export interface SessionServer<Context> {
  /** Of each connection. */
  readonly options: ConnectionOptions;
  /** Those of the application, and what the server does itself at the end of a connection. */
  readonly handlers: ConnectionHandlers<ServerConnection<Context>>;
  /** Makes the application's object of a session, which counts as one of the server's from here on. */
  connection(
    machine: LinkedMachine<ServerConnection<Context>>,
    handshake: Handshake<Context>,
  ): ServerConnection<Context>;
  /** Makes the object of a connection below sessions, for observers. It does not count as one of the server's. */
  below(
    machine: ConnectionMachine<ServerConnection<Context>>,
    handshake: Handshake<Context>,
  ): ServerConnection<Context>;
  /** Passes sessions on to other nodes of the bus, if there is a bus. */
  readonly moves: SessionMoves | undefined;
  /** A session ends of which its application has never been told. */
  forget(connection: ServerConnection<Context>): void;
}

/**
 * Makes the sessions of a server, or of one of its paths; `undefined`: it has none.
 *
 * @param handlers  what the application gave for it, in which the handlers of sessions are
 */
export type SessionsOf<Context> = (
  server: SessionServer<Context>,
  handlers: object,
) => SessionHost<Context> | undefined;
