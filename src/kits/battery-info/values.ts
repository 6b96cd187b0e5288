// The values of `batteryInfo`: what the SDK declares, and what a program gets that sets nothing.

/** Values of `batteryInfo`, by the names of its members. */
export interface BatteryInfoValues {
  /**
   * Charge in percent.
   * Off the device: a value that `configure` sets, 100 by default.
   */
  batterySOC: number;
  /**
   * One of `BatteryChargeState`.
   * Off the device: a value that `configure` sets, `NONE` by default.
   */
  chargingStatus: number;
  /**
   * One of `BatteryHealthState`.
   * Off the device: a value that `configure` sets, `GOOD` by default.
   */
  healthStatus: number;
  /**
   * One of `BatteryPluggedType`.
   * Off the device: a value that `configure` sets, `NONE` by default.
   */
  pluggedType: number;
  /**
   * Microvolts.
   * Off the device: a value that `configure` sets.
   */
  voltage: number;
  /**
   * Kind of the battery.
   * Off the device: a value that `configure` sets.
   */
  technology: string;
  /**
   * Temperature in tenths of a degree Celsius.
   * Off the device: a value that `configure` sets.
   */
  batteryTemperature: number;
  /**
   * Whether there is a battery.
   * Off the device: a value that `configure` sets, `true` by default.
   */
  isBatteryPresent: boolean;
  /**
   * One of `BatteryCapacityLevel`.
   * Off the device: a value that `configure` sets, `LEVEL_FULL` by default.
   */
  batteryCapacityLevel: number;
  /**
   * Current in milliamperes.
   * Off the device: a value that `configure` sets.
   */
  nowCurrent: number;
}

/** The values of a program that sets nothing: a full battery without a charger. */
export const defaultBatteryInfo: BatteryInfoValues = {
  batterySOC: 100,
  chargingStatus: 0,
  healthStatus: 1,
  pluggedType: 0,
  voltage: 4_000_000,
  technology: 'Li-ion',
  batteryTemperature: 250,
  isBatteryPresent: true,
  batteryCapacityLevel: 1,
  nowCurrent: 0,
};
