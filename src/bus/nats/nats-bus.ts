// The bus over NATS, from what an application gives.

import { webSocketError } from '../../core/errors.ts';
import { type Rows, readOptions, refuseArguments, type Schema } from '../../core/option-check.ts';
import { busOf } from '../create-bus.ts';
import { busElsewhere, busRows } from '../option-rows.ts';
import type { BusOptions } from '../options.ts';
import type { Bus } from '../seam.ts';
import { natsForeignOptions } from './foreign-options.ts';
import { type NatsAccess, natsDriver } from './nats-setup.ts';
import { natsAccessRows, serversRow } from './option-rows.ts';

/** Options of {@link natsBus}: where NATS is, and what all buses take. */
export interface NatsBusOptions extends NatsAccess, BusOptions {}

/** Of `natsBus`. */
export const natsBusSchema: Schema<NatsBusOptions> = {
  of: 'natsBus',
  example: "{ servers: 'nats://127.0.0.1:4222', prefix: 'chat' }",
  rows: { ...busRows, ...natsAccessRows } satisfies Rows<NatsBusOptions>,
  elsewhere: { ...busElsewhere, ...natsForeignOptions },
};

/**
 * Makes a bus over NATS 2.9 or newer, for `createServer({ bus })` and `createPublisher({ bus })`. It connects when its server
 * listens.
 *
 * @param options  where NATS is: a URL such as `nats://127.0.0.1:4222`, or {@link NatsBusOptions}
 * @throws WebSocketError ERR_WS_PACKAGE_MISSING if `@nats-io/transport-node` is not installed; ERR_WS_OPTION
 */
export function natsBus(options?: string | NatsBusOptions): Bus;
export function natsBus(given?: unknown, ...rest: unknown[]): Bus {
  refuseArguments('natsBus', rest, 'all options are in the first one');
  const options: NatsBusOptions =
    typeof given === 'string' ? { servers: serversRow.read(given, 'servers', {}) } : readOptions(natsBusSchema, given);
  const { connection, servers, node } = options;
  if (connection !== undefined && servers !== undefined) {
    throw webSocketError('ERR_WS_OPTION', 'connection', connection, 'either connection or servers');
  }
  return busOf(natsDriver(options, node === undefined ? 'harmony-websocket' : `harmony-websocket ${node}`), options);
}
