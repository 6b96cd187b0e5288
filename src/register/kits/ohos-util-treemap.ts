// `@ohos.util.TreeMap`: the class as the default export.

export { TreeMap as default } from '../../kits/containers/index.ts';
