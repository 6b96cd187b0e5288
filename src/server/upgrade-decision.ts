// The answers of a server's `upgrade` handler, and of an owner of an upgrade.

import { REDIRECT_STATUSES } from '../core/constants.ts';
import { webSocketError } from '../core/errors.ts';
import { type FieldPairs, type HeaderFields, headersCheck } from '../core/handshake/header-fields.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { STATUS_CODES } from '../node/http.ts';
import type { Accepted, AcceptOptions, Refused, Released } from './decision.ts';
import { acceptSchema, type CheckedAcceptOptions } from './option-rows.ts';

/**
 * Accepts a handshake: return it from `upgrade`.
 *
 * @throws WebSocketError ERR_WS_OPTION for an unknown option, or a value of the wrong type
 */
export function accept<Context>(options: AcceptOptions<Context> & { context: Context }): Accepted<Context>;
export function accept(options?: AcceptOptions<undefined>): Accepted<undefined>;
export function accept<Context>(options?: AcceptOptions<Context>, ...rest: unknown[]): Accepted<Context | undefined> {
  refuseArguments('accept', rest, 'context, subprotocol and headers are in its options');
  const {
    context,
    subprotocol,
    headers = NO_FIELDS,
    limits,
    streamAbove,
  } = readOptions(acceptSchema, options) as CheckedAcceptOptions<Context>;
  const decision = { kind: 'accept', context, subprotocol, headers } as const;
  if (limits === undefined && streamAbove === undefined) return decision;
  return { ...decision, limits, streamAbove };
}

/**
 * Refuses a handshake with an HTTP response, after which the TCP connection ends: return it from `upgrade`.
 *
 * @param status   HTTP status from 400 to 599, or 301, 302, 303, 307, 308 with a `Location` in `headers`
 * @param reason   body of the response in plain text, which most clients show. Default: the name of the status
 * @param headers  further fields in ASCII, e.g. `WWW-Authenticate`
 * @throws WebSocketError ERR_WS_OPTION for another status, a redirect without `Location`, or a value of the wrong type
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
    throw webSocketError('ERR_WS_OPTION', 'status', status, 'a status from 400 to 599, or 301, 302, 303, 307, 308');
  }
  return { kind: 'refuse', status, reason: reason ?? STATUS_CODES[status] ?? 'refused', headers: fields };
}

/**
 * Keeps the socket of an upgrade: return it from a method of an `UpgradeOwner`. The server has written nothing, has removed its
 * listeners, and no longer counts the socket.
 */
export function release(): Released {
  return RELEASED;
}

const RELEASED: Released = { kind: 'release' };

const NO_FIELDS: FieldPairs = [];
