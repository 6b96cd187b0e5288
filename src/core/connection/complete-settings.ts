// Checks a user's settings for a connection, and completes them with the defaults.

import type { Role } from '../constants.ts';
import { type CompressionOptions, completeCompression } from '../extension/compression-settings.ts';
import { readOptions, type Schema } from '../option-check.ts';
import { connectionElsewhere } from './foreign-options.ts';
import type { Heartbeat } from './heartbeat.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { connectionRows } from './option-rows.ts';
import type { ConnectionOptions, Streaming } from './options.ts';
import type { ConnectionSettings, Some } from './settings.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';

const connectionSchema: Schema<ConnectionSettings> = {
  of: 'a connection',
  example: '{ closeTimeout: 5000 }',
  rows: connectionRows,
  elsewhere: connectionElsewhere,
};

/**
 * Checks a user's settings and completes them.
 *
 * @throws WebSocketError ERR_WS_OPTION naming the setting, its value and its range
 */
export function connectionOptions(
  role: Role,
  settings: ConnectionSettings,
  defaultHeartbeat?: Heartbeat,
): ConnectionOptions {
  return completeConnection(role, readOptions(connectionSchema, settings), defaultHeartbeat);
}

/**
 * Completes settings that have been checked.
 *
 * @param defaultHeartbeat  used if the settings do not mention `heartbeat`
 * @param overwritesLent    used if the settings do not mention `overwriteLent`
 */
export function completeConnection(
  role: Role,
  settings: ConnectionSettings,
  defaultHeartbeat?: Heartbeat,
  overwritesLent: () => boolean = () => true,
): ConnectionOptions {
  const limits = { ...defaultLimits };
  for (const name of Object.keys(defaultLimits) as (keyof Limits)[]) {
    const value = settings.limits?.[name];
    if (value !== undefined) limits[name] = value;
  }
  // Larger messages may come in one frame, as most senders send them.
  if (settings.limits?.maxFrameSize === undefined) {
    limits.maxFrameSize = Math.max(limits.maxFrameSize, limits.maxMessageSize);
  }
  const { slowConsumer = 'close' } = settings;
  return {
    role,
    limits,
    ownFrameSize: settings.limits?.maxFrameSize,
    heartbeat: completeHeartbeat(settings.heartbeat, defaultHeartbeat),
    closeTimeout: settings.closeTimeout ?? 5_000,
    idleTimeout: settings.idleTimeout ?? 0,
    maxLifetime: settings.maxLifetime ?? 0,
    messageTimeout: settings.messageTimeout ?? 60_000,
    highWaterMark: settings.highWaterMark ?? 1024 * 1024,
    slowConsumer,
    lending:
      settings.binaryMessages === 'lent' ? { overwrites: settings.overwriteLent ?? overwritesLent() } : undefined,
    autoPong: settings.autoPong ?? true,
    textMessages: settings.textMessages ?? 'strings',
    fragmentSizes: settings.fragmentSizes ?? false,
    streaming: streamingOf(settings.streamAbove, limits, settings.limits?.maxFrameSize),
    compression: droppable(role, slowConsumer, completeCompression(settings.compression)),
  };
}

/** @param frameSize  `maxFrameSize`, if it was set */
function streamingOf(above = Infinity, limits: Limits, frameSize: number | undefined): Streaming | undefined {
  if (above === Infinity) return undefined;
  const from = above === 0 ? 0 : Math.min(above, limits.maxMessageSize) + 1;
  const most = Math.max(limits.maxStreamSize, from - 1);
  const maxFrameSize = frameSize ?? Math.max(limits.maxFrameSize, most);
  return { above, from, limits: { ...limits, maxMessageSize: most, maxFrameSize, sizeBound: 'maxStreamSize' } };
}

/**
 * Options of one connection of a server, which may differ from those of the others.
 *
 * @param limits       checked. Absent: the same
 * @param streamAbove  checked. Absent: the same
 */
export function withLimits(
  options: ConnectionOptions,
  limits: Some<Limits> | undefined,
  streamAbove?: number,
): ConnectionOptions {
  const own = limited(options, limits);
  const above = streamAbove ?? options.streaming?.above;
  if (above === undefined || (own === options && streamAbove === undefined)) return own;
  const frameSize = limits?.maxFrameSize ?? options.ownFrameSize;
  return { ...own, streaming: streamingOf(above, own.limits, frameSize) };
}

/** Options with other limits. @param limits  checked; absent: the same options */
function limited(options: ConnectionOptions, limits: Some<Limits> | undefined): ConnectionOptions {
  if (limits === undefined) return options;
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  const merged: Limits = { ...options.limits, ...given };
  const maxFrameSize = limits.maxFrameSize ?? Math.max(merged.maxFrameSize, merged.maxMessageSize);
  return { ...options, limits: { ...merged, maxFrameSize } };
}

/** RFC 7692 §7.1.1: a message that refers to the one before it cannot be read if that was dropped. */
function droppable(
  role: Role,
  policy: SlowConsumerPolicy,
  compression: CompressionOptions | undefined,
): CompressionOptions | undefined {
  if (compression === undefined || policy !== 'drop-oldest') return compression;
  return role === 'server'
    ? { ...compression, serverNoContextTakeover: true }
    : { ...compression, clientNoContextTakeover: true };
}

function completeHeartbeat(
  setting: ConnectionSettings['heartbeat'],
  fallback: Heartbeat | undefined,
): Heartbeat | undefined {
  if (setting === false) return undefined;
  if (setting === undefined) return fallback;
  const { interval = 30_000, timeout = 30_000 } = setting;
  return interval === 0 ? undefined : { interval, timeout };
}
