// The public entry `harmony-websocket/configure`: settings of the kit that OpenHarmony's types have no place for. The
// kit's own surface stays as it is on a device, whatever is set here.

import type { Heartbeat } from '../core/connection/heartbeat.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { configurationSchema } from './option-rows.ts';
import { type LimitsMode, overridePolicy, type PolicyParts, type Profile } from './policy.ts';

export type { Heartbeat, LimitsMode, Profile };

/** What may be configured. Absent settings stay as they are. */
export interface Configuration {
  /**
   * `'standard'` (default) behaves as documented. `'device'` also does what devices do besides: `pongTimeout: 0` ends a
   * connection, the 52nd connection of an address within a minute bans it, refused clients get no HTTP response. The
   * environment variable HARMONY_WEBSOCKET_PROFILE sets it, too.
   */
  profile?: Profile | undefined;
  /**
   * Limits of a server. `'standard'`: those of its configuration, 10 at most. `'device'`: besides, the ban. `'none'`: no
   * limits at all, for those who need a real server; `start` takes any numbers then. Default: that of the profile.
   * A server keeps to what was set when it was started last.
   */
  limits?: LimitsMode | undefined;
  /**
   * Permissions that the application has: a list of names, or a function that is asked for each operation. Without
   * `ohos.permission.INTERNET` every network operation fails with 201. Default: all.
   */
  permissions?: readonly string[] | ((permission: string) => boolean) | undefined;
  /**
   * Hosts that clients may connect to: a list of names and addresses (`*.example.com` for all below a name), or a
   * function that is asked for each connection, and again for each redirect on its way. Others fail with 2302998; a
   * redirect to one is an `error` event with that as its cause. Default: all.
   */
  allowedDomains?: readonly string[] | ((host: string) => boolean) | undefined;
  /** Bytes of a message that clients and servers receive; a larger one ends the connection with 1009. Default 100 MiB. */
  maxMessageSize?: number | undefined;
  /** Pings of servers in milliseconds; `false` or an interval of 0: none. Default `{ interval: 40_000, timeout: 10_000 }`. */
  serverHeartbeat?: Heartbeat | false | undefined;
  /** Milliseconds for a client's `connect`, from the call to the response. Default 35,000; 0: no bound. */
  handshakeTimeout?: number | undefined;
  /** Milliseconds for a peer to answer a Close frame, and again for TCP to end. Default 5,000. */
  closeTimeout?: number | undefined;
  /** Milliseconds until a server's `stop` cuts off clients that do not answer. Default 5,000. */
  stopTimeout?: number | undefined;
  /** The wall clock that bans are counted by, in milliseconds: for tests. Default `Date.now`. */
  wallClock?: (() => number) | undefined;
}

/**
 * Changes settings of the kit for this process, for calls that are made from now on.
 *
 * @returns a function that takes these settings back; others, set before or after, stay
 * @throws WebSocketError ERR_WS_OPTION naming the setting, its value and what it may be
 */
export function configure(configuration: Configuration): () => void;
export function configure(configuration: unknown, ...rest: unknown[]): () => void {
  refuseArguments('configure', rest, 'all settings are in its first');
  const given = readOptions(configurationSchema, configuration);
  const parts: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const part = conversions[name as keyof Configuration];
    Object.assign(parts, part === undefined ? { [name]: value } : part(value));
  }
  return overridePolicy(parts);
}

/** Settings that are something else in a policy. */
const conversions: { readonly [Name in keyof Configuration]?: (value: unknown) => PolicyParts } = {
  permissions: (value) => ({ isGranted: predicate(value, (granted) => (permission) => granted.includes(permission)) }),
  allowedDomains: (value) => ({ isDomainAllowed: predicate(value, domainList) }),
  serverHeartbeat: (value) => ({
    serverHeartbeat: typeof value === 'object' && (value as Heartbeat).interval > 0 ? (value as Heartbeat) : false,
  }),
};

function predicate(value: unknown, fromList: (list: readonly string[]) => (text: string) => boolean) {
  if (typeof value !== 'function') return fromList(value as readonly string[]);
  return (text: string) => (value as (text: string) => unknown)(text) === true;
}

/** Whether a host is in a list of names; `*.` stands for one or more labels. */
function domainList(list: readonly string[]): (host: string) => boolean {
  const entries = list.map((entry) => entry.toLowerCase());
  return (host) => entries.some((entry) => (entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry));
}
