// `@ohos.buffer`: the namespace object as the default export.

export { buffer as default } from '../../kits/buffer/index.ts';
