// The checks of the options that all buses have.

import type { Rows, Schema } from '../core/option-check.ts';
import { check, delay, handler, integer, trueOrFalse } from '../core/option-kinds.ts';
import type { BusOptions } from './options.ts';

const LARGEST = 2 ** 31 - 1;
const PREFIX = /^(?=.{1,64}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
const NAME = /^[A-Za-z0-9_-]{1,32}$/;

/** For the schema of each driver: spread them into its own rows. */
export const busRows: Rows<BusOptions> = {
  prefix: check<string>(
    'letters, digits, _ and -, in parts with dots between, at most 64 of them',
    (value) => typeof value === 'string' && PREFIX.test(value),
  ),
  node: check<string>(
    'letters, digits, _ and -, at most 32 of them',
    (value) => typeof value === 'string' && NAME.test(value),
  ),
  required: trueOrFalse,
  timeout: delay,
  linger: delay,
  liveness: integer(100, LARGEST, `milliseconds from 100 to ${LARGEST}`),
  deadline: delay,
  maxChannels: integer(1, LARGEST, `an integer from 1 to ${LARGEST}`),
  lost: handler,
  ready: handler,
  failed: handler,
  nodeJoined: handler,
  nodeGone: handler,
};

/** Names of other libraries, for the schema of each driver. */
export const busElsewhere: Readonly<Record<string, string>> = {
  key: 'use prefix',
  keyPrefix: 'use prefix',
  channelPrefix: 'use prefix',
  name: 'use node',
  nodeId: 'use node',
  uid: 'use node',
  requestsTimeout: 'use deadline (milliseconds)',
  heartbeatInterval: 'use liveness (milliseconds)',
  heartbeatTimeout: 'use liveness: a node counts as gone after three times that',
  publishOnSpecificResponseChannel: 'answers always go to the node that asked; leave it out',
  parser: 'messages are sent as they are; leave it out',
};

/** Of `createBus`. */
export const busSchema: Schema<BusOptions> = {
  of: 'createBus',
  example: "{ prefix: 'chat', required: false }",
  rows: busRows,
  elsewhere: busElsewhere,
};
