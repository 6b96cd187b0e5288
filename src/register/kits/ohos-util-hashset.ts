// `@ohos.util.HashSet`: the class as the default export.

export { HashSet as default } from '../../kits/containers/index.ts';
