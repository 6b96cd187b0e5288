// `deviceInfo` (`@kit.BasicServicesKit`, `@ohos.deviceInfo`): constants of the device. Here they are settings.

import { deviceState } from '../host.ts';
import type { DeviceInfoValues } from './values.ts';

const types = {
  TYPE_DEFAULT: 'default',
  TYPE_PHONE: 'phone',
  TYPE_TABLET: 'tablet',
  TYPE_2IN1: '2in1',
  TYPE_TV: 'tv',
  TYPE_WEARABLE: 'wearable',
  TYPE_CAR: 'car',
} as const;

const levels = { CLASS_LEVEL_HIGH: 0, CLASS_LEVEL_MEDIUM: 1, CLASS_LEVEL_LOW: 2 } as const;

/** The module: values, and two enums. */
export interface DeviceInfoModule extends Readonly<Omit<DeviceInfoValues, 'performanceClass'>> {
  /**
   * How fast the device is.
   * Off the device: a value that `configure` sets, `CLASS_LEVEL_HIGH` by default.
   */
  readonly performanceClass: deviceInfo.PerformanceClassLevel;
  /** Kinds of devices by name. */
  readonly DeviceTypes: typeof types;
  /** Levels of `performanceClass` by name. */
  readonly PerformanceClassLevel: typeof levels;
}

/** The module. Its values are read when they are asked for, so that a test can set them. */
export const deviceInfo = withValues({ DeviceTypes: types, PerformanceClassLevel: levels }) as DeviceInfoModule;

export declare namespace deviceInfo {
  /** The text for a kind of device. */
  export type DeviceTypes = (typeof types)[keyof typeof types];
  /** The number of a level. */
  export type PerformanceClassLevel = (typeof levels)[keyof typeof levels];
}

export default deviceInfo;

function withValues(module: object): object {
  for (const name of Object.keys(deviceState().deviceInfo) as Array<keyof DeviceInfoValues>) {
    Object.defineProperty(module, name, { enumerable: true, get: () => deviceState().deviceInfo[name] });
  }
  return module;
}
