// `@kit.BasicServicesKit`: the error and callback types, which are the same as in `@ohos.base`, four companions, and the kit's
// other names, which are `undefined`.

import { absent } from './absent.ts';

export { batteryInfo } from '../../kits/battery-info/index.ts';
export { deviceInfo } from '../../kits/device-info/index.ts';
export { emitter } from '../../kits/emitter/index.ts';
export { systemDateTime } from '../../kits/system-date-time/index.ts';
export { AsyncCallback, BusinessError, Callback, ErrorCallback } from './ohos-base.ts';

export const appAccount = absent;
export const Battery = absent;
export const batteryStats = absent;
export const brightness = absent;
export const Brightness = absent;
export const cacheDownload = absent;
export const charger = absent;
export const commonEventManager = absent;
export const configPolicy = absent;
export const customConfig = absent;
export const Device = absent;
export const deviceAttest = absent;
export const distributedAccount = absent;
export const intelligentVoice = absent;
export const osAccount = absent;
export const pasteboard = absent;
export const power = absent;
export const print = absent;
export const PrintExtensionAbility = absent;
export const request = absent;
export const Request = absent;
export const runningLock = absent;
export const screenLock = absent;
export const serialManager = absent;
export const settings = absent;
export const StaticSubscriberExtensionAbility = absent;
export const StaticSubscriberExtensionContext = absent;
export const systemCapability = absent;
export const systemLoad = absent;
export const systemParameter = absent;
export const systemParameterEnhance = absent;
export const systemTime = absent;
export const systemTimer = absent;
export const thermal = absent;
export const update = absent;
export const usb = absent;
export const usbManager = absent;
export const wallpaper = absent;
export const WallpaperExtensionAbility = absent;
export const zlib = absent;
