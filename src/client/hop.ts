// The requests on the way to a connection: the first, and those that redirects lead to; and what proves who we are, which
// goes with them as long as they stay at the first origin.

import { webSocketError } from '../core/errors.ts';
import type { HeaderFields } from '../core/handshake/fields.ts';
import type { ClientTlsOptions } from '../node/tls.ts';
import { isSameOrigin } from './redirect.ts';
import type { Target } from './target.ts';

/** One request on the way to a connection. */
export interface Hop {
  readonly target: Target;
  /** How many came before. */
  readonly redirects: number;
  /** Value of Authorization from `user:password@` of the first URL. */
  readonly authorization: string | undefined;
  /**
   * The redirects so far have not left the first origin. Who has left it has lost what proves who we are for good: another
   * origin could else have us use it back home, at a path of its choice.
   */
  readonly isAtHome: boolean;
}

export function firstHop(target: Target): Hop {
  return { target, redirects: 0, authorization: target.authorization, isAtHome: true };
}

/** @param target  where the response to `hop` leads */
export function nextHop({ target: from, redirects, authorization, isAtHome }: Hop, target: Target): Hop {
  const stays = isAtHome && isSameOrigin(from, target);
  return { target, redirects: redirects + 1, authorization: stays ? authorization : undefined, isAtHome: stays };
}

const BOUND_TO_ORIGIN = new Set(['authorization', 'cookie', 'host']);

/** The application's fields. Those that prove who we are go to the first origin alone, not to where it redirects. */
export function headersFor({ authorization, isAtHome }: Hop, fields: HeaderFields = []): HeaderFields {
  if (isAtHome && authorization === undefined) return fields;
  const pairs = pairsOf(fields).filter(([name]) => isAtHome || !BOUND_TO_ORIGIN.has(lowerCase(name)));
  if (authorization !== undefined && !pairs.some(([name]) => lowerCase(name) === 'authorization')) {
    pairs.push(['Authorization', authorization]);
  }
  return pairs;
}

/**
 * RFC 7235 §4.4: Proxy-Authorization is for a proxy. As a field of the handshake it would go through the tunnel, to the
 * server, who must not have it.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function refuseProxyAuthorization(fields: HeaderFields = []): void {
  const given = pairsOf(fields).find(([name]) => lowerCase(name) === 'proxy-authorization');
  if (given === undefined) return;
  throw webSocketError(
    'ERR_WS_OPTION',
    'name of a header',
    given[0],
    'proxy.username and proxy.password in its place, which the proxy alone gets',
  );
}

/** Names are checked where they are written. */
function lowerCase(name: unknown): string {
  return String(name).toLowerCase();
}

/** The application's TLS options. Another origin is not shown our certificate, nor the name that was meant for the first. */
export function tlsFor({ isAtHome }: Hop, tls: ClientTlsOptions | undefined): ClientTlsOptions | undefined {
  return tls === undefined || isAtHome
    ? tls
    : { ca: tls.ca, rejectUnauthorized: tls.rejectUnauthorized, minVersion: tls.minVersion };
}

/** Values are checked where they are written. */
function pairsOf(fields: HeaderFields): (readonly [string, string])[] {
  if (Array.isArray(fields)) return [...fields];
  return Object.entries(fields as Record<string, string | readonly string[]>).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((one: string) => [name, one] as const) : [[name, value as string] as const],
  );
}
