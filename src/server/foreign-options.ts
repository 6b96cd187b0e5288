// Options that `createServer` does not have, with the advice for each: names from `ws`, uWebSockets.js, Socket.IO and
// Engine.IO, and options of other calls of this package.

import { connectionElsewhere } from '../core/connection/foreign-options.ts';

const LISTEN = 'pass it to listen';
const ATTACH = 'pass it to attach';

export const serverElsewhere: Readonly<Record<string, string>> = {
  ...connectionElsewhere,
  port: `${LISTEN}: server.listen({ port: 8080 })`,
  host: `${LISTEN}: server.listen({ host: '127.0.0.1' })`,
  hostname: `${LISTEN}: server.listen({ host: '127.0.0.1' })`,
  backlog: "listen() uses the system's default; for another value, attach() to an HTTP server that listens with it",
  tls: `${LISTEN}: server.listen({ tls: { cert, key } })`,
  cert: `${LISTEN}: server.listen({ tls: { cert, key } })`,
  key: `${LISTEN}: server.listen({ tls: { cert, key } })`,
  ca: `${LISTEN}: server.listen({ tls: { cert, key, ca } })`,
  key_file_name: `${LISTEN}, with the contents of the files: server.listen({ tls: { cert, key } })`,
  cert_file_name: `${LISTEN}, with the contents of the files: server.listen({ tls: { cert, key } })`,
  ca_file_name: `${LISTEN}, with the contents of the files: server.listen({ tls: { cert, key, ca } })`,
  passphrase: `${LISTEN}: server.listen({ tls: { cert, key, passphrase } })`,
  dh_params_file_name: "Node's parameters are used; leave it out",
  ssl_ciphers: "Node's list is used; to change it for the process, start node with --tls-cipher-list",
  ssl_prefer_low_memory_usage: 'this package has no such setting; leave it out',
  request: `${LISTEN}: server.listen({ request })`,
  server: `${ATTACH}: server.attach(httpServer)`,
  httpServer: `${ATTACH}: server.attach(httpServer)`,
  path: `${ATTACH}: server.attach(httpServer, { path: '/chat' }); or compare request.url in upgrade`,
  noServer:
    'a server opens no port before listen(); to pass in single upgrades, call server.handleUpgrade(request, socket, head)',
  clientTracking: 'server.connections always has all connections; leave it out',
  verifyClient: 'use upgrade(request), which returns accept() or refuse(status, reason)',
  allowRequest: 'use upgrade(request), which returns accept() or refuse(status, reason)',
  authenticate: 'use upgrade(request), which returns accept() or refuse(status, reason)',
  handleProtocols: 'use subprotocols, a list, or accept({ subprotocol }) in upgrade',
  protocols: 'use subprotocols',
  WebSocket: 'all connections have one class; to attach values to a connection, return accept({ context })',
  cors: "use allowedOrigins: ['https://example.org']",
  origins: "use allowedOrigins: ['https://example.org']",
  origin: "use allowedOrigins: ['https://example.org']",
  connectTimeout: 'use handshakeTimeout (milliseconds)',
  upgradeTimeout: 'use handshakeTimeout (milliseconds)',
  headers: 'pass the headers of the response to accept({ headers }) in upgrade',
  cookie: 'cookies are headers of the response: pass them to accept({ headers }) in upgrade',
  serveClient: 'to answer HTTP requests, use listen({ request }), or attach() to your own HTTP server',
  allowUpgrades: 'this package supports only WebSocket; leave it out',
  allowEIO3: 'this package supports only WebSocket; leave it out',
  wsEngine: 'this package is the engine; leave it out',
  adapter: 'server.publish reaches only the connections of this process; leave it out',
  initialPacket: 'send it in the open handler',
  cleanupEmptyChildNamespaces: 'topics without subscribers do not exist; leave it out',
  destroyUpgradeTimeout: 'an upgrade that no server takes is answered 404; leave it out',
  destroyUpgrade: 'an upgrade that no server takes is answered 404; leave it out',
  connection: 'use open',
  disconnect: 'use close',
  subscription: 'your application calls connection.subscribe and unsubscribe itself; leave it out',
  dropped: 'slowConsumer decides what is dropped, and the callback of send gets the error; leave it out',
};
