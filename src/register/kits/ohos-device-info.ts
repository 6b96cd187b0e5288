// `@ohos.deviceInfo`: the namespace object as the default export.

export { deviceInfo as default } from '../../kits/device-info/index.ts';
