// The checks of how NATS is reached.

import { type Check, isPlainObject, isRecord, type Rows } from '../../core/option-check.ts';
import { check, integer, secret } from '../../core/option-kinds.ts';
import { credentialsRow } from './credentials-file.ts';
import { isNatsConnection, type NatsConnectionLike } from './nats-client.ts';
import { parseServers } from './nats-servers.ts';
import type { NatsAccess } from './nats-setup.ts';

const EXPECTED = 'a URL such as nats://127.0.0.1:4222, or a list of them';

/** Also of `natsBus('nats://…')`. */
export const serversRow: Check<string | readonly string[]> = {
  expected: EXPECTED,
  read(value, path) {
    const list: unknown = typeof value === 'string' ? [value] : value;
    const isRight = Array.isArray(list) && list.every((one) => typeof one === 'string');
    const given = secret<string | readonly string[]>(EXPECTED, () => isRight).read(value, path, {});
    parseServers(list as string[], path);
    return typeof given === 'string' ? given : [...given];
  },
};

/** Rows of `natsBus` and `natsStore`, beside their own. */
export const natsAccessRows: Rows<NatsAccess> = {
  servers: serversRow,
  connection: check<NatsConnectionLike>('a connection of @nats-io/transport-node 3', isNatsConnection),
  user: secret('a user name', (value) => typeof value === 'string' && value !== ''),
  pass: secret('a password', (value) => typeof value === 'string'),
  token: secret('a token', (value) => typeof value === 'string' && value !== ''),
  creds: credentialsRow,
  authenticator: secret('an authenticator of @nats-io/transport-node', (value) => typeof value === 'function'),
  tls: secret('an object with TLS options, such as { caFile }', (value) => isRecord(value) && isPlainObject(value)),
  pingInterval: integer(50, 2 ** 31 - 1, 'milliseconds from 50 to 2147483647'),
};
