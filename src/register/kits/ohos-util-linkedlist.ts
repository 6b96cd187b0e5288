// `@ohos.util.LinkedList`: the class as the default export.

export { LinkedList as default } from '../../kits/containers/index.ts';
