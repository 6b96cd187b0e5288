// Where the token of a session may go: over TLS or within this machine, to the host of the application's URL and to hosts
// that it allows.

import { parseTarget, type Target } from '../../client/target.ts';
import { hideCredentials } from '../../core/credentials.ts';
import { webSocketError } from '../../core/errors.ts';

/** Names and addresses of this machine. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/**
 * Reads a URL that the application gave.
 *
 * @throws WebSocketError ERR_WS_URL; ERR_WS_OPTION for one over which others could read the token
 */
export function readDestination(url: string | URL, allowInsecure: boolean): Target {
  const target = parseTarget(url);
  if (allowInsecure || isProtected(target)) return target;
  const expected = 'wss: with resume, since a token of the session is sent to it; or set resume.allowInsecure';
  throw webSocketError('ERR_WS_OPTION', 'URL', hideCredentials(String(url)), expected);
}

function isProtected({ secure, host, socketPath }: Target): boolean {
  return secure || socketPath !== undefined || LOOPBACK.test(host);
}

/**
 * Whether a server may send the client from one URL to another: the same scheme, and the same host and port, or a host
 * that the application allows.
 */
export function mayFollow(from: string, to: string, allowedHosts: readonly string[]): boolean {
  let old: URL;
  let next: URL;
  try {
    old = new URL(from);
    next = new URL(to);
  } catch {
    return false;
  }
  if (old.protocol !== next.protocol || next.username !== '' || next.password !== '' || next.hash !== '') return false;
  return next.host === old.host || allowedHosts.some((host) => isSameHost(host, next));
}

/** @param allowed  `host`: any port; or `host:port` */
function isSameHost(allowed: string, { host, hostname, port, protocol }: URL): boolean {
  const name = allowed.toLowerCase();
  const usual = protocol === 'wss:' ? '443' : '80';
  return name === hostname || name === host || name === `${hostname}:${port === '' ? usual : port}`;
}
