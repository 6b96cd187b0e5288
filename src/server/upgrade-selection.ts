// Which requests with an Upgrade field are upgrades, and which are served as HTTP as if the field were not there
// (RFC 9110 §7.8: a server may ignore it). Node calls all of them upgrades as soon as anybody listens for one; Java's
// HTTP client, for one, sends `Upgrade: h2c` with its first requests.

import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { equalsIgnoringCase, hasToken } from '../core/handshake/token.ts';
import { selectByClass } from '../node/internals/request-class.ts';
import { selectByCallback } from '../node/internals/upgrade-callback.ts';

/** Whether a request offers to switch to WebSocket. It may also offer other protocols. */
export function offersWebSocket(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (
      name.length === 7 &&
      equalsIgnoringCase(name, 'upgrade') &&
      hasToken(rawHeaders[index + 1] as string, 'websocket')
    )
      return true;
  }
  return false;
}

/**
 * Has `server` take an upgrade request for an ordinary request unless `isWanted`. Where the runtime has no place for this,
 * every request with an Upgrade field stays an upgrade.
 *
 * @returns a function that ends it
 */
export function selectUpgrades(server: HttpServer, isWanted: (request: IncomingMessage) => boolean): () => void {
  return selectByCallback(server, isWanted) ?? selectByClass(server, isWanted) ?? (() => {});
}
