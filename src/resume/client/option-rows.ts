// The checks of the options of a client that resumes.

import { connectElsewhere } from '../../client/foreign-options.ts';
import { checkWay } from '../../client/option-rows.ts';
import { checkBounds, reconnectOptionsSchema, reconnectSchema } from '../../client/reconnect/option-rows.ts';
import type { ReconnectSettings } from '../../client/reconnect/options.ts';
import { type Rows, readOptions, type Schema } from '../../core/option-check.ts';
import { check, delay, handler, listOf, nested, oneOf, orElse, size, trueOrFalse } from '../../core/option-kinds.ts';
import type { ResumeClientOptions, ResumeClientSettings } from './options.ts';
import type { ResumeClientHandlers } from './resumable-connection.ts';

const LENT = 'messages of a session belong to the application; leave it out';

const ENDLESS = 'a client that resumes comes back by itself; call close() when its time is over';

function atLeast(lowest: number) {
  return check<number>(
    `an integer of at least ${lowest}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= lowest,
  );
}

const resumeSchema: Schema<ResumeClientSettings> = {
  of: 'resume',
  example: "{ ack: 'handled', replayBytes: 1048576 }",
  rows: {
    ack: oneOf(['handled', 'receipt']),
    replayBytes: atLeast(1024),
    maxQueuedBytes: size,
    part: atLeast(16),
    answerTimeout: delay,
    ackDelay: delay,
    onExpiry: oneOf(['new', 'close']),
    allowedHosts: listOf(
      check<string>('a host name or host:port', (value) => typeof value === 'string' && /^[^/?#@\s]+$/.test(value)),
      'an array of hosts',
    ),
    allowInsecure: trueOrFalse,
  } satisfies Rows<ResumeClientSettings>,
  elsewhere: {
    keep: 'the server decides how long it keeps a session',
    store: 'it is an option of createServer; leave it out',
    token: 'the server makes it, and the client keeps it; leave it out',
  },
};

const { outbox: _, ...comingBackRows } = reconnectSchema.rows;
const comingBackSchema: Schema<Omit<ReconnectSettings, 'outbox'>> = {
  of: reconnectSchema.of,
  example: reconnectSchema.example,
  rows: comingBackRows,
  elsewhere: { ...reconnectSchema.elsewhere, outbox: 'a session keeps messages by itself: use resume.maxQueuedBytes' },
};

const handlersSchema: Schema<ResumeClientHandlers> = {
  of: 'handlers',
  example: '{ message(connection, data) {}, expired(connection, expiry) {} }',
  mayBeInstance: true,
  rows: {
    open: handler,
    message: handler,
    interrupted: handler,
    resumed: handler,
    expired: handler,
    drain: handler,
    close: handler,
    connecting: handler,
    waiting: handler,
    failed: handler,
  } satisfies Rows<ResumeClientHandlers>,
  elsewhere: {
    error: 'use handlers.interrupted, handlers.waiting and handlers.close',
    gaveUp: 'use handlers.close',
    ping: 'a session has no pings; the connections below it have',
    pong: 'a session has no pongs; the connections below it have',
    resolved: 'use handlers.connecting',
    disconnect: 'use handlers.interrupted',
    reconnect: 'use handlers.resumed',
  },
};

const {
  handlers: __,
  reconnect: ___,
  resume: ____,
  binaryMessages: _____,
  overwriteLent: ______,
  textMessages: _______,
  fragmentSizes: ________,
  idleTimeout: _________,
  maxLifetime: __________,
  slowConsumer: ___________,
  autoPong: ____________,
  ...rows
} = reconnectOptionsSchema.rows;

/** Options of `connect` with `resume`. */
export const resumeOptionsSchema: Schema<ResumeClientOptions> = {
  of: 'connect',
  example: '{ resume: true, handlers: { message(connection, data) {} } }',
  required: ['resume'],
  rows: {
    ...rows,
    streamAbove: size,
    resume: orElse([true], nested(resumeSchema)),
    reconnect: orElse([true], nested(comingBackSchema)),
    handlers: nested(handlersSchema),
  } satisfies Rows<ResumeClientOptions>,
  elsewhere: {
    ...connectElsewhere,
    binaryMessages: LENT,
    overwriteLent: LENT,
    textMessages: 'a session gives text as strings; leave it out',
    fragmentSizes: 'a session does not tell of fragments; leave it out',
    idleTimeout: ENDLESS,
    maxLifetime: ENDLESS,
    slowConsumer: 'a session keeps messages up to resume.maxQueuedBytes, and refuses others; leave it out',
    autoPong: 'a session has no ping handler, so pings are always answered; leave it out',
  },
};

/**
 * Checks the options of `connect` with `resume`.
 *
 * @throws WebSocketError ERR_WS_OPTION
 */
export function readResumeOptions(options: unknown): ResumeClientOptions {
  const given = readOptions(resumeOptionsSchema, options);
  checkWay(given);
  if (given.reconnect !== undefined) checkBounds(given.reconnect);
  return given;
}
