// The options `pingInterval` and `pongTimeout` as a device reads them (kit specification §3.11). The engine sends the
// pings and waits for the pongs.

import type { Heartbeat } from '../../core/connection/heartbeat.ts';
import { uint32Option } from '../numbers.ts';

/** Seconds. */
const DEFAULT = 30;
const LONGEST = 30_000;

/**
 * The heartbeat of a client in milliseconds. No value is an error. A timeout of 0 means that a pong has no deadline.
 *
 * @returns `false` for no heartbeat
 */
export function heartbeatOf(pingInterval: unknown, pongTimeout: unknown): Heartbeat | false {
  let ping = uint32Option(pingInterval, DEFAULT);
  if (ping > LONGEST) ping = DEFAULT;
  if (ping === 0) return false;
  let pong = uint32Option(pongTimeout, DEFAULT);
  // The default is exempt: with only `pingInterval: 5` the peer still has 30 seconds to answer.
  if (pong > ping && pong !== DEFAULT) pong = ping;
  return { interval: ping * 1000, timeout: pong * 1000 };
}
