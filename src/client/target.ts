// Where a URL leads (RFC 6455 §3): scheme, host, port, request target, and the values of Host and Authorization that
// follow.

import { Buffer } from 'node:buffer';
import { hideCredentials } from '../core/credentials.ts';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { kindOf } from '../core/option-check.ts';

export interface Target {
  readonly url: string;
  readonly secure: boolean;
  /** Name or address, without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  /** Value of the Host field: the port only where it is not the scheme's default. */
  readonly hostField: string;
  /** Path and query. */
  readonly path: string;
  /** From `user:password@`. */
  readonly authorization: string | undefined;
}

/**
 * Reads a `ws:` or `wss:` URL.
 *
 * @throws WebSocketError ERR_WS_URL
 */
export function parseTarget(input: string | URL): Target {
  const text = textOf(input);
  const refused = (problem: string): WebSocketError => webSocketError('ERR_WS_URL', hideCredentials(text), problem);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused(unparsed(text));
  }
  const { protocol, hostname, port, pathname, search, hash } = url;
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

function basicAuthorization(url: URL, refused: (problem: string) => WebSocketError): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  try {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    throw refused('has a user name or password with a % that encodes nothing; write it as %25');
  }
}
