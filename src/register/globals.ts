// What is global on a device, because ArkUI has it: `getContext`, through which networking code gets texts and files, `$r` and
// `$rawfile`, which describe resources, `AppStorage` and its like, and `canIUse`. A program's own globals of these names stay.

import { createRequire } from 'node:module';
import { AppStorage, Environment, LocalStorage, PersistentStorage } from './app-storage.ts';
import { defineArkUIEnums } from './ark-ui-enums.ts';

/** Numbers of the kinds of resources, by the names that `$r` has for them. */
const kinds: Readonly<Record<string, number>> = {
  color: 10001,
  float: 10002,
  string: 10003,
  plural: 10004,
  boolean: 10005,
  intarray: 10006,
  integer: 10007,
  pattern: 10008,
  strarray: 10009,
  media: 20000,
};
const RAW_FILE = 30000;

/** The system capabilities of the modules that this package has, without `SystemCapability.`, as the SDK's declarations name them. */
const capabilities = new Set([
  'Ability.AbilityRuntime.Core',
  'BundleManager.BundleFramework.Core',
  'Communication.NetManager.Core',
  'Communication.NetStack',
  'DistributedDataManager.Preferences.Core',
  'Global.ResourceManager',
  'HiviewDFX.HiAppEvent',
  'HiviewDFX.HiLog',
  'HiviewDFX.HiTrace',
  'MiscServices.Time',
  'Notification.Emitter',
  'PowerManager.BatteryManager.Core',
  'Startup.SystemInfo',
  'Utils.Lang',
]);

/** What `$r` and `$rawfile` return. */
interface Resource {
  readonly id: number;
  readonly type: number;
  readonly params: readonly unknown[];
  readonly bundleName: string;
  readonly moduleName: string;
}

/** Defines what the program does not have. The kit behind `getContext` is loaded when it is first called. */
export function defineGlobals(target: object = globalThis): void {
  const values = {
    getContext: (component?: object) => abilityKit().getContext(component),
    $r: (name: string, ...params: unknown[]) => resource(kinds[name.split('.')[1] ?? ''] ?? 0, [name, ...params]),
    $rawfile: (path: string) => resource(RAW_FILE, [path]),
    canIUse: (capability: string) => capabilities.has(String(capability).replace(/^SystemCapability\./, '')),
    wrapBuilder: (builder: unknown) => ({ builder }),
    AppStorage,
    Environment,
    LocalStorage,
    PersistentStorage,
  };
  for (const [name, value] of Object.entries(values)) {
    if (name in target) continue;
    Object.defineProperty(target, name, { value, configurable: true, enumerable: false, writable: true });
  }
  defineArkUIEnums(target);
}

function abilityKit(): { getContext(component?: object): object } {
  // Compiled as this file is. A call cannot wait for `import()`.
  const extension = import.meta.url.replace(/^.*(\.[jt]s)(?:[?#].*)?$/, '$1');
  return createRequire(import.meta.url)(`../kits/ability/index${extension}`);
}

function resource(type: number, params: readonly unknown[]): Resource {
  return { id: -1, type, params, bundleName: '', moduleName: '' };
}
