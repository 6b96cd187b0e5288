// `@ohos.util.Vector`: the class as the default export.

export { Vector as default } from '../../kits/containers/index.ts';
