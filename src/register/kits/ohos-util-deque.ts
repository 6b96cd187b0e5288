// `@ohos.util.Deque`: the class as the default export.

export { Deque as default } from '../../kits/containers/index.ts';
