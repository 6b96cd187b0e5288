// Names that other libraries give to what `redisBus` and `redisStore` take.

const inOptions = (name: string): string => `use options: { ${name} }, or url`;

export const foreignOptions: Readonly<Record<string, string>> = {
  redis: 'use client',
  pubClient: 'use client: it is duplicated for both directions',
  subClient: 'use client: it is duplicated for both directions',
  host: inOptions('host'),
  port: inOptions('port'),
  socket: inOptions('socket'),
  username: inOptions('username'),
  password: inOptions('password'),
  tls: inOptions('tls'),
  sentinels: inOptions('sentinels'),
  key: 'use prefix',
  keyPrefix: 'use prefix',
  channelPrefix: 'use prefix',
  shardedPubSub: 'use sharded',
  pingInterval: 'use heartbeat: { interval }',
  requestsTimeout: 'use deadline',
};
