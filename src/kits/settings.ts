// What `configure({ device: … })` has set, for the companions that read it: a layer for each call, the latest wins, value by
// value. One for the process, reached through host.ts.

import { type BatteryInfoValues, defaultBatteryInfo } from './battery-info/values.ts';
import { type DeviceInfoValues, defaultDeviceInfo } from './device-info/values.ts';
import type { ApplicationSettings, DeviceSettings, SystemTimeSettings, TraceEntry } from './device-settings.ts';

/** All settings, with defaults where there is one. */
export interface DeviceState {
  readonly deviceInfo: Readonly<DeviceInfoValues>;
  readonly batteryInfo: Readonly<BatteryInfoValues>;
  readonly systemDateTime: Readonly<SystemTimeSettings>;
  readonly application: Readonly<ApplicationSettings>;
  /** Where preferences are: each object is a separate place. Without `folder` they are in memory. */
  readonly preferences: { readonly folder?: string };
  /** Where calls of `hiTraceMeter` go. */
  readonly trace: ((entry: TraceEntry) => void) | undefined;
}

interface Layer extends Omit<DeviceSettings, 'preferences'> {
  readonly preferences?: { readonly folder?: string } | undefined;
}

/** The first layer is that of a program that sets nothing. */
const layers: Layer[] = [{ preferences: {} }];
const watchers = new Set<() => void>();
let current = combined();

/** The settings that hold now. */
export function deviceState(): DeviceState {
  return current;
}

/**
 * Adds a layer of settings.
 *
 * @returns a function that removes this layer, and leaves those added before and after it
 */
export function overrideDevice(settings: DeviceSettings): () => void {
  // A separate object for each call, even with the same folder: what it holds in memory is empty.
  const { preferences } = settings;
  const place = preferences === undefined ? undefined : preferences === 'memory' ? {} : { ...preferences };
  const layer: Layer = { ...settings, preferences: place };
  layers.push(layer);
  update();
  return () => {
    const index = layers.indexOf(layer);
    if (index < 0) return;
    layers.splice(index, 1);
    update();
  };
}

/** Calls a function after each change. @returns a function that ends this */
export function watchDevice(changed: () => void): () => void {
  watchers.add(changed);
  return () => {
    watchers.delete(changed);
  };
}

function update(): void {
  current = combined();
  for (const changed of [...watchers]) changed();
}

function combined(): DeviceState {
  const deviceInfo: DeviceInfoValues = Object.assign({}, defaultDeviceInfo, ...all('deviceInfo'));
  return {
    deviceInfo: withVersions(deviceInfo, Object.assign({}, ...all('deviceInfo'))),
    batteryInfo: Object.assign({}, defaultBatteryInfo, ...all('batteryInfo')),
    systemDateTime: Object.assign({}, ...all('systemDateTime')),
    application: Object.assign({}, ...all('application')),
    preferences: all('preferences').at(-1)!,
    trace: all('trace').at(-1),
  };
}

/** What the layers have for one setting, the latest last. */
function all<Name extends keyof Layer>(name: Name): Array<NonNullable<Layer[Name]>> {
  return layers.map((layer) => layer[name]).filter((value) => value !== undefined) as Array<NonNullable<Layer[Name]>>;
}

/** Fills in what follows from other values: the numbers of `osFullName`, and `versionId`. */
function withVersions(values: DeviceInfoValues, given: Partial<DeviceInfoValues>): DeviceInfoValues {
  const numbers = /(\d+)\.(\d+)\.(\d+)\.(\d+)/.exec(values.osFullName)?.slice(1).map(Number) ?? [];
  const [majorVersion, seniorVersion, featureVersion, buildVersion] = numbers;
  const whole = {
    ...values,
    ...(numbers.length > 0 && { majorVersion, seniorVersion, featureVersion, buildVersion }),
    ...given,
  } as DeviceInfoValues;
  const { deviceType, manufacture, brand, productSeries, osFullName, productModel, softwareModel } = whole;
  const { sdkApiVersion, incrementalVersion, buildType } = whole;
  const parts = [deviceType, manufacture, brand, productSeries, osFullName, productModel, softwareModel];
  const versionId = [...parts, sdkApiVersion, incrementalVersion, buildType].join('/');
  return { ...whole, versionId: given.versionId ?? versionId };
}
