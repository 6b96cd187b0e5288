// `@ohos.fastbuffer`: the namespace object as the default export.

export { fastbuffer as default } from '../../kits/buffer/index.ts';
