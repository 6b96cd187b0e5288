// `@ohos.bundle.bundleManager`: the namespace object as the default export.

export { bundleManager as default } from '../../kits/ability/index.ts';
