// The two answers of a server's `upgrade` handler.

import { STATUS_CODES } from 'node:http';
import { REDIRECT_STATUSES } from '../core/constants.ts';
import { webSocketError } from '../core/errors.ts';

/** Made by {@link accept}. */
export interface Accepted<Context> {
  readonly kind: 'accept';
  readonly context: Context | undefined;
  readonly subprotocol: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Made by {@link refuse}. */
export interface Refused {
  readonly kind: 'refuse';
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What an `upgrade` handler may answer; nothing at all is a plain accept. */
// biome-ignore lint/suspicious/noConfusingVoidType: handlers without a return statement have this type
export type Decision<Context> = Accepted<Context> | Refused | undefined | void;

/**
 * Accepts a handshake.
 *
 * @param options.context      becomes `connection.context`
 * @param options.subprotocol  one of the client's offers; default: the first that the server lists. `''` selects none.
 * @param options.headers      further fields of the 101 response, e.g. `Set-Cookie`
 */
export function accept<Context = undefined>(
  options: { context?: Context; subprotocol?: string; headers?: Record<string, string> } = {},
): Accepted<Context> {
  return {
    kind: 'accept',
    context: options.context,
    subprotocol: options.subprotocol,
    headers: options.headers ?? {},
  };
}

/**
 * Refuses a handshake with an HTTP response and ends the TCP connection.
 *
 * @param status   HTTP status from 400 to 599, or 301, 302, 303, 307, 308 with a `Location` header
 * @param reason   plain-text body, shown by most clients; default: the name of the status
 * @throws WebSocketError ERR_WS_OPTION for another status, or a redirect without `Location`
 */
export function refuse(status: number, reason?: string, headers: Record<string, string> = {}): Refused {
  if (REDIRECT_STATUSES.has(status)) {
    if (!Object.keys(headers).some((name) => name.toLowerCase() === 'location')) {
      throw webSocketError(
        'ERR_WS_OPTION',
        'headers',
        Object.keys(headers).join(),
        `a Location, with status ${status}`,
      );
    }
  } else if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw webSocketError('ERR_WS_OPTION', 'status', status, 'from 400 to 599, or 301, 302, 303, 307, 308');
  }
  return { kind: 'refuse', status, reason: reason ?? STATUS_CODES[status] ?? 'refused', headers };
}
