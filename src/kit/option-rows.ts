// The checks of the settings of `configure`.

import type { Heartbeat } from '../core/connection/heartbeat.ts';
import { webSocketError } from '../core/errors.ts';
import type { Check, Rows, Schema } from '../core/option-check.ts';
import { callable, delay, nested, oneOf, orElse, size } from '../core/option-kinds.ts';
import { deviceSchema } from '../kits/device-rows.ts';
import type { BrowserSettings, Configuration } from './configuration.ts';

/** A list of names, or a function that decides. */
const names: Check<readonly string[] | (() => boolean)> = {
  expected: 'an array of strings, or a function that returns true or false',
  read(value, path) {
    if (typeof value === 'function') return value as () => boolean;
    const list: unknown[] | undefined = Array.isArray(value) ? [...value] : undefined;
    if (list?.every((entry) => typeof entry === 'string')) return list as string[];
    throw webSocketError('ERR_WS_OPTION', path, value, names.expected);
  },
};

const heartbeatSchema: Schema<Heartbeat> = {
  of: 'serverHeartbeat',
  example: '{ interval: 40000, timeout: 10000 } in milliseconds',
  required: ['interval', 'timeout'],
  rows: { interval: delay, timeout: delay } satisfies Rows<Heartbeat>,
};

const browserSchema: Schema<BrowserSettings> = {
  of: 'browser',
  example: "{ unsupported: 'warn' }",
  rows: { unsupported: oneOf(['refuse', 'warn']) } satisfies Rows<BrowserSettings>,
};

export const configurationSchema: Schema<Configuration> = {
  of: 'configure',
  example: "{ profile: 'device' }",
  required: [],
  rows: {
    profile: oneOf(['standard', 'device']),
    limits: oneOf(['standard', 'device', 'none']),
    permissions: names,
    allowedDomains: names,
    maxMessageSize: size,
    serverHeartbeat: orElse([false], nested(heartbeatSchema)),
    handshakeTimeout: delay,
    closeTimeout: delay,
    stopTimeout: delay,
    wallClock: callable,
    browser: nested(browserSchema),
    device: nested(deviceSchema),
  } satisfies Rows<Configuration>,
  elsewhere: {
    heartbeat: 'use serverHeartbeat; for a client, pass pingInterval and pongTimeout to connect',
    maxPayload: 'use maxMessageSize (bytes)',
    domains: 'use allowedDomains',
    allowedHosts: 'use allowedDomains',
    header: 'pass it to connect',
    unsupported: "use browser: { unsupported: 'warn' }",
  },
};
