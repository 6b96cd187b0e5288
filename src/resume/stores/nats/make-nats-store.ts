// The store of sessions in JetStream, from what an application gives.

import { natsForeignOptions } from '../../../bus/nats/foreign-options.ts';
import { type NatsAccess, natsLink } from '../../../bus/nats/nats-setup.ts';
import { natsAccessRows, serversRow } from '../../../bus/nats/option-rows.ts';
import { webSocketError } from '../../../core/errors.ts';
import { type Rows, readOptions, refuseArguments, type Schema } from '../../../core/option-check.ts';
import { check, integer, oneOf } from '../../../core/option-kinds.ts';
import type { SessionStore } from '../../protocol/store.ts';
import { JetStream } from './jetstream.ts';
import { NatsStore } from './nats-store.ts';

/** Options of {@link natsStore}. */
export interface NatsStoreOptions extends NatsAccess {
  /**
   * Beginning of the names of streams and subjects: letters, digits, `_` and `-`, at most 64. Servers share sessions only with
   * the same one. Default `'wsr'`.
   */
  prefix?: string | undefined;
  /** On how many servers of the cluster JetStream keeps each session, 1 to 5. Only used when the streams are made. Default 1. */
  replicas?: number | undefined;
  /**
   * Milliseconds that JetStream keeps a message for a client that does not acknowledge it, and a session that nobody ends. At least
   * twice `keep` of `resume`, and 60,000. Only used when the streams are made. Default 86,400,000, a day.
   */
  maxAge?: number | undefined;
  /** Where JetStream keeps the sessions. Only used when the streams are made. Default `'file'`. */
  storage?: 'file' | 'memory' | undefined;
}

const PREFIX = /^[\w-]{1,64}$/;

/** Of `natsStore`. */
export const natsStoreSchema: Schema<NatsStoreOptions> = {
  of: 'natsStore',
  example: "{ servers: 'nats://127.0.0.1:4222', replicas: 3 }",
  rows: {
    ...natsAccessRows,
    prefix: check<string>(
      'letters, digits, _ and -, at most 64 of them',
      (value) => typeof value === 'string' && PREFIX.test(value),
    ),
    replicas: integer(1, 5),
    maxAge: integer(60_000, Number.MAX_SAFE_INTEGER / 1e6, 'milliseconds from 60,000'),
    storage: oneOf(['file', 'memory']),
  } satisfies Rows<NatsStoreOptions>,
  elsewhere: {
    ...natsForeignOptions,
    bucket: 'use prefix',
    stream: 'use prefix',
    num_replicas: 'use replicas',
    max_age: 'use maxAge (milliseconds)',
    ttl: 'use keep of resume: createServer({ resume: { keep } })',
  },
};

/**
 * Makes a store of sessions in JetStream, for `createServer({ resume: { store } })`: a client resumes on any node, even if its
 * node has died. The two streams `<prefix>_sessions` and `<prefix>_session_logs` are made when they are not there. It connects with
 * the first session.
 *
 * @param options  where NATS is, as for `natsBus`, with `prefix`, `replicas`, `maxAge` and `storage`; or only its URL
 * @throws WebSocketError ERR_WS_PACKAGE_MISSING if `@nats-io/transport-node` is not installed; ERR_WS_OPTION
 */
export function natsStore(options?: string | NatsStoreOptions): SessionStore;
export function natsStore(given?: unknown, ...rest: unknown[]): SessionStore {
  refuseArguments('natsStore', rest, 'all options are in the first one');
  if (typeof given === 'string') return makeNatsStore({ servers: serversRow.read(given, 'servers', {}) });
  return makeNatsStore(readOptions(natsStoreSchema, given));
}

/** @param now  milliseconds of a clock that all processes have in common */
export function makeNatsStore(options: NatsStoreOptions, now?: () => number): NatsStore {
  const { prefix = 'wsr', replicas = 1, maxAge = 86_400_000, storage = 'file', connection, servers } = options;
  if (connection !== undefined && servers !== undefined) {
    throw webSocketError('ERR_WS_OPTION', 'connection', connection, 'either connection or servers');
  }
  // The store asks other stores on the same connection, too.
  const { link } = natsLink(options, { user: 'natsStore', name: 'harmony-websocket sessions', noEcho: false });
  return new NatsStore(new JetStream(link, 'natsStore'), { prefix, replicas, maxAge, storage }, now);
}
