// `@kit.BasicServicesKit`: the error and callback types, which are the same as in `@ohos.base`, and the kit's other names,
// which link and say what they are when they are used.

import { absent } from './absent.ts';

export { AsyncCallback, BusinessError, Callback, ErrorCallback } from './ohos-base.ts';

const kit = '@kit.BasicServicesKit';

export const appAccount = absent('appAccount', kit);
export const Battery = absent('Battery', kit);
export const batteryInfo = absent('batteryInfo', kit);
export const batteryStats = absent('batteryStats', kit);
export const brightness = absent('brightness', kit);
export const Brightness = absent('Brightness', kit);
export const cacheDownload = absent('cacheDownload', kit);
export const charger = absent('charger', kit);
export const commonEventManager = absent('commonEventManager', kit);
export const configPolicy = absent('configPolicy', kit);
export const customConfig = absent('customConfig', kit);
export const Device = absent('Device', kit);
export const deviceAttest = absent('deviceAttest', kit);
export const deviceInfo = absent('deviceInfo', kit);
export const distributedAccount = absent('distributedAccount', kit);
export const emitter = absent('emitter', kit);
export const intelligentVoice = absent('intelligentVoice', kit);
export const osAccount = absent('osAccount', kit);
export const pasteboard = absent('pasteboard', kit);
export const power = absent('power', kit);
export const print = absent('print', kit);
export const PrintExtensionAbility = absent('PrintExtensionAbility', kit);
export const request = absent('request', kit);
export const Request = absent('Request', kit);
export const runningLock = absent('runningLock', kit);
export const screenLock = absent('screenLock', kit);
export const serialManager = absent('serialManager', kit);
export const settings = absent('settings', kit);
export const StaticSubscriberExtensionAbility = absent('StaticSubscriberExtensionAbility', kit);
export const StaticSubscriberExtensionContext = absent('StaticSubscriberExtensionContext', kit);
export const systemCapability = absent('systemCapability', kit);
export const systemDateTime = absent('systemDateTime', kit);
export const systemLoad = absent('systemLoad', kit);
export const systemParameter = absent('systemParameter', kit);
export const systemParameterEnhance = absent('systemParameterEnhance', kit);
export const systemTime = absent('systemTime', kit);
export const systemTimer = absent('systemTimer', kit);
export const thermal = absent('thermal', kit);
export const update = absent('update', kit);
export const usb = absent('usb', kit);
export const usbManager = absent('usbManager', kit);
export const wallpaper = absent('wallpaper', kit);
export const WallpaperExtensionAbility = absent('WallpaperExtensionAbility', kit);
export const zlib = absent('zlib', kit);
