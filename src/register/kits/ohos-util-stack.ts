// `@ohos.util.Stack`: the class as the default export.

export { Stack as default } from '../../kits/containers/index.ts';
