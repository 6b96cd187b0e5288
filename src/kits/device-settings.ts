// The `device` setting of `configure`: what the device is like that a program believes to run on.

import type { BatteryInfoValues } from './battery-info/values.ts';
import type { DeviceInfoValues } from './device-info/values.ts';

/** Any of the values of a kit. Those that are absent stay as they are. */
export type SomeOf<Values> = { [Name in keyof Values]?: Values[Name] | undefined };

/** Times of `systemDateTime`. */
export interface SystemTimeSettings {
  /** The time, in milliseconds since 1970. Default `Date.now`. */
  time?: (() => number) | undefined;
  /** How long the device has been running, in milliseconds. Default: the time of this machine. */
  uptime?: (() => number) | undefined;
  /** Name of the time zone, such as `Asia/Shanghai`. Default: that of this machine. */
  timezone?: string | undefined;
  /** Whether the device sets its clock by the network. Default `true`. */
  autoTime?: boolean | undefined;
}

/** The application, as its contexts show it. */
export interface ApplicationSettings {
  /** Name of the application. Default `'com.example.application'`. */
  bundleName?: string | undefined;
  /** Name of the module that runs. Default `'entry'`. */
  moduleName?: string | undefined;
  /** Name of the ability that runs. Default `'EntryAbility'`. */
  abilityName?: string | undefined;
  /** Version for people. Default `'1.0.0'`. */
  versionName?: string | undefined;
  /** Version for comparisons. Default 1000000. */
  versionCode?: number | undefined;
  /** Whether the application is in the foreground. A change calls its callbacks for that. Default `'foreground'`. */
  state?: 'foreground' | 'background' | undefined;
  /** Language of the user interface. A change calls its callbacks for that. Default `'en-US'`. */
  language?: string | undefined;
  /**
   * Folder in which `filesDir`, `cacheDir` and the other folders of contexts lie. They are made when a program asks for
   * them. Default: the paths that they have on a device, which do not exist here.
   */
  folder?: string | undefined;
}

/** Where preferences are kept. */
export interface PreferencesSettings {
  /** Folder for files in JSON, one for each name of preferences. It is made when preferences are flushed. */
  folder: string;
}

/** A call of `hiTraceMeter`. */
export interface TraceEntry {
  /** What the call does: it begins a task, ends one, or sets a number. */
  kind: 'start' | 'finish' | 'count';
  /** Name of the task or number. Absent where `finishSyncTrace` ends the task that began last. */
  name?: string;
  /** 0 to 3, by the names of `HiTraceOutputLevel`. Absent in calls without a level. */
  level?: number;
  /** ID of an asynchronous task. */
  taskId?: number;
  /** The number that `traceByValue` sets. */
  count?: number;
  /** Label of an asynchronous task. */
  customCategory?: string;
  /** Pairs of a key and a value, separated by commas. */
  customArgs?: string;
}

/** What programs can read of a device. Settings that are absent stay as they are. */
export interface DeviceSettings {
  /** Values of `deviceInfo`. */
  deviceInfo?: SomeOf<DeviceInfoValues> | undefined;
  /** Values of `batteryInfo`. */
  batteryInfo?: SomeOf<BatteryInfoValues> | undefined;
  /** Times of `systemDateTime`. */
  systemDateTime?: SystemTimeSettings | undefined;
  /** What contexts show of the application. */
  application?: ApplicationSettings | undefined;
  /**
   * `'memory'`: preferences are empty at this moment, and go when the setting is taken back. Default: in memory, for the
   * whole process.
   */
  preferences?: 'memory' | PreferencesSettings | undefined;
  /** Gets each call of `hiTraceMeter`, and makes `isTraceEnabled` return `true`. Default: none. */
  trace?: ((entry: TraceEntry) => void) | undefined;
}
