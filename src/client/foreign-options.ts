// Options that `connect` does not have, with the advice for each: names from `ws`, Socket.IO, node:http and browsers.

import { connectionElsewhere } from '../core/connection/foreign-options.ts';
import { handlersElsewhere } from '../core/option-check.ts';

const NOT_AGAIN = 'an ended connection is not reopened; call connect() again in the close handler';

export const connectElsewhere: Readonly<Record<string, string>> = {
  ...connectionElsewhere,
  ...Object.fromEntries(Object.entries(handlersElsewhere).map(([name, own]) => [name, `use handlers.${own}`])),
  header: 'use headers',
  extraHeaders: 'use headers',
  origin: "use headers: { Origin: 'https://example.org' }",
  host: "it is part of the URL; to send another Host field, use headers: { Host: 'example.org' }",
  hostname: 'it is part of the URL',
  port: 'it is part of the URL',
  path: 'it is part of the URL',
  query: 'it is part of the URL',
  url: 'it is the first argument of connect()',
  protocol: 'use subprotocols',
  protocols: 'use subprotocols',
  protocolVersion: 'version 13 is the only one (RFC 6455 §4.1); leave it out',
  auth: "write the credentials into the URL (ws://user:password@host), or use headers: { Authorization: '…' }",
  withCredentials: "use headers: { Cookie: '…' }",
  agent: 'for a proxy, use proxy: { host, port }; for certificates, use tls; sockets are not shared',
  followRedirects: 'use maxRedirects, the number of redirects to follow',
  finishRequest: 'set the headers of the request with headers',
  lookup: 'the system resolves names; leave it out',
  connectTimeout: 'use handshakeTimeout (milliseconds)',
  connectionTimeout: 'use handshakeTimeout (milliseconds)',
  timeout: 'use handshakeTimeout (milliseconds)',
  ca: 'use tls.ca',
  cert: 'use tls.cert',
  key: 'use tls.key',
  passphrase: 'use tls.passphrase',
  pfx: 'give its parts in PEM format: tls.cert, tls.key and tls.ca',
  rejectUnauthorized: 'use tls.rejectUnauthorized',
  servername: 'use tls.servername',
  minVersion: 'use tls.minVersion',
  checkServerIdentity: 'the name is always verified; to expect another name, set tls.servername',
  reconnection: NOT_AGAIN,
  reconnect: NOT_AGAIN,
  reconnectionAttempts: NOT_AGAIN,
  reconnectionDelay: NOT_AGAIN,
  reconnectInterval: NOT_AGAIN,
  maxRetries: NOT_AGAIN,
  autoConnect: 'connect() always connects at once; leave it out',
  forceNew: 'each connect() opens its own connection; leave it out',
  reconnectionDelayMax: NOT_AGAIN,
  randomizationFactor: NOT_AGAIN,
  retries: 'a message is sent once, and its callback gets the result; leave it out',
  ackTimeout: 'WebSocket has no acknowledgements; number the messages in the application',
  multiplex: 'each connect() opens its own connection; leave it out',
  autoUnref: 'an open connection keeps the process alive until it is closed; leave it out',
  rememberUpgrade: 'this package supports only WebSocket; leave it out',
  tryAllTransports: 'this package supports only WebSocket; leave it out',
  timestampParam: 'the URL is sent unchanged; leave it out',
  timestampRequests: 'the URL is sent unchanged; leave it out',
  useNativeTimers: 'to control time in tests, use harmony-websocket/testing; leave it out',
  closeOnBeforeunload: 'only browsers have it; leave it out',
  localAddress: 'the system chooses it; leave it out',
  family: 'addresses of both families are tried; for one address, write it into the URL',
  socketPath: 'use a URL such as ws+unix:///run/app.sock:/path',
  method: 'an opening handshake is always a GET (RFC 6455 §4.1); leave it out',
  ciphers: "Node's list is used; to change it for the process, start node with --tls-cipher-list",
  upgrade: 'this package supports only WebSocket; leave it out',
  compress: 'use compression',
};

/** Names of `connect`, and of Node, that `handshakeRequest` does not have. */
export const handshakeElsewhere: Readonly<Record<string, string>> = {
  tls: 'use request, which takes the options of tls.connect',
  proxy: 'use request.agent, with an agent that goes through the proxy',
  signal: 'call abort() of the request that it returns',
  maxRedirects: 'follow redirects in answered, with follow()',
  maxHeaderSize: 'use request.maxHeaderSize',
  ...Object.fromEntries(
    ['agent', 'createConnection', 'lookup', 'family', 'localAddress', 'ca', 'cert', 'key', 'passphrase', 'pfx'].map(
      (name) => [name, `use request.${name}`],
    ),
  ),
  ...Object.fromEntries(
    ['rejectUnauthorized', 'servername', 'minVersion', 'checkServerIdentity', 'ciphers'].map((name) => [
      name,
      `use request.${name}`,
    ]),
  ),
};
