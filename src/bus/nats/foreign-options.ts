// Names that other libraries give to what `natsBus` and `natsStore` take.

export const natsForeignOptions: Readonly<Record<string, string>> = {
  url: 'use servers',
  urls: 'use servers',
  server: 'use servers',
  host: "use servers: 'nats://host:4222'",
  port: "use servers: 'nats://host:4222'",
  nc: 'use connection',
  client: 'use connection',
  natsConnection: 'use connection',
  username: 'use user',
  password: 'use pass',
  credentials: 'use creds',
  credsFile: 'use creds',
  nkey: 'use authenticator: nkeyAuthenticator(seed) of @nats-io/transport-node',
  jwt: 'use creds, or authenticator: jwtAuthenticator(jwt, seed) of @nats-io/transport-node',
  noEcho: 'it is always set; leave it out',
  reconnect: 'it always connects again; leave it out',
  maxReconnectAttempts: 'it always connects again; leave it out',
  waitOnFirstConnect: 'use required: false',
  maxPingOut: 'use pingInterval: a server that has not answered two pings is lost',
};
