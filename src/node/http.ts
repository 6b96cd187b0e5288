// `node:http`, without an import statement. An ES module that imports it makes Node read each of its properties for the
// module's namespace. One of them is the lazy `WebSocket`, so that Node 26 loads all of undici: 15 ms of CPU.

import type * as Http from 'node:http';
import type * as Https from 'node:https';

const {
  createServer,
  IncomingMessage,
  request,
  Server: NodeServer,
  STATUS_CODES,
} = process.getBuiltinModule('node:http') as typeof Http;

export { createServer, IncomingMessage, NodeServer, request, STATUS_CODES };

/** `request` of `node:https`, which is loaded when it is first needed. */
export function secureRequest(options: Https.RequestOptions): Http.ClientRequest {
  return (process.getBuiltinModule('node:https') as typeof Https).request(options);
}
