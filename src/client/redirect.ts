// Redirects of the opening handshake (§4.1 leaves them to the client): to `ws:` and `wss:` alone, never to less
// security than was asked for, and without credentials that a server thinks of.

import { responseError, type WebSocketError } from '../core/errors.ts';
import { parseTarget, type Target } from './target.ts';

/**
 * Where a redirect leads. Credentials of `from` do not go there by themselves.
 *
 * @param locations  values of the Location fields; relative to `from`; `http:` and `https:` stand for `ws:` and `wss:`
 * @throws WebSocketError ERR_WS_REDIRECT with `status`
 */
export function redirectTarget(from: Target, status: number, locations: readonly string[]): Target {
  const [location, second] = locations;
  const refused = (problem: string): WebSocketError =>
    responseError(status, 'ERR_WS_REDIRECT', withoutCredentials(location ?? ''), problem);
  if (location === undefined) throw refused('the response has no Location field');
  if (second !== undefined) throw refused(`the response has ${locations.length} Location fields`);
  let url: URL;
  try {
    url = new URL(location, withoutCredentials(from.url));
  } catch {
    throw refused('it is no URL');
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  url.hash = '';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') throw refused(`its scheme is ${url.protocol}`);
  // RFC 7230 §2.7.1: nobody may generate them. Who follows them is logged in as somebody else without knowing.
  if (url.username !== '' || url.password !== '') throw refused('it has a user name or a password in it');
  const target = parseTarget(url);
  if (from.secure && !target.secure) throw refused('it leads from wss: to ws:');
  return target;
}

export function isSameOrigin(one: Target, other: Target): boolean {
  return one.host === other.host && one.port === other.port && one.secure === other.secure;
}

/** They are part of no relative URL, and not for logs. */
function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:)?(\/\/)[^/?#]*@/i, '$1$2');
}
