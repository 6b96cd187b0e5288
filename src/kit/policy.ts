// What `harmony-websocket/configure` decides about the kit and the kit's own types have no place for: the profile, the
// limits, the hooks that stand in for a device's permissions (§0 and §8 of the kit specification). Like the network it
// is one for the process, since `createWebSocket()` takes no arguments.

import type { Heartbeat } from '../core/connection/heartbeat.ts';
import { asBusinessError, type BusinessError, businessError } from './business-error.ts';
import { quoted } from './described.ts';

/** `'standard'`: documented behaviour. `'device'`: also the oddities of devices that a program may have to live with. */
export type Profile = 'standard' | 'device';

/**
 * Which clients a server takes. `'standard'`: as many as its two limits say, 10 each at most. `'device'`: besides, an
 * address that connects too often is banned for a minute. `'none'`: all, and the two limits may be any numbers.
 */
export type LimitsMode = 'standard' | 'device' | 'none';

/** Everything that can be configured, decided. */
export interface Policy {
  readonly profile: Profile;
  readonly limits: LimitsMode;
  /** Whether the application has a permission. What it throws makes the call fail with 2302999. */
  isGranted(permission: string): boolean;
  /** Whether a client may connect to a host, given in lower case and without port or brackets. */
  isDomainAllowed(host: string): boolean;
  /** Bytes of a message that clients and servers receive. */
  readonly maxMessageSize: number;
  /** Pings of a server to its clients, in milliseconds. */
  readonly serverHeartbeat: Heartbeat | false;
  /** Milliseconds for a client, from the call of `connect` to the response. */
  readonly handshakeTimeout: number;
  /** Milliseconds for a peer to answer a Close frame, and again for TCP to end. */
  readonly closeTimeout: number;
  /** Milliseconds until `stop` cuts clients off that do not answer. */
  readonly stopTimeout: number;
  /** Milliseconds since 1970, for bans: they are counted by the wall clock, as on devices. */
  wallClock(): number;
}

/** Parts of a policy, and the limits that follow the profile unless they are named. */
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
  wallClock: () => Date.now(),
};

const PERMISSION = 'ohos.permission.INTERNET';

/** Later ones win. The first is that of the environment, where there is one. */
const layers: PolicyParts[] = [{}];
let current = combined();

/** The policy to act by now. */
export function policy(): Policy {
  return current;
}

/**
 * Puts parts of a policy on top of what is there.
 *
 * @returns a function that takes them away again, whatever was put on top meanwhile
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

/** Sets the parts below all others: what the environment says, which a browser does not have. */
export function setBasePolicy(parts: PolicyParts): void {
  layers[0] = parts;
  current = combined();
}

/** Why a network operation may not be: 201, or 2302999 when the hook that decides on it throws. */
export function networkDenial(): BusinessError | undefined {
  try {
    if (current.isGranted(PERMISSION)) return undefined;
    return businessError(
      'permission',
      `the application does not have ${PERMISSION}; name it in the permissions of configure, or leave that setting out`,
    );
  } catch (error) {
    return asBusinessError(error);
  }
}

/**
 * Why a client may not connect to a host: 2302998.
 *
 * @param host  in lower case and without port; brackets around an IPv6 address do no harm
 * @param by    the policy at the time of the call
 * @throws whatever the hook throws that decides on it
 */
export function domainDenial(host: string, by: Pick<Policy, 'isDomainAllowed'> = current): BusinessError | undefined {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  if (by.isDomainAllowed(plain)) return undefined;
  return businessError(
    'domain',
    `host ${quoted(plain)} is not among the allowedDomains of configure; add it there, or connect to another host`,
  );
}

function combined(): Policy {
  const parts: PolicyParts = Object.assign({}, ...layers);
  return { ...standard, limits: parts.profile ?? standard.profile, ...parts };
}
