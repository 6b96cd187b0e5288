// `@ohos.net.webSocket`: the namespace object as the default export.

export { webSocket as default } from '../../kit/index.ts';
