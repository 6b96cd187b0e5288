// `@ohos.util.ArrayList`: the class as the default export.

export { ArrayList as default } from '../../kits/containers/index.ts';
