// `@ohos.url`: the namespace as the default export.

export { url as default } from '../../kits/url/index.ts';
