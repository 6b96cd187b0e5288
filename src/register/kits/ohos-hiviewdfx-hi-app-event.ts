// `@ohos.hiviewdfx.hiAppEvent`: the namespace object as the default export.

export { hiAppEvent as default } from '../../kits/hi-app-event/index.ts';
