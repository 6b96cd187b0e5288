// `@ohos.util`: the namespace as the default export.

export { util as default } from '../../kits/util/index.ts';
