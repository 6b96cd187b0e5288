// The public entry `harmony-websocket/configure`: settings of the kit that OpenHarmony's types have no place for. The
// kit's own surface stays as it is on a device, whatever is set here.

import type { Heartbeat } from '../core/connection/options.ts';
import { checkDelay, checkSize } from '../core/connection/options.ts';
import { webSocketError } from '../core/errors.ts';
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
   * function that is asked for each connection. Others fail with 2302998. Default: all.
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
export function configure(configuration: Configuration): () => void {
  if (typeof configuration !== 'object' || configuration === null) {
    throw webSocketError('ERR_WS_OPTION', 'configuration', configuration, `an object with ${names.join(', ')}`);
  }
  const parts: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(configuration)) {
    if (!Object.hasOwn(readers, name)) {
      throw webSocketError('ERR_WS_OPTION', 'name of a setting', name, `one of ${names.join(', ')}`);
    }
    if (value !== undefined) Object.assign(parts, readers[name as keyof Configuration](value));
  }
  return overridePolicy(parts);
}

/** What each setting is in a policy. */
const readers: { readonly [Name in keyof Configuration]-?: (value: unknown) => PolicyParts } = {
  profile: (value) => ({ profile: oneOf('profile', value, ['standard', 'device']) }),
  limits: (value) => ({ limits: oneOf('limits', value, ['standard', 'device', 'none']) }),
  permissions: (value) => ({
    isGranted: predicate('permissions', value, (granted) => (permission) => granted.includes(permission)),
  }),
  allowedDomains: (value) => ({ isDomainAllowed: predicate('allowedDomains', value, domainList) }),
  maxMessageSize: (value) => ({ maxMessageSize: checkSize('maxMessageSize', value) }),
  serverHeartbeat: (value) => ({ serverHeartbeat: heartbeat(value) }),
  handshakeTimeout: (value) => ({ handshakeTimeout: checkDelay('handshakeTimeout', value) }),
  closeTimeout: (value) => ({ closeTimeout: checkDelay('closeTimeout', value) }),
  stopTimeout: (value) => ({ stopTimeout: checkDelay('stopTimeout', value) }),
  wallClock: (value) => ({ wallClock: callable('wallClock', value) }),
};
const names = Object.keys(readers);

function oneOf<Choice extends string>(name: string, value: unknown, choices: readonly Choice[]): Choice {
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw webSocketError('ERR_WS_OPTION', name, value, `one of ${choices.join(', ')}`);
  return choice;
}

function predicate(
  name: string,
  value: unknown,
  fromList: (list: readonly string[]) => (text: string) => boolean,
): (text: string) => boolean {
  if (typeof value === 'function') return (text) => (value as (text: string) => unknown)(text) === true;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return fromList([...value]);
  throw webSocketError('ERR_WS_OPTION', name, value, 'an array of strings, or a function that returns true or false');
}

/** Whether a host is in a list of names; `*.` stands for one or more labels. */
function domainList(list: readonly string[]): (host: string) => boolean {
  const entries = list.map((entry) => entry.toLowerCase());
  return (host) => entries.some((entry) => (entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry));
}

function heartbeat(value: unknown): Heartbeat | false {
  if (value === false) return false;
  if (typeof value !== 'object' || value === null) {
    throw webSocketError('ERR_WS_OPTION', 'serverHeartbeat', value, 'false or { interval, timeout } in milliseconds');
  }
  const { interval, timeout } = value as Partial<Record<keyof Heartbeat, unknown>>;
  const checked = {
    interval: checkDelay('serverHeartbeat.interval', interval),
    timeout: checkDelay('serverHeartbeat.timeout', timeout),
  };
  return checked.interval === 0 ? false : checked;
}

function callable(name: string, value: unknown): () => number {
  if (typeof value !== 'function') throw webSocketError('ERR_WS_OPTION', name, value, 'a function');
  return value as () => number;
}
