// The checks of the options of a client that comes back.

import { webSocketError } from '../../core/errors.ts';
import { HEADERS_EXPECTED, type HeaderFields, headersCheck } from '../../core/handshake/header-fields.ts';
import { observerCheck } from '../../core/observer-rows.ts';
import { type Check, type Rows, readOptions, type Schema } from '../../core/option-check.ts';
import { check, delay, handler, integer, listOf, nested, oneOf, orElse, size } from '../../core/option-kinds.ts';
import { connectElsewhere } from '../foreign-options.ts';
import { checkWay, connectRows, handlersSchema, onlyFalse } from '../option-rows.ts';
import type {
  NetworkHints,
  OutboxSettings,
  ReconnectHandlers,
  ReconnectHeaders,
  ReconnectOptions,
  ReconnectSettings,
} from './options.ts';

const outboxSchema: Schema<OutboxSettings> = {
  of: 'outbox',
  example: '{ maxMessages: 100, maxBytes: 65536 }',
  rows: { maxBytes: size, maxMessages: size, policy: oneOf(['refuse', 'drop-oldest']) } satisfies Rows<OutboxSettings>,
  elsewhere: { size: 'use maxBytes or maxMessages', maxEnqueuedMessages: 'use maxMessages' },
};

const networkSchema: Schema<NetworkHints> = {
  of: 'network',
  example: '{ isOnline() {}, subscribe(changed) {} }',
  mayBeInstance: true,
  rows: { isOnline: handler, subscribe: handler } satisfies Rows<NetworkHints>,
};

/** Settings of a client that comes back. */
export const reconnectSchema: Schema<ReconnectSettings> = {
  of: 'reconnect',
  example: '{ initial: 1000, max: 30000 } in milliseconds',
  rows: {
    initial: delay,
    max: delay,
    factor: check<number>(
      'a number of at least 1',
      (value) => typeof value === 'number' && value >= 1 && value !== Infinity,
    ),
    attempts: check<number>(
      'an integer of at least 1, or Infinity',
      (value) => value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 1),
    ),
    stableAfter: delay,
    maxRetryAfter: delay,
    finalCloseCodes: listOf(integer(1000, 4999, 'a close code from 1000 to 4999'), 'an array of close codes'),
    finalStatuses: listOf(integer(100, 599, 'an HTTP status from 100 to 599'), 'an array of HTTP statuses'),
    isFinal: handler,
    outbox: orElse([false], nested(outboxSchema)),
    network: nested(networkSchema),
  } satisfies Rows<ReconnectSettings>,
  elsewhere: {
    minReconnectionDelay: 'use reconnect.initial (milliseconds)',
    maxReconnectionDelay: 'use reconnect.max (milliseconds)',
    reconnectionDelayGrowFactor: 'use reconnect.factor',
    minUptime: 'use reconnect.stableAfter (milliseconds)',
    retries: 'use reconnect.attempts',
    maxRetries: 'use reconnect.attempts',
    maxAttempts: 'use reconnect.attempts',
    delay: 'use reconnect.initial and reconnect.max (milliseconds)',
    jitter: 'each wait is a random part of its bound; leave it out',
    randomizationFactor: 'each wait is a random part of its bound; leave it out',
  },
};

const reconnectHandlersSchema: Schema<ReconnectHandlers> = {
  ...(handlersSchema as Schema<ReconnectHandlers>),
  example: '{ message(connection, data) {}, waiting(delay, error) {} }',
  rows: { ...handlersSchema.rows, connecting: handler, waiting: handler, gaveUp: handler },
  elsewhere: {
    ...handlersSchema.elsewhere,
    connect_error: 'use handlers.waiting',
    reconnect: 'use handlers.open',
    reconnecting: 'use handlers.connecting',
    reconnect_attempt: 'use handlers.connecting',
    reconnect_failed: 'use handlers.gaveUp',
  },
};

/** Header fields, or the function that returns them. */
const headersOrFunction: Check<ReconnectHeaders> = {
  expected: `${HEADERS_EXPECTED}; or a function that returns one of these`,
  read(value, path, owner) {
    return typeof value === 'function'
      ? (value.bind(owner) as () => HeaderFields)
      : headersCheck.read(value, path, owner);
  },
};

const { streamAbove: _, ...rowsOfAttempts } = connectRows;

/** Options of `connect` with `reconnect`. */
export const reconnectOptionsSchema: Schema<ReconnectOptions> = {
  of: 'connect',
  example: '{ reconnect: true, handlers: { message(connection, data) {} } }',
  required: ['reconnect'],
  rows: {
    ...rowsOfAttempts,
    headers: headersOrFunction,
    handlers: nested(reconnectHandlersSchema),
    observer: observerCheck,
    reconnect: orElse([true], nested(reconnectSchema)),
    resume: onlyFalse,
  } satisfies Rows<ReconnectOptions>,
  elsewhere: {
    ...connectElsewhere,
    streamAbove: 'a client that comes back gives messages whole; leave it out',
  },
};

/**
 * Checks the options of `connect` with `reconnect`.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function readReconnectOptions(options: unknown): ReconnectOptions {
  const given = readOptions(reconnectOptionsSchema, options);
  checkWay(given);
  checkBounds(given.reconnect);
  return given;
}

/** @throws WebSocketError ERR_WS_OPTION for a first bound above the largest */
export function checkBounds(settings: true | ReconnectSettings): void {
  if (settings === true) return;
  const { initial, max = 30_000 } = settings;
  if (initial === undefined || initial <= max) return;
  throw webSocketError('ERR_WS_OPTION', 'reconnect.initial', initial, `at most reconnect.max (${max})`);
}
