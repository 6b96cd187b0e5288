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

/** Splits the URL of a scripted peer. @throws TypeError unless its scheme is `ws:`, `wss:`, `http:` or `https:` */
export function parsePlace(text: string): Place {
  const match = /^(ws|wss|http|https):\/\//u.exec(text);
  if (match === null)
    throw new TypeError(`cannot use ${text} as the URL of a peer; use one such as ws://chat.example:8080/room`);
  const isSecure = match[1] === 'wss' || match[1] === 'https';
  // Parsed as `http:` or `https:`: their parser accepts port 0, and treats host names in the same way.
  const url = new URL(text.replace(/^[a-z]+:/u, isSecure ? 'https:' : 'http:'));
  return {
    host: plainAddress(url.hostname),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname,
    target: url.pathname + url.search,
    isSecure,
  };
}
