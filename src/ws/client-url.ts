// The address of a client: what `ws` accepts, and the URL for the engine.

export interface ClientUrl {
  /** As `webSocket.url` shows it. */
  readonly shown: string;
  /** For the engine. */
  readonly target: string;
  /** Whether it has a user name or a password. */
  readonly hasUser: boolean;
}

/** @throws SyntaxError */
export function checkAddress(address: unknown): ClientUrl {
  let url: URL;
  try {
    url = new URL(String(address));
  } catch {
    throw new SyntaxError(`Invalid URL: ${String(address)}`);
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  else if (url.protocol === 'https:') url.protocol = 'wss:';
  const { protocol, href, hash, pathname } = url;
  const isUnix = protocol === 'ws+unix:' || protocol === 'wss+unix:';
  if (protocol !== 'ws:' && protocol !== 'wss:' && !isUnix) {
    throw new SyntaxError(`The URL's protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"`);
  }
  if (isUnix && pathname === '') throw new SyntaxError("The URL's pathname is empty");
  if (hash !== '') throw new SyntaxError('The URL contains a fragment identifier');
  const hasUser = url.username !== '' || url.password !== '';
  return { shown: href, hasUser, target: href.endsWith('#') ? href.slice(0, -1) : href };
}

/**
 * The same for where a redirect leads.
 *
 * @param located  told of every URL, even if it is then refused
 * @throws SyntaxError
 */
export function checkRedirect(location: string, from: string, located: (url: string) => void): void {
  let url: URL;
  try {
    url = new URL(location, from);
  } catch {
    throw new SyntaxError(`Invalid URL: ${location}`);
  }
  located(url.href);
  checkAddress(url);
}
