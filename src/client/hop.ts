// The requests on the way to a connection: the first one, and those that redirects lead to. This decides which of the
// application's headers, credentials and certificates go with each of them, as the table in docs/client.md says.

import { webSocketError } from '../core/errors.ts';
import { isHandshakeField } from '../core/handshake/client.ts';
import { type HeaderFields, listFields } from '../core/handshake/header-fields.ts';
import { isToken } from '../core/handshake/token.ts';
import type { ClientTlsOptions } from '../node/tls-options.ts';
import { isSameOrigin } from './redirect.ts';
import type { Target } from './target.ts';

/** One request on the way to a connection. */
export interface Hop {
  readonly target: Target;
  /** How many redirects came before. */
  readonly redirects: number;
  /** Value of Authorization from `user:password@` of the first URL. */
  readonly authorization: string | undefined;
  /**
   * The redirects so far have not left the first origin. Once one of them leaves it, credentials are dropped
   * permanently: otherwise another origin could redirect back and make us send them to a path of its choice.
   */
  readonly isAtHome: boolean;
}

export function firstHop(target: Target): Hop {
  return { target, redirects: 0, authorization: target.authorization, isAtHome: true };
}

/** Returns the request that follows a redirect to `target`. */
export function nextHop({ target: from, redirects, authorization, isAtHome }: Hop, target: Target): Hop {
  const stays = isAtHome && isSameOrigin(from, target);
  return { target, redirects: redirects + 1, authorization: stays ? authorization : undefined, isAtHome: stays };
}

/** The application's header fields, as they will be sent. */
export type RequestFields = readonly (readonly [name: string, value: string])[];

/**
 * Fields that the engine sends anyway, with the application's values. They describe the client and prove nothing, so
 * every origin gets them.
 */
const DESCRIBES_CLIENT = new Set(['origin', 'user-agent', 'pragma', 'cache-control']);

/**
 * Reads the application's header fields.
 *
 * @throws WebSocketError ERR_WS_OPTION for a field that cannot be sent, or that the application must not set
 */
export function requestFields(headers: HeaderFields = []): RequestFields {
  const list = listFields(headers, 0xff, isHandshakeField);
  const fields: [string, string][] = [];
  for (let index = 0; index < list.length; index += 2) fields.push([list[index] as string, list[index + 1] as string]);
  const forProxy = fields.find(([name]) => name.toLowerCase() === PROXY_AUTHORIZATION);
  if (forProxy !== undefined) {
    // RFC 7235 §4.4: it is for a proxy. As a field of the handshake it would go through the tunnel to the server.
    throw webSocketError(
      'ERR_WS_OPTION',
      'name of a header',
      forProxy[0],
      'proxy.username and proxy.password in its place, which only the proxy gets',
    );
  }
  return fields;
}

const PROXY_AUTHORIZATION = 'proxy-authorization';

/**
 * Reads the option `crossOriginHeaders`.
 *
 * @returns the names in lower case
 * @throws WebSocketError ERR_WS_OPTION for a name that is not a token, or that is never sent after a redirect
 */
export function crossOriginNames(names: readonly string[] = []): ReadonlySet<string> {
  if (!Array.isArray(names)) {
    throw webSocketError('ERR_WS_OPTION', 'crossOriginHeaders', names, 'an array of header names');
  }
  for (const name of names as readonly unknown[]) {
    const isName = typeof name === 'string' && isToken(name) && !name.includes('*');
    if (!isName) {
      throw webSocketError('ERR_WS_OPTION', 'crossOriginHeaders', name, 'names of headers, each one written out');
    }
    const lowerCase = name.toLowerCase();
    if (lowerCase === 'host' || lowerCase === PROXY_AUTHORIZATION || isHandshakeField(lowerCase)) {
      throw webSocketError(
        'ERR_WS_OPTION',
        'crossOriginHeaders',
        name,
        'headers other than Host, Proxy-Authorization and those of the handshake',
      );
    }
  }
  return new Set(names.map((name) => name.toLowerCase()));
}

/**
 * Returns the application's fields for one request. A request to the first origin gets all of them. After a redirect to
 * another origin it gets only the fields that describe the client, and those named in `crossOriginHeaders`.
 *
 * @param crossOrigin  names in lower case
 */
export function headersFor(
  { authorization, isAtHome }: Hop,
  fields: RequestFields,
  crossOrigin: ReadonlySet<string>,
): RequestFields {
  if (!isAtHome) {
    return fields.filter(([name]) => {
      const lowerCase = name.toLowerCase();
      return DESCRIBES_CLIENT.has(lowerCase) || crossOrigin.has(lowerCase);
    });
  }
  const hasOwn = authorization === undefined || fields.some(([name]) => name.toLowerCase() === 'authorization');
  return hasOwn ? fields : [...fields, ['Authorization', authorization]];
}

/**
 * Returns the TLS options for one request. Another origin gets neither our certificate nor the first origin's
 * `servername`.
 */
export function tlsFor({ isAtHome }: Hop, tls: ClientTlsOptions | undefined): ClientTlsOptions | undefined {
  return tls === undefined || isAtHome
    ? tls
    : { ca: tls.ca, rejectUnauthorized: tls.rejectUnauthorized, minVersion: tls.minVersion };
}
