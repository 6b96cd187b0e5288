// `node:http`, without an import statement. An ES module that imports it makes Node read each of its properties for the
// module's namespace. One of them is the lazy `WebSocket`, so that Node 26 loads all of undici: 15 ms of CPU.

import type * as Http from 'node:http';

const {
  createServer,
  IncomingMessage,
  request,
  Server: NodeServer,
  STATUS_CODES,
} = process.getBuiltinModule('node:http') as typeof Http;

export { createServer, IncomingMessage, NodeServer, request, STATUS_CODES };
