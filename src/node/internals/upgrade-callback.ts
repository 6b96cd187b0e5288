// `server.shouldUpgradeCallback`, by which Node 22.21 and 24.9 and later ask whether a request is an upgrade. The option of
// `http.createServer` is public; the property of a server that exists already, as with `attach`, is not documented.
//
// Detection: a new server has a function there. Fallback: `request-class.ts`.

import type { Server as HttpServer, IncomingMessage } from 'node:http';

interface AskingServer {
  shouldUpgradeCallback?: ((request: IncomingMessage) => boolean) | undefined;
}

/**
 * Has `server` take an upgrade request for an ordinary request unless `isWanted`.
 *
 * @returns a function that ends this; `undefined` where `server` has no such callback, and nothing was done
 */
export function selectByCallback(
  server: HttpServer,
  isWanted: (request: IncomingMessage) => boolean,
): (() => void) | undefined {
  const asking = server as unknown as AskingServer;
  const inherited = asking.shouldUpgradeCallback;
  if (typeof inherited !== 'function') return undefined;
  let isActive = true;
  const select = function (this: HttpServer, request: IncomingMessage): boolean {
    return (!isActive || isWanted(request)) && Reflect.apply(inherited, this, [request]);
  };
  asking.shouldUpgradeCallback = select;
  return () => {
    isActive = false;
    if (asking.shouldUpgradeCallback === select) asking.shouldUpgradeCallback = inherited;
  };
}
