// Where a scripted peer is, or what it connects to: a URL taken apart. The parser of URLs knows no port 0 for `ws:` and
// hides default ports; a network in memory needs both.

import { plainAddress } from './port-table.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Path and query. */
  readonly target: string;
  readonly isSecure: boolean;
}

/** @throws TypeError unless it is a URL of `ws:`, `wss:`, `http:` or `https:` */
export function parsePlace(text: string): Place {
  const match = /^(ws|wss|http|https):\/\//u.exec(text);
  if (match === null) throw new TypeError(`expected a URL such as ws://chat.example:8080/room, not ${text}`);
  const isSecure = match[1] === 'wss' || match[1] === 'https';
  // `http:` for the parser: it knows the port 0, and the host names of both are the same.
  const url = new URL(text.replace(/^[a-z]+:/u, isSecure ? 'https:' : 'http:'));
  return {
    host: plainAddress(url.hostname),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname,
    target: url.pathname + url.search,
    isSecure,
  };
}
