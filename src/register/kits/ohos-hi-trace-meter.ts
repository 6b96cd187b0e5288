// `@ohos.hiTraceMeter`: the namespace object as the default export.

export { hiTraceMeter as default } from '../../kits/hi-trace-meter/index.ts';
