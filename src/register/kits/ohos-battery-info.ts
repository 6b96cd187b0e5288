// `@ohos.batteryInfo`: the namespace object as the default export.

export { batteryInfo as default } from '../../kits/battery-info/index.ts';
