// `@ohos.hilog`: the logger as the default export, and by its name.

export { hilog, hilog as default } from '../../kit/index.ts';
