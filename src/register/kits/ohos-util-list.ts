// `@ohos.util.List`: the class as the default export.

export { List as default } from '../../kits/containers/index.ts';
