// The response that a socket of `node:http` is at. Node has no public API for this: requests that arrived before anybody
// listened, or that the application never saw, have a response too. Node keeps it in `socket._httpMessage`.
//
// Detection: the value is an object with the methods of a response. Fallback: there is no earlier response, so an upgrade
// that was pipelined after a request is answered at once.

import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Returns the response that `socket` is at, or `undefined` where there is none or Node does not tell. */
export function currentResponse(socket: Duplex): ServerResponse | undefined {
  const response: unknown = Reflect.get(socket, '_httpMessage');
  if (typeof response !== 'object' || response === null) return undefined;
  return typeof Reflect.get(response, 'once') === 'function' ? (response as ServerResponse) : undefined;
}
