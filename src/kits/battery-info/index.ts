// `batteryInfo` (`@kit.BasicServicesKit`, `@ohos.batteryInfo`): the state of the battery. Here it is a setting.

import { deviceState } from '../host.ts';
import type { BatteryInfoValues } from './values.ts';

const enums = {
  BatteryPluggedType: { NONE: 0, AC: 1, USB: 2, WIRELESS: 3 },
  BatteryChargeState: { NONE: 0, ENABLE: 1, DISABLE: 2, FULL: 3 },
  BatteryHealthState: { UNKNOWN: 0, GOOD: 1, OVERHEAT: 2, OVERVOLTAGE: 3, COLD: 4, DEAD: 5 },
  BatteryCapacityLevel: {
    LEVEL_NONE: 0,
    LEVEL_FULL: 1,
    LEVEL_HIGH: 2,
    LEVEL_NORMAL: 3,
    LEVEL_LOW: 4,
    LEVEL_WARNING: 5,
    LEVEL_CRITICAL: 6,
    LEVEL_SHUTDOWN: 7,
  },
  CommonEventBatteryChangedKey: {
    EXTRA_SOC: 'soc',
    EXTRA_CHARGE_STATE: 'chargeState',
    EXTRA_HEALTH_STATE: 'healthState',
    EXTRA_PLUGGED_TYPE: 'pluggedType',
    EXTRA_VOLTAGE: 'voltage',
    EXTRA_TECHNOLOGY: 'technology',
    EXTRA_TEMPERATURE: 'temperature',
    EXTRA_PRESENT: 'present',
    EXTRA_CAPACITY_LEVEL: 'capacityLevel',
  },
} as const;

type Enums = typeof enums;
type ValueOf<Enum> = Enum[keyof Enum];
type Enumerated = 'chargingStatus' | 'healthStatus' | 'pluggedType' | 'batteryCapacityLevel';

/** The module: values, and the enums that they are of. */
export interface BatteryInfoModule extends Readonly<Omit<BatteryInfoValues, Enumerated>>, Enums {
  /**
   * Whether the battery is being charged.
   * Off the device: a value that `configure` sets, `NONE` by default.
   */
  readonly chargingStatus: batteryInfo.BatteryChargeState;
  /**
   * State of the battery.
   * Off the device: a value that `configure` sets, `GOOD` by default.
   */
  readonly healthStatus: batteryInfo.BatteryHealthState;
  /**
   * Kind of the charger.
   * Off the device: a value that `configure` sets, `NONE` by default.
   */
  readonly pluggedType: batteryInfo.BatteryPluggedType;
  /**
   * How full the battery is.
   * Off the device: a value that `configure` sets, `LEVEL_FULL` by default.
   */
  readonly batteryCapacityLevel: batteryInfo.BatteryCapacityLevel;
}

/** The module. Its values are read when they are asked for, so that a test can set them. */
export const batteryInfo = withValues({ ...enums }) as BatteryInfoModule;

export declare namespace batteryInfo {
  /** The number of a kind of charger. */
  export type BatteryPluggedType = ValueOf<Enums['BatteryPluggedType']>;
  /** The number of a charging state. */
  export type BatteryChargeState = ValueOf<Enums['BatteryChargeState']>;
  /** The number of a health state. */
  export type BatteryHealthState = ValueOf<Enums['BatteryHealthState']>;
  /** The number of a level. */
  export type BatteryCapacityLevel = ValueOf<Enums['BatteryCapacityLevel']>;
  /** A name in the data of the event that the system sends when the battery changes. */
  export type CommonEventBatteryChangedKey = ValueOf<Enums['CommonEventBatteryChangedKey']>;
}

export default batteryInfo;

function withValues(module: object): object {
  for (const name of Object.keys(deviceState().batteryInfo) as Array<keyof BatteryInfoValues>) {
    Object.defineProperty(module, name, { enumerable: true, get: () => deviceState().batteryInfo[name] });
  }
  return module;
}
