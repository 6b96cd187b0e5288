// `@ohos.util.TreeSet`: the class as the default export.

export { TreeSet as default } from '../../kits/containers/index.ts';
