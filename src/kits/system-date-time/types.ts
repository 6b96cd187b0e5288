// The calls of the `systemDateTime` namespace, as the SDK declares them.

import type { AsyncCallback } from '../host.ts';

/** Which time `getUptime` returns: 0 with the time that the device slept, 1 without it. */
export type TimeType = 0 | 1;

/** The module `@ohos.systemDateTime`. */
export interface SystemDateTimeModule {
  /** Times of `getUptime`, by name. */
  readonly TimeType: { readonly STARTUP: 0; readonly ACTIVE: 1 };
  /**
   * The time, since 1970.
   * Off the device: that of this machine, or a value that `configure` sets.
   *
   * @param isNanoseconds  `true`: in nanoseconds; else in milliseconds
   */
  getTime(isNanoseconds?: boolean): number;
  /**
   * How long the device has been running.
   * Off the device: that of this machine, or a value that `configure` sets.
   *
   * @param isNanoseconds  `true`: in nanoseconds; else in milliseconds
   * @throws BusinessError 401 for wrong arguments
   */
  getUptime(timeType: TimeType, isNanoseconds?: boolean): number;
  /** The time, since 1970. Deprecated: use `getTime`. @throws BusinessError 401 for wrong arguments */
  getCurrentTime(isNano: boolean, callback: AsyncCallback<number>): void;
  /** The time in milliseconds. Deprecated: use `getTime`. @throws BusinessError 401 for wrong arguments */
  getCurrentTime(callback: AsyncCallback<number>): void;
  /** The time, since 1970. Deprecated: use `getTime`. @throws BusinessError 401 for wrong arguments */
  getCurrentTime(isNano?: boolean): Promise<number>;
  /** Like `getUptime(ACTIVE)`. Deprecated. @throws BusinessError 401 for wrong arguments */
  getRealActiveTime(isNano: boolean, callback: AsyncCallback<number>): void;
  /** Like `getUptime(ACTIVE)`. Deprecated. @throws BusinessError 401 for wrong arguments */
  getRealActiveTime(callback: AsyncCallback<number>): void;
  /** Like `getUptime(ACTIVE)`. Deprecated. @throws BusinessError 401 for wrong arguments */
  getRealActiveTime(isNano?: boolean): Promise<number>;
  /** Like `getUptime(STARTUP)`. Deprecated. @throws BusinessError 401 for wrong arguments */
  getRealTime(isNano: boolean, callback: AsyncCallback<number>): void;
  /** Like `getUptime(STARTUP)`. Deprecated. @throws BusinessError 401 for wrong arguments */
  getRealTime(callback: AsyncCallback<number>): void;
  /** Like `getUptime(STARTUP)`. Deprecated. @throws BusinessError 401 for wrong arguments */
  getRealTime(isNano?: boolean): Promise<number>;
  /** The time as a `Date`. Deprecated: use `new Date()`. @throws BusinessError 401 for wrong arguments */
  getDate(callback: AsyncCallback<Date>): void;
  /** The time as a `Date`. Deprecated: use `new Date()`. */
  getDate(): Promise<Date>;
  /**
   * Name of the time zone, such as `Asia/Shanghai`.
   * Off the device: that of this machine, or a value that `configure` sets.
   */
  getTimezone(callback: AsyncCallback<string>): void;
  /**
   * Name of the time zone.
   * Off the device: that of this machine, or a value that `configure` sets.
   */
  getTimezone(): Promise<string>;
  /**
   * Name of the time zone.
   * Off the device: that of this machine, or a value that `configure` sets.
   */
  getTimezoneSync(): string;
  /**
   * Whether the device sets its clock by the network.
   * Off the device: a value that `configure` sets, `true` by default.
   */
  getAutoTimeStatus(): boolean;
}
