// The public entry `harmony-websocket/configure`: settings of the kit that OpenHarmony's types do not have. They do not
// change the types or the members of `webSocket`.

import type { Heartbeat } from '../core/connection/heartbeat.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { overrideDevice } from '../kits/settings.ts';
import type { BrowserSettings, Configuration } from './configuration.ts';
import { warnOfIgnored } from './ignored-options.ts';
import { configurationSchema } from './option-rows.ts';
import { type LimitsMode, overridePolicy, type PolicyParts, type Profile } from './policy.ts';

export type { BatteryInfoValues } from '../kits/battery-info/values.ts';
export type { DeviceInfoValues } from '../kits/device-info/values.ts';
export type {
  ApplicationSettings,
  DeviceSettings,
  PreferencesSettings,
  SomeOf,
  SystemTimeSettings,
  TraceEntry,
} from '../kits/device-settings.ts';
export type { BrowserSettings, Configuration, Unsupported } from './configuration.ts';
export type { Heartbeat, LimitsMode, Profile };

/**
 * Changes settings of the kit for this process. They apply to calls made afterwards.
 *
 * @returns a function that takes these settings back, and leaves those of other calls
 * @throws WebSocketError ERR_WS_OPTION, which names the setting, its value and the values it may have
 */
export function configure(configuration: Configuration): () => void;
export function configure(configuration: unknown, ...rest: unknown[]): () => void {
  refuseArguments('configure', rest, 'all settings are in its first');
  const { device, ...given } = readOptions(configurationSchema, configuration);
  const parts: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const part = conversions[name as keyof Configuration];
    Object.assign(parts, part === undefined ? { [name]: value } : part(value));
  }
  const restorePolicy = overridePolicy(parts);
  if (device === undefined) return restorePolicy;
  const restoreDevice = overrideDevice(device);
  return () => {
    restorePolicy();
    restoreDevice();
  };
}

/** Settings that have another form in a policy. */
const conversions: { readonly [Name in keyof Configuration]?: (value: unknown) => PolicyParts } = {
  permissions: (value) => ({ isGranted: predicate(value, (granted) => (permission) => granted.includes(permission)) }),
  allowedDomains: (value) => ({ isDomainAllowed: predicate(value, domainList) }),
  browser: (value) => {
    const { unsupported } = value as BrowserSettings;
    return unsupported === undefined ? {} : { ignored: unsupported === 'warn' && warnOfIgnored };
  },
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
