// `@ohos.uri`: the namespace as the default export.

export { uri as default } from '../../kits/uri/index.ts';
