// Redirects of the opening handshake (§4.1 leaves them to the client): to `ws:` and `wss:` alone, never to less
// security than was asked for.

import { responseError } from '../core/errors.ts';
import { parseTarget, type Target } from './target.ts';

/**
 * Where a redirect leads.
 *
 * @param location  value of the Location field; relative to `from`; `http:` and `https:` stand for `ws:` and `wss:`
 * @throws WebSocketError ERR_WS_REDIRECT with `status`
 */
export function redirectTarget(from: Target, status: number, location: string | undefined): Target {
  if (location === undefined) throw responseError(status, 'ERR_WS_REDIRECT', '', 'the response has no Location field');
  let url: URL;
  try {
    url = new URL(location, from.url);
  } catch {
    throw responseError(status, 'ERR_WS_REDIRECT', location, 'it is no URL');
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  url.hash = '';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw responseError(status, 'ERR_WS_REDIRECT', location, `its scheme is ${url.protocol}`);
  }
  const target = parseTarget(url);
  if (from.secure && !target.secure)
    throw responseError(status, 'ERR_WS_REDIRECT', location, 'it leads from wss: to ws:');
  return target;
}
