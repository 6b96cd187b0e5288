// `systemDateTime` (`@kit.BasicServicesKit`, `@ohos.systemDateTime`): times of the machine, or those that `configure` sets.
// Calls that only applications of the system may make are not part of it.

import { type AsyncCallback, BusinessError, deviceState, later, runningTimes } from '../host.ts';
import type * as types from './types.ts';

const timeTypes = { STARTUP: 0, ACTIVE: 1 } as const;
const TIME_TYPES: readonly unknown[] = Object.values(timeTypes);
/** The module. */
export const systemDateTime: types.SystemDateTimeModule = {
  TimeType: timeTypes,
  getTime: (isNanoseconds?: boolean) => inUnit(now(), isNanoseconds),
  getUptime(...args: unknown[]): number {
    const [type, isNanoseconds] = args;
    if (!TIME_TYPES.includes(type)) throw parameterError("The type of 'timeType' must be STARTUP or ACTIVE");
    if (!isOptionalBoolean(isNanoseconds)) throw parameterError("The type of 'isNanoseconds' must be boolean");
    return inUnit(runningTime(type as types.TimeType), isNanoseconds);
  },
  getCurrentTime: timeCall(now),
  getRealActiveTime: timeCall(() => runningTime(timeTypes.ACTIVE)),
  getRealTime: timeCall(() => runningTime(timeTypes.STARTUP)),
  getDate: valueCall(() => new Date(now())),
  getTimezone: valueCall(timezone),
  getTimezoneSync: timezone,
  getAutoTimeStatus: () => deviceState().systemDateTime.autoTime ?? true,
};

export declare namespace systemDateTime {
  /** The number of a time that `getUptime` returns. */
  export type TimeType = types.TimeType;

  /** The members of the enum as types. */
  export namespace TimeType {
    /** With the time that the device slept. */
    export type STARTUP = 0;
    /** Without the time that the device slept. */
    export type ACTIVE = 1;
  }
}

export default systemDateTime;

/** Milliseconds since 1970. */
function now(): number {
  return (deviceState().systemDateTime.time ?? Date.now)();
}

/** Milliseconds since the machine was started. */
function runningTime(type: types.TimeType): number {
  const setting = deviceState().systemDateTime.uptime;
  if (setting !== undefined) return setting();
  const { all, awake } = runningTimes();
  return type === timeTypes.STARTUP ? all : awake;
}

function timezone(): string {
  return deviceState().systemDateTime.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function inUnit(milliseconds: number, isNanoseconds: boolean | undefined): number {
  return isNanoseconds === true ? milliseconds * 1_000_000 : milliseconds;
}

type AnyCallback = AsyncCallback<unknown>;

/** A call with the forms `(isNano, callback)`, `(callback)` and `(isNano?)`. */
function timeCall(time: () => number): (...args: unknown[]) => never {
  return (...args) => {
    const callback = args.find((argument) => typeof argument === 'function');
    const isNano = args[0] === callback ? undefined : args[0];
    if (!isOptionalBoolean(isNano)) throw parameterError("The type of 'isNano' must be boolean");
    if (args.length === 2 && args[1] !== callback) throw parameterError("The type of 'callback' must be function");
    return answer(callback as AnyCallback | undefined, () => inUnit(time(), isNano));
  };
}

/** A call with the forms `(callback)` and `()`. */
function valueCall(value: () => unknown): (...args: unknown[]) => never {
  return (callback) => {
    if (callback !== undefined && typeof callback !== 'function') {
      throw parameterError("The type of 'callback' must be function");
    }
    return answer(callback as AnyCallback | undefined, value);
  };
}

/** @returns a Promise where there is no callback */
function answer(callback: AnyCallback | undefined, value: () => unknown): never {
  if (callback === undefined) return new Promise((resolve) => resolve(value())) as never;
  return void later(() => callback(undefined as never, value())) as never;
}

function isOptionalBoolean(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}

function parameterError(text: string): BusinessError {
  return new BusinessError(401, `Parameter error. ${text}`);
}
