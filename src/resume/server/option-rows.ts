// The checks of the options for sessions.

import type { Rows, Schema } from '../../core/option-check.ts';
import { callable, check, delay, handler, integer, nested, oneOf, orElse, size } from '../../core/option-kinds.ts';
import { type PathTable, pathSchema, pathsCheck, serverSchema } from '../../server/option-rows.ts';
import type { ServerOptions } from '../../server/options.ts';
import type { PathOptions } from '../../server/path-options.ts';
import type { SessionStore } from '../protocol/store.ts';
import { resumeElsewhere } from './foreign-options.ts';
import type { ResumeSettings, SessionHandlers, SessionOptions } from './options.ts';

const LARGEST = 2 ** 31 - 1;

export const resumeSchema: Schema<ResumeSettings> = {
  of: 'resume',
  example: '{ keep: 120000, replayBytes: 1048576 }',
  rows: {
    keep: delay,
    replayBytes: integer(1_024, LARGEST, `bytes from 1024 to ${LARGEST}`),
    replayMessages: integer(1, LARGEST, `an integer from 1 to ${LARGEST}`),
    part: integer(16, LARGEST, `bytes from 16 to ${LARGEST}`),
    store: check<SessionStore>('a store such as fileStore({ directory })', isStore),
    mode: oneOf(['spill', 'ahead']),
    storeTimeout: integer(1, LARGEST, `an integer from 1 to ${LARGEST}`),
    storeFailed: callable,
    bind: callable,
    authorize: callable,
    maxSessions: size,
    maxSessionsPerUser: size,
    replayMemory: size,
    ack: oneOf(['handled', 'receipt']),
    whileDetached: oneOf(['end', 'gap']),
    startTimeout: delay,
    maxResumesPerMinute: size,
    maxFailuresPerMinute: size,
    drainSpread: delay,
  } satisfies Rows<ResumeSettings>,
  elsewhere: resumeElsewhere,
};

const handlerRows: Rows<SessionHandlers<unknown>> = { interrupted: handler, resumed: handler, expired: handler };

const sessionRows: Rows<SessionOptions<unknown>> = {
  resume: orElse([true, false], nested(resumeSchema)),
  ...handlerRows,
};

const resumablePathSchema: Schema<PathOptions<unknown> & SessionHandlers<unknown>> = {
  ...pathSchema,
  rows: { ...pathSchema.rows, ...handlerRows },
};

/** Of `createServer` of the public entry. */
export const resumableServerSchema: Schema<ServerOptions<unknown> & PathTable & SessionOptions<unknown>> = {
  ...serverSchema,
  rows: { ...serverSchema.rows, ...sessionRows, paths: pathsCheck(resumablePathSchema) },
};

/** Its methods are called by name; which ones there are is the contract of the store. */
function isStore(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { claim?: unknown }).claim === 'function';
}
