// The types of the `hiAppEvent` namespace, as the SDK declares them. Nothing here exists at run time.

/** What an event is about: 1 a fault, 2 numbers, 3 security, 4 what a user does. */
export type EventType = 1 | 2 | 3 | 4;

/** A parameter that `setEventParam` adds, or a setting of an event. */
export type ParamType = number | string | boolean | Array<string>;

/** An event. */
export interface AppEventInfo {
  /** Its domain: 1 to 32 letters, digits and `_`; begins with a letter, does not end with `_`. */
  domain: string;
  /** Its name: 1 to 48 letters, digits, `_` and `$`; begins with a letter or `$`, ends with a letter or digit. */
  name: string;
  /** What it is about. */
  eventType: EventType;
  /** Parameters: at most 32 names of at most 32 characters, with texts, numbers, booleans and arrays of them. */
  params: object;
}

/** Settings of the events. */
export interface ConfigOption {
  /** `true`: `write` fails with 11100001. Default `false`. */
  disable?: boolean;
  /**
   * Most bytes of the stored events, such as `10M`.
   * Off the device: for each watcher, in memory; the oldest events are dropped beyond it. Default `10M`.
   */
  maxStorage?: string;
}

/** Events that a watcher takes together. */
export interface AppEventPackage {
  /** Number of the package, from 0. */
  packageId: number;
  /** Number of events. */
  row: number;
  /** Bytes of the events, as texts in UTF-8. */
  size: number;
  /** The events, as texts of JSON. */
  data: string[];
  /** The events. */
  appEventInfos: Array<AppEventInfo>;
}

/** Which events a processor reports. */
export interface AppEventReportConfig {
  /** Their domain. */
  domain?: string;
  /** Their name. */
  name?: string;
  /** Whether they are reported at once. */
  isRealTime?: boolean;
}

/**
 * Reports events to a server.
 * Off the device: nothing is reported.
 */
export interface Processor {
  /** Its name: 1 to 256 letters, digits, `_` and `$`; does not begin with a digit. */
  name: string;
  /** Whether it is being tested. */
  debugMode?: boolean;
  /** Where the server is. */
  routeInfo?: string;
  /** ID of the application. */
  appId?: string;
  /** Whether it reports when it starts. */
  onStartReport?: boolean;
  /** Whether it reports when the application leaves the foreground. */
  onBackgroundReport?: boolean;
  /** Seconds between reports. */
  periodReport?: number;
  /** Number of events for a report. */
  batchReport?: number;
  /** Names of user IDs that it reports. */
  userIds?: string[];
  /** Names of user properties that it reports. */
  userProperties?: string[];
  /** Which events it reports. */
  eventConfigs?: AppEventReportConfig[];
  /** ID of its configuration. */
  configId?: number;
  /** Further settings. */
  customConfigs?: Record<string, string>;
  /** Name of its configuration. */
  configName?: string;
}

/**
 * How events of the system are made.
 * Off the device: there are none; the object is checked, and not used.
 */
export interface EventPolicy {
  /** Of the event MAIN_THREAD_JANK. */
  mainThreadJankPolicy?: object;
  /** Of the event CPU_USAGE_HIGH. */
  cpuUsageHighPolicy?: object;
  /** Of the event APP_CRASH. */
  appCrashPolicy?: object;
  /** Of the event APP_FREEZE. */
  appFreezePolicy?: object;
  /** Of the event RESOURCE_OVERLIMIT. */
  resourceOverlimitPolicy?: object;
  /** Of the event ADDRESS_SANITIZER. */
  addressSanitizerPolicy?: object;
}
