// What an `upgrade` handler may answer. upgrade-decision.ts makes the answers.

import type { Limits } from '../core/connection/limits.ts';
import type { Some } from '../core/connection/settings.ts';
import type { HeaderFields } from '../core/handshake/header-fields.ts';

/** The decision to accept a handshake. Made by {@link accept}. */
export interface Accepted<Context> {
  /** Tells it from a refusal. */
  readonly kind: 'accept';
  /** Becomes `connection.context`. */
  readonly context: Context;
  /** The selected subprotocol. `''`: none; `undefined`: the server selects by its list. */
  readonly subprotocol: string | undefined;
  /** Further fields of the 101 response. */
  readonly headers: HeaderFields;
  /** Bounds of this connection that differ from those of the server. */
  readonly limits?: Some<Limits> | undefined;
  /** If it differs from the server's. */
  readonly streamAbove?: number | undefined;
}

/** The decision to refuse a handshake. Made by {@link refuse}. */
export interface Refused {
  /** Tells it from an acceptance. */
  readonly kind: 'refuse';
  /** HTTP status of the response. */
  readonly status: number;
  /** Body of the response, in plain text. */
  readonly reason: string;
  /** Further fields of the response. */
  readonly headers: HeaderFields;
}

/** The decision of an `UpgradeOwner` to keep the socket. Made by {@link release}. */
export interface Released {
  /** Tells it from the other decisions. */
  readonly kind: 'release';
}

/** A decision of an `upgrade` handler. No value accepts without options, if connections have no context type. */
export type Decision<Context> = Accepted<Context> | Refused | (undefined extends Context ? Nothing : never);

/** The result of a handler without a return statement. */
// biome-ignore lint/suspicious/noConfusingVoidType: such handlers have this type
export type Nothing = undefined | void;

/** Options of {@link accept}. */
export interface AcceptOptions<Context> {
  /** Becomes `connection.context`. */
  context?: Context | undefined;
  /** One of the client's offers, or `''` for none. Default: the first offer that is in the server's `subprotocols`. */
  subprotocol?: string | undefined;
  /**
   * Further fields of the 101 response, in ASCII. `{ 'Set-Cookie': ['a=1', 'b=2'] }` sends a field twice. Fields that the
   * handshake sets itself are refused.
   */
  headers?: HeaderFields | undefined;
  /**
   * Bounds of this connection that differ from the server's `limits`: larger messages for those who have logged in, for
   * example. For a session they hold until it is on another connection.
   */
  limits?: Some<Limits> | undefined;
  /**
   * As of the server, for this connection: 0 for those who upload files, for example. Default: the server's. For a session it
   * holds until it is on another connection, for messages that begin there.
   */
  streamAbove?: number | undefined;
}
