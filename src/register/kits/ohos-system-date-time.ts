// `@ohos.systemDateTime`: the namespace object as the default export.

export { systemDateTime as default } from '../../kits/system-date-time/index.ts';
