// `@ohos.util.json`: the namespace as the default export.

export { json as default } from '../../kits/json/index.ts';
