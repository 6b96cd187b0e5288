// Where Redis is: a URL taken apart. The client libraries never see the URL, so that no error of theirs can show it.

import { webSocketError } from '../../core/errors.ts';
import { Described } from '../../core/shown-value.ts';

/** What a URL says. Everything is absent without one, but `address`. */
export interface RedisTarget {
  /** Without credentials. */
  readonly address: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly isTls: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: number | undefined;
}

const EXPECTED = 'a URL such as redis://127.0.0.1:6379, or rediss://user:password@host:6380';

/**
 * Takes a URL apart.
 *
 * @throws WebSocketError ERR_WS_OPTION, which does not show the URL
 */
export function targetOf(url: string): RedisTarget {
  const { protocol, hostname, port, username, password, pathname, search } = parse(url);
  const isTls = protocol === 'rediss:';
  if ((!isTls && protocol !== 'redis:') || hostname === '') throw wrongUrl(url);
  const database = pathname === '' || pathname === '/' ? undefined : Number(pathname.slice(1));
  if (database !== undefined && !Number.isInteger(database)) throw wrongUrl(url, ' with the number of a database');
  if (search !== '') throw wrongUrl(url, ' without a query: use options');
  const number = port === '' ? 6379 : Number(port);
  return {
    address: `${protocol}//${hostname}:${number}`,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: number,
    isTls,
    username: decoded(username, url),
    password: decoded(password, url),
    database,
  };
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch {
    // Its error shows the URL.
    throw wrongUrl(url);
  }
}

function decoded(text: string, url: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrongUrl(url, ' whose credentials are percent-encoded');
  }
}

function wrongUrl(url: string, more = ''): Error {
  return webSocketError('ERR_WS_OPTION', 'url', new Described(`a string of ${url.length} characters`), EXPECTED + more);
}
