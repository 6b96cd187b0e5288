// The two answers of a server's `upgrade` handler.

import { STATUS_CODES } from 'node:http';
import { REDIRECT_STATUSES } from '../core/constants.ts';
import { webSocketError } from '../core/errors.ts';
import { type FieldPairs, type HeaderFields, headersCheck } from '../core/handshake/header-fields.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { acceptSchema, type CheckedAcceptOptions } from './option-rows.ts';

/** Made by {@link accept}. */
export interface Accepted<Context> {
  /** Tells the answers apart. */
  readonly kind: 'accept';
  /** Becomes `connection.context`. */
  readonly context: Context;
  /** What was selected; `''`: none; `undefined`: the first offer that the server lists. */
  readonly subprotocol: string | undefined;
  /** Further fields of the 101 response. */
  readonly headers: HeaderFields;
}

/** Made by {@link refuse}. */
export interface Refused {
  /** Tells the answers apart. */
  readonly kind: 'refuse';
  /** HTTP status of the response. */
  readonly status: number;
  /** Body of the response. */
  readonly reason: string;
  /** Further fields of the response. */
  readonly headers: HeaderFields;
}

/** What an `upgrade` handler may answer; nothing at all is a plain accept, where connections need no context. */
export type Decision<Context> = Accepted<Context> | Refused | (undefined extends Context ? Nothing : never);

/** What a handler without a return statement answers. */
// biome-ignore lint/suspicious/noConfusingVoidType: such handlers have this type
export type Nothing = undefined | void;

/** What {@link accept} takes. */
export interface AcceptOptions<Context> {
  /** Becomes `connection.context`. */
  context?: Context | undefined;
  /** One of the client's offers; default: the first that the server lists. `''` selects none. */
  subprotocol?: string | undefined;
  /** Further fields of the 101 response; `{ 'Set-Cookie': ['a=1', 'b=2'] }` sends one several times. */
  headers?: HeaderFields | undefined;
}

/**
 * Accepts a handshake.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function accept<Context>(options: AcceptOptions<Context> & { context: Context }): Accepted<Context>;
export function accept(options?: AcceptOptions<undefined>): Accepted<undefined>;
export function accept<Context>(options?: AcceptOptions<Context>, ...rest: unknown[]): Accepted<Context | undefined> {
  refuseArguments('accept', rest, 'context, subprotocol and headers are in its options');
  const {
    context,
    subprotocol,
    headers = NO_FIELDS,
  } = readOptions(acceptSchema, options) as CheckedAcceptOptions<Context>;
  return { kind: 'accept', context, subprotocol, headers };
}

/**
 * Refuses a handshake with an HTTP response and ends the TCP connection.
 *
 * @param status   HTTP status from 400 to 599, or 301, 302, 303, 307, 308 with a `Location` header
 * @param reason   plain-text body, shown by most clients; default: the name of the status
 * @param headers  further fields, e.g. `WWW-Authenticate`
 * @throws WebSocketError ERR_WS_OPTION for another status, or a redirect without `Location`
 */
export function refuse(status: number, reason?: string, headers?: HeaderFields): Refused;
export function refuse(status: number, reason?: string, headers?: HeaderFields, ...rest: unknown[]): Refused {
  refuseArguments('refuse', rest, 'it takes status, reason and headers');
  if (reason !== undefined && typeof reason !== 'string') {
    throw webSocketError('ERR_WS_OPTION', 'reason of refuse', reason, 'a string: refuse(status, reason, headers)');
  }
  const fields = headers === undefined ? NO_FIELDS : headersCheck.read(headers, 'headers of refuse', {});
  if (REDIRECT_STATUSES.has(status)) {
    if (!fields.some(([name]) => name.toLowerCase() === 'location')) {
      const names = fields.map(([name]) => name).join();
      throw webSocketError('ERR_WS_OPTION', 'headers', names, `a Location, with status ${status}`);
    }
  } else if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw webSocketError('ERR_WS_OPTION', 'status', status, 'from 400 to 599, or 301, 302, 303, 307, 308');
  }
  return { kind: 'refuse', status, reason: reason ?? STATUS_CODES[status] ?? 'refused', headers: fields };
}

const NO_FIELDS: FieldPairs = [];
