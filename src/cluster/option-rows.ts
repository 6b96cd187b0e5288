// The checks of the options of a cluster.

import { statSync } from 'node:fs';
import type { Bus } from '../bus/seam.ts';
import { type Check, isPlainObject, isRecord, type Rows, readOptions, type Schema } from '../core/option-check.ts';
import {
  check,
  delay,
  handler,
  integer,
  listOf,
  nested,
  oneOf,
  size,
  text,
  trueOrFalse,
} from '../core/option-kinds.ts';
import { drainSettings } from '../server/drain.ts';
import type { ClusterDrainOptions, ClusterOptions, RestartOptions } from './options.ts';

const restartSchema: Schema<RestartOptions> = {
  of: 'restart',
  example: '{ attempts: 5, backoff: 200, maxBackoff: 10000 }',
  rows: { attempts: integer(1, 1_000_000), backoff: delay, maxBackoff: delay } satisfies Rows<RestartOptions>,
  elsewhere: { delay: 'use backoff (milliseconds)', retries: 'use attempts', max: 'use maxBackoff (milliseconds)' },
};

export const clusterDrainSchema: Schema<ClusterDrainOptions> = {
  of: 'drain',
  example: '{ spread: 30000, deadline: 10000 }',
  rows: {
    // The Close frame checks which codes may be sent.
    code: check<number>('a close code such as 1001', (value) => typeof value === 'number'),
    reason: check<string>(
      'a string of at most 123 bytes of UTF-8',
      (value) => typeof value === 'string' && Buffer.byteLength(value) <= 123,
    ),
    spread: delay,
    order: oneOf(['newest', 'oldest', 'random']),
    deadline: delay,
  } satisfies Rows<ClusterDrainOptions>,
  elsewhere: { timeout: 'use deadline (milliseconds)', grace: 'use deadline (milliseconds)' },
};

const environment: Check<Readonly<Record<string, string | undefined>>> = check(
  "an object of strings such as { NODE_ENV: 'production' }",
  (value) =>
    isRecord(value) &&
    isPlainObject(value) &&
    Object.values(value).every((one) => one === undefined || typeof one === 'string'),
);

export const clusterSchema: Schema<ClusterOptions> = {
  of: 'createCluster',
  example: "{ workers: 2, server: new URL('./app.ts', import.meta.url) }",
  required: ['server'],
  rows: {
    server: check<string | URL>(
      "a file such as './app.ts', or a file: URL such as new URL('./app.ts', import.meta.url)",
      (value) => (typeof value === 'string' && value !== '') || isFileUrl(value),
    ),
    workers: check<number | 'cores'>(
      "an integer from 1 to 1024, or 'cores'",
      (value) => value === 'cores' || (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1024),
    ),
    args: listOf(
      check<string>('a string', (value) => typeof value === 'string'),
      'a list of strings',
    ),
    env: environment,
    execArgv: listOf(text("an option of Node such as '--enable-source-maps'"), 'a list of options of Node'),
    cwd: check<string>('an existing directory', isDirectory),
    bus: check<Bus>(
      "a bus, such as redisBus('redis://127.0.0.1:6379') of harmony-websocket/redis",
      (value) => isRecord(value) && typeof Reflect.get(value, 'give') === 'function',
    ),
    restart: nested(restartSchema),
    drain: nested(clusterDrainSchema),
    startTimeout: delay,
    exitTimeout: delay,
    maxQueuedBytes: size,
    signals: trueOrFalse,
    workerStarted: handler,
    workerGone: handler,
    failed: handler,
  } satisfies Rows<ClusterOptions>,
  elsewhere: {
    exec: 'use server',
    script: 'use server',
    file: 'use server',
    app: 'use server',
    instances: 'use workers',
    count: 'use workers',
    silent: 'workers write to the output of this process',
    port: 'the program of the workers listens: server.listen({ port })',
    online: 'use workerStarted',
    exit: 'use workerGone',
    kill_timeout: 'use drain: { deadline } and exitTimeout',
  },
};

/** @throws WebSocketError ERR_WS_OPTION, ERR_WS_SEND_CLOSE_CODE */
export function readClusterOptions(given: unknown): ClusterOptions {
  const options = readOptions(clusterSchema, given);
  drainSettings(options.drain);
  return options;
}

/** @throws WebSocketError ERR_WS_OPTION, ERR_WS_SEND_CLOSE_CODE */
export function readDrainOptions(given: unknown): ClusterDrainOptions {
  const options = readOptions(clusterDrainSchema, given);
  drainSettings(options);
  return options;
}

/** Node would say that it cannot find itself. */
function isDirectory(value: unknown): boolean {
  return typeof value === 'string' && statSync(value, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFileUrl(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Reflect.get(value, 'protocol') === 'file:';
}
