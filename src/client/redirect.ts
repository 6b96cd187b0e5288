// Redirects of the opening handshake (RFC 6455 §4.1 leaves them to the client): only to `ws:` and `wss:`, never to less
// security than was asked for, and never with credentials that the server chose.

import { Buffer } from 'node:buffer';
import { isError } from '../core/brands.ts';
import { hideInLocation, hideQuery } from '../core/credentials.ts';
import { responseError, responseErrorFrom, type WebSocketError } from '../core/errors.ts';
import { show } from '../core/shown-value.ts';
import { awaitedAnswer } from '../node/awaited-answer.ts';
import { parseTarget, type Target } from './target.ts';

/** A redirect that is about to be followed. */
export interface Redirect {
  /** Where it leads, absolute, `ws:` or `wss:`. */
  readonly url: string;
  /** HTTP status of the response that redirects. */
  readonly status: number;
}

/**
 * Asks the application whether to follow a redirect.
 *
 * @param signal  ends the wait for its answer; the Promise rejects with its `reason`
 * @throws (rejects) WebSocketError ERR_WS_REDIRECT whose `cause` is what the application threw
 */
export async function askBeforeRedirect(
  ask: ((redirect: Redirect) => void | PromiseLike<void>) | undefined,
  redirect: Redirect,
  signal: AbortSignal,
): Promise<void> {
  if (ask === undefined) return;
  try {
    const answer = ask(redirect);
    const verdict: unknown = answer === undefined ? answer : await awaitedAnswer(answer, signal);
    // In other libraries such a function is a predicate. To follow would be the opposite of its answer.
    if (verdict === false) throw new Error('it returned false');
  } catch (exception) {
    if (signal.aborted) throw signal.reason;
    const { url, status } = redirect;
    const reason = isError(exception) ? exception.message : typeof exception === 'string' ? exception : show(exception);
    throw responseErrorFrom(
      exception,
      status,
      'ERR_WS_REDIRECT',
      hideQuery(url),
      `beforeRedirect refused it (${reason})`,
    );
  }
  if (signal.aborted) throw signal.reason;
}

/**
 * Returns where a redirect leads. The target does not have the credentials of `from`.
 *
 * @param locations  values of the Location fields; relative to `from`; `http:` and `https:` stand for `ws:` and `wss:`
 * @throws WebSocketError ERR_WS_REDIRECT with `status`
 */
export function redirectTarget(from: Target, status: number, locations: readonly string[]): Target {
  const [location, second] = locations;
  const refused = (problem: string): WebSocketError =>
    responseError(status, 'ERR_WS_REDIRECT', location === undefined ? undefined : hideInLocation(location), problem);
  if (location === undefined) throw refused('the response has no Location field');
  if (second !== undefined) throw refused(`the response has ${locations.length} Location fields`);
  // A relative URL does not inherit credentials.
  const base = new URL(from.url);
  base.username = '';
  base.password = '';
  let url: URL;
  try {
    url = new URL(asUtf8(location), base);
  } catch {
    throw refused('it is not a URL');
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  url.hash = '';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    throw refused(`its scheme is ${url.protocol}, not ws: or wss:`);
  // RFC 7230 §2.7.1: a server must not generate them. A client that followed would be logged in as somebody else,
  // unnoticed.
  if (url.username !== '' || url.password !== '') throw refused('it contains a user name or a password');
  const target = parseTarget(url);
  if (from.secure && !target.secure) throw refused('it leads from wss: to ws:');
  return target;
}

/**
 * Node reads fields as Latin-1. A URL is ASCII; a server that writes other characters means UTF-8, as browsers read it.
 */
function asUtf8(location: string): string {
  if (!/[\x80-\xff]/.test(location)) return location;
  const text = Buffer.from(location, 'latin1').toString();
  return text.includes('\ufffd') ? location : text;
}

export function isSameOrigin(one: Target, other: Target): boolean {
  const { host, port, secure, socketPath } = one;
  return host === other.host && port === other.port && secure === other.secure && socketPath === other.socketPath;
}
