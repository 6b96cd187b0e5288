// The options `pingInterval` and `pongTimeout`, normalised as on a device (§3.11 of the kit specification). The engine
// sends the pings and waits for the pongs.

import type { Heartbeat } from '../../core/connection/heartbeat.ts';
import { uint32Option } from '../numbers.ts';

/** Seconds. */
const DEFAULT = 30;
const LONGEST = 30_000;

/**
 * The heartbeat of a client in milliseconds; `false` for none. No value is an error. A timeout of 0 is no deadline.
 */
export function heartbeatOf(pingInterval: unknown, pongTimeout: unknown): Heartbeat | false {
  let ping = uint32Option(pingInterval, DEFAULT);
  if (ping > LONGEST) ping = DEFAULT;
  if (ping === 0) return false;
  let pong = uint32Option(pongTimeout, DEFAULT);
  // The default is exempt: with `pingInterval: 5` alone the peer still has 30 seconds to answer.
  if (pong > ping && pong !== DEFAULT) pong = ping;
  return { interval: ping * 1000, timeout: pong * 1000 };
}
