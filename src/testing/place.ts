// The parts of the URL of a scripted peer. The parser of URLs does not accept port 0 for `ws:`, and hides default ports; an
// in-memory network needs both.

import { plainAddress } from './port-table.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Path and query. */
  readonly target: string;
  readonly isSecure: boolean;
}

/**
 * Splits the URL of a scripted peer.
 *
 * @param given  a string, or what has one, such as a URL
 * @throws TypeError unless it is a URL with the scheme `ws:`, `wss:`, `http:` or `https:`
 */
export function parsePlace(given: unknown): Place {
  const text = String(given);
  const scheme = /^(ws|wss|http|https):\/\//u.exec(text)?.[1];
  const isSecure = scheme === 'wss' || scheme === 'https';
  // Parsed as `http:` or `https:`: their parser accepts port 0, and treats host names in the same way.
  const asHttp = text.replace(/^[a-z]+:/u, isSecure ? 'https:' : 'http:');
  if (scheme === undefined || !URL.canParse(asHttp)) {
    throw new TypeError(`cannot use ${text} as a URL here; use one such as ws://chat.example:8080/room`);
  }
  const url = new URL(asHttp);
  return {
    host: plainAddress(url.hostname),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname,
    target: url.pathname + url.search,
    isSecure,
  };
}
