// The types of the companions that are mostly values against the shapes of the SDK's declarations. Nothing here is run; the
// compiler reads it with all tests.

import type { AsyncCallback } from '../../../src/kit/index.ts';
import type { batteryInfo } from '../../../src/kits/battery-info/index.ts';
import { deviceInfo } from '../../../src/kits/device-info/index.ts';
import { hiAppEvent } from '../../../src/kits/hi-app-event/index.ts';
import type { hiTraceChain } from '../../../src/kits/hi-trace-chain/index.ts';
import type { hiTraceMeter } from '../../../src/kits/hi-trace-meter/index.ts';
import type { systemDateTime } from '../../../src/kits/system-date-time/index.ts';
import type * as abilityKit from '../../../src/register/kits/ability-kit.ts';
import type * as basicServices from '../../../src/register/kits/basic-services-kit.ts';
import type * as performance from '../../../src/register/kits/performance-analysis-kit.ts';
import { same } from '../../type-tests/same.ts';

same<typeof basicServices.deviceInfo, typeof deviceInfo>(true);
same<typeof basicServices.batteryInfo, typeof batteryInfo>(true);
same<typeof basicServices.systemDateTime, typeof systemDateTime>(true);
same<typeof performance.hiAppEvent, typeof hiAppEvent>(true);
same<typeof performance.hiTraceMeter, typeof hiTraceMeter>(true);
same<typeof performance.hiTraceChain, typeof hiTraceChain>(true);

same<typeof deviceInfo.deviceType, string>(true);
same<typeof deviceInfo.sdkApiVersion, number>(true);
same<typeof deviceInfo.performanceClass, deviceInfo.PerformanceClassLevel>(true);
same<deviceInfo.PerformanceClassLevel, 0 | 1 | 2>(true);
same<deviceInfo.DeviceTypes, 'default' | 'phone' | 'tablet' | '2in1' | 'tv' | 'wearable' | 'car'>(true);
// @ts-expect-error: a constant
deviceInfo.deviceType = 'tv';

same<typeof batteryInfo.batterySOC, number>(true);
same<typeof batteryInfo.isBatteryPresent, boolean>(true);
same<typeof batteryInfo.chargingStatus, batteryInfo.BatteryChargeState>(true);
same<batteryInfo.BatteryChargeState, 0 | 1 | 2 | 3>(true);
same<batteryInfo.BatteryHealthState, 0 | 1 | 2 | 3 | 4 | 5>(true);

same<typeof systemDateTime.getTime, (isNanoseconds?: boolean) => number>(true);
same<typeof systemDateTime.getUptime, (timeType: 0 | 1, isNanoseconds?: boolean) => number>(true);
same<typeof systemDateTime.getTimezoneSync, () => string>(true);
interface TimeCall {
  (isNano: boolean, callback: AsyncCallback<number>): void;
  (callback: AsyncCallback<number>): void;
  (isNano?: boolean): Promise<number>;
}
same<typeof systemDateTime.getCurrentTime, TimeCall>(true);

same<typeof hiTraceMeter.startTrace, (name: string, taskId: number) => void>(true);
same<typeof hiTraceMeter.isTraceEnabled, () => boolean>(true);
same<typeof hiTraceMeter.finishSyncTrace, (level: 0 | 1 | 2 | 3) => void>(true);
same<typeof hiTraceChain.begin, (name: string, flags?: number) => hiTraceChain.HiTraceId>(true);
same<typeof hiTraceChain.isValid, (id: hiTraceChain.HiTraceId) => boolean>(true);

same<typeof hiAppEvent.addWatcher, (watcher: hiAppEvent.Watcher) => hiAppEvent.AppEventPackageHolder>(true);
same<hiAppEvent.EventType, 1 | 2 | 3 | 4>(true);
interface Write {
  (info: hiAppEvent.AppEventInfo, callback: AsyncCallback<void>): void;
  (info: hiAppEvent.AppEventInfo): Promise<void>;
}
same<typeof hiAppEvent.write, Write>(true);
same<
  hiAppEvent.EventPolicy,
  {
    mainThreadJankPolicy?: object;
    cpuUsageHighPolicy?: object;
    appCrashPolicy?: object;
    appFreezePolicy?: object;
    resourceOverlimitPolicy?: object;
    addressSanitizerPolicy?: object;
  }
>(true);
same<hiAppEvent.AppEventReportConfig, { domain?: string; name?: string; isRealTime?: boolean }>(true);
same<
  hiAppEvent.Processor,
  {
    name: string;
    debugMode?: boolean;
    routeInfo?: string;
    appId?: string;
    onStartReport?: boolean;
    onBackgroundReport?: boolean;
    periodReport?: number;
    batchReport?: number;
    userIds?: string[];
    userProperties?: string[];
    eventConfigs?: hiAppEvent.AppEventReportConfig[];
    configId?: number;
    customConfigs?: Record<string, string>;
    configName?: string;
  }
>(true);
// @ts-expect-error: an event has a domain
void hiAppEvent.write({ name: 'a', eventType: 1, params: {} });

declare const context: abilityKit.common.UIAbilityContext;
context satisfies abilityKit.common.Context satisfies abilityKit.common.BaseContext;
context satisfies abilityKit.Context;
same<typeof context.filesDir, string>(true);
const want: abilityKit.Want = { bundleName: 'com.example.chat', parameters: { key: 1 } };
void context.startAbility(want);
const reason: abilityKit.AbilityConstant.LaunchReason = 1;
void reason;

same<
  abilityKit.Want,
  {
    deviceId?: string;
    bundleName?: string;
    moduleName?: string;
    abilityName?: string;
    action?: string;
    entities?: string[];
    uri?: string;
    type?: string;
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
    parameters?: Record<string, Object>;
    flags?: number;
    readonly fds?: Record<string, number>;
  }
>(true);
same<
  abilityKit.Configuration,
  {
    language?: string;
    colorMode?: -1 | 0 | 1;
    direction?: -1 | 0 | 1;
    screenDensity?: 0 | 120 | 160 | 240 | 320 | 480 | 640;
    displayId?: number;
    hasPointerDevice?: boolean;
    fontId?: string;
    fontSizeScale?: number;
    fontWeightScale?: number;
    mcc?: string;
    mnc?: string;
  }
>(true);
same<abilityKit.AbilityConstant.LaunchParam['launchReasonMessage'], string | undefined>(true);
