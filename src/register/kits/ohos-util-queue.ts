// `@ohos.util.Queue`: the class as the default export.

export { Queue as default } from '../../kits/containers/index.ts';
