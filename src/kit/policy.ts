// The settings of `harmony-websocket/configure`: the profile, the limits, and the hooks that replace a device's
// permissions (kit specification §0 and §8). There is one policy for the process, since `createWebSocket()` takes no
// arguments.

import type { Heartbeat } from '../core/connection/heartbeat.ts';
import { asBusinessError, type BusinessError, businessError } from './business-error.ts';
import { quoted } from './described.ts';

/** `'standard'`: documented behaviour. `'device'` adds oddities of devices that a program may have to cope with. */
export type Profile = 'standard' | 'device';

/**
 * Which clients a server accepts. `'standard'`: as many as its two limits allow, at most 10 each. `'device'`: the same,
 * and an address that connects too often is banned for a minute. `'none'`: all, and the two limits may be any numbers.
 */
export type LimitsMode = 'standard' | 'device' | 'none';

/** All settings, with every default filled in. */
export interface Policy {
  readonly profile: Profile;
  readonly limits: LimitsMode;
  /** Whether the application has a permission. If it throws, the call fails with 2302999. */
  isGranted(permission: string): boolean;
  /** Whether a client may connect to a host, which is in lower case, without port and brackets. */
  isDomainAllowed(host: string): boolean;
  /** Largest message that clients and servers receive, in bytes. */
  readonly maxMessageSize: number;
  /** How a server pings its clients, in milliseconds. */
  readonly serverHeartbeat: Heartbeat | false;
  /** Milliseconds for a client, from the call of `connect` to the response. */
  readonly handshakeTimeout: number;
  /** Milliseconds for a peer to answer a Close frame, and again for TCP to end. */
  readonly closeTimeout: number;
  /** Milliseconds until `stop` cuts off clients that do not answer. */
  readonly stopTimeout: number;
  /**
   * Told of the options of a `connect` that a page ignores, since its browser cannot meet them. `false`: they are refused.
   *
   * @param names    of the options, in the order of their checks; at least one
   * @param headers  names of the headers in `header`, in lower case
   */
  readonly ignored: ((names: readonly string[], headers: readonly string[]) => void) | false;
  /** Milliseconds since 1970. Bans are counted by the wall clock, as on devices. */
  wallClock(): number;
}

/** Some settings of a policy. Without `limits` those of the profile hold. */
export type PolicyParts = Partial<Policy>;

const standard: Omit<Policy, 'limits'> = {
  profile: 'standard',
  isGranted: () => true,
  isDomainAllowed: () => true,
  maxMessageSize: 100 * 1024 * 1024,
  serverHeartbeat: { interval: 40_000, timeout: 10_000 },
  // A device has 20 s for TCP and 15 s for proxy, TLS and the response.
  handshakeTimeout: 35_000,
  closeTimeout: 5_000,
  stopTimeout: 5_000,
  ignored: false,
  wallClock: () => Date.now(),
};

const PERMISSION = 'ohos.permission.INTERNET';

/** A later layer wins. The first one is that of the environment. */
const layers: PolicyParts[] = [{}];
let current = combined();

/** The policy that holds now. */
export function policy(): Policy {
  return current;
}

/**
 * Adds a layer of settings.
 *
 * @returns a function that removes this layer, and leaves those added before and after it
 */
export function overridePolicy(parts: PolicyParts): () => void {
  layers.push(parts);
  current = combined();
  return () => {
    const index = layers.indexOf(parts);
    if (index >= 0) layers.splice(index, 1);
    current = combined();
  };
}

/** Sets the lowest layer: the settings of the environment, which a browser does not have. */
export function setBasePolicy(parts: PolicyParts): void {
  layers[0] = parts;
  current = combined();
}

/** The error of a network operation that is not permitted: 201, or 2302999 if the hook that decides throws. */
export function networkDenial(): BusinessError | undefined {
  try {
    if (current.isGranted(PERMISSION)) return undefined;
    return businessError(
      'permission',
      `the application does not have the permission ${PERMISSION}; add it to permissions of configure, or leave that setting out`,
    );
  } catch (error) {
    return asBusinessError(error);
  }
}

/**
 * The error of a host that a client may not connect to: 2302998.
 *
 * @param host  in lower case, without port; an IPv6 address with or without brackets
 * @param by    the policy at the time of the call
 * @throws any value that the deciding hook throws
 */
export function domainDenial(host: string, by: Pick<Policy, 'isDomainAllowed'> = current): BusinessError | undefined {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  if (by.isDomainAllowed(plain)) return undefined;
  return businessError(
    'domain',
    `the host ${quoted(plain)} is not in allowedDomains of configure; add it there, or connect to another host`,
  );
}

function combined(): Policy {
  const parts: PolicyParts = Object.assign({}, ...layers);
  return { ...standard, limits: parts.profile ?? standard.profile, ...parts };
}
