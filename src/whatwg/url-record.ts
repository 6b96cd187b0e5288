// The first argument of the constructors (WebSockets standard, "get a URL record").

import { hideCredentials } from '../core/credentials.ts';

/**
 * Parses a URL. There is no page, so there is no base for relative URLs.
 *
 * @returns a URL with the scheme `ws:` or `wss:`
 * @throws DOMException SyntaxError
 */
export function urlRecord(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused(text, 'it must be absolute and valid, for example wss://example.org/chat');
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  else if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw refused(text, `its scheme is ${url.protocol} and must be ws:, wss:, http: or https:`);
  }
  // `hash` does not tell an empty fragment from none.
  if (url.href.includes('#')) throw refused(text, 'it must not have a fragment (#…)');
  return url;
}

function refused(text: string, rule: string): DOMException {
  return new DOMException(`the URL '${hideCredentials(text)}' cannot be used: ${rule}`, 'SyntaxError');
}
