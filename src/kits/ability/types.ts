// Types of `@kit.AbilityKit` that are objects without behaviour.

import type { configurationConstants, ValueOf } from './constants.ts';

/** What is asked of an ability: which one, and with which data. */
export interface Want {
  /** ID of the device; absent or `''`: this one. */
  deviceId?: string;
  /** Application. */
  bundleName?: string;
  /** Module of the application. */
  moduleName?: string;
  /** Ability of the module. */
  abilityName?: string;
  /** What to do, such as `ohos.want.action.viewData`. */
  action?: string;
  /** Categories of the action. */
  entities?: Array<string>;
  /** Data to work on. */
  uri?: string;
  /** MIME type of the data. */
  type?: string;
  /** Further data by name. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  parameters?: Record<string, Object>;
  /** A sum of `wantConstant.Flags`. */
  flags?: number;
  /** File descriptors by name. */
  readonly fds?: Record<string, number>;
}

/** Where an application runs: language, colours, screen. */
export interface Configuration {
  /**
   * Language, such as `en-US`.
   * Off the device: a value that `configure` sets.
   */
  language?: string;
  /**
   * Light or dark.
   * Off the device: light.
   */
  colorMode?: ValueOf<typeof configurationConstants.ColorMode>;
  /**
   * Upright or not.
   * Off the device: upright.
   */
  direction?: ValueOf<typeof configurationConstants.Direction>;
  /**
   * Dots of the screen.
   * Off the device: 480.
   */
  screenDensity?: ValueOf<typeof configurationConstants.ScreenDensity>;
  /**
   * ID of the screen.
   * Off the device: 0.
   */
  displayId?: number;
  /**
   * Whether there is a mouse or the like.
   * Off the device: `false`.
   */
  hasPointerDevice?: boolean;
  /** ID of the font. */
  fontId?: string;
  /** Size of texts; 1 is the usual one. */
  fontSizeScale?: number;
  /** Weight of texts; 1 is the usual one. */
  fontWeightScale?: number;
  /** Mobile country code. */
  mcc?: string;
  /** Mobile network code. */
  mnc?: string;
}

/** What is known of an application. */
export interface ApplicationInfo {
  /**
   * Its name.
   * Off the device: a value that `configure` sets.
   */
  readonly name: string;
  /**
   * Name of its process.
   * Off the device: that of the application.
   */
  readonly process: string;
  /**
   * Text that describes it.
   * Off the device: `''`.
   */
  readonly description: string;
  /**
   * Its name for people.
   * Off the device: that of the application.
   */
  readonly label: string;
  /**
   * Whether it may run.
   * Off the device: `true`.
   */
  readonly enabled: boolean;
  /**
   * Whether it is built for debugging.
   * Off the device: `true`.
   */
  readonly debug: boolean;
  /**
   * Whether it belongs to the system.
   * Off the device: `false`.
   */
  readonly systemApp: boolean;
}

/** What is known of a module. */
export interface HapModuleInfo {
  /**
   * Its name.
   * Off the device: a value that `configure` sets.
   */
  readonly name: string;
  /**
   * Name of its main ability.
   * Off the device: a value that `configure` sets.
   */
  readonly mainElementName: string;
}

/** What is known of an ability. */
export interface AbilityInfo {
  /**
   * Its application.
   * Off the device: a value that `configure` sets.
   */
  readonly bundleName: string;
  /**
   * Its module.
   * Off the device: a value that `configure` sets.
   */
  readonly moduleName: string;
  /**
   * Its name.
   * Off the device: a value that `configure` sets.
   */
  readonly name: string;
  /** Its application. */
  readonly applicationInfo: ApplicationInfo;
}

/** A callback of the environment. */
export interface EnvironmentCallback {
  /**
   * Called when the configuration has changed.
   * Off the device: when `configure` sets a language.
   */
  onConfigurationUpdated(config: Configuration): void;
  /**
   * Called when memory is short.
   * Off the device: never.
   */
  onMemoryLevel(level: number): void;
}

/** A callback of the application's state. */
export interface ApplicationStateChangeCallback {
  /**
   * Called when the application comes to the foreground.
   * Off the device: when `configure` sets `state`.
   */
  onApplicationForeground(): void;
  /**
   * Called when the application leaves the foreground.
   * Off the device: when `configure` sets `state`.
   */
  onApplicationBackground(): void;
}

/** A resource, as `$r` and `$rawfile` describe it. */
export interface Resource {
  /** Its number; -1 off the device, where resources have names only. */
  id: number;
  /** What it is: 10003 a text, 30000 a raw file. */
  type?: number;
  /** Its name first, such as `app.string.title`; then the values for its placeholders. */
  params?: unknown[];
  /** Its application. */
  bundleName: string;
  /** Its module; `''`: that of the context. */
  moduleName: string;
}
