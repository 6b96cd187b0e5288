// Names of the device's modules that this package does not have. They can be imported and are `undefined`, so that an
// application that asks for them (`typeof account`, `if (account)`, `account?.on`) gets a true answer. Their use throws an
// error that names what is missing, instead of V8's "Cannot read properties of undefined": see guards.ts.

import { isDeviceModule } from './device-imports.ts';
import { kitModules } from './kit-modules.ts';

/** The names that this package has of the kits that have others on a device. */
const present: Readonly<Record<string, readonly string[]>> = {
  '@kit.ArkTS': [
    'ArkTSUtils',
    'ArrayList',
    'DedicatedWorkerGlobalScope',
    'Deque',
    'ErrorEvent',
    'Event',
    'EventListener',
    'EventTarget',
    'HashMap',
    'HashSet',
    'JSON',
    'LightWeightMap',
    'LightWeightSet',
    'LinkedList',
    'List',
    'MessageEvent',
    'MessageEvents',
    'PlainArray',
    'PostMessageOptions',
    'Queue',
    'Stack',
    'ThreadWorkerGlobalScope',
    'ThreadWorkerPriority',
    'TreeMap',
    'TreeSet',
    'Vector',
    'WorkerEventListener',
    'WorkerEventTarget',
    'WorkerOptions',
    'buffer',
    'collections',
    'fastbuffer',
    'lang',
    'taskpool',
    'uri',
    'url',
    'util',
    'worker',
  ],
  '@kit.NetworkKit': ['connection', 'http', 'webSocket'],
  '@kit.BasicServicesKit': [
    'AsyncCallback',
    'BusinessError',
    'Callback',
    'ErrorCallback',
    'batteryInfo',
    'deviceInfo',
    'emitter',
    'systemDateTime',
  ],
  '@kit.AbilityKit': [
    'Ability',
    'AbilityConstant',
    'AbilityStage',
    'ApplicationStateChangeCallback',
    'Configuration',
    'ConfigurationConstant',
    'Context',
    'EnvironmentCallback',
    'Permissions',
    'UIAbility',
    'Want',
    'application',
    'bundleManager',
    'common',
    'contextConstant',
  ],
  '@kit.ArkData': ['ValueType', 'preferences'],
  '@kit.PerformanceAnalysisKit': ['hiAppEvent', 'hiTraceChain', 'hiTraceMeter', 'hilog'],
};

/** Whether a module of the device lacks a name here. */
export function isAbsent(module: string, name: string): boolean {
  if (Object.hasOwn(present, module)) return !present[module]!.includes(name);
  return isDeviceModule(module) && !Object.hasOwn(kitModules, module);
}
