// `subprotocol.parse` in the shape of `ws`: what a client offers in Sec-WebSocket-Protocol.

import { HeaderScanner } from './header-scanner.ts';

/** @throws SyntaxError for a list that is malformed, or names a subprotocol twice */
function parse(header: string): Set<string> {
  const scanner = new HeaderScanner(header);
  const subprotocols = new Set<string>();
  for (;;) {
    const name = scanner.token();
    scanner.skipSpaceBefore(',');
    if (!scanner.isAtEnd && scanner.next !== ',') throw scanner.unexpected();
    if (subprotocols.has(name)) throw new SyntaxError(`The "${name}" subprotocol is duplicated`);
    subprotocols.add(name);
    if (scanner.isAtEnd) return subprotocols;
    scanner.at++;
    scanner.skipSpace();
  }
}

/** Reads Sec-WebSocket-Protocol. */
export const subprotocol = { parse };
