// Where a URL leads (RFC 6455 §3): scheme, host, port, request target, and the values of Host and Authorization that
// follow. `ws+unix:` and `wss+unix:` lead to a Unix socket: `ws+unix:///run/app.sock:/path`.

import { Buffer } from 'node:buffer';
import { hideCredentials } from '../core/credentials.ts';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { kindOf } from '../core/option-check.ts';
import type { SocketAddress } from '../node/address.ts';
import { pathProblem, shownPath } from '../node/socket-path.ts';

export interface Target {
  readonly url: string;
  readonly secure: boolean;
  /** Name or address, without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  /** The Unix socket that it leads to; `host` is then `localhost`. Absent: TCP. */
  readonly socketPath?: string | undefined;
  /** Value of the Host field: the port only where it is not the scheme's default. */
  readonly hostField: string;
  /** Path and query. */
  readonly path: string;
  /** From `user:password@`. */
  readonly authorization: string | undefined;
}

/** Makes the error for a URL. */
type Refused = (problem: string) => WebSocketError;

/** What a socket is to be connected to. */
export function addressOf({ host, port, socketPath }: Target): SocketAddress {
  return socketPath === undefined ? { host, port } : { path: socketPath };
}

/**
 * Reads a `ws:`, `wss:`, `ws+unix:` or `wss+unix:` URL.
 *
 * @throws WebSocketError ERR_WS_URL
 */
export function parseTarget(input: string | URL): Target {
  const text = textOf(input);
  const refused: Refused = (problem) => webSocketError('ERR_WS_URL', hideCredentials(text), problem);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused(unparsed(text));
  }
  const { protocol, hostname, port, pathname, search, hash } = url;
  if (protocol === 'ws+unix:' || protocol === 'wss+unix:') return unixTarget(url, refused);
  if (protocol !== 'ws:' && protocol !== 'wss:') {
    // In `localhost:8080`, the parser takes the host for the scheme.
    throw refused(text.includes('//') ? `has the scheme "${protocol.slice(0, -1)}"` : NO_SCHEME);
  }
  if (hostname === '') throw refused('has no host');
  // RFC 6455 §3: fragment identifiers must not be used.
  if (hash !== '' || text.endsWith('#')) throw refused('has a fragment (#…)');
  const secure = protocol === 'wss:';
  return {
    // The text may have line ends and the like in it, which are not part of the URL.
    url: /^[\x21-\x7e]+$/.test(text) ? text : url.href,
    secure,
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    hostField: url.host,
    path: pathAsWritten(text) ?? pathname + search,
    authorization: basicAuthorization(url, refused),
  };
}

/** The path of the socket, and after a colon that of the request. */
function unixTarget({ protocol, hostname, pathname, search, hash, href }: URL, refused: Refused): Target {
  if (hash !== '' || href.endsWith('#')) throw refused('has a fragment (#…)');
  if (hostname !== '') throw refused('has a host; a Unix socket has only a path: write three slashes');
  const colon = pathname.indexOf(':');
  const written = decoded(colon === -1 ? pathname : pathname.slice(0, colon), refused);
  // `ws+unix:///%00name` is an abstract socket: in a URL without a host, a path begins with a slash.
  const socketPath = written.startsWith('/\0') ? written.slice(1) : written;
  if (socketPath === '' || socketPath === '/') throw refused('has no path of a Unix socket');
  const problem = pathProblem(socketPath);
  if (problem !== undefined) throw refused(`has the socket ${shownPath(socketPath)}; expected ${problem}`);
  const path = colon === -1 ? '/' : pathname.slice(colon + 1);
  return {
    url: href,
    secure: protocol === 'wss+unix:',
    host: 'localhost',
    port: 0,
    socketPath,
    hostField: 'localhost',
    path: (path.startsWith('/') ? path : `/${path}`) + search,
    authorization: undefined,
  };
}

function decoded(path: string, refused: Refused): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw refused('has a % in its path that encodes nothing; write it as %25');
  }
}

const NO_SCHEME = 'does not begin with ws:// or wss://';

/** What is wrong with a text that is not a URL. */
function unparsed(text: string): string {
  if (!/^\s*[a-z][a-z0-9+.-]*:/i.test(text)) return NO_SCHEME;
  return 'cannot be parsed: its host or port is not valid';
}

/** @throws WebSocketError ERR_WS_URL for a value that cannot be text */
function textOf(input: unknown): string {
  try {
    return String(input);
  } catch (error) {
    throw webSocketErrorFrom(error, 'ERR_WS_URL', kindOf(input), 'cannot be read');
  }
}

/** After an authority, a path and query of characters that may stand there (RFC 3986 §3.3, §3.4). */
const AS_WRITTEN = /^wss?:\/\/[^/?#\\\s]+((?:[/?][A-Za-z0-9\-._~%!$&'()*+,;=:@/?[\]]*)?)$/i;

/**
 * Path and query as the caller wrote them: a server may tell `/a/../b` and `%7e` from what they normally stand for.
 *
 * @returns `undefined` where they need encoding
 */
function pathAsWritten(url: string): string | undefined {
  const path = AS_WRITTEN.exec(url)?.[1];
  return path === undefined || path.startsWith('/') ? path : `/${path}`;
}

function basicAuthorization(url: URL, refused: Refused): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  try {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    throw refused('has a user name or password with a % that encodes nothing; write it as %25');
  }
}
