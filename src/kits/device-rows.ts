// The checks of the `device` setting of `configure`.

import type { Check, Rows, Schema } from '../core/option-check.ts';
import { callable, check, integer, nested, oneOf, orElse, text, trueOrFalse } from '../core/option-kinds.ts';
import { type BatteryInfoValues, defaultBatteryInfo } from './battery-info/values.ts';
import { type DeviceInfoValues, defaultDeviceInfo } from './device-info/values.ts';
import type {
  ApplicationSettings,
  DeviceSettings,
  PreferencesSettings,
  SomeOf,
  SystemTimeSettings,
} from './device-settings.ts';

const anyText = check<string>('a string', (value) => typeof value === 'string');
const anyNumber = check<number>('a number', (value) => typeof value === 'number' && !Number.isNaN(value));

/** A check for each value of a kit, of the type that its default has. */
function rowsOf<Values extends object>(defaults: Values): Rows<SomeOf<Values>> {
  const checks: Record<string, Check<unknown>> = { string: anyText, number: anyNumber, boolean: trueOrFalse };
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, checks[typeof value]]),
  ) as unknown as Rows<SomeOf<Values>>;
}

const systemTimeSchema: Schema<SystemTimeSettings> = {
  of: 'systemDateTime',
  example: '{ time: () => 0 }',
  rows: {
    time: callable,
    uptime: callable,
    timezone: text('the name of a time zone, such as Asia/Shanghai'),
    autoTime: trueOrFalse,
  } satisfies Rows<SystemTimeSettings>,
};

const applicationSchema: Schema<ApplicationSettings> = {
  of: 'application',
  example: "{ bundleName: 'com.example.chat' }",
  rows: {
    bundleName: anyText,
    moduleName: anyText,
    abilityName: anyText,
    versionName: anyText,
    versionCode: integer(0, 2 ** 31 - 1),
    state: oneOf(['foreground', 'background']),
    language: anyText,
    folder: text('the path of a folder'),
  } satisfies Rows<ApplicationSettings>,
};

const preferencesSchema: Schema<PreferencesSettings> = {
  of: 'preferences',
  example: "{ folder: 'preferences' }",
  required: ['folder'],
  rows: { folder: text('the path of a folder') } satisfies Rows<PreferencesSettings>,
};

/** The options of `device`. */
export const deviceSchema: Schema<DeviceSettings> = {
  of: 'device',
  example: "{ deviceInfo: { deviceType: 'tablet' } }",
  rows: {
    deviceInfo: nested<SomeOf<DeviceInfoValues>>({
      of: 'deviceInfo',
      example: "{ deviceType: 'tablet' }",
      rows: rowsOf(defaultDeviceInfo),
    }),
    batteryInfo: nested<SomeOf<BatteryInfoValues>>({
      of: 'batteryInfo',
      example: '{ batterySOC: 15 }',
      rows: rowsOf(defaultBatteryInfo),
    }),
    systemDateTime: nested(systemTimeSchema),
    application: nested(applicationSchema),
    preferences: orElse(['memory'], nested(preferencesSchema)),
    trace: callable,
  } satisfies Rows<DeviceSettings>,
};
